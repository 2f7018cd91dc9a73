import type { PointName } from "../../study/points.ts";

/** What a text is drawn with. */
export const textSize = 12;
export const lineHeight = 16;
export const padding = 9;

/** A box with its texts, one below the other. */
export interface Box {
  id: string;
  kind: "server" | "endpoint" | "interface" | "bridge" | "function" | "port" | "text";
  /** The box in which it is; null for none. */
  inside: string | null;
  x: number;
  y: number;
  width: number;
  height: number;
  lines: readonly string[];
  /** How many alike it stands for: more than one are drawn as a stack. */
  copies: number;
  /** Of its edge: the driver's; null for what has none. */
  colour: string | null;
}

/** How an endpoint is attached, or what joins two ports: a line from one box to another. */
export interface Link {
  from: string;
  to: string;
  x: number;
  y1: number;
  y2: number;
  /** The driver's; null for a cable. */
  colour: string | null;
}

/** Where packets are captured. */
export interface CaptureMark {
  point: PointName;
  x: number;
  y: number;
}

/** A testbed as boxes and lines, in pixels. */
export interface TestbedPicture {
  width: number;
  height: number;
  titleLines: readonly string[];
  /** What it shows, and how everything is attached, a sentence each: for who does not see it. */
  title: string;
  words: readonly string[];
  boxes: readonly Box[];
  links: readonly Link[];
  captures: readonly CaptureMark[];
  /** Texts below it, which say what its marks mean and what is not there. */
  notes: readonly string[];
}
