import { credentials } from "@grpc/grpc-js";
import service from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import protocol from "@pulumi/pulumi/proto/engine_pb.js";
import type { Log } from "./output.ts";

/** Shows lines beside the resource they are about, in their order; the engine keeps no line longer than it runs. */
export class EngineLog {
  #client: InstanceType<typeof service.EngineClient> | undefined;
  #sent: Promise<void> = Promise.resolve();

  /** Sets the engine to talk to. */
  attach(address: string): void {
    this.#client = address ? new service.EngineClient(address, credentials.createInsecure()) : undefined;
  }

  /** A log for the resource of a URN; warnings stay in the summary after a run, other lines do not. */
  for(urn: string): Log {
    return (line, severity = "info") => {
      const request = new protocol.LogRequest()
        .setUrn(urn)
        .setMessage(line)
        .setSeverity(severity === "info" ? protocol.LogSeverity.INFO : protocol.LogSeverity.WARNING)
        .setEphemeral(severity === "info");
      // A log that does not get through is no reason to fail a command.
      this.#sent = this.#sent.then(
        () => new Promise((resolve) => (this.#client ? this.#client.log(request, () => resolve()) : resolve())),
      );
    };
  }

  /** Resolves when all lines so far have been shown. */
  flushed(): Promise<void> {
    return this.#sent;
  }
}
