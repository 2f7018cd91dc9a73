import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { LabError } from "../../../lib/errors.ts";
import { checkout } from "../../../lib/paths.ts";
import type { Role } from "../../../lib/roles.ts";
import { volatileFolder } from "../../../lib/server-paths.ts";
import type { SshConnection } from "../../../lib/ssh/connect.ts";
import type { Conversation } from "../../../lib/ssh/conversation.ts";
import { readRows } from "../../../measure/dataset/open.ts";
import { readRun } from "../../../measure/dataset/read-run.ts";
import { partFiles, tablePaths, updateDataset } from "../../../measure/dataset/update.ts";
import { usageIn } from "../../../measure/metrics/cpu-usage.ts";
import { runBudget } from "../../../measure/probe/budget.ts";
import type { CapturePoint } from "../../../measure/probe/capture-points.ts";
import { measureRun } from "../../../measure/probe/measure.ts";
import { runProbe } from "../../../measure/probe/probe-run.ts";
import type { rawRun } from "../../../measure/probe/raw-run.ts";
import { ServerSession } from "../../../measure/probe/server-session.ts";
import { runSpecSchema } from "../../../measure/probe/spec.ts";
import { tasksOf } from "../../../measure/probe/task.ts";
import { ping } from "../../../measure/probes/ping/probe.ts";
import type { Probe } from "../../../measure/probes/probe.ts";
import { recordRefusal } from "../../../measure/results/refusal.ts";
import { inspectRun, runFolder } from "../../../measure/results/token.ts";
import { LocalAgent } from "../../support/local-agent.ts";
import { madeUpConditions, madeUpSpec } from "../../support/run-spec.ts";

const data = join(checkout, "test/data/runs/pci-passthrough");

/** What the Responder of the probe below says, and the Sender hears. */
const said = join(tmpdir(), `lab-said-${process.pid}`);

/** A probe that nobody else knows: it says a number, which it has from the other side. */
const answer: Probe<{ number: number }, number> = {
  id: "answer",
  parameters: z.object({ number: z.int() }),
  metrics: {
    answer: { unit: "ns", what: "what it says", published: "answerMs", values: (said) => [said * 1e6] },
    echo: { unit: "1", what: "what nobody says", values: () => ({ unavailable: "nobody says it" }) },
  },
  isAskedBy: () => true,
  budget: () => ({ windowSeconds: 1, usualSeconds: 0, limitSeconds: 60, askEveryMs: 100, outputBytes: 100 }),
  parametersOf: () => ({ number: 42 }),
  capture: (_parameters, { responder }) => ({ filter: `host ${responder.ip}`, snapBytes: 64 }),
  run: ({ number }) => ({
    shell: `cat ${said}`,
    ...{ programs: ["cat"], processes: ["no-such-program"], exitCodes: [0] },
    answering: {
      shell: `sh -c 'echo ${number} > ${said}; exec sleep ${process.pid}9'`,
      ...{ programs: ["sleep"], processes: ["no-such-program"], listens: `[ -s ${said} ]` },
    },
  }),
  derive: async ({ files }) => Number(files.get("answer.txt")),
  problems: ({ parameters }, said) => (said === parameters.number ? [] : [`it said ${said}`]),
  details: (_run, said) => ({ isEven: said % 2 === 0 }),
};

/** ping, whose answer was measured elsewhere. */
const playedPing: Probe = {
  ...ping,
  run: () => ({ shell: `cat ${data}/ping.txt`, programs: [], processes: ["no-such-program"], exitCodes: [0, 1] }),
};

const sessionFolder = `${volatileFolder}/run.played`;

/** Plays session.sh without captures. @param scripts what it was started with */
function playSession(script: string, scripts: string[]): Conversation {
  scripts.push(script);
  const lines = [`event=listening folder=${sessionFolder}`];
  const answers: Record<string, string> = { mpstat: "event=sampling", stop: "event=stopped" };
  return {
    say: (line) => void lines.push(answers[line] ?? ""),
    hear: async () => lines.shift() ?? "",
    end: async () => {},
  };
}

/** A server whose guest is this machine, and whose session's files lie in a folder here. */
function standIn(folder: string, scripts: string[]): SshConnection {
  const agent = new LocalAgent().connection();
  const shell = (command: string) =>
    execa("sh", ["-c", command.replaceAll(sessionFolder, folder)], { encoding: "buffer", stripFinalNewline: false });
  const connection = {
    run: async (command: string) => Buffer.from((await shell(command)).stdout).toString(),
    exec: async (command: string) => ({ code: 0, stdout: Buffer.from((await shell(command)).stdout), stderr: "" }),
    converse: (script: string) =>
      script.includes("exec virsh") ? agent.converse(script) : Promise.resolve(playSession(script, scripts)),
  };
  return connection as unknown as SshConnection;
}

/** mpstat's samples of a run, many times over: as many as a slow machine may need. */
function manySamples(): string {
  const mpstat = JSON.parse(readFileSync(join(data, "mpstat-sender.json"), "utf8"));
  const [host] = mpstat.sysstat.hosts;
  host.statistics = Array.from({ length: 50 }, () => host.statistics).flat();
  return JSON.stringify(mpstat);
}

it("a probe that only its own object knows is measured, checked and published beside ping, once nothing changes meanwhile", {
  timeout: 240_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-made-up-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
    rmSync(said, { force: true });
  });
  writeFileSync(join(folder, "mpstat.json"), manySamples());
  const scripts: string[] = [];
  const server = standIn(folder, scripts);
  const connections = { sender: server, responder: server };
  const measureOnce: typeof rawRun = async (spec, { attempt, tasks }, say) => {
    const probes = [];
    for (const task of tasks)
      probes.push(await runProbe(task, { spec, attempt, connections, points: { sender: [], responder: [] }, say }));
    const looks = { before: {}, after: {} };
    const guestLook = { before: new Map(), after: new Map() };
    return {
      ...{ started: new Date(), ended: new Date(), probes },
      conditions: { sender: madeUpConditions, responder: madeUpConditions },
      changes: { sentences: attempt === 1 ? ["a cable was pulled"] : [], differences: [] },
      facts: { sender: looks, responder: looks },
      guestLooks: { sender: guestLook, responder: guestLook },
      guestFacts: { sender: null, responder: null },
    };
  };
  const probes: Probe[] = [playedPing, answer];
  const spec = runSpecSchema.parse(madeUpSpec(folder));
  const run = join(folder, runFolder(spec.scenario, spec.replicate, spec.run));
  const difference = { server: "sender", what: "rtt-main", declared: "there", found: "gone", mend: null };
  const refusal = { at: "2026-01-01T00:00:00.000Z", differences: [difference] };
  await recordRefusal(run, { owner: "a stack", replicate: 1, run: 1, ...refusal });
  const outcome = await measureRun(spec, () => {}, { probes, measureOnce });
  expect(outcome.summary.answer).toEqual({ answerMs: { n: 1, median: 42, p05: 42, p95: 42, min: 42, max: 42 } });
  const { stdout: answering } = await execa("pgrep", ["-f", "-x", `sleep ${process.pid}9`], { reject: false });
  expect(answering).toBe("");
  const state = inspectRun(outcome.directory);
  if ("missing" in state) throw new Error(state.missing);
  expect(state.manifest.probes.map(({ id }) => id)).toEqual(["ping", "answer"]);
  expect(state.manifest.conditions?.responder).toEqual(madeUpConditions);
  expect(state.manifest.refused).toEqual([refusal]);
  expect(state.manifest.attempt).toBe(2);
  const [aside = ""] = readdirSync(dirname(run)).filter((name) => name.startsWith("invalid_"));
  expect(readFileSync(join(dirname(run), aside, "manifest.json"), "utf8")).toContain("a cable was pulled");
  expect(state.manifest.probes[1]).toMatchObject({
    ...{ parameters: { number: 42 }, folder: "answer", details: { isEven: true } },
    cpu: { sender: { beforeSamples: [0, 1] } },
  });
  expect([...state.files.keys()].sort()).toEqual(
    ["answer", "ping"]
      .flatMap((id) => ["mpstat-responder.json", "mpstat-sender.json", `${id}.txt`].map((name) => `${id}/${name}`))
      .sort(),
  );
  const ofAttempt = [
    ...Array.from({ length: 2 }, () => expect.stringContaining("icmp or icmp6 or arp")),
    ...Array.from({ length: 2 }, () => expect.stringContaining("host 10.9.1.1")),
  ];
  expect(scripts.map((script) => /^FILTER=.*$/m.exec(script)?.[0])).toEqual([...ofAttempt, ...ofAttempt]);
  expect(await readRun(outcome.directory, probes)).toMatchObject({ match: { transmitted: 100 } });
  expect(await updateDataset(folder, { probes })).toMatchObject({ runs: 1, leftOut: [] });
  const rows = await readRows(
    `SELECT probe, metric, unit, n, median, max, reason FROM read_parquet(${partFiles(tablePaths(folder).summaries)})`,
  );
  const ofProbe = (id: string) => rows.map((row) => [...row.values()]).filter(([probe]) => probe === id);
  const [record] = state.manifest.probes.slice(1);
  const usage = (role: Role, window: "before" | "during") => {
    const value = record && usageIn(record.cpu[role], window);
    return [1, value, value, null];
  };
  expect(ofProbe("answer")).toEqual([
    ["answer", "answer", "ns", 1, 42e6, 42e6, null],
    ["answer", "echo", "1", 0, null, null, "nobody says it"],
    ["answer", "cpu_sender_during", "%", ...usage("sender", "during")],
    ["answer", "cpu_sender_before", "%", ...usage("sender", "before")],
    ["answer", "cpu_responder_during", "%", ...usage("responder", "during")],
    ["answer", "cpu_responder_before", "%", ...usage("responder", "before")],
  ]);
  expect(ofProbe("ping").length).toBeGreaterThan(ofProbe("answer").length);
});

it.each([
  [
    { capture: { filter: "udp", snapBytes: 96 }, perPoint: 1, samplesCpu: true },
    /^CAPTURES='nic pf0\nvirt vnet0'\nFILTER=udp\nSNAP_BYTES=96\nSECONDS_LIMIT=600\n/,
    2,
  ],
  [
    { capture: { filter: "udp", snapBytes: 96 }, perPoint: 2, samplesCpu: false },
    /^CAPTURES='nic pf0\nnic-second pf0\nvirt vnet0\nvirt-second vnet0'\nFILTER=udp\nSNAP_BYTES=96\nCPU_SAMPLING=none\n/,
    4,
  ],
  [{ capture: null, perPoint: 2, samplesCpu: true }, /^SECONDS_LIMIT=600\n/, 0],
])("a session captures and samples what it is asked for: %j", async (asked, begin, captured) => {
  const scripts: string[] = [];
  const server = standIn("", scripts);
  const points: CapturePoint[] = [
    { hop: "nic", interface: "pf0" },
    { hop: "virt", interface: "vnet0" },
  ];
  const session = await ServerSession.open(server, "sender", points, { ...asked, limitSeconds: 600 });
  expect(scripts).toEqual([expect.stringMatching(begin)]);
  expect(session.captures).toHaveLength(captured);
});

it.each([
  ["echo no route >&2; echo a table", "no route"],
  ["echo no route", "no route"],
])("a probe that fails is told with what it said: %s", { timeout: 60_000 }, async (words, told) => {
  const folder = mkdtempSync(join(tmpdir(), "lab-failing-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "mpstat.json"), "");
  const server = standIn(folder, []);
  const spec = runSpecSchema.parse(madeUpSpec("/nowhere"));
  const failing: Probe = {
    ...playedPing,
    run: () => ({ shell: `sh -c '${words}; exit 3'`, programs: [], processes: ["no-such-program"], exitCodes: [0] }),
  };
  const [task] = tasksOf(spec, 1, [failing]);
  if (task === undefined) throw new Error("no probe");
  const run = runProbe(task, {
    ...{ spec, attempt: 1, connections: { sender: server, responder: server } },
    ...{ points: { sender: [], responder: [] }, say: () => {} },
  });
  await expect(run).rejects.toThrow(new LabError(`rtt-main: ping ended with exit status 3: ${told}`));
});

it("a further probe makes a run's budget larger by its windows, itself and its output", () => {
  const factors = { packets: 100, pingRatePps: 1000, cpuWindowSeconds: 5 };
  const seconds = (probes: readonly Probe[]) => runBudget(factors, "hardware", probes).attemptSeconds;
  expect(seconds([playedPing, answer]) - seconds([playedPing])).toBe(2 * 1 + 2 + 60 + 1);
});
