import type { Role } from "../lib/roles.ts";

/** Capture points in the order in which a request passes them (Fig. 3). */
export const pointNames = ["sender.virt", "sender.nic", "responder.nic", "responder.virt"] as const;
export type PointName = (typeof pointNames)[number];

/** The server that a capture point is on. */
export const roleOfPoint = (point: PointName): Role => (point.startsWith("sender") ? "sender" : "responder");

/** Where on its server a capture point is: at the NIC, or at the endpoint's own interface. */
export const hopOfPoint = (point: PointName): "nic" | "virt" => (point.endsWith(".nic") ? "nic" : "virt");

/** Clocks that stamps are of: of the Sender VM, where ping runs, and of the two servers. */
export type ClockName = "senderVm" | Role;
