import { LabError } from "../../lib/errors.ts";
import { roles } from "../../lib/roles.ts";
import type { ServerKeys } from "../../measure/results/server-keys.ts";
import type { Block } from "./blocks.ts";
import type { MeasuredRuns } from "./measured.ts";
import { pairsIn } from "./measured-on.ts";
import type { NumberedPair } from "./pairs.ts";
import { type MeasuredServers, serversOfRuns } from "./servers-of-runs.ts";

/** A pair that a command names. */
export interface KeyedPair extends NumberedPair {
  /** Its servers; undefined while nobody knows them. */
  keys: ServerKeys | undefined;
  /** Whether it may have other host keys than its runs: servers that were installed anew, or emulated ones. */
  mayChange: boolean;
}

/** What runs say of the servers that they were measured on, whichever pairs a command names: a campaign's, and all others there. */
function measuredServers(blocks: readonly Block[], runs: MeasuredRuns): MeasuredServers {
  const others = serversOfRuns(runs.directories);
  const ofPair = (number: number) => {
    const campaigns = blocks.flatMap(({ on }) => on(number).flatMap((each) => runs.serversOf(each)));
    const found = [...campaigns, ...(others.get(number) ?? [])];
    return [...new Map(found.map((keys) => [`${keys.sender} ${keys.responder}`, keys])).values()];
  };
  return new Map(pairsIn(runs).map((number) => [number, ofPair(number)]));
}

const areSame = (a: ServerKeys, b: ServerKeys) => roles.every((role) => a[role] === b[role]);
const areExchanged = (a: ServerKeys, b: ServerKeys) => a.sender === b.responder && a.responder === b.sender;
const has = (all: readonly ServerKeys[], key: string) => all.some((keys) => roles.some((role) => keys[role] === key));

/** What is wrong with the servers of a pair by the runs that there are, and what is merely to be told; undefined where nothing is. */
function findingOf(
  { number, hosts, keys, mayChange }: KeyedPair,
  pairs: readonly KeyedPair[],
  measured: MeasuredServers,
): { wrong: string } | { note: string } | undefined {
  const recorded = measured.get(number) ?? [];
  if (keys === undefined || recorded.some((each) => areSame(each, keys))) return undefined;
  // Two pairs of copied servers may have equal keys: then a pair that keeps its number has them too.
  const keepsThem = (other: number) =>
    pairs.some((pair) => pair.number === other && pair.keys && areSame(pair.keys, keys));
  const others = [...measured].filter(([other]) => other !== number && !keepsThem(other));
  const pair = `pair ${number} (${hosts})`;
  const [former] = others.find(([, all]) => all.some((each) => areSame(each, keys) || areExchanged(each, keys))) ?? [];
  if (former !== undefined)
    return {
      wrong: `${pair}: runs of pair ${former} were measured on these servers, and none of pair ${number}; give them the number ${former}`,
    };
  if (recorded.length === 0) return undefined;
  if (recorded.some((each) => areExchanged(each, keys)))
    return { wrong: `${pair}: its runs were measured with sender and responder exchanged; put them as they were` };
  for (const role of roles) {
    const [owner] = has(recorded, keys[role]) ? [] : (others.find(([, all]) => has(all, keys[role])) ?? []);
    if (owner !== undefined)
      return {
        wrong: `${pair}: its ${role} is a server of pair ${owner} by that pair's runs, and pair ${number} has runs of other servers; give these two servers a number without runs`,
      };
  }
  const finding = `${pair}: none of its runs so far was measured on these two servers, by their host keys`;
  if (mayChange) return { note: `${finding}; analyses note the environments` };
  return {
    wrong: `${finding}. Other servers than that pair's have a number of their own; if a server of it was installed anew, say --new-host-keys`,
  };
}

/**
 * Compares the servers of pairs with those that runs were measured on.
 * @param option that names the pairs, for the message
 * @returns what is to be told, a line each
 * @throws LabError (exit code 2) where servers have another number than their runs, or another place in a pair
 */
export function refuseOtherServers(pairs: readonly KeyedPair[], measured: MeasuredServers, option: string): string[] {
  const findings = pairs.flatMap((pair) => findingOf(pair, pairs, measured) ?? []);
  const wrong = findings.flatMap((finding) => ("wrong" in finding ? [finding.wrong] : []));
  if (wrong.length > 0)
    throw new LabError(
      `${option} is not allowed:\n${wrong.map((line) => `  ${line}`).join("\n")}\n` +
        "allowed: each pair of servers under the number that its runs have, or another results directory (--results)",
      { exitCode: 2 },
    );
  return findings.flatMap((finding) => ("note" in finding ? [finding.note] : []));
}

/** The same by the runs of a campaign's blocks. */
export const refuseOtherServersThanRuns = (
  pairs: readonly KeyedPair[],
  blocks: readonly Block[],
  runs: MeasuredRuns,
  option: string,
): string[] =>
  pairs.some(({ keys }) => keys !== undefined) ? refuseOtherServers(pairs, measuredServers(blocks, runs), option) : [];
