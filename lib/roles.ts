import { LabError } from "./errors.ts";

/** The two servers of the testbed: the Sender server's Main VM pings the Responder server's (paper, section 3). */
export const roles = ["sender", "responder"] as const;
export type Role = (typeof roles)[number];

export const otherRole: Readonly<Record<Role, Role>> = { sender: "responder", responder: "sender" };

/** The server that somebody has named. @throws LabError (exit code 2) with the names that there are */
export function parseRole(name: string): Role {
  const role = roles.find((candidate) => candidate === name);
  if (role !== undefined) return role;
  throw new LabError(`${name}: no such server; allowed: ${roles.join(", ")}`, { exitCode: 2 });
}
