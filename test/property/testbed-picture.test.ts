import fc from "fast-check";
import { expect, it } from "vitest";
import { scenarioConfigSchema } from "../../cli/campaign/scenario-config.ts";
import type { Config } from "../../infra/config/schema.ts";
import { capacityProblems } from "../../infra/plan/capacity.ts";
import { planOf } from "../../infra/plan/plan.ts";
import { drivers, mainDrivers } from "../../infra/vm/drivers.ts";
import { roles } from "../../lib/roles.ts";
import { textWidth } from "../../report/draw/text-width.ts";
import { titleStyle } from "../../report/figures/theme.ts";
import { pictureOf } from "../../report/testbed/layout.ts";
import { type Box, type TestbedPicture, textSize } from "../../report/testbed/picture.ts";
import { svgOfTestbed } from "../../report/testbed/svg.ts";
import { factorProblems } from "../../study/factors.ts";
import { drawnStackOf, serversWith } from "../support/drawn-stack.ts";

const ends = <T extends string>(names: readonly [T, ...T[]]) => {
  const one = fc.constantFrom(...names);
  return fc.oneof(one, fc.record({ sender: one, responder: one }));
};
const scenario = fc.record({
  mainDriver: ends(mainDrivers),
  backgroundDriver: ends(drivers),
  backgroundVms: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 128 })),
  loadType: fc.constantFrom("none", "cpu", "network", "memory"),
  loadLocation: fc.constantFrom("sender", "responder", "both"),
  packetCapture: fc.constantFrom("all", "none"),
  serverPair: fc.constantFrom(1, 2, 100),
}) as fc.Arbitrary<Partial<Config>>;
const ports = fc
  .array(fc.integer({ min: 0, max: 128 }), { minLength: 1, maxLength: 8 })
  .map((all) => all.map((vfs, index) => ({ name: `enp${"f".repeat(index)}`, vfs })));
const isValid = (config: Partial<Config>, pfs: { name: string; vfs: number }[]) => {
  const values = scenarioConfigSchema.parse(config);
  const problems = [...factorProblems(values), ...capacityProblems(serversWith(pfs), planOf(values as never))];
  return problems.length === 0;
};

const within = (inner: Box, outer: Box) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width + 1e-6 &&
  inner.y + inner.height <= outer.y + outer.height + 1e-6;
const apart = (a: Box, b: Box) =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

/** What is wrong with a picture, whatever it shows. */
function wrongIn({ boxes, width, height, notes, titleLines }: TestbedPicture): string[] {
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const all = { id: "all", x: 0, y: 0, width, height } as Box;
  const wide = (text: string, fontWeight: string, fontSize = textSize) => textWidth(text, { fontSize, fontWeight });
  return [
    ...(byId.size === boxes.length ? [] : ["two boxes have one name"]),
    ...boxes.flatMap((box) =>
      within(box, byId.get(box.inside ?? "") ?? all) ? [] : [`${box.id} is not in ${box.inside}`],
    ),
    ...boxes.flatMap(({ id, lines, ...box }) => [
      ...(lines.length * 14 > box.height ? [`${id} is too low`] : []),
      ...lines.flatMap((line, i) =>
        wide(line, i === 0 ? "bold" : "normal") > box.width ? [`${line} does not fit ${id}`] : [],
      ),
    ]),
    ...[
      ...notes.map((note) => 26 + wide(note, "normal")),
      ...titleLines.map((line) => 10 + wide(line, "bold", titleStyle.fontSize)),
    ].flatMap((right) => (right > width ? ["a note or title does not fit"] : [])),
    ...boxes.flatMap((a, i) =>
      boxes
        .slice(i + 1)
        .filter((b) => a.inside === b.inside && !apart(a, b))
        .map((b) => `${a.id} and ${b.id} lie on each other`),
    ),
  ];
}

it("draws any configuration that its servers carry: all in its place, each VM once and attached once", () => {
  fc.assert(
    fc.property(scenario, fc.option(ports), (config, pfs) => {
      fc.pre(pfs === null || isValid(config, pfs));
      const picture = pictureOf(drawnStackOf(config, pfs && serversWith(pfs)));
      expect(wrongIn(picture)).toEqual([]);
      const plan = planOf(scenarioConfigSchema.parse(config) as never);
      for (const role of roles) {
        const endpoints = picture.boxes.filter(({ kind, inside }) => kind === "endpoint" && inside === role);
        expect(endpoints.reduce((sum, { copies }) => sum + copies, 0)).toBe(1 + plan[role].background.vms);
        for (const { id } of endpoints) {
          const attached = picture.links.filter(({ from }) => from === id);
          expect(attached.length).toBe(1);
          // From there the way goes on, box by box, to a port of the same server.
          let at = picture.boxes.find((box) => box.id === attached[0]?.to);
          for (let steps = 0; at?.kind !== "function" && steps < 4; steps += 1) {
            const next = picture.links.filter(({ from }) => from === at?.id);
            expect(next.length).toBe(1);
            at = picture.boxes.find((box) => box.id === next[0]?.to);
          }
          expect(at?.inside).toMatch(new RegExp(`^${role}\\.\\d$`));
        }
      }
    }),
    { numRuns: 150 },
  );
});

it("has captures where the host can see packets, and a reason where it cannot", () => {
  const pointsOf = (config: Partial<Config>) => {
    const { captures, notes } = pictureOf(drawnStackOf(config, serversWith([{ name: "pf0", vfs: 8 }])));
    return { points: captures.map(({ point }) => point).sort(), notes };
  };
  expect(pointsOf({}).points).toEqual(["responder.nic", "responder.virt", "sender.nic", "sender.virt"]);
  const passed = pointsOf({ mainDriver: { sender: "pci-passthrough", responder: "virtio-bridge" } });
  expect(passed.points).toEqual(["responder.nic", "responder.virt"]);
  expect(passed.notes.join(" ")).toContain("not captured at sender.virt, sender.nic: PCI passthrough");
  expect(pointsOf({ packetCapture: "none" })).toEqual({ points: [], notes: ["no packet is captured"] });
});

it("a name is text, however long and whatever is in it", () => {
  const nasty = `<script>alert("1 & 2")</script>\u0001${"x".repeat(300)}`;
  const testbed = drawnStackOf({}, serversWith([{ name: "pf0", vfs: 8 }]), nasty);
  const named = { ...testbed, servers: { ...testbed.servers, sender: { ...testbed.servers.sender, address: nasty } } };
  const picture = pictureOf(named);
  expect(wrongIn(picture)).toEqual([]);
  const svg = svgOfTestbed(picture).text;
  expect(svg).not.toContain("<script");
  expect(svg).not.toContain("\u0001");
  expect(svg).toContain("&lt;script&gt;");
  expect(svg).toContain("…");
});
