import { allEnded } from "../../lib/concurrent.ts";
import { type Role, roles } from "../../lib/roles.ts";

export type PerRole<T> = Record<Role, T>;

export const perRole = <T>([sender, responder]: readonly T[]): PerRole<T> => ({ sender, responder }) as PerRole<T>;

/** Does the same on both servers, side by side; a failure is told when both have ended. */
export const onBoth = async <T>(action: (role: Role) => Promise<T>): Promise<PerRole<T>> =>
  perRole(await allEnded(roles.map(action)));
