import { expect, test } from "vitest";
import { shownScenarios } from "../../../report/layout/scenarios.ts";
import { testbedsHtml } from "../../../report/page/testbeds.ts";
import { pictureOf } from "../../../report/testbed/layout.ts";
import { sharedTestbeds } from "../../../report/testbed/recorded.ts";
import { type MadeRun, madeRun } from "../../support/study-runs.ts";

const scenariosOf = (...made: MadeRun[]) => shownScenarios(made.map(madeRun));
const pci = { vms: 8, driver: "pci-passthrough" };
const cpu = { type: "cpu", location: "sender" } as const;

test("scenarios that differ in the number of background VMs alone share a drawing, which names all numbers", () => {
  const { shared, unknown } = sharedTestbeds(
    scenariosOf(
      { main: "pci-passthrough", background: pci, load: cpu },
      { main: "pci-passthrough", background: { ...pci, vms: 62 }, load: cpu },
      { main: "pci-passthrough", background: pci, load: { type: "network", location: "responder" } },
      { main: "pci-passthrough" },
    ),
  );
  expect(unknown).toEqual([]);
  expect(shared.map(({ testbed }) => testbed.title).sort()).toEqual([
    "Main VMs on pci-passthrough: CPU load at the sender, background VMs on pci-passthrough",
    "Main VMs on pci-passthrough: network load at the responder, background VMs on pci-passthrough",
    "Main VMs on pci-passthrough: nobody competes",
  ]);
  const two = shared.find(({ scenarios }) => scenarios.length === 2);
  const texts = (two ? pictureOf(two.testbed).boxes : []).flatMap(({ id, lines }) =>
    lines.map((line) => `${id}: ${line}`),
  );
  expect(texts).toContain("sender.background.0: background VMs × 8, 62");
  expect(texts).toContain("sender.background.0.vf: 8, 62 VFs");
  // CPU load needs a fleet where it is, and nowhere else.
  expect(texts.filter((text) => text.startsWith("responder.background"))).toEqual([]);
});

test("background VMs that are attached otherwise at each end are drawn so", () => {
  const background = { vms: 4, driver: "virtio-bridge~macvtap-vepa" };
  const [only] = sharedTestbeds(scenariosOf({ background, load: { type: "network", location: "sender" } })).shared;
  expect(only?.testbed.servers.sender.background?.driver).toBe("virtio-bridge");
  expect(only?.testbed.servers.responder.background?.driver).toBe("macvtap-vepa");
});

test("a driver that the testbed does not know is named, and not drawn", () => {
  const page = testbedsHtml(scenariosOf({ main: "<script>" }, {}))?.text ?? "";
  expect(page).toContain("not drawn, because a driver is none that this testbed knows: &lt;script&gt;_none_0");
  expect(page.match(/<svg/g)).toHaveLength(1);
  expect(testbedsHtml([])).toBeNull();
});
