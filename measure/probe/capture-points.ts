import type { SshConnection } from "../../lib/ssh/connect.ts";
import { captureNames } from "../results/run-files.ts";
import { mainEndpoint } from "./main-endpoint.ts";
import type { End } from "./spec.ts";

/** A place on a server where packets are captured; one in another network namespace is called NAMESPACE/INTERFACE. */
export interface CapturePoint {
  hop: "nic" | "virt";
  interface: string;
}

/** One of the captures at such a place. */
export interface Capture extends CapturePoint {
  /** By which it is told from others of its server. */
  name: string;
}

/** The captures at some places. @param perPoint how many there are at each */
export const capturesAt = (points: readonly CapturePoint[], perPoint: number): Capture[] =>
  points.flatMap((point) =>
    captureNames(point.hop)
      .slice(0, perPoint)
      .map((name) => ({ ...point, name })),
  );

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
