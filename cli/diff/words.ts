import { backgroundPrefix, mainName } from "../../infra/vm/addresses.ts";
import type { Changes, Difference, StackDiff } from "./changes.ts";

/** What a person calls the part of the testbed that a resource belongs to. */
function partOf(name: string): string {
  const [, role, rest = ""] = /^(sender|responder)-(.+)$/.exec(name) ?? [];
  if (role === undefined) return name.startsWith("run-") ? "runs" : "load";
  if (rest === mainName) return `Main VM of the ${role}`;
  if (rest.startsWith(backgroundPrefix)) return `background VMs of the ${role}`;
  if (rest === "slots" || rest.endsWith("-ready")) return "";
  return `server ${role}`;
}

/** The order of parts, as they stand on each other. */
const order = ["server", "Main VM", "background VMs", "load", "runs"];
const rank = (part: string) => order.findIndex((start) => part.startsWith(start));

/** How many resources of each part, as "Main VM of the sender, background VMs of the sender (24), runs (10)". */
export function partsOf(names: readonly string[]): string {
  const counts = new Map<string, number>();
  // A fleet's bookkeeping is brought up to date with its VMs and is no part of its own.
  for (const part of names.map(partOf).filter((part) => part !== "")) counts.set(part, (counts.get(part) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([part, count]) => (count > 1 || part.startsWith("background") ? `${part} (${count})` : part))
    .join(", ");
}

const valueWords = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

const differenceLines = (title: string, list: readonly Difference[]) =>
  list.length === 0
    ? []
    : [title, ...list.map(({ key, from, to }) => `  ${key}: ${valueWords(from)} -> ${valueWords(to)}`)];

/** What `up` does to each part, a line an action. */
function changeLines(changes: Changes): string[] {
  const actions = [
    ["made", changes.made],
    ["made anew", changes.replaced],
    ["removed", changes.removed],
  ] as const;
  const lines = actions.flatMap(([action, names]) => {
    const parts = partsOf(names);
    return parts === "" ? [] : [`  ${`${action}:`.padEnd(11)}${parts}`];
  });
  return lines.length === 0 ? ["  nothing"] : lines;
}

/** The whole answer of `./lab diff`, for people. */
export function diffText(a: string, b: string, { factors, settings, changes }: StackDiff): string {
  const same = factors.length === 0 ? [`${a} and ${b} are the same scenario`] : [];
  const other = settings.some(({ key }) => key.startsWith("hosts"))
    ? ["The stacks use other servers: this compares what they declare on the same ones."]
    : [];
  return [
    ...same,
    ...differenceLines("factors", factors),
    ...differenceLines("settings that are no factors", settings),
    ...other,
    `changing ${a} into ${b}`,
    ...changeLines(changes),
    `  untouched: ${partsOf(changes.untouched) || "nothing"}`,
  ].join("\n");
}
