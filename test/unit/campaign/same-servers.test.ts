import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { namedCampaign } from "../../../cli/campaign/campaign.ts";
import { MeasuredRuns } from "../../../cli/campaign/measured.ts";
import { parsePlanOptions } from "../../../cli/campaign/options.ts";
import { type KeyedPair, refuseOtherServers } from "../../../cli/campaign/same-servers.ts";
import { serversAt } from "../../../cli/campaign/servers.ts";
import { LabError } from "../../../lib/errors.ts";
import { type ServerKeys, serverKeysOf } from "../../../measure/results/server-keys.ts";
import { writeRun } from "./fixtures.ts";
import { serversWith } from "./planned.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-servers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Two servers by their letters, which are their addresses and host keys. */
const hostsOf = (letters: string) => {
  const { fidelity, hosts } = serversWith(8, 8);
  const server = (host: typeof hosts.sender, letter: string) => {
    const { generation: _, domainType: __, ...rest } = host;
    return { ...rest, address: `192.0.2.${letter.charCodeAt(0)}`, hostKey: `ssh-ed25519 AAAA${letter}` };
  };
  return {
    fidelity,
    hosts: { sender: server(hosts.sender, letters[0]!), responder: server(hosts.responder, letters[1]!) },
  };
};
const keysOf = (letters: string) => serverKeysOf(hostsOf(letters).hosts);

/** A file with these servers. */
function hostsFile(letters: string): string {
  const file = join(folder, `servers-${letters}.json`);
  writeFileSync(file, JSON.stringify(hostsOf(letters)));
  return file;
}
function pairsFile(pairs: Record<number, string>): string {
  const file = join(folder, "pairs.json");
  const named = Object.entries(pairs).map(([number, letters]) => [number, hostsFile(letters)]);
  writeFileSync(file, JSON.stringify({ pairs: Object.fromEntries(named) }));
  return file;
}

function campaign(words: object) {
  const options = parsePlanOptions(["baseline"], { limit: "2", replicates: "3", runs: "1", ...words });
  const runs = new MeasuredRuns(join(folder, "results"), { memoryFile: join(folder, "memory.json") });
  return namedCampaign(options, runs, serversAt);
}
/** Publishes the runs of a replicate, recorded under a pair, and measured on servers. */
function measure(replicate: number, pair: number, letters: string): void {
  const { sender, responder } = keysOf(letters);
  const environment = { sender: { hostKeySha256: sender }, responder: { hostKeySha256: responder } };
  const { blocks } = campaign({ hosts: hostsFile("xy"), newHostKeys: true });
  for (const one of blocks[replicate - 1]!.on(pair)) writeRun(join(folder, "results"), one, 1, "hardware", environment);
}
const refusalOf = (words: object): string => {
  try {
    campaign(words);
  } catch (error) {
    expect(error).toBeInstanceOf(LabError);
    expect(error).toMatchObject({ exitCode: 2 });
    return (error as Error).message;
  }
  return "not refused";
};

describe("a campaign whose pairs have runs", () => {
  beforeEach(() => {
    measure(1, 1, "ab");
    measure(2, 2, "cd");
  });

  it("goes on with the same pairs, with some of them, and with new ones", () => {
    for (const pairs of [{ 1: "ab", 2: "cd" }, { 2: "cd" }, { 1: "ab", 2: "cd", 3: "ef" }])
      expect(campaign({ pairs: pairsFile(pairs) }).notes).toEqual([]);
    expect(campaign({ hosts: hostsFile("ab") }).notes).toEqual([]);
    expect(campaign({ hosts: hostsFile("cd"), pair: "2" }).notes).toEqual([]);
  });

  it("refuses hosts files that were swapped, with both numbers, the files and what to do", () => {
    const pairs = pairsFile({ 1: "cd", 2: "ab" });
    const none = (pair: number, former: number) =>
      `runs of pair ${former} were measured on these servers, and none of pair ${pair}; give them the number ${former}`;
    expect(refusalOf({ pairs })).toBe(
      [
        `--pairs ${JSON.stringify(pairs)} is not allowed:`,
        `  pair 1 (${hostsFile("cd")}): ${none(1, 2)}`,
        `  pair 2 (${hostsFile("ab")}): ${none(2, 1)}`,
        "allowed: each pair of servers under the number that its runs have, or another results directory (--results)",
      ].join("\n"),
    );
  });

  it("refuses a pair that was renumbered because another one was dropped, also to a number without runs", () => {
    expect(refusalOf({ pairs: pairsFile({ 1: "cd" }) })).toMatch(/pair 1 \(.*servers-cd.json\): runs of pair 2 were/);
    expect(refusalOf({ pairs: pairsFile({ 2: "cd", 3: "ab" }) })).toMatch(/pair 3 \(.*\): runs of pair 1 were/);
  });

  it("refuses the same of --pair", () => {
    const message = refusalOf({ hosts: hostsFile("cd") });
    expect(message).toMatch(/^--pair 1 is not allowed:\n {2}pair 1 \(.*servers-cd.json\): .* give them the number 2\n/);
    expect(refusalOf({ hosts: hostsFile("ab"), pair: "2" })).toMatch(/^--pair 2 .* give them the number 1\n/s);
  });

  it("refuses one server of another pair, and a pair whose servers have changed their parts", () => {
    expect(refusalOf({ pairs: pairsFile({ 1: "ad", 2: "cb" }) })).toMatch(
      /pair 1 .*: its responder is a server of pair 2 by that pair's runs, .*\n {2}pair 2 .*: its responder is a server of pair 1/,
    );
    expect(refusalOf({ pairs: pairsFile({ 1: "ba" }) })).toMatch(/pair 1 .* with sender and responder exchanged; put/);
    expect(refusalOf({ pairs: pairsFile({ 1: "dc" }) })).toMatch(/pair 1 .*: runs of pair 2 were measured on these/);
    expect(campaign({ pairs: pairsFile({ 3: "ad" }) }).notes, "two that are left make a new pair").toEqual([]);
  });

  it("refuses other servers than those of its runs, and goes on where a server is said to be installed anew", () => {
    const pairs = pairsFile({ 1: "ab", 2: "ce" });
    expect(refusalOf({ pairs })).toMatch(
      /pair 2 \(.*servers-ce.json\): none of its runs so far .* say --new-host-keys\n/,
    );
    expect(refusalOf({ hosts: hostsFile("gh") })).toMatch(/^--pair 1 is not allowed:\n {2}pair 1 \(/);
    expect(campaign({ pairs, newHostKeys: true }).notes).toEqual([
      expect.stringMatching(
        /^pair 2 \(.*servers-ce.json\): none of its runs so far .*; analyses note the environments$/,
      ),
    ]);
    expect(campaign({ hosts: hostsFile("gh"), newHostKeys: true }).notes).toEqual([
      expect.stringMatching(/^pair 1 \(/),
    ]);
    measure(3, 2, "ce");
    expect(campaign({ pairs: pairsFile({ 2: "ce" }) }).notes).toEqual([]);
  });

  it("compares with the runs of other campaigns in the same directory too", () => {
    const other = { hosts: hostsFile("cd"), limit: "99", only: ["backgroundVms=2"] };
    expect(refusalOf(other)).toMatch(/runs of pair 2 were measured on these servers, and none of pair 1/);
    expect(refusalOf({ ...other, hosts: hostsFile("gh") })).toMatch(/pair 1 .*: none of its runs so far/);
    expect(campaign({ ...other, pair: "2" }).notes).toEqual([]);
  });
});

it("a pair that is named alone goes on with a campaign that was dealt to several, and leaves what others have begun", () => {
  const dealt = campaign({ pairs: pairsFile({ 1: "ab", 2: "cd" }) });
  measure(1, 1, "ab");
  for (const [replicate, pair] of [
    [1, 1],
    [2, 2],
  ] as const)
    dealt.journal.append({ event: "dealt", replicate, pair });
  const alone = campaign({ hosts: hostsFile("cd"), pair: "2" });
  expect(alone.blocks.map(({ planned }) => planned)).toEqual(dealt.blocks.map(({ planned }) => planned));
  expect([...alone.begun]).toEqual([[1, 1]]);
});

it("runs that do not say their servers refuse nobody", () => {
  const { blocks } = campaign({ hosts: hostsFile("ab") });
  writeRun(join(folder, "results"), blocks[0]!.on(1)[0]!, 1, "hardware");
  expect(campaign({ pairs: pairsFile({ 1: "cd", 2: "ab" }) }).notes).toEqual([]);
});

it("servers that are copies of others are told by their number", () => {
  measure(1, 1, "ab");
  const keys = keysOf("ab");
  const pair = (number: number): KeyedPair => ({ number, hosts: `${number}.json`, keys, mayChange: false });
  expect(refuseOtherServers([pair(1), pair(2)], new Map([[1, [keys]]]), "--pairs")).toEqual([]);
});

it("pairs are refused where some have moved, and those alone are told that are new to their number", () => {
  const numbers = [1, 2, 3, 4, 5];
  const servers = (pair: number): ServerKeys => keysOf(String.fromCharCode(96 + 2 * pair, 97 + 2 * pair));
  const named = fc.uniqueArray(fc.constantFrom(...numbers, 6, 7), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      named,
      fc.shuffledSubarray(numbers, { minLength: 5 }),
      fc.subarray(numbers),
      (whose, order, measured) => {
        const pairs = whose.map((whoseServers, index) => ({
          ...{ number: order[index]!, hosts: `${index}.json`, keys: servers(whoseServers), mayChange: true },
          whoseServers,
        }));
        const runs = new Map(measured.map((number) => [number, [servers(number)]]));
        const others = pairs.filter(({ number, whoseServers }) => number !== whoseServers);
        const moved = others.filter(({ whoseServers }) => measured.includes(whoseServers));
        const anew = others.filter(({ number }) => measured.includes(number));
        const compare = () => refuseOtherServers(pairs, runs, "--pairs");
        if (moved.length === 0)
          expect(compare()).toEqual(anew.map(({ number }) => expect.stringContaining(`pair ${number} `)));
        else
          expect(compare).toThrow(
            new RegExp(
              moved.map(({ number, whoseServers }) => `pair ${number} .* number ${whoseServers}`).join("\n +"),
            ),
          );
      },
    ),
  );
});
