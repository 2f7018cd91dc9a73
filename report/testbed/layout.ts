import { type Role, roles } from "../../lib/roles.ts";
import { type TextItem, textWidth } from "../draw/text-width.ts";
import { wrappedAt } from "../draw/wrapped-at.ts";
import { printable } from "../figures/printable.ts";
import { titleStyle } from "../figures/theme.ts";
import { columnsOf, type PortColumns, rightOf } from "./columns.ts";
import { type Box, type Link, lineHeight, type TestbedPicture, textSize } from "./picture.ts";
import { heightOf, portId, type Rows, type ServerBoxes, serverBoxes, serverHeight } from "./server-boxes.ts";
import type { DrawnTestbed } from "./testbed.ts";
import { notesOf, sentencesOf } from "./words.ts";

const margin = 10;
const inServer = 12;
const cableLength = 46;
/** Narrower ones would break the notes into too many lines. */
const leastWidth = 360;

/** A text with an ellipsis in place of what is beyond this width. */
function fitted(text: string, pixels: number, style: TextItem): string {
  if (textWidth(text, style) <= pixels) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join("")}…`, style) > pixels) characters.pop();
  return `${characters.join("")}…`;
}

function rowsOf(ports: Record<Role, PortColumns[]>): Rows {
  const all = roles.flatMap((role) => ports[role]);
  const groups = all.flatMap(({ columns }) => columns.map(({ group }) => group));
  const most = (lines: readonly number[]) => heightOf(Math.max(...lines));
  return {
    endpoint: most(groups.map(({ lines }) => lines.length)),
    interface: groups.some(({ virt }) => virt !== null) ? heightOf(1) : 0,
    bridge: groups.some(({ isOnBridge }) => isOnBridge) ? heightOf(1) : 0,
    function: most(groups.map(({ slot }) => Math.max(1, slot.length))),
    port: most(all.map(({ lines }) => lines.length)),
  };
}

/** A server with all that is on it, at this place. The responder's ports are above: they face the sender's. */
function placed(role: Role, server: ServerBoxes, frame: Box, name: string): ServerBoxes {
  const isUpsideDown = role === "responder";
  const { y: top, height } = frame;
  const title: Box = {
    ...{ id: `${role}.name`, kind: "text", inside: role, colour: null, copies: 1, lines: [name] },
    ...{ x: frame.x + inServer, y: 6, width: frame.width - 2 * inServer, height: lineHeight + 4 },
  };
  const flip = (y: number, own: number) => top + (isUpsideDown ? height - y - own : y);
  return {
    boxes: [frame, ...[title, ...server.boxes].map((box) => ({ ...box, y: flip(box.y, box.height) }))],
    links: server.links.map((link) => ({ ...link, y1: flip(link.y1, 0), y2: flip(link.y2, 0) })),
    captures: server.captures.map((mark) => ({ ...mark, y: flip(mark.y, 0) })),
  };
}

/** What joins the ports of the two servers, with its name. */
function cablesOf(ports: Record<Role, PortColumns[]>, y1: number, y2: number): { cables: Link[]; names: Box[] } {
  const cables = ports.sender.slice(0, ports.responder.length).map(({ x, width }, port) => ({
    ...{ from: portId("sender", port), to: portId("responder", port), colour: null },
    ...{ x: x + width / 2, y1, y2 },
  }));
  const names = cables.map(({ from, x }): Box => {
    const size = { width: textWidth("cable", { fontSize: textSize, fontWeight: "bold" }) + 4, height: lineHeight };
    const place = { x: x + 6, y: (y1 + y2 - lineHeight) / 2 };
    return {
      id: `${from}.cable`,
      kind: "text",
      inside: null,
      ...place,
      ...size,
      lines: ["cable"],
      copies: 1,
      colour: null,
    };
  });
  return { cables, names };
}

/** Where the ports of both servers stand, in the middle of a picture that is wide enough for its notes. */
function placesOf(testbed: DrawnTestbed): { ports: Record<Role, PortColumns[]>; width: number } {
  const widthOf = (ports: Record<Role, PortColumns[]>) =>
    Math.ceil(Math.max(...roles.map((role) => rightOf(ports[role]))) + inServer + margin);
  const needed = widthOf(columnsOf(testbed, margin + inServer));
  const width = Math.max(leastWidth, needed);
  return { ports: columnsOf(testbed, margin + inServer + (width - needed) / 2), width };
}

/** Where everything of a testbed stands. Pure: the same testbed is the same picture. */
export function pictureOf(shown: DrawnTestbed): TestbedPicture {
  const testbed = printable(shown);
  const { ports, width } = placesOf(testbed);
  const rows = rowsOf(ports);
  const inner = width - 2 * margin;
  const title = wrappedAt(testbed.title, inner, titleStyle).map((line) => fitted(line, inner, titleStyle));
  const height = serverHeight(rows);
  const tops = { sender: margin + title.length * 20 + 4, responder: 0 };
  tops.responder = tops.sender + height + cableLength;
  const sides = roles.map((role) => {
    const frame: Box = {
      ...{ id: role, kind: "server", inside: null, lines: [], copies: 1, colour: null },
      ...{ x: margin, y: tops[role], width: inner, height },
    };
    const { address } = testbed.servers[role];
    const name = `${role === "sender" ? "Sender" : "Responder"} server${address === null ? "" : `, ${address}`}`;
    const style = { fontSize: textSize, fontWeight: "bold" };
    return placed(role, serverBoxes(role, ports[role], rows), frame, fitted(name, inner - 2 * inServer, style));
  });
  const notes = notesOf(testbed).flatMap((note) => wrappedAt(note, inner - 16));
  const { cables, names } = cablesOf(ports, tops.sender + height - inServer, tops.responder + inServer);
  const foot = tops.responder + height;
  return {
    ...{ width, height: foot + 8 + notes.length * lineHeight + margin, title: testbed.title, titleLines: title },
    words: sentencesOf(testbed),
    boxes: [...sides.flatMap(({ boxes }) => boxes), ...names],
    links: [...sides.flatMap(({ links }) => links), ...cables],
    captures: sides.flatMap(({ captures }) => captures),
    notes,
  };
}
