import type { remote } from "@pulumi/command";
import type { Server } from "../host/server.ts";
import { layer } from "../layer.ts";
import type { Member } from "./member.ts";

/**
 * The places of all VMs on a server: no old domain in the way, VFs or bridge entries made ready. One resource for both
 * fleets, because a VF that one gives up may be the one that the other takes: what is wanted no more goes first.
 */
export const declareSlots = (server: Server, members: readonly Member[]): remote.Command =>
  layer(
    `${server.role}-slots`,
    {
      host: server.host,
      script: "slots.sh",
      variables: { BRIDGE: server.bridge, OWNER: server.owner },
      wanted: members.map(({ slot }) => slot).join("\n"),
      standsOn: server.layers,
    },
    { dependsOn: server.complete },
  );
