import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkExperiment, type Experiment, profileOf, readExperiments } from "../../../cli/campaign/experiment.ts";
import { checkout } from "../../../lib/paths.ts";
import { placeOf } from "../../../measure/analysis/arms.ts";

const all = readExperiments(["all"]);

describe("the experiments in experiments/", () => {
  it("are the paper's four, in its order", () => {
    expect(all.map(({ id, section }) => [id, section])).toEqual([
      ["baseline", "4.1"],
      ["macvtap", "4.2"],
      ["connection", "4.3"],
      ["competition", "4.4"],
    ]);
  });

  it("have the paper's levels", () => {
    for (const experiment of all) {
      expect(experiment).toMatchObject({
        loadTypes: ["cpu", "network"],
        loadLocations: ["sender", "responder"],
        pingRatesPps: [1000, 1_000_000],
      });
      const { backgroundVms, settings } = profileOf(experiment, "paper");
      expect(backgroundVms).toEqual(experiment.id === "competition" ? [0, 8, 32, 64] : [0, 8, 32, 64, 128]);
      expect(settings).toMatchObject({ runs: 10, packets: 100, frameBytes: 64, cpuWindowSeconds: 10 });
      expect(profileOf(experiment, "emulated").backgroundVms).toEqual([0, 1, 2]);
    }
  });

  it.each(["paper", "emulated"])(
    "differ in nothing but levels and arms in the profile %s, so that equal cells are one scenario",
    (name) => {
      const [first, ...others] = all.map((experiment) => {
        const { backgroundVms: _levels, ...rest } = profileOf(experiment, name);
        return rest;
      });
      for (const other of others) expect(other).toEqual(first);
    },
  );

  it("call their arms as the analysis calls what is measured in them", () => {
    for (const { arms } of all)
      for (const { name, mainDriver, backgroundDriver } of arms) {
        if (typeof mainDriver !== "string" || typeof backgroundDriver !== "string") throw new Error("not the paper's");
        const place = placeOf({ mains: { sender: mainDriver, responder: mainDriver }, background: backgroundDriver });
        expect(place?.arm).toBe(name);
      }
  });
});

describe("readExperiments", () => {
  it("takes each once, in the order in which they are named", () => {
    const ids = (names: string[]) => readExperiments(names).map(({ id }) => id);
    expect(ids(["macvtap", "baseline", "macvtap"])).toEqual(["macvtap", "baseline"]);
    expect(ids(["competition", "all"])).toEqual(["competition", "baseline", "macvtap", "connection"]);
  });

  it("refuses an unknown one with the known ones", () => {
    expect(() => readExperiments(["../baseline"])).toThrow(
      'experiment "../baseline" is not allowed; allowed: baseline, competition, connection, disturbance, drivers, location, macvtap, all',
    );
  });
});

it("an experiment has the shared profiles, changed by what it says of them, and may have others", () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-experiments-"));
  cpSync(join(checkout, "experiments"), folder, { recursive: true });
  const path = join(folder, "location.yaml");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace("replicates: 8", "settings: { packets: 7 }"));
  const [changed, baseline] = readExperiments(["location", "baseline"], folder) as [Experiment, Experiment];
  const paper = profileOf(baseline, "paper");
  expect(profileOf(changed, "paper")).toEqual({
    ...paper,
    backgroundVms: [0, 32],
    settings: { ...paper.settings, packets: 7 },
  });
  expect(profileOf(changed, "emulated").replicates).toBe(profileOf(baseline, "emulated").replicates);
  rmSync(folder, { recursive: true });
});

describe("checkExperiment", () => {
  const good = () => structuredClone(readExperiments(["baseline"])[0]) as Record<string, unknown> | undefined;
  const check = (change: (value: Experiment) => void) => {
    const value = good();
    change(value as unknown as Experiment);
    return () => checkExperiment(value, "baseline.yaml", "baseline");
  };

  it("takes a good one", () => {
    expect(check(() => {})().id).toBe("baseline");
  });

  const wrong: [string, (value: Experiment) => void, string | RegExp][] = [
    [
      "a key",
      (value) => Object.assign(value, { loads: ["cpu"] }),
      /loads: \["cpu"\]: there is no such key; known keys here: id, section/,
    ],
    [
      "an arm's key",
      (value) => Object.assign(value.arms[0]!, { driver: 1 }),
      /arms\.0\.driver: 1: there is no such key; known keys here: name, paperName, mainDriver, backgroundDriver/,
    ],
    [
      "a driver",
      (value) => Object.assign(value.arms[1]!, { mainDriver: "virtio" }),
      /arms\.1\.mainDriver: "virtio" is not allowed; allowed: one of e1000-bridge/,
    ],
    [
      "a driver of an end",
      (value) => Object.assign(value.arms[1]!, { mainDriver: { sender: "x", responder: "virtio-bridge" } }),
      /arms\.1\.mainDriver\.sender: "x"/,
    ],
    [
      "a level",
      (value) => value.profiles.paper!.backgroundVms.push(129),
      "profiles.paper.backgroundVms.5: 129 is not allowed; allowed: at most 128",
    ],
    [
      "a level twice",
      (value) => value.profiles.paper!.backgroundVms.push(8),
      /profiles\.paper\.backgroundVms: .* allowed: each level once/,
    ],
    [
      "no level",
      (value) => Object.assign(value, { pingRatesPps: [] }),
      "pingRatesPps: [] is not allowed; allowed: at least one level",
    ],
    [
      "a frequency",
      (value) => Object.assign(value, { pingRatesPps: [10] }),
      /pingRatesPps\.0: 10 is not allowed; allowed: .*1000/,
    ],
    [
      "a factor among the settings",
      (value) => Object.assign(value.profiles.emulated!.settings, { loadType: "cpu" }),
      /profiles\.emulated\.settings\.loadType: "cpu": there is no such key; known keys here: backgroundMemoryMiB/,
    ],
    [
      "a deployment's place among the settings",
      (value) =>
        Object.assign(value.profiles.emulated!.settings, {
          order: { kind: "paper", seed: null, block: 1, position: 1, positions: 1 },
        }),
      /profiles\.emulated\.settings\.order: .*there is no such key/,
    ],
    [
      "a setting",
      (value) => Object.assign(value.profiles.emulated!.settings, { runs: 0 }),
      "profiles.emulated.settings.runs: 0 is not allowed; allowed: at least 1",
    ],
    [
      "a key of the servers",
      (value) => Object.assign(value.profiles.paper!.servers, { vf: 1 }),
      /profiles\.paper\.servers\.vf: 1: there is no such key; known keys here: vfs, cpus, memoryMiB/,
    ],
    [
      "what is missing",
      (value) => Object.assign(value.profiles.paper!, { replicates: undefined }),
      "profiles.paper.replicates: missing; allowed: a number",
    ],
    ["an arm's name twice", (value) => value.arms.push(value.arms[0]!), /allowed: arms of different names/],
    [
      "another file's name",
      (value) => Object.assign(value, { id: "other" }),
      `id: "other" is not allowed; allowed: baseline, the file's name`,
    ],
  ];
  it.each(wrong)("refuses %s that is wrong by key, value and what is allowed", (_what, change, message) => {
    expect(check(change)).toThrow(message);
    expect(check(change)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it("refuses what is no experiment at all", () => {
    expect(() => checkExperiment("text", "x.yaml", "x")).toThrow(/x\.yaml is wrong/);
  });

  it("refuses a profile that is not there with those that are", () => {
    expect(() => profileOf(all[0]!, "constructor")).toThrow(
      '--profile "constructor" is not allowed for baseline; allowed: emulated, paper',
    );
  });
});
