import { credentials } from "@grpc/grpc-js";
import service from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import protocol from "@pulumi/pulumi/proto/engine_pb.js";
import type { Log } from "./output.ts";

/** A command that prints faster than the engine shows would wait for it; what passes by unseen is in its output. */
const mostWaiting = 1_000;

/** Shows lines beside the resource they are about, in their order; the engine keeps no line longer than it runs. */
export class EngineLog {
  #client: InstanceType<typeof service.EngineClient> | undefined;
  #sent: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** Sets the engine to talk to. */
  attach(address: string): void {
    this.#client = address ? new service.EngineClient(address, credentials.createInsecure()) : undefined;
  }

  /** A log for the resource of a URN; warnings stay in the summary after a run, other lines do not. */
  for(urn: string): Log {
    return (line, severity = "info") => {
      if (severity === "info" && this.#waiting >= mostWaiting) return;
      const request = new protocol.LogRequest()
        .setUrn(urn)
        .setMessage(line)
        .setSeverity(severity === "info" ? protocol.LogSeverity.INFO : protocol.LogSeverity.WARNING)
        .setEphemeral(severity === "info");
      this.#waiting++;
      this.#sent = this.#sent.then(() => this.#send(request));
    };
  }

  #send(request: InstanceType<typeof protocol.LogRequest>): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting--;
        resolve();
      };
      // A log that does not get through is no reason to fail a command.
      if (this.#client) this.#client.log(request, done);
      else done();
    });
  }

  /** Resolves when all lines so far have been shown. */
  flushed(): Promise<void> {
    return this.#sent;
  }
}
