import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { namedCampaign } from "../../../cli/campaign/campaign.ts";
import { MeasuredRuns } from "../../../cli/campaign/measured.ts";
import { parsePlanOptions } from "../../../cli/campaign/options.ts";
import { pairsOf, readPairs, refuseCommonServers } from "../../../cli/campaign/pairs.ts";
import type { Servers } from "../../../cli/campaign/servers.ts";
import { statusOf, statusText } from "../../../cli/campaign/status.ts";
import { scenarioOf } from "../../../study/scenario.ts";
import { writeRun } from "./fixtures.ts";
import { serversWith } from "./planned.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-pairs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A file of pairs with this text, or of these hosts files. */
function pairsFile(pairs: unknown, name = "pairs.json"): string {
  const file = join(folder, name);
  writeFileSync(file, typeof pairs === "string" ? pairs : JSON.stringify(pairs));
  return file;
}

describe("a file of pairs", () => {
  it("names them by number, whatever their order, with hosts files relative to the project", () => {
    const pairs = readPairs(pairsFile({ pairs: { 10: "/b.json", 2: "/a.json" } }));
    expect(pairs).toEqual([
      { number: 2, hosts: "/a.json" },
      { number: 10, hosts: "/b.json" },
    ]);
    expect(readPairs(pairsFile({ pairs: { 1: "a.json" } }))[0]?.hosts).toMatch(/^\/.*\/a\.json$/);
  });

  it.each([
    [{ pairs: { 1: "a.json" }, hosts: "b" }, 'hosts: "b": there is no such key; known keys here: pairs'],
    [{}, "pairs: missing; allowed: a record"],
    [{ pairs: {} }, "pairs: {} is not allowed; allowed: at least one pair: its number and its hosts file"],
    [{ pairs: { 0: "a.json" } }, 'pairs.0: "0" is no number of a pair; allowed: 1 to 100, as "1"'],
    [{ pairs: { "01": "a.json" } }, 'pairs.01: "01" is no number of a pair'],
    [{ pairs: { 101: "a.json" } }, 'pairs.101: "101" is no number of a pair'],
    [{ pairs: { 1: 7 } }, "pairs.1: 7 is not allowed; allowed: a string"],
    [{ pairs: { 1: "" } }, 'pairs.1: "" is not allowed; allowed: a text that is not empty'],
    [{ pairs: { 1: "/a", 3: "/a" } }, 'pairs.3: "/a" is not allowed; allowed: another hosts file than pair 1 has'],
    ["{", /--pairs ".*pairs\.json" cannot be read: .*; allowed: a file as \{"pairs": \{"1": /],
  ])("is refused: %j", (pairs, message) => {
    expect(() => readPairs(pairsFile(pairs))).toThrow(message);
  });

  it("must not have one server in two pairs", () => {
    const pair = (number: number, sender: string, responder: string) => {
      const { fidelity, hosts } = serversWith(8, 8);
      const inventory = {
        fidelity,
        hosts: { sender: { ...hosts.sender, address: sender }, responder: { ...hosts.responder, address: responder } },
      };
      return { number, hosts: `${number}.json`, inventory };
    };
    expect(() => refuseCommonServers([pair(1, "a", "b"), pair(2, "c", "d")], "f")).not.toThrow();
    expect(() => refuseCommonServers([pair(1, "a", "b"), pair(4, "c", "a")], "f")).toThrow(
      '4.json: hosts.responder.address: "a" is not allowed; allowed: another server than pair 1 has',
    );
  });
});

describe("--pairs", () => {
  it.each([
    [{ hosts: "a.json" }, '--hosts "a.json" is not allowed; allowed: only without --pairs'],
    [{ pair: "2" }, '--pair "2" is not allowed; allowed: only without --pairs'],
  ])("is refused beside %j", (words, message) => {
    expect(() => parsePlanOptions(["baseline"], { ...words, pairs: "pairs.json" })).toThrow(message);
  });

  it("left out means the one pair that --hosts and --pair name", () => {
    expect(pairsOf(parsePlanOptions(["baseline"], { hosts: "/a.json", pair: "3" }))).toEqual([
      { number: 3, hosts: "/a.json" },
    ]);
  });
});

/** A campaign of the first scenarios of an experiment, as a command names it. */
function campaign(words: object, servers: Record<string, Servers> = {}, experiment = "baseline") {
  const options = parsePlanOptions([experiment], { limit: "2", replicates: "3", runs: "1", ...words });
  const runs = new MeasuredRuns(join(folder, "results"), { memoryFile: join(folder, "memory.json") });
  const plain: Servers = { inventory: serversWith(8, 8), possible: ["hardware"] };
  const served = (hosts: string) => {
    const { inventory, possible } = servers[hosts] ?? plain;
    const [sender, responder] = [inventory.hosts.sender, inventory.hosts.responder];
    const at = (role: string) => ({ address: `${hosts}-${role}` });
    const hostsOf = { sender: { ...sender, ...at("s") }, responder: { ...responder, ...at("r") } };
    return { possible, inventory: { ...inventory, hosts: hostsOf } };
  };
  return { runs, campaign: namedCampaign(options, runs, served) };
}
const orderOf = (all: ReturnType<typeof campaign>["campaign"]) =>
  all.blocks.map(({ planned }) => planned.map(({ scenario, order }) => [scenario.hash, order]));

describe("a campaign on several pairs", () => {
  it("has the name and the order of the same on pair 1, whichever pairs there are", () => {
    const alone = orderOf(campaign({}).campaign);
    for (const pairs of [{ 1: "/a", 2: "/b" }, { 2: "/b" }, { 7: "/x", 9: "/y", 30: "/z" }])
      expect(orderOf(campaign({ pairs: pairsFile({ pairs }) }).campaign)).toEqual(alone);
    expect(orderOf(campaign({ pair: "2" }).campaign)).not.toEqual(alone);
  });

  it("deploys on a pair the scenarios that are the pair's, each at its place", () => {
    const [block] = campaign({ pairs: pairsFile({ pairs: { 2: "/b" } }) }).campaign.blocks;
    for (const [place, { scenario, order, replicate }] of block!.on(2).entries()) {
      const planned = block!.planned[place]!;
      expect(scenario.factors.serverPair).toBe(2);
      expect(scenario.hash).toBe(scenarioOf(scenario.config).sha256);
      expect(scenario.hash).not.toBe(planned.scenario.hash);
      expect({ order, replicate }).toEqual({ order: planned.order, replicate: planned.replicate });
    }
    expect(block!.on(1)).toEqual(block!.planned);
  });

  it("refuses pairs on which the levels make other scenarios, with what differs", () => {
    const pairs = pairsFile({ pairs: { 1: "/a", 2: "/b" } });
    const few = { inventory: serversWith(3, 3), possible: ["hardware"] as const };
    const words = { pairs, limit: undefined, profile: "paper" };
    expect(() => campaign(words, { "/b": few }, "competition")).toThrow(
      /--pairs ".*" is not allowed:\n {2}pair 1 alone has .* and \d+ more\n {2}pair 1: competition .*: 7 background VMs in place of 8 \(.*\n {2}pair 2 alone has .*\n.* 2 background VMs in place of 8 .*\nallowed: pairs on which/s,
    );
  });

  it("refuses pairs of different fidelity", () => {
    const pairs = pairsFile({ pairs: { 1: "/a", 2: "/b" } });
    const emulated = { inventory: serversWith(8, 8), possible: ["emulated"] as const };
    expect(() => campaign({ pairs }, { "/b": emulated })).toThrow(/pair 1 is hardware, pair 2 is emulated\nallowed:/);
  });

  it("says what one of the pairs cannot give, with its number", () => {
    const pairs = pairsFile({ pairs: { 1: "/a", 2: "/b" } });
    const none = { inventory: serversWith(0, 8), possible: ["hardware"] as const };
    const { plan } = campaign({ pairs, limit: undefined }, { "/b": none }, "connection").campaign;
    expect(plan.problems.length).toBeGreaterThan(0);
    for (const problem of plan.problems) expect(problem).toMatch(/^pair 2: mainDriver: /);
  });
});

describe("where a block was begun", () => {
  const pairs = () => pairsFile({ pairs: { 1: "/a", 2: "/b" } });
  const begun = (words: object = { pairs: pairs() }) => Object.fromEntries(campaign(words).campaign.begun);

  it("is not said by the journal: what was dealt and not measured is any pair's", () => {
    const { campaign: all } = campaign({ pairs: pairs() });
    all.journal.append({ event: "dealt", replicate: 2, pair: 5 });
    expect(begun()).toEqual({});
    expect(begun({})).toEqual({ 1: 1, 2: 1, 3: 1 });
  });

  it("is said by the runs, also by those of a pair that is not named", () => {
    const { campaign: all, runs } = campaign({ pairs: pairs() });
    writeRun(runs.results, all.blocks[2]!.on(1)[0]!, 1, "hardware");
    for (const one of all.blocks[2]!.on(21)) writeRun(runs.results, one, 1, "hardware");
    writeRun(runs.results, all.blocks[1]!.on(2)[0]!, 1, "hardware");
    expect(begun()).toEqual({ 2: 2, 3: 21 });
  });

  it("is the pair that is alone, whatever another one has of the same replicate in a campaign of its own", () => {
    const { campaign: all, runs } = campaign({ pairs: pairs() });
    writeRun(runs.results, all.blocks[0]!.on(2)[0]!, 1, "hardware");
    expect(begun({})).toEqual({ 1: 1, 2: 1, 3: 1 });
    expect(begun({ pair: "2" })).toEqual({ 1: 2, 2: 2, 3: 2 });
    all.journal.append({ event: "dealt", replicate: 1, pair: 2 });
    expect(begun({})).toEqual({ 1: 2, 2: 1, 3: 1 });
  });

  it("stands in the status, by pair, and other pairs' blocks are not in the time left", () => {
    const { campaign: all, runs } = campaign({ pairs: pairs() });
    const [first, second] = all.blocks;
    for (const one of first!.on(2)) writeRun(runs.results, one, 1, "hardware");
    writeRun(runs.results, second!.on(9)[1]!, 1, "hardware");
    const again = campaign({ pairs: pairs() }).campaign;
    const status = statusOf(again, runs, [], () => 60);
    expect(status).toMatchObject({
      scenarios: [{ wanted: 3 }, { wanted: 3 }],
      pairs: [1, 2],
      replicates: [
        { replicate: 1, pair: 2, done: 2, wanted: 2 },
        { replicate: 2, pair: 9, done: 1, wanted: 2 },
        { replicate: 3, pair: null, done: 0, wanted: 2 },
      ],
      deployments: { done: 3, wanted: 6 },
      secondsLeft: 120,
    });
    const text = statusText(status);
    expect(text).toContain("pair 1: nothing yet\n");
    expect(text).toContain("pair 2: replicate 1: measured\n");
    expect(text).toContain("pair 9 (not among these): replicate 2: 1 of 2 deployments\n");
    expect(text).toContain("of no pair yet: 1 replicate (3)\n");
    expect(text).toContain("3 of 6 deployments measured, 0 failed; about 2 min left on these pairs");
  });
});
