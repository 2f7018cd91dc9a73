import type { Role } from "../../lib/roles.ts";
import type { PointName } from "../../study/points.ts";
import { driverColours } from "../figures/theme.ts";
import { type GroupColumn, inPort, type PortColumns } from "./columns.ts";
import { bridgeWords } from "./groups.ts";
import { type Box, type CaptureMark, type Link, lineHeight, padding } from "./picture.ts";

/** Heights of the rows of a server, from its VMs down to its ports; the same on both. */
export interface Rows {
  endpoint: number;
  interface: number;
  bridge: number;
  function: number;
  port: number;
}

const rowGap = 18;
/** Above the endpoints: the server's name, and the boxes of a stack behind the first. */
const headHeight = lineHeight + 22;
const serverPadding = 12;

export const heightOf = (lines: number) => lines * lineHeight + 2 * padding - 4;

/** How far below the next row is; a row of no height is not there. */
const below = (height: number) => (height === 0 ? 0 : height + rowGap);

/** Where each row begins. */
function topsOf(rows: Rows) {
  const endpoint = headHeight + serverPadding;
  const virt = endpoint + rows.endpoint + rowGap;
  const bridge = virt + below(rows.interface);
  const port = bridge + below(rows.bridge);
  return { endpoint, interface: virt, bridge, function: port + inPort, port: port + inPort + rows.function };
}

export const serverHeight = (rows: Rows) => topsOf(rows).port + rows.port + serverPadding;

const colourOf = (driver: string) => driverColours([driver]).range[0] ?? null;
const middleOf = ({ x, width }: Pick<GroupColumn, "x" | "width">) => x + width / 2;

/** The boxes and lines of one server, whose VMs are above; `y` grows towards its ports. */
export interface ServerBoxes {
  boxes: Box[];
  links: Link[];
  captures: CaptureMark[];
}

class ServerDrawing implements ServerBoxes {
  readonly boxes: Box[] = [];
  readonly links: Link[] = [];
  readonly captures: CaptureMark[] = [];
  readonly #role: Role;
  readonly #rows: Rows;
  readonly #tops: ReturnType<typeof topsOf>;

  constructor(role: Role, rows: Rows) {
    this.#role = role;
    this.#rows = rows;
    this.#tops = topsOf(rows);
  }

  /** @param kind its row */
  #box(kind: keyof Rows, id: string, place: { x: number; width: number }, rest: Partial<Box>): Box {
    const box: Box = {
      ...{ id, kind, inside: this.#role, y: this.#tops[kind], height: this.#rows[kind] },
      ...{ x: place.x, width: place.width, lines: [], copies: 1, colour: null },
      ...rest,
    };
    this.boxes.push(box);
    return box;
  }

  #link(from: Box, to: Box, x: number, driver: string): void {
    this.links.push({ from: from.id, to: to.id, x, y1: from.y + from.height, y2: to.y, colour: colourOf(driver) });
  }

  #mark(hop: "virt" | "nic", at: Box): void {
    const point: PointName = `${this.#role}.${hop}`;
    this.captures.push({ point, x: at.x + at.width, y: at.y + at.height / 2 });
  }

  /** An endpoint and its interface on the host. @returns the lower of the two */
  #endpoint({ group, x, width }: GroupColumn): Box {
    const { id, lines, copies, driver, virt, captured } = group;
    const endpoint = this.#box("endpoint", id, { x, width }, { lines, copies, colour: colourOf(driver) });
    if (virt === null) return endpoint;
    const hostInterface = this.#box("interface", `${id}.interface`, { x, width }, { lines: [virt], copies });
    this.#link(endpoint, hostInterface, middleOf({ x, width }), driver);
    if (captured.virt) this.#mark("virt", hostInterface);
    return hostInterface;
  }

  #onBridge(columns: readonly GroupColumn[], port: number): void {
    const [first, last] = [columns[0], columns.at(-1)];
    if (first === undefined || last === undefined) return;
    const place = { x: first.x, width: last.x + last.width - first.x };
    const bridge = this.#box("bridge", `${this.#role}.bridge`, place, { lines: [bridgeWords] });
    const pf = this.#box("function", `${this.#role}.${port}.pf`, place, {
      lines: ["PF"],
      inside: portId(this.#role, port),
    });
    for (const column of columns) this.#link(this.#endpoint(column), bridge, middleOf(column), column.group.driver);
    this.links.push({
      from: bridge.id,
      to: pf.id,
      x: middleOf(place),
      y1: bridge.y + bridge.height,
      y2: pf.y,
      colour: null,
    });
    if (columns.some(({ group }) => group.captured.nic)) this.#mark("nic", pf);
  }

  #onVf(column: GroupColumn, port: number): void {
    const { id, slot, driver, captured } = column.group;
    const vf = this.#box("function", `${id}.vf`, column, { lines: slot, inside: portId(this.#role, port) });
    this.#link(this.#endpoint(column), vf, middleOf(column), driver);
    if (captured.nic) this.#mark("nic", vf);
  }

  port({ columns, lines, x, width }: PortColumns, port: number): void {
    const [height, y] = [inPort + this.#rows.function + this.#rows.port, this.#tops.function - inPort];
    const inside = portId(this.#role, port);
    this.#box("port", inside, { x, width }, { y, height });
    this.#box("port", `${inside}.name`, { x, width }, { kind: "text", inside, lines });
    this.#onBridge(
      columns.filter(({ group }) => group.isOnBridge),
      port,
    );
    for (const column of columns) if (!column.group.isOnBridge) this.#onVf(column, port);
  }
}

export const portId = (role: Role, port: number) => `${role}.${port}`;

/** All that stands on a server and is attached to its ports. */
export function serverBoxes(role: Role, ports: readonly PortColumns[], rows: Rows): ServerBoxes {
  const drawing = new ServerDrawing(role, rows);
  for (const [index, port] of ports.entries()) drawing.port(port, index);
  return drawing;
}
