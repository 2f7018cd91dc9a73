import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { differingFactors } from "../../../cli/diff/changes.ts";
import { factorExamples } from "../../../cli/diff/document.ts";
import { schemaTable } from "../../../infra/config/document.ts";
import { configSchema } from "../../../infra/config/schema.ts";
import { packetTable, runTable } from "../../../measure/dataset/columns.ts";
import { drivers } from "../../../study/drivers.ts";
import { factor } from "../../../study/factor.ts";
import { factorCellsOf, factorColumnsOf, runFactorsOf } from "../../../study/factor-columns.ts";
import { type FactorId, factorShapeOf, factors, factorTable } from "../../../study/factors.ts";
import { loadParameters } from "../../../study/loads/loads.ts";
import { probeParameters } from "../../../study/probes/asked-probes.ts";
import {
  type FactorValues,
  recordedIn,
  recordOf,
  recordSchemaOf,
  scenarioOf,
  scenarioOfRecord,
  scenarioSchema,
} from "../../../study/scenario.ts";
import { codeThatNames, filesWithWord } from "../../support/named-in.ts";

const ids = Object.keys(factors) as FactorId[];
const plain = configSchema.parse({ mainDriver: "virtio-bridge" });

/** Configurations of all kinds, by what a stack may say. */
const configurations = fc
  .record({
    mainDriver: fc.constantFrom(...drivers),
    backgroundVms: fc.integer({ min: 0, max: 3 }),
    backgroundDriver: fc.oneof(
      fc.constantFrom(...drivers),
      fc.record({ sender: fc.constantFrom(...drivers), responder: fc.constantFrom(...drivers) }),
    ),
    loadType: fc.constantFrom("none", "cpu", "network"),
    loadLocation: fc.constantFrom("sender", "responder", "both"),
    cpuLoadPercent: fc.integer({ min: 1, max: 100 }),
    networkLoadMbps: fc.integer({ min: 1, max: 100 }),
    pingRatePps: fc.constantFrom(1000, 1_000_000),
    packets: fc.integer({ min: 1, max: 65535 }),
    mainVlan: fc.integer({ min: 0, max: 2 }),
    backgroundVlan: fc.integer({ min: 0, max: 2 }),
    packetCapture: fc.constantFrom("all", "none", "twice"),
    cpuSampling: fc.constantFrom("mpstat", "none"),
  })
  .map((values): FactorValues => configSchema.parse(values));

describe("a scenario", () => {
  it("has a record that its schema takes as it is, and is the same scenario by its record", () => {
    fc.assert(
      fc.property(configurations, (values) => {
        const scenario = scenarioOf(values);
        expect(scenarioSchema.parse(scenario)).toEqual(scenario);
        expect(scenarioOfRecord(scenario.factors)).toEqual(scenario);
      }),
    );
  });

  it("is another one when, and only when, a factor that means something in it is", () => {
    fc.assert(
      fc.property(configurations, configurations, (a, b) => {
        const differ = differingFactors({ ...plain, ...a }, { ...plain, ...b });
        expect(differ.length > 0).toBe(scenarioOf(a).sha256 !== scenarioOf(b).sha256);
      }),
    );
  });

  it("without background VMs knows nothing of them and of load", () => {
    const alone = scenarioOf({ ...plain, loadType: "cpu", backgroundDriver: "pci-passthrough", backgroundVlan: 7 });
    expect(alone).toEqual(scenarioOf(plain));
    expect(alone.factors).toMatchObject({ background: null, load: null });
    expect(alone.factors).not.toHaveProperty("vlan");
    expect(alone.name).toMatch(/^virtio-bridge_bg0_1kpps_[0-9a-f]{8}$/);
  });

  it("has the hash that runs on disk have", () => {
    const scenario = scenarioOf({
      ...plain,
      mainDriver: { sender: "virtio-bridge", responder: "e1000-bridge" },
      backgroundVms: 8,
      backgroundDriver: "macvtap-passthrough",
      loadType: "network",
      pingRatePps: 1_000_000,
      backgroundVlan: 5,
    });
    expect(scenario.name).toBe("virtio-bridge~e1000-bridge_bg8-macvtap-passthrough_network-at-sender_1Mpps_19170af3");
    expect(scenario.sha256).toBe("19170af385a1bb87b295f404d9daed1b237b5922ae227f0f53b2e7c318275bae");
  });
});

describe("the table of factors", () => {
  it("has a column at least for each, every name once, as the dataset has them", () => {
    const names = factorColumnsOf(factors).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const id of ids) expect(factors[id].columns.length, id).toBeGreaterThan(0);
    for (const table of [packetTable, runTable])
      expect(table.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });

  it("fills each column of each scenario", () => {
    fc.assert(
      fc.property(configurations, (values) => {
        const { factors: record } = scenarioOf(values);
        const cells = factorCellsOf(record, factors);
        expect(Object.keys(cells)).toEqual(factorColumnsOf(factors).map(({ name }) => name));
        const { vms, load } = runFactorsOf(cells);
        expect(vms).toBe(values.backgroundVms);
        expect(load?.type ?? "none").toBe(values.backgroundVms === 0 ? "none" : values.loadType);
      }),
    );
  });

  it("gives each an example of a change, which is one", () => {
    expect(factorExamples(factors).length).toBeGreaterThanOrEqual(ids.length);
    for (const id of ids) expect(factors[id].examples.length, id).toBeGreaterThan(0);
  });
});

describe("a row more", () => {
  const queue = factor({
    words: "queue of the Main VMs",
    unit: "frames",
    schema: z.int().min(576).max(9000).default(1500).describe("queue of the Main VMs, frames"),
    recorded: z.int().optional(),
    path: ["queue"],
    columns: [{ name: "queue", type: "INTEGER", what: "queue of the Main VMs", absent: null }],
    role: "fixed",
    remakes: "Main VMs",
    examples: [{ to: 9000 }],
  });
  const more = { ...factorTable, queue };
  const [small, large] = [
    { ...plain, queue: 1500 },
    { ...plain, queue: 9000 },
  ];

  it("is a key of the configuration and a line of its documentation", () => {
    const schema = z.strictObject(factorShapeOf(more));
    expect(schema.parse({ mainDriver: "virtio-bridge" })).toMatchObject({ queue: 1500 });
    expect(() => schema.parse({ mainDriver: "virtio-bridge", queue: 1 })).toThrow();
    expect(schemaTable(schema)).toContain(
      "| `queue` | queue of the Main VMs, frames | whole number, 576 to 9000 | `1500` |",
    );
  });

  it("is a column, and NULL in runs of before", () => {
    expect(factorColumnsOf(more).at(-1)).toEqual({ name: "queue", type: "INTEGER", what: "queue of the Main VMs" });
    expect(factorCellsOf(recordOf(large, more), more).queue).toBe(9000);
    expect(factorCellsOf(scenarioOf(plain).factors, more).queue).toBeNull();
    expect(recordSchemaOf(more).parse(scenarioOf(plain).factors)).toEqual(scenarioOf(plain).factors);
    expect(recordSchemaOf(more).parse(recordOf(large, more))).toMatchObject({ queue: 9000 });
  });

  it("is told where two scenarios differ in it, and must be equal in a pair", () => {
    expect(differingFactors(small, large, more)).toEqual([{ key: "queue", from: 1500, to: 9000 }]);
    expect(differingFactors(small, large)).toEqual([]);
    const [a, b] = [small, large].map((values) => runFactorsOf(factorCellsOf(recordOf(values, more), more), more));
    expect(a?.fixed).not.toBe(b?.fixed);
    expect(a?.blocks).toEqual(b?.blocks);
  });

  it("has its lines in docs/scenario-changes.md", () => {
    expect(factorExamples(more).at(-1)).toEqual({ what: "queue of the Main VMs", from: {}, to: { queue: 9000 } });
    expect(recordedIn(recordOf(small, more), queue)).toBe(1500);
  });
});

/** Files that hold data, and commands that a reader repeats: they set factors, and know nothing of them. */
const isData = (path: string) => /^experiments\/|^Pulumi\.[\w.]*yaml$|^docs\/tutorial\.md$/.test(path);
/** What captures, runs and files consist of: as words they are in every third file, and say nothing of the factors there. */
const said = ["packets", "probes"];
const isEnglish = (id: string) => id === id.toLowerCase();

it.each(ids.filter((id) => !said.includes(id)))("%s stands in seven files at most, without tests and data", (id) => {
  const files = (isEnglish(id) ? codeThatNames(id) : filesWithWord(id)).filter((path) => !isData(path));
  expect(files.length, files.join(" ")).toBeLessThanOrEqual(7);
  // The factors of a kind of load come to the table with the kind, those of a probe with the probe.
  const withKind = id in loadParameters ? "loads" : id in probeParameters ? "probes" : undefined;
  const source = withKind ? new RegExp(`^study/${withKind}/[\\w-]+\\.ts$`) : /^study\/factors\.ts$/;
  expect(files).toContainEqual(expect.stringMatching(source));
});
