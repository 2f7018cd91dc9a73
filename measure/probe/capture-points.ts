import type { SshConnection } from "../../lib/ssh/connect.ts";
import { mainEndpoint } from "./main-endpoint.ts";
import type { End } from "./spec.ts";

/** A place on a server where packets are captured; one in another network namespace is called NAMESPACE/INTERFACE. */
export interface CapturePoint {
  hop: "nic" | "virt";
  interface: string;
}

/** Whether packets can be captured at a place. */
export const isSeen = (place: End["capture"]["nic" | "virt"]) => typeof place === "string";

/**
 * The interfaces at which an end's packets can be captured: its own one, and the PF or the VF below it.
 * @returns none where the host sees no packet
 */
export async function capturePoints(ssh: SshConnection, end: End): Promise<CapturePoint[]> {
  const { nic, virt } = end.capture;
  if (!isSeen(nic) && !isSeen(virt)) return [];
  const { own, below } = await mainEndpoint(ssh, end).serverInterfaces(end.main.mac);
  return [
    ...(isSeen(nic) ? [{ hop: "nic" as const, interface: nic === "vf" ? below : end.pf }] : []),
    ...(isSeen(virt) && own !== null ? [{ hop: "virt" as const, interface: own }] : []),
  ];
}
