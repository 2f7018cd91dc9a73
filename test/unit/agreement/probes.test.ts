import { expect, it } from "vitest";
import { configSchema } from "../../../infra/config/schema.ts";
import { allProbes } from "../../../measure/probes/registry.ts";
import { askedProbes, probePackages } from "../../../study/probes/asked-probes.ts";
import { scenarioOf } from "../../../study/scenario.ts";

const end = { ip: "10.9.1.1", mac: "52:54:00:9a:01:00" };
const asked = configSchema.parse({ mainDriver: "virtio-bridge", probes: Object.keys(askedProbes) });

it("every program that a probe runs in an endpoint is one that a server is asked for, and none is asked for in vain", () => {
  const { factors } = scenarioOf(asked);
  const programs = allProbes.flatMap((probe) => {
    const command = probe.run(probe.parametersOf(factors, 1), { sender: end, responder: end });
    return [...command.programs, ...(command.answering?.programs ?? [])];
  });
  expect(new Set(programs)).toEqual(new Set(Object.values(probePackages()).flat()));
});
