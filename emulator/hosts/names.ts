/** The two emulated servers. Which one is loaded is a matter of the scenario, not of the server. */
export const serverNames = ["sender", "responder"] as const;

export type ServerName = (typeof serverNames)[number];

/** The other end of a server's wire. */
export const peerOf = (name: ServerName): ServerName => (name === "sender" ? "responder" : "sender");
