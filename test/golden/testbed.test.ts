import { expect, test } from "vitest";
import type { Config } from "../../infra/config/schema.ts";
import { mainDrivers } from "../../infra/vm/drivers.ts";
import { pictureOf } from "../../report/testbed/layout.ts";
import { svgOfTestbed } from "../../report/testbed/svg.ts";
import { drawnStackOf, serversWith } from "../support/drawn-stack.ts";

const onePort = serversWith([{ name: "pf0", vfs: 63 }]);
const twoPorts = serversWith([
  { name: "pf0", vfs: 16 },
  { name: "pf1", vfs: 16 },
]);
const cpu = { loadType: "cpu", loadLocation: "sender", backgroundDriver: "virtio-bridge" } as const;

const cases: [name: string, config: Partial<Config>, servers: typeof onePort | null][] = [
  ...mainDrivers.map((mainDriver): (typeof cases)[number] => [
    mainDriver,
    { mainDriver, backgroundVms: 128, ...cpu },
    onePort,
  ]),
  [
    "two-ports",
    {
      ...{ mainDriver: "pci-passthrough", mainVlan: 7, backgroundVlan: 9, backgroundDriver: "pci-passthrough" },
      ...{ backgroundVms: 31, loadType: "network", loadLocation: "responder", serverPair: 2 },
    },
    twoPorts,
  ],
  [
    "unlike-ends",
    { mainDriver: { sender: "host-vf", responder: "e1000-bridge" }, packetCapture: "none", backgroundVms: 1 },
    onePort,
  ],
  ["servers-unknown", { mainDriver: "macvtap-passthrough", backgroundVms: 8, backgroundDriver: "macvtap-vepa" }, null],
];

test.each(cases)("%s is drawn as it was", async (name, config, servers) => {
  const svg = svgOfTestbed(pictureOf(drawnStackOf(config, servers))).text;
  await expect(svg).toMatchFileSnapshot(`testbed/${name}.golden.svg`);
});
