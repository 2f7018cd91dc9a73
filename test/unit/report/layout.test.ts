import fc from "fast-check";
import { expect, test } from "vitest";
import { placesOf } from "../../../report/layout/places.ts";
import { type ShownScenario, shownScenarios } from "../../../report/layout/scenarios.ts";
import { chosenOf, fragmentOf, neighboursOf, shownScenarioIndices, wordsOfValue } from "../../../report/page/chosen.ts";
import { html, jsonIn } from "../../../report/page/html.ts";
import { madeRun } from "../../support/study-runs.ts";

const scenario = fc.record({
  main: fc.constantFrom("e1000-bridge", "virtio-bridge", "macvtap-passthrough", "pci-passthrough", "host-vf"),
  vms: fc.constantFrom(0, 8, 32, 128),
  background: fc.constantFrom("e1000-bridge", "virtio-bridge", "macvtap-passthrough", "pci-passthrough"),
  type: fc.constantFrom("cpu" as const, "network" as const),
  location: fc.constantFrom("sender" as const, "responder" as const),
  ratePps: fc.constantFrom(1000, 1_000_000),
  capture: fc.constantFrom(null, "none"),
  cpus: fc.constantFrom(null, 4, "as it is"),
});
const scenariosOf = (
  made: readonly {
    main: string;
    vms: number;
    background: string;
    type: "cpu" | "network";
    location: "sender" | "responder";
    ratePps: number;
    capture?: string | null;
    cpus?: string | number | null;
  }[],
): ShownScenario[] =>
  shownScenarios(
    made.map(({ main, vms, background, type, location, ratePps, capture = null, cpus = null }) => {
      const competition = vms > 0 && { background: { vms, driver: background }, load: { type, location } };
      const run = madeRun({ main, ratePps, ...competition });
      const fixed = JSON.stringify({ ...JSON.parse(run.fixed), packet_capture: capture });
      const pressure = JSON.stringify({ ...JSON.parse(run.pressure), background_cpus: cpus });
      const others = vms > 0 ? { fixed, pressure } : { fixed };
      return { ...run, ...others, scenarioSha256: `${run.scenarioSha256} ${Object.values(others)}` };
    }),
  );

test("every scenario has a place, and no two have one", () => {
  fc.assert(
    fc.property(fc.array(scenario, { minLength: 1, maxLength: 30 }), (made) => {
      const scenarios = scenariosOf(made);
      const places = placesOf(scenarios);
      expect(new Set(places.map((place) => place.scenario)).size).toBe(scenarios.length);
      expect(new Set(places.map(({ panel, vms, driver }) => `${panel}\n${vms}\n${driver}`)).size).toBe(places.length);
    }),
  );
});

test("a scenario without competitors stands in each panel of its frequency, and has its own where there is none", () => {
  const alone = {
    main: "virtio-bridge",
    vms: 0,
    background: "",
    type: "cpu",
    location: "sender",
    ratePps: 1000,
  } as const;
  const loaded = { ...alone, vms: 8, background: "virtio-bridge" } as const;
  const places = placesOf(
    scenariosOf([alone, loaded, { ...loaded, location: "responder" }, { ...alone, ratePps: 1_000_000 }]),
  );
  expect(
    places
      .filter(({ vms }) => vms === 0)
      .map(({ panel }) => panel)
      .sort(),
  ).toEqual([
    "CPU load at the responder, background VMs on virtio-bridge, 1 kpps",
    "CPU load at the sender, background VMs on virtio-bridge, 1 kpps",
    "nobody competes, 1 Mpps",
  ]);
});

const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
const factor = fc.record({
  column: fc.string({ minLength: 1 }),
  values: fc.uniqueArray(value, { minLength: 2, selector: String }),
});

test("what is chosen comes back from the address as it was, whatever names and values are", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(factor, { minLength: 1, selector: ({ column }) => column }),
      fc.nat(),
      (factors, seed) => {
        const usable = factors.map(({ column, values }) => ({ column, values: values.filter((one) => one !== "") }));
        const chosen = new Map(
          usable.flatMap(({ column, values }, i) =>
            values.length > 1 ? [[column, new Set([values[(seed + i) % values.length] ?? null])] as const] : [],
          ),
        );
        expect(chosenOf(`#${fragmentOf(chosen)}`, usable)).toEqual(chosen);
      },
    ),
  );
});

test("an address that names nothing that there is chooses nothing", () => {
  const factors = [{ column: "vms", values: [0, 8] }];
  for (const fragment of ["", "#", "#figures", "#vms", "#vms=9", "#other=8", "#vms=0,8", "#%E0%A4%A=1"])
    expect(chosenOf(fragment, factors).size).toBe(0);
  expect(chosenOf("#vms=8", factors)).toEqual(new Map([["vms", new Set([8])]]));
});

test("an absent value has no word that is a value", () => {
  expect(wordsOfValue(null)).not.toBe(wordsOfValue("none"));
  expect([wordsOfValue(0), wordsOfValue(false)]).toEqual(["0", "false"]);
});

test("scenarios are chosen by all factors, and the nearest differ in the fewest", () => {
  const scenarios = [
    { factors: { driver: "a", vms: 0 } },
    { factors: { driver: "b", vms: 8 } },
    { factors: { driver: "a", vms: 8 } },
  ];
  expect(shownScenarioIndices(scenarios, new Map())).toEqual(new Set([0, 1, 2]));
  expect(
    shownScenarioIndices(
      scenarios,
      new Map<string, Set<string | number>>([
        ["driver", new Set(["a"])],
        ["vms", new Set([8])],
      ]),
    ),
  ).toEqual(new Set([2]));
  expect(neighboursOf(scenarios, 0, 2)).toEqual([
    { index: 2, differences: [{ column: "vms", here: 0, there: 8 }] },
    {
      index: 1,
      differences: [
        { column: "driver", here: "a", there: "b" },
        { column: "vms", here: 0, there: 8 },
      ],
    },
  ]);
});

test("what stands in HTML as a value is text, and data ends no element", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const page = html`<p title="${text}">${[text]}${html`<b></b>`}</p>`.text;
      expect(page.match(/[<>]/g)).toHaveLength(8);
      expect(page.match(/"/g)).toHaveLength(2);
      const [, json = ""] = /<script[^>]*>(.*)<\/script>/s.exec(jsonIn("x", { text }).text) ?? [];
      expect(json).not.toContain("<");
      expect(JSON.parse(json)).toEqual({ text });
    }),
  );
});
