import { backgroundVmKeys } from "../../study/terms.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import type { CellFactors } from "../statistics/pairs.ts";
import { campaignOf } from "./campaigns.ts";

/** What the study compares, by the paper's names (4, Fig. 4): how the Main VMs are attached, and what background VMs use. */
export const arms = {
  E1000: "Main VMs on E1000; background VMs on a bridge",
  Bridge: "Main VMs on the VirtIO bridge; background VMs on a bridge",
  MacVTap: "Main VMs on MacVTap passthrough; background VMs on a bridge or on MacVTap passthrough",
  PCI: "Main VMs on PCI passthrough; background VMs on a bridge or on PCI passthrough",
  "PCI-BG": "Main VMs on the VirtIO bridge; background VMs on PCI passthrough",
} as const;
export type Arm = keyof typeof arms;
export const armNames = Object.keys(arms) as Arm[];

/**
 * Who competes: nobody, background VMs on a bridge (4.1 to 4.3), or background VMs on SR-IOV (4.4). Drivers are compared
 * within one of them.
 */
const settings = ["none", "bridge", "sriov"] as const;
export type Setting = (typeof settings)[number];

const armOf: Record<string, Arm> = {
  "e1000-bridge": "E1000",
  "virtio-bridge": "Bridge",
  "macvtap-passthrough": "MacVTap",
  "pci-passthrough": "PCI",
};
const bridges = ["virtio-bridge", "e1000-bridge"];

type Attached = Pick<RunRecord, "mains" | "background">;

/** Where a run stands in the study; null for a combination that the study does not have. */
export function placeOf({ mains, background }: Attached): { arm: Arm; setting: Setting } | null {
  const main = armOf[mains.sender];
  if (main === undefined || mains.sender !== mains.responder) return null;
  if (background === null) return { arm: main, setting: "none" };
  if (bridges.includes(background)) return { arm: main, setting: "bridge" };
  if (background === "pci-passthrough" && main === "PCI") return { arm: "PCI", setting: "sriov" };
  if (background === "pci-passthrough" && main === "Bridge") return { arm: "PCI-BG", setting: "sriov" };
  if (background === "macvtap-passthrough" && main === "MacVTap") return { arm: "MacVTap", setting: "sriov" };
  return null;
}

/** A run with its place in the study. */
export interface StudyRun extends RunRecord {
  arm: Arm;
  setting: Setting;
}

/** The runs that the study speaks of. */
export const studyRuns = (runs: readonly RunRecord[]): StudyRun[] =>
  runs.flatMap((run) => {
    const place = placeOf(run);
    return place === null ? [] : [{ ...run, ...place }];
  });

/**
 * The study's number of background VMs that a run's stands for. On SR-IOV "64" is as many as there are VFs left, which is
 * one less where the Main VM has one too (4.4): 62 and 63 of an X540's port are one level.
 */
export const levelOf = ({ setting, vms }: { setting: string; vms: number }): number =>
  setting === "sriov" && vms > 32 && vms < 64 ? 64 : vms;

/** What two runs of different drivers must share to be a pair. */
export const cellOf = (run: RunRecord & { setting: string }): CellFactors => ({
  ...run.blocks,
  [backgroundVmKeys.vms]: levelOf(run),
  // Bridges of two kinds are two competitors; on SR-IOV the driver differs by design (4.4).
  ...(run.setting === "sriov" && { [backgroundVmKeys.driver]: "sriov" }),
  fixed: run.fixed,
  pressure: run.pressure,
  campaign: campaignOf(run),
});
