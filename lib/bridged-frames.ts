import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseRecords, wholeNumber } from "./key-value.ts";

/** Shell functions, of which `bridged_frames BRIDGE` prints what `parseBridgedFrames` reads. */
export const bridgedFramesFunctions = readFileSync(join(import.meta.dirname, "bridged-frames.sh"), "utf8");

const flag = z.enum(["0", "1"]).transform((value) => value === "1");

const record = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("calls"), ip: flag }),
  z.object({ kind: z.literal("unread"), what: z.string() }),
  z.object({
    kind: z.literal("chain"),
    source: z.enum(["nft", "iptables", "ebtables"]),
    family: z.enum(["ip", "inet", "bridge"]),
    table: z.string(),
    name: z.string(),
    hook: z.enum(["prerouting", "forward", "postrouting"]),
    policy: z.enum(["accept", "drop"]),
    rules: wholeNumber,
    /** It has a rule that drops or rejects whatever comes to it. */
    drops: flag,
    /** It has a rule that accepts what the testbed's bridge forwards, or what any bridge does. */
    passes: flag,
  }),
]);

/** A base chain of a server's packet filter. */
export type FilterChain = Extract<z.infer<typeof record>, { kind: "chain" }>;

/** What a server's packet filter does to frames that the testbed's bridge forwards. */
export interface BridgedFrames {
  /** Whether br_netfilter hands them to IPv4's hooks. */
  calls: boolean;
  /** The base chains that see such frames. */
  chains: readonly FilterChain[];
  /** Programs that would tell the rest, and are not installed or not allowed. */
  unread: readonly string[];
}

/**
 * Reads what `bridged_frames` prints. Chains of the bridge family see every frame; those of IPv4 only where br_netfilter calls
 * them, and the guests speak nothing else.
 * @throws LabError with the line that is not understood
 */
export function parseBridgedFrames(text: string): BridgedFrames {
  const records = parseRecords(record, text, "what a server says of its packet filter");
  const calls = records.some((each) => each.kind === "calls" && each.ip);
  return {
    calls,
    chains: records.flatMap((each) => (each.kind === "chain" && (each.family === "bridge" || calls) ? [each] : [])),
    unread: records.flatMap((each) => (each.kind === "unread" ? [each.what] : [])),
  };
}

/**
 * The chain at which every frame of the bridge ends, by its policy or by a rule for all that comes to it; undefined where there is
 * none. A chain with a rule that lets the bridge's frames pass is taken to do so.
 */
export const losingChain = ({ chains }: BridgedFrames): FilterChain | undefined =>
  chains.find(({ policy, drops, passes }) => (policy === "drop" || drops) && !passes);

/** A chain in words: "ip filter FORWARD (iptables)". */
export const chainWords = ({ family, table, name, source }: FilterChain) =>
  `${family} ${table} ${name}${source === "nft" ? "" : ` (${source})`}`;

/** The command that lets the bridge's frames pass a chain. It changes the owner's rules, so it is for the owner to give. */
export function passCommand({ source, family, table, name }: FilterChain, bridge: string): string {
  if (source === "iptables") return `iptables-legacy -I ${name} -i ${bridge} -o ${bridge} -j ACCEPT`;
  if (source === "ebtables") return `ebtables -I ${name} --logical-in ${bridge} -j ACCEPT`;
  if (family === "bridge") return `nft insert rule bridge ${table} ${name} meta ibrname ${bridge} accept`;
  return family === "ip" && table === "filter" && name === "FORWARD"
    ? `iptables -I FORWARD -i ${bridge} -o ${bridge} -j ACCEPT`
    : `nft insert rule ${family} ${table} ${name} iifname ${bridge} oifname ${bridge} accept`;
}
