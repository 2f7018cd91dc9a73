import { parseFields } from "../../lib/key-value.ts";
import type { ServerConditions, ServerDifference } from "../results/conditions.ts";
import type { ChangedLayer, SeenServer } from "./seen-server.ts";
import type { AsDeployedSpec } from "./spec.ts";

/** A difference before it is known on which server. */
type Found = Omit<ServerDifference, "server">;

/** Lines of a definition that a message has of each side at most. */
const mostLines = 4;

/** Whether a line of a proof is of its fields, and not of a definition. */
const isOfFields = (line: string) => /^[a-z_]+=/.test(line);
const linesOf = (text: string) => text.split("\n").filter((line) => line.trim() !== "");

/** Lines of `lines` that `others` have less often. */
function beyond(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const linesText = (lines: readonly string[]) => {
  const shown = lines.slice(0, mostLines).map((line) => line.trim());
  const more = lines.length - shown.length;
  return lines.length === 0 ? "no such lines" : `${shown.join(" ")}${more > 0 ? ` and ${more} more lines` : ""}`;
};

/** Where fields of one line differ, a difference each. */
function fieldDifferences(what: string, made: string, found: string): Found[] {
  const [before, now] = [made, found].map((line) => parseFields(line, what)) as [Fields, Fields];
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((key) => before[key] !== now[key])
    .map((key) => ({
      what: `${what}: ${key}`,
      declared: before[key] || "none",
      found: now[key] || "none",
      mend: null,
    }));
}
type Fields = Record<string, string>;

/** The first line of an endpoint's proof says which one it is: another one is not compared further. */
function endpointDifferences(name: string, made: string, found: string): Found[] {
  const [before, now] = [linesOf(made), linesOf(found)];
  if (before[0] !== now[0])
    return [{ what: name, declared: "the one that was deployed", found: "another, made or started since", mend: null }];
  const vfOf = (lines: readonly string[]) => lines.find((line) => line.startsWith("vf=")) ?? "";
  const { vf, pf } = parseFields(vfOf(before), name);
  const ofVf = fieldDifferences(`VF ${vf} of ${pf}, which ${name} has`, vfOf(before), vfOf(now));
  const [definition, definedNow] = [before, now].map((lines) => lines.filter((line) => !isOfFields(line)));
  const gone = beyond(definition ?? [], definedNow ?? []);
  const come = beyond(definedNow ?? [], definition ?? []);
  if (gone.length === 0 && come.length === 0)
    return ofVf.length > 0
      ? ofVf
      : [{ what: `definition of ${name}`, declared: "its lines", found: "the same in another order", mend: null }];
  return [...ofVf, { what: `definition of ${name}`, declared: linesText(gone), found: linesText(come), mend: null }];
}

/**
 * What a server's ports and bridge are is everybody's: somebody may have changed it for a reason, so it is not made anew unasked.
 * @param what it is, with its name
 */
const others = (what: string) =>
  `see who has changed it and why: the next up makes ${what} as declared again, and takes that change back`;

/** What a port's VFs are when their number is right and they are not those that were made. */
const otherVfs = (port: string): Found => ({
  what: `VFs of ${port}`,
  declared: "those that were made or found",
  found: "others: its driver was loaded again, or somebody has made them anew",
  mend: others(`the VFs of ${port}`),
});

const goneText = "gone, or not ours any more";
/** A port and a bridge are made anew by nobody unasked. */
const mendOf = (kind: string, called: string) => (["nic", "bridge"].includes(kind) ? others(called) : null);

/** @param portsWithCount ports whose number of VFs already says that they are others */
function layerDifferences({ name, made, found }: ChangedLayer, portsWithCount: ReadonlySet<string>): Found[] {
  const kind = name.slice(0, name.indexOf("-"));
  const called = name.slice(kind.length + 1);
  if (made === "")
    return [{ what: called, declared: "deployed", found: "not known on the server as deployed", mend: null }];
  if (found === "") return [{ what: called, declared: "there", found: goneText, mend: mendOf(kind, called) }];
  if (kind === "nic") return portsWithCount.has(called) ? [] : [otherVfs(called)];
  if (kind === "bridge")
    return [
      {
        what: `bridge ${called}`,
        declared: "the one that was made, with its port, which does not learn",
        found: "another bridge or port, or one that learns",
        mend: others(`bridge ${called}`),
      },
    ];
  return endpointDifferences(called, made, found);
}

function countDifferences({ ports }: AsDeployedSpec, { now }: SeenServer): (Found & { port: string })[] {
  return ports.flatMap(({ name, vfs }) => {
    const there = now.ports.find((port) => port.name === name)?.vfs ?? 0;
    if (there === vfs) return [];
    const what = `number of VFs of ${name}`;
    return [{ port: name, what, declared: `${vfs}`, found: `${there}`, mend: others(`the ${what}`) }];
  });
}

/** What conditions are called, and what the user does where they differ from those after the first run. */
const policyWords: Record<keyof ServerConditions["policy"], [what: string, mend: string]> = {
  cpus: ["CPUs that are online", "set them online again (chcpu -e)"],
  governor: ["CPU governor", "set it back (cpupower frequency-set -g)"],
  leastKhz: ["least CPU frequency in kHz", "set it back (cpupower frequency-set -d)"],
  mostKhz: ["greatest CPU frequency in kHz", "set it back (cpupower frequency-set -u)"],
  preference: ["energy preference of the CPUs", "set it back (energy_performance_preference)"],
  noTurbo: ["no_turbo of the CPUs", "set it back (intel_pstate/no_turbo)"],
  boost: ["boost of the CPUs", "set it back (cpufreq/boost)"],
  numaBalancing: ["balancing of memory between nodes", "set it back (sysctl kernel.numa_balancing)"],
};
const orAnew = "; or destroy and deploy anew, and it is so for all runs of that deployment";

const ofLink = (port: string) => `link of ${port}`;
/** Whether a difference is of a port's link, which may take its time to come up. */
export const isOfLink = ({ what }: Pick<ServerDifference, "what">): boolean => what.startsWith(ofLink(""));

/**
 * What no deployment changes: it is as after the first run, or the run is of something else.
 * @param then what is compared with is from then
 */
function conditionDifferences({ ports: [main] }: AsDeployedSpec, { now, first }: SeenServer, then: string): Found[] {
  const link = now.ports.find(({ name }) => name === main?.name);
  const isDown = link !== undefined && !link.carrier;
  const withoutLink: Found[] = isDown
    ? [
        {
          what: ofLink(link.name),
          ...{ declared: "up", found: "down" },
          mend: `set the port up (ip link set dev ${link.name} up) and look at its cable and at the port at its other end`,
        },
      ]
    : [];
  if (first === undefined) return withoutLink;
  const ofPolicy = (Object.keys(policyWords) as (keyof typeof policyWords)[]).flatMap((key) => {
    const [what, mend] = policyWords[key];
    const [was, is] = [first.policy[key], now.policy[key]];
    if (was === is) return [];
    return [{ what, declared: `${was || "none"} ${then}`, found: is || "none", mend: `${mend}${orAnew}` }];
  });
  const ofLinks = now.ports.flatMap((port) => {
    const before = first.ports.find(({ name }) => name === port.name);
    if (before === undefined || (isDown && port === link)) return [];
    const [was, is] = [before, port].map(linkText);
    if (was === is) return [];
    const mend = `look at the cable and at the port at its other end${orAnew}`;
    return [{ what: ofLink(port.name), declared: `${was} ${then}`, found: `${is}`, mend }];
  });
  return [...withoutLink, ...ofPolicy, ...ofLinks];
}

const linkText = ({ carrier, speedMbps, duplex }: ServerConditions["ports"][number]) =>
  carrier ? `up, ${speedMbps === null ? "unknown speed" : `${speedMbps} Mb/s`}, ${duplex || "unknown"} duplex` : "down";

/**
 * All in which a server is not as it was deployed, or measures in another state than after the first run of this deployment.
 * @param declared what was deployed there
 * @param then when its state was as `seen.first` says
 */
export function differencesOf(
  server: string,
  declared: AsDeployedSpec,
  seen: SeenServer,
  then = "after the first run",
): ServerDifference[] {
  const counts = countDifferences(declared, seen);
  const portsWithCount = new Set(counts.map(({ port }) => port));
  return [
    ...counts.map(({ port: _, ...difference }) => difference),
    ...seen.changed.flatMap((layer) => layerDifferences(layer, portsWithCount)),
    ...conditionDifferences(declared, seen, then),
  ].map((difference) => ({ server, ...difference }));
}
