import * as grpc from "@grpc/grpc-js";
import { messageOf } from "../../../lib/errors.ts";

/** As much as the official hosts accept: a stack's whole state may be in one message. */
const maxMessageBytes = 400 * 1024 * 1024;
/** An engine calls a plugin at once; one that is not called has lost its engine before it could remember it. */
const firstCallMs = 60_000;

let called = () => {};

/** A request-response method from a function; what the function throws is the engine's error text. */
export function unary<Request, Response>(
  handler: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    called();
    Promise.resolve()
      .then(() => handler(call.request))
      .then(
        (response) => callback(null, response),
        (error) => callback({ code: grpc.status.UNKNOWN, details: messageOf(error) }),
      );
  };
}

/**
 * Serves a plugin on a free port of the loopback device and prints the port, which is what the engine waits for.
 * Methods of the service that `methods` lacks answer UNIMPLEMENTED, as the engine expects of what a plugin cannot do.
 */
export function serve(service: grpc.ServiceDefinition, methods: grpc.UntypedServiceImplementation): void {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  server.addService(service, methods);
  const orphaned = setTimeout(() => process.exit(1), firstCallMs);
  called = () => clearTimeout(orphaned);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
}

/** The engine's address: the last argument it gives a plugin, after any flags for logs and traces. */
export function engineAddress(args: string[]): string {
  const last = args.at(-1);
  return last && !last.startsWith("-") ? last : "";
}
