import { type Role, roles } from "../../lib/roles.ts";
import { textWidth } from "../draw/text-width.ts";
import { bridgeWords, type Group, groupsOf } from "./groups.ts";
import { padding, textSize } from "./picture.ts";
import type { DrawnServer, DrawnTestbed } from "./testbed.ts";

/** Between columns, so that the stacks of one do not reach the next. */
const columnGap = 20;
const portGap = 16;

/** Between the edge of a port and what is in it; the stack of its last column reaches so far to the right. */
export const inPort = 9;

/** How wide texts are, the first one bold. */
const widthOf = (lines: readonly string[]): number =>
  Math.max(
    0,
    ...lines.map((line, i) => textWidth(line, { fontSize: textSize, fontWeight: i === 0 ? "bold" : "normal" })),
  );
/** A page that lacks the figures' font has another one, which may be wider. */
const otherFonts = 1.1;
const boxWidth = (lines: readonly string[]) => Math.ceil(otherFonts * widthOf(lines)) + 2 * padding;

/** A group with its column. */
export interface GroupColumn {
  group: Group;
  x: number;
  width: number;
}

/** A port of a server, and the columns of what is attached to it. */
export interface PortColumns {
  /** What stands in it. */
  lines: string[];
  x: number;
  width: number;
  columns: GroupColumn[];
}

const columnWidth = ({ lines, virt, slot, isOnBridge }: Group) =>
  Math.max(boxWidth(lines), boxWidth([virt ?? ""]), boxWidth(slot), isOnBridge ? boxWidth([bridgeWords]) : 0);

const sum = (widths: readonly number[], gap: number) =>
  widths.reduce((all, width) => all + width, 0) + gap * Math.max(0, widths.length - 1);

/** What stands in a port. */
function portLines({ pfs }: DrawnServer, port: number): string[] {
  const pf = pfs?.[port];
  return pf === undefined ? ["NIC"] : [pf.name, `PF with ${pf.vfs} VF${pf.vfs === 1 ? "" : "s"}`];
}

const portCount = ({ pfs }: DrawnServer) => pfs?.length ?? 1;

/**
 * The ports of both servers, side by side, each with the columns of what is attached to it. Ports at the same place are joined by a
 * cable: they have the same place on both servers.
 * @param left where the first port begins
 */
export function columnsOf(testbed: DrawnTestbed, left: number): Record<Role, PortColumns[]> {
  const groups = { sender: groupsOf(testbed, "sender"), responder: groupsOf(testbed, "responder") };
  const result: Record<Role, PortColumns[]> = { sender: [], responder: [] };
  let x = left;
  for (let port = 0; port < Math.max(...roles.map((role) => portCount(testbed.servers[role]))); port += 1) {
    const onPort = (role: Role) => groups[role].filter(({ pf }) => pf === port);
    const needed = (role: Role) => sum(onPort(role).map(columnWidth), columnGap);
    const lines = (role: Role) => portLines(testbed.servers[role], port);
    const width = Math.max(...roles.map((role) => Math.max(needed(role) + 2 * inPort, boxWidth(lines(role)))));
    for (const role of roles) {
      if (port >= portCount(testbed.servers[role])) continue;
      let at = x + (width - needed(role)) / 2;
      const columns = onPort(role).map((group) => {
        const column = { group, x: at, width: columnWidth(group) };
        at += column.width + columnGap;
        return column;
      });
      result[role].push({ lines: lines(role), x, width, columns });
    }
    x += width + portGap;
  }
  return result;
}

/** How wide these ports are side by side. */
export const rightOf = (ports: readonly PortColumns[]): number => Math.max(...ports.map(({ x, width }) => x + width));
