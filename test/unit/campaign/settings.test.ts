import { describe, expect, it } from "vitest";
import { plannedDeployments } from "../../../cli/campaign/deployments.ts";
import { readExperiments } from "../../../cli/campaign/experiment.ts";
import { parsePlanOptions, parseRunOptions } from "../../../cli/campaign/options.ts";
import { planCampaign } from "../../../cli/campaign/plan.ts";
import { settingsOf } from "../../../cli/campaign/settings.ts";
import { configKeys, parseConfig } from "../../../infra/config/load.ts";
import { scenarioOf } from "../../../study/scenario.ts";

const place = { hosts: "/lab/hosts.json", results: "/lab/2026" };
function all(profile: string) {
  const { scenarios, order } = planCampaign(readExperiments(["all"]), { profile });
  return plannedDeployments(scenarios, order.rule);
}

describe("settingsOf", () => {
  it("sets every key but the guest image, so that nothing else reaches into a scenario", () => {
    const [first] = all("emulated");
    expect(Object.keys(settingsOf(first!, place)).sort()).toEqual(
      configKeys.filter((key) => key !== "guestImage").sort(),
    );
  });

  it("is what the stack's program reads as that scenario", () => {
    for (const deployment of all("paper")) {
      const raw = Object.entries(settingsOf(deployment, place)).map(([key, value]) => [`sriov-rtt:${key}`, value]);
      const { hosts, ...config } = parseConfig(Object.fromEntries(raw), "sriov-rtt", "campaign");
      expect(hosts).toBe(place.hosts);
      expect(config.resultsDirectory).toBe(place.results);
      expect(config.replicate).toBe(deployment.replicate);
      expect(config.order).toEqual(deployment.order);
      expect(config.runs).toBe(deployment.scenario.runs);
      expect(scenarioOf(config).sha256).toBe(deployment.scenario.hash);
    }
  });

  it("writes a driver for each end as JSON", () => {
    const [first] = all("emulated");
    const mainDriver = { sender: "virtio-bridge", responder: "pci-passthrough" } as const;
    const config = { ...first!.scenario.config, mainDriver };
    expect(settingsOf({ ...first!, scenario: { ...first!.scenario, config } }, place).mainDriver).toBe(
      '{"sender":"virtio-bridge","responder":"pci-passthrough"}',
    );
  });
});

describe("options", () => {
  it("have defaults", () => {
    expect(parseRunOptions(["baseline"], {})).toEqual({
      experiments: ["baseline"],
      profile: "emulated",
      hosts: undefined,
      pair: 1,
      newHostKeys: false,
      pairs: undefined,
      replicates: undefined,
      runs: undefined,
      only: [],
      limit: undefined,
      order: undefined,
      seed: undefined,
      results: "results",
      attempts: 2,
      keep: false,
      json: false,
    });
  });

  it("refuse an --attempts of 0", () => {
    expect(() => parseRunOptions(["baseline"], { attempts: "0" })).toThrow(
      '--attempts "0" is not allowed; allowed: a whole number, 1 or more',
    );
  });

  it.each([
    [{ replicates: "0" }, '--replicates "0" is not allowed; allowed: a whole number, 1 to 1000'],
    [{ runs: "1001" }, '--runs "1001" is not allowed; allowed: a whole number, 1 to 1000'],
    [{ pair: "0" }, '--pair "0" is not allowed; allowed: a whole number, 1 to 100'],
    [{ pair: "101" }, '--pair "101" is not allowed'],
    [{ only: ["driver=x"] }, '--only "driver=x" is not allowed; allowed: KEY=VALUE, where KEY is one of mainDriver, '],
    [{ limit: "all" }, '--limit "all" is not allowed; allowed: a whole number, 1 or more'],
    [{ order: "fast" }, '--order "fast" is not allowed; allowed: random, split-plot, cheapest, paper'],
    [{ seed: "-1" }, '--seed "-1" is not allowed; allowed: a whole number, 0 to 9007199254740991'],
    [{ seed: "9007199254740992" }, /--seed "9007199254740992" is not allowed/],
  ])("refuse %j", (words, message) => {
    expect(() => parsePlanOptions(["baseline"], words)).toThrow(message);
  });
});
