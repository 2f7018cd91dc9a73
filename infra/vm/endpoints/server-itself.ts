import type { Port } from "../ports/port.ts";
import type { DeclaredKind } from "./declared-kind.ts";

/** The server itself, in a network namespace. There is no guest whose init would set it up, so the server is told all of it. */
export const declaredServer: DeclaredKind<Port, "host"> = {
  id: "host",
  hasOwnMachine: false,
  isNamespace: true,
  runsServersPrograms: true,
  partsOf(_server, _stack, _port, { identity: { ip, prefix }, design, neighbours }) {
    return {
      definition: null,
      place: {
        kind: "netns",
        ip,
        prefix,
        settings: design.links.map(({ tool, words }) => [tool, ...words].join(",")).join(" "),
        neighbours: neighbours.map((neighbour) => `${neighbour.ip},${neighbour.mac}`).join(" "),
      },
    };
  },
};
