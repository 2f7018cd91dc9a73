import { sha256 } from "../../lib/canonical.ts";
import type { Manifest } from "./manifest.ts";

/**
 * Which Main VMs a run was measured in, by their boots: equal for runs that were measured in the same, of whatever scenario. Null where
 * nobody knows, as of a run that was imported.
 */
export const mainVmsOf = ({ deployment: { sender, responder } }: Pick<Manifest, "deployment">): string | null =>
  sender === "" || responder === "" ? null : sha256(`${sender}\n${responder}`);
