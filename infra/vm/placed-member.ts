import type { MainDriver } from "../../study/drivers.ts";
import type { LinkSetting } from "../../study/link-setting.ts";
import type { Identity } from "./addresses.ts";
import type { AttachmentPoint } from "./ports/port.ts";

/** What the endpoints of a fleet have in common. */
export interface Design {
  driver: MainDriver;
  /** VLAN that the NIC puts their VFs into; 0: none. */
  vlan: number;
  memoryMiB: number;
  vcpus: number;
  /** Where the server has their initramfs. */
  initrd: string;
  /** Which deployment of equal ones this is: another one has VMs of its own, for it and no packet is what is repeated. */
  replicate: number;
  /** The whole plot of a replicate that they are booted for, where it has some. */
  plot: number | undefined;
  /** Of their network devices, beside what every one of them needs. */
  links: readonly LinkSetting[];
  /** Endpoints whose MAC address one knows without asking. */
  neighboursOf: (index: number) => Pick<Identity, "ip" | "mac">[];
}

/** What slots.sh is told of a place, with its kind. */
export type PlaceFields = Readonly<Record<string, string | number>>;

/** One endpoint with its place, before it is said what it is made of. */
export interface PlacedMember {
  identity: Identity;
  design: Design;
  point: AttachmentPoint;
  /** How long its VF's driver may hold back an interrupt, microseconds; undefined: as it does by itself. */
  rxUsecs: number | undefined;
  neighbours: readonly Pick<Identity, "ip" | "mac">[];
}
