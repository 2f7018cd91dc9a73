import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { differingFactors } from "../../../cli/diff/changes.ts";
import { factorExamples } from "../../../cli/diff/document.ts";
import { schemaTable } from "../../../infra/config/document.ts";
import { explain } from "../../../infra/config/explain.ts";
import { type Config, configSchema } from "../../../infra/config/schema.ts";
import { allProbes } from "../../../measure/probes/registry.ts";
import { factor } from "../../../study/factor.ts";
import { factorCellsOf, factorColumnsOf, runFactorsOf } from "../../../study/factor-columns.ts";
import { probesFactorOf } from "../../../study/factors/probes.ts";
import { factorShapeOf, factorTable } from "../../../study/factors.ts";
import { askedProbe } from "../../../study/probes/asked-probe.ts";
import { askedProbes, probeParametersOf } from "../../../study/probes/asked-probes.ts";
import { problemLine } from "../../../study/problem.ts";
import { recordOf, recordSchemaOf, scenarioOf } from "../../../study/scenario.ts";

const echoWords = factor({
  words: "words that are called out",
  schema: z.int().min(1).max(9).default(2).describe("words that the echo is asked for"),
  recorded: z.int().optional(),
  path: ["echoWords"],
  columns: [{ name: "echo_words", type: "INTEGER", what: "echo: words; else NULL", absent: null }],
  role: "fixed",
  remakes: "runs",
  examples: [{ to: 3 }],
});
const asked = {
  echo: askedProbe({ what: "what comes back", packages: {}, parameters: { echoWords } }),
  sonar: askedProbe({ what: "how deep it is", packages: {}, parameters: {} }),
};
const row = probesFactorOf(asked);
const table = { ...factorTable, probes: row, ...probeParametersOf(asked) };
const schema = z.strictObject({ ...configSchema.shape, ...factorShapeOf(table) });
const configured = (own: Record<string, unknown>) =>
  schema.parse({ mainDriver: "virtio-bridge", ...own }) as unknown as Config & Record<string, unknown>;

it("probes are a key of the configuration and lines of its documentation", () => {
  const text = schemaTable(schema);
  expect(text).toContain(
    "| `probes` | what runs measure with after ping, one after the other; echo: what comes back; sonar: how deep it is | a list of `echo`, `sonar` | none |",
  );
  expect(text).toContain("| `echoWords` | words that the echo is asked for | whole number, 1 to 9 | `2` |");
});

it.each([
  [["radar"], 'probes.0: "radar" is not allowed; allowed: one of echo, sonar'],
  [["echo", "echo"], 'probes: ["echo","echo"] is not allowed; allowed: each probe once'],
  ["echo", 'probes: "echo" is not allowed; allowed: a list'],
])("probes %j are refused with what is allowed", (probes, line) => {
  const value = { mainDriver: "virtio-bridge", probes };
  const { error } = schema.safeParse(value);
  expect(error && explain(error, value, () => []).map(problemLine)).toEqual([line]);
});

it("a scenario without probes beside ping is the one that it always was, whatever their parameters are", () => {
  const without = recordOf(configured({ echoWords: 7 }), table);
  expect(without).toEqual(scenarioOf(configSchema.parse({ mainDriver: "virtio-bridge" })).factors);
  expect(without).not.toHaveProperty("probes");
  expect(row.inName?.(undefined, { background: null })).toBe("");
  expect(factorCellsOf(without, table)).toMatchObject({ probes: null, echo_words: null });
});

it("a scenario has the probes and their parameters in its record, its name and its columns, in the table's order", () => {
  const record = recordOf(configured({ probes: ["sonar", "echo"], echoWords: 3 }), table);
  expect(recordSchemaOf(table).parse(record)).toEqual(record);
  expect(record).toMatchObject({ probes: ["echo", "sonar"], echoWords: 3 });
  expect(row.inName?.(["echo", "sonar"], { background: null })).toBe("_echo+sonar");
  expect(factorColumnsOf(table)).toContainEqual({ ...echoWords.columns[0], absent: undefined });
  const cells = factorCellsOf(record, table);
  expect(cells).toMatchObject({ probes: "echo+sonar", echo_words: 3 });
  expect(runFactorsOf(cells, table).fixed).toContain('"probes":"echo+sonar"');
  expect(factorCellsOf(recordOf(configured({ probes: ["sonar"] }), table), table)).toMatchObject({ echo_words: null });
});

it("scenarios differ by which probes they have and by nothing else of the list", () => {
  const lists = fc.shuffledSubarray(["echo", "sonar"]);
  fc.assert(
    fc.property(lists, lists, (a, b) => {
      const differ = differingFactors(configured({ probes: a }), configured({ probes: b }), table);
      expect(differ.length === 0).toBe([...a].sort().join() === [...b].sort().join());
    }),
  );
});

it("a parameter's example is of a scenario with its probe", () => {
  expect(factorExamples(table)).toContainEqual({
    what: "words that are called out",
    from: { probes: ["echo"] },
    to: { echoWords: 3 },
  });
});

it("each probe that may be asked for is measured when it is asked for, and ping always", () => {
  const factors = { packets: 100, pingRatePps: 1000, cpuWindowSeconds: 5 };
  const measured = (probes: string[]) =>
    allProbes.filter((probe) => probe.isAskedBy({ ...factors, probes })).map(({ id }) => id);
  const ids = Object.keys(askedProbes);
  expect(allProbes.map(({ id }) => id)).toEqual(["ping", ...ids]);
  expect(allProbes.filter((probe) => probe.isAskedBy(factors)).map(({ id }) => id)).toEqual(["ping"]);
  expect(measured(ids)).toEqual(["ping", ...ids]);
  for (const id of ids) expect(measured([id])).toEqual(["ping", id]);
});
