import type { RunRecord } from "../dataset/run-record.ts";
import { levelOf, placeOf } from "./arms.ts";

/** Where a run stands: how its Main VMs are attached, and who competes. */
type Attached = Pick<RunRecord, "mains" | "background" | "vms" | "load">;

/** What a run is compared by: the driver of both Main VMs, or both where they differ. */
export const driverOf = ({ mains }: Pick<RunRecord, "mains">): string =>
  mains.sender === mains.responder ? mains.sender : `${mains.sender} to ${mains.responder}`;

/** How competitors on SR-IOV are called: the driver of the Main VMs decides which of its drivers they have (4.4). */
export const onSriov = "SR-IOV";

/** How those that compete are attached; null where nobody does. */
function competitorsOf(run: Attached): string | null {
  if (run.background === null) return null;
  return placeOf(run)?.setting === "sriov" ? onSriov : run.background;
}

/** The study's number of background VMs that a run's stands for. */
export const vmLevelOf = (run: Attached): number => {
  const setting = placeOf(run)?.setting;
  return setting === undefined ? run.vms : levelOf({ setting, vms: run.vms });
};

/** The conditions under which drivers are compared in one panel of a figure, without how many compete. */
export interface Conditions {
  competitors: string | null;
  load: { type: string; location: string } | null;
}

export const conditionsOf = (run: Attached): Conditions => ({ competitors: competitorsOf(run), load: run.load });

/** Whether the study has this driver of Main VMs: for these alone it says which competitors on SR-IOV go together. */
export const isOfStudy = (driver: string): boolean =>
  placeOf({ mains: { sender: driver, responder: driver }, background: null }) !== null;

const where = (location: string) => (location === "both" ? "both servers" : `the ${location}`);

/** "CPU load at the sender, background VMs on virtio-bridge"; "nobody competes". */
export function conditionWords({ competitors, load }: Conditions): string {
  if (competitors === null) return "nobody competes";
  const what = load === null ? "idle" : `${load.type === "cpu" ? "CPU" : load.type} load at ${where(load.location)}`;
  return `${what}, background VMs on ${competitors}`;
}

/** A requested frequency: "1 kpps", "1 Mpps". */
export const rateWords = (pps: number): string => {
  if (pps >= 1_000_000) return `${pps / 1_000_000} Mpps`;
  return pps >= 1000 ? `${pps / 1000} kpps` : `${pps} pps`;
};
