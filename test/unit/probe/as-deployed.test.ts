import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { changesMeanwhile, requireAsDeployed } from "../../../measure/probe/as-deployed.ts";
import { differencesOf } from "../../../measure/probe/differences.ts";
import { measureRun } from "../../../measure/probe/measure.ts";
import type { rawRun } from "../../../measure/probe/raw-run.ts";
import type { ChangedLayer } from "../../../measure/probe/seen-server.ts";
import { runSpecSchema } from "../../../measure/probe/spec.ts";
import { ping } from "../../../measure/probes/ping/probe.ts";
import type { ServerConditions } from "../../../measure/results/conditions.ts";
import { playedRun } from "../../support/played-run.ts";
import { madeUpConditions, madeUpSpec } from "../../support/run-spec.ts";

const declared = { ports: [{ name: "lo", vfs: 0 }], layers: ["nic-lo", "vm-rtt-main"], main: "vm-rtt-main" };
const { policy, ports } = madeUpConditions;
const [lo] = ports as [ServerConditions["ports"][number]];
/** In what a server differs that is as it was made but for what is given. */
const differences = (
  changed: ChangedLayer[],
  now: ServerConditions = madeUpConditions,
  first: ServerConditions | undefined = madeUpConditions,
) => differencesOf("sender", declared, { changed, now, first });

describe("what differs", () => {
  it("is nothing on a server that is as it was, how often its link has come and gone included", () => {
    expect(differences([])).toEqual([]);
    expect(differences([], { policy, ports: [{ ...lo, linkChanges: 9 }] })).toEqual([]);
  });

  it.each([
    ["cpus", "0-2", "CPUs that are online"],
    ["governor", "powersave", "CPU governor"],
    ["leastKhz", "800000", "least CPU frequency in kHz"],
    ["mostKhz", "800000", "greatest CPU frequency in kHz"],
    ["preference", "power", "energy preference of the CPUs"],
    ["noTurbo", "1", "no_turbo of the CPUs"],
    ["boost", "0", "boost of the CPUs"],
    ["numaBalancing", "1", "balancing of memory between nodes"],
  ])("is told of the policy of CPUs, which no up changes: %s", (key, value, what) => {
    const [difference, ...others] = differences([], { policy: { ...policy, [key]: value }, ports });
    expect(others).toEqual([]);
    const was = policy[key as keyof typeof policy] || "none";
    expect(difference).toMatchObject({ server: "sender", what, declared: `${was} after the first run`, found: value });
    expect(difference?.mend).toMatch(/^set (it|them) .*; or destroy and deploy anew/);
  });

  it("is told of a link by its state, or by its speed, once", () => {
    const down = { policy, ports: [{ ...lo, carrier: false, speedMbps: null, duplex: "" }] };
    expect(differences([], down)).toMatchObject([{ what: "link of lo", declared: "up", found: "down" }]);
    const half = { policy, ports: [{ ...lo, duplex: "half" }] };
    expect(differences([], half)).toMatchObject([{ found: "up, 1000 Mb/s, half duplex" }]);
    // A port that background VMs alone use may be without a link from the beginning.
    const second = { ...lo, name: "lo2", carrier: false };
    const two = { policy, ports: [lo, second] };
    expect(differences([], two, two)).toEqual([]);
    expect(differences([], { policy, ports: [lo, { ...second, carrier: true }] }, two)).toMatchObject([
      { what: "link of lo2", declared: "down after the first run" },
    ]);
  });

  it("is told of VFs by their number, else as others", () => {
    const layer = { name: "nic-lo", made: "boot 1 2 3", found: "boot 1 2 4" };
    expect(differences([layer])).toMatchObject([
      { what: "VFs of lo", mend: expect.stringMatching(/^see who has changed it and why/) },
    ]);
    expect(differences([layer], { policy, ports: [{ ...lo, vfs: 3 }] })).toMatchObject([
      {
        what: "number of VFs of lo",
        declared: "0",
        found: "3",
        mend: expect.stringMatching(/^see who has changed it/),
      },
    ]);
  });

  it("is told of a bridge or port that is gone, which nobody makes anew unasked", () => {
    for (const name of ["nic-lo", "bridge-rtt0"])
      expect(differences([{ name, made: "1 2", found: "" }])).toMatchObject([
        { found: "gone, or not ours any more", mend: expect.stringMatching(/^see who has changed it and why/) },
      ]);
  });

  it("is told of a definition by the lines that are there more or less often than they were", () => {
    const head = "process=7 started=9";
    const made = `${head}\n  <a>\n    <x/>\n  </a>\n  <vcpu>1</vcpu>`;
    const found = `${head}\n  <a>\n    <x/>\n    <x/>\n    <b/>\n    <c/>\n    <d/>\n    <e/>\n  </a>\n  <vcpu>2</vcpu>`;
    expect(differences([{ name: "vm-rtt-main", made, found }])).toEqual([
      {
        ...{ server: "sender", what: "definition of rtt-main", mend: null },
        ...{ declared: "<vcpu>1</vcpu>", found: "<x/> <b/> <c/> <d/> and 2 more lines" },
      },
    ]);
  });

  it("is told also where the lines of a definition only have another order: the next up will not take it for the same", () => {
    const of = (...lines: string[]) => ["process=7 started=9", ...lines].join("\n");
    const layer = { name: "vm-rtt-main", made: of("  <a/>", "  <b/>"), found: of("  <b/>", "  <a/>") };
    expect(differences([layer])).toMatchObject([{ found: "the same in another order", mend: null }]);
  });

  it("is told of the server itself as an endpoint by its namespace, and by its VF", () => {
    const proof = (name: string, mac: string) => `namespace=${name} interface=rtt0v0\nvf=0 pf=lo mac=${mac}`;
    const of = (found: string) => differences([{ name: "host-rtt-main", made: proof("a", "02:1"), found }]);
    expect(of(proof("a", "02:2"))).toMatchObject([{ what: "VF 0 of lo, which rtt-main has: mac", found: "02:2" }]);
    expect(of(proof("b", "02:2"))).toMatchObject([{ what: "rtt-main", found: "another, made or started since" }]);
  });
});

/** What a server says that is as it was deployed. */
const seenLines = ({ governor = "performance", carrier = 1, linkChanges = 1 } = {}) =>
  `when=now record=policy cpus=0-3 governor=${governor} least_khz= most_khz= preference= no_turbo= boost= numa_balancing=0
when=now record=port name=lo vfs=0 carrier=${carrier} speed_mbps=-1 duplex=unknown link_changes=${linkChanges}`;
/** A server that gives one answer after the other, and the last one from then on. */
function answers(...texts: string[]) {
  const scripts: string[] = [];
  const run = async (script: string) => {
    scripts.push(script);
    return texts[Math.min(scripts.length, texts.length) - 1] ?? "";
  };
  return { run, asked: () => scripts.length, scripts: () => scripts };
}
const specNowhere = runSpecSchema.parse(madeUpSpec("/nowhere"));

describe("a link that comes up after a deployment", () => {
  const [up, down] = [seenLines(), seenLines({ carrier: 0 })];

  it("is waited for, and nothing else is", async () => {
    const late = answers(down, down, up);
    const patience = { seconds: 60, everySeconds: 0 };
    const conditions = await requireAsDeployed(specNowhere, { sender: late, responder: answers(up) }, patience);
    expect(conditions.sender.ports[0]?.carrier).toBe(true);
    expect(late.asked()).toBe(3);
    const changed = answers(`record=layer name=vm-rtt-main made=process%3D1 found=\n${down}`);
    await expect(requireAsDeployed(specNowhere, { sender: changed, responder: answers(up) }, patience)).rejects.toThrow(
      /rtt-main: declared there, found gone/,
    );
    expect(changed.asked()).toBe(1);
  });

  it("is not waited for longer than it may take", async () => {
    await expect(
      requireAsDeployed(
        specNowhere,
        { sender: answers(up), responder: answers(down) },
        { seconds: 0, everySeconds: 0 },
      ),
    ).rejects.toThrow(/responder: link of lo: declared up, found down/);
  });
});

describe("what changes while a run is measured", () => {
  const meanwhile = async (sender: string) => {
    const up = seenLines();
    const before = await requireAsDeployed(specNowhere, { sender: answers(up), responder: answers(up) });
    const [changed, other] = [answers(sender), answers(up)];
    const changes = await changesMeanwhile(specNowhere, { sender: changed, responder: other }, before);
    return { ...changes, asked: changed.scripts() };
  };

  it("is nothing on servers that stay as they are", async () => {
    const { sentences, differences, asked } = await meanwhile(seenLines());
    expect([sentences, differences]).toEqual([[], []]);
    // The first run of a deployment: others are held to the state that it left, once that is known not to have changed.
    expect(asked.map((script) => /^REMEMBER=(\w+)/m.exec(script)?.[1])).toEqual(["no", "yes"]);
  });

  it.each([
    [seenLines({ governor: "powersave" }), "CPU governor: declared performance when the run began, found powersave"],
    [seenLines({ linkChanges: 3 }), "sender: the link of lo came or went 2 times"],
    [seenLines({ carrier: 0 }), "link of lo: declared up, found down"],
    [`record=layer name=vm-rtt-main made=process%3D1 found=\n${seenLines()}`, "rtt-main: declared there, found gone"],
  ])("is told in a sentence, and no other run is held to it: %s", async (sender, told) => {
    const { sentences, asked } = await meanwhile(sender);
    expect(sentences).toEqual([expect.stringContaining(told)]);
    expect(asked).toHaveLength(1);
  });
});

it("a run during which something was changed is written down as refused when no attempt counts: whoever deploys again must know", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-changed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bridge = { server: "sender", what: "bridge rtt0", declared: "there", found: "gone", mend: "see who did it" };
  let attempts = 0;
  const measureOnce: typeof rawRun = async (_spec, { tasks: [task] }) => {
    attempts += 1;
    return playedRun(task, { changes: { sentences: ["the bridge went"], differences: [bridge] } });
  };
  const spec = runSpecSchema.parse(madeUpSpec(folder));
  await expect(measureRun(spec, () => {}, { probes: [ping], measureOnce })).rejects.toThrow(
    /attempt 3 .*the bridge went/,
  );
  expect(attempts).toBe(3);
  const [scenario = ""] = readdirSync(folder);
  const files = readdirSync(join(folder, scenario));
  expect(files.filter((name) => name.startsWith("invalid_"))).toHaveLength(3);
  const [refused = ""] = files.filter((name) => name.startsWith("refused_"));
  expect(JSON.parse(readFileSync(join(folder, scenario, refused), "utf8"))).toMatchObject({ differences: [bridge] });
});

it("a run whose servers are not as they were deployed is tried once, and is written down as refused and nothing else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-refused-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const spec = runSpecSchema.parse(madeUpSpec(folder));
  const lines = seenLines();
  const changed = "record=layer name=vm-rtt-main made=process%3D1 found=";
  expect(await requireAsDeployed(spec, { sender: answers(lines), responder: answers(lines) })).toMatchObject({
    sender: { policy: { governor: "performance" }, ports: [{ name: "lo", carrier: true, speedMbps: null }] },
  });
  let attempts = 0;
  const measureOnce: typeof rawRun = async (given) => {
    attempts += 1;
    await requireAsDeployed(given, { sender: answers(lines), responder: answers(`${changed}\n${lines}`) });
    throw new Error("not reached");
  };
  await expect(measureRun(spec, () => {}, { measureOnce })).rejects.toThrow(
    /nothing was measured, .*:\n {2}responder: rtt-main: declared there, found gone.*\nRun up again: it makes anew what differs$/,
  );
  expect(attempts).toBe(1);
  const [scenario = ""] = readdirSync(folder);
  const files = readdirSync(join(folder, scenario));
  expect(files).toEqual([expect.stringMatching(/^refused_rep-01_run-01_.*\.json$/)]);
  expect(JSON.parse(readFileSync(join(folder, scenario, files[0] ?? ""), "utf8"))).toMatchObject({
    ...{ owner: "a stack", replicate: 1, run: 1 },
    differences: [{ server: "responder", what: "rtt-main", mend: null }],
  });
});

it("a server that says something else is told as that", async () => {
  const spec = runSpecSchema.parse(madeUpSpec("/nowhere"));
  const silent = { run: async () => "" };
  await expect(requireAsDeployed(spec, { sender: silent, responder: silent })).rejects.toThrow(
    "does not say how its CPUs are driven",
  );
});
