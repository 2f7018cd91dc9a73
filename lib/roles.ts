/** The two servers of the testbed: the Sender server's Main VM pings the Responder server's (paper, section 3). */
export const roles = ["sender", "responder"] as const;
export type Role = (typeof roles)[number];
