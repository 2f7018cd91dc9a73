import { allEnded } from "../../lib/concurrent.ts";

/** The servers of a run: the one whose VM pings, and the one whose VM answers. */
export const roles = ["sender", "responder"] as const;
export type Role = (typeof roles)[number];
export type PerRole<T> = Record<Role, T>;

export const perRole = <T>([sender, responder]: readonly T[]): PerRole<T> => ({ sender, responder }) as PerRole<T>;

/** Does the same on both servers, side by side; a failure is told when both have ended. */
export const onBoth = async <T>(action: (role: Role) => Promise<T>): Promise<PerRole<T>> =>
  perRole(await allEnded(roles.map(action)));
