import { handshakeMs } from "../lib/ssh/connect.ts";
import type { SshEndpoint, SshTarget } from "../lib/ssh/target.ts";
import { socketsOf } from "./gateway/sockets.ts";

/**
 * How the command provider reaches a server: with an agent that signs with the server's key (infra/gateway), so that no key
 * enters the stack's state. A handshake may take as long as one of our own: a server that is too busy for it is told by us, before
 * anything is declared. One that fails is tried once more, because an sshd drops some of many that begin together (MaxStartups).
 */
export function connectionTo(host: SshTarget) {
  const { agent, jumpAgent } = socketsOf(host);
  const settings = { dialErrorLimit: 1, perDialTimeout: handshakeMs / 1000 };
  const place = ({ address, port, user, hostKey }: SshEndpoint) => ({
    host: address,
    port,
    user,
    hostKey,
    ...settings,
  });
  return {
    ...place(host),
    agentSocketPath: agent,
    ...(host.jump !== undefined && { proxy: { ...place(host.jump), agentSocketPath: jumpAgent } }),
  };
}
