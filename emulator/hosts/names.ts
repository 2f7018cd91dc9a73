import type { Role } from "../../lib/roles.ts";

/** The two emulated servers. Which one is loaded is a matter of the scenario, not of the server. */
export { type Role as ServerName, roles as serverNames } from "../../lib/roles.ts";

/** The other end of a server's wire. */
export const peerOf = (name: Role): Role => (name === "sender" ? "responder" : "sender");
