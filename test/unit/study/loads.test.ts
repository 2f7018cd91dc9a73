import { expect, it } from "vitest";
import { z } from "zod";
import { schemaTable } from "../../../infra/config/document.ts";
import { inventorySchema } from "../../../infra/config/hosts.ts";
import { configSchema } from "../../../infra/config/schema.ts";
import { startLoad, stopLoad } from "../../../infra/load/apply.ts";
import { loadProcesses } from "../../../infra/load/commands.ts";
import { loadRequestSchemaOf } from "../../../infra/load/request.ts";
import { leastOf } from "../../../infra/load/share.ts";
import { capacityProblems } from "../../../infra/plan/capacity.ts";
import { planOf } from "../../../infra/plan/plan.ts";
import type { SshConnection } from "../../../lib/ssh/connect.ts";
import { backgroundProblems, backgroundUse, lookInGuests } from "../../../measure/probe/background.ts";
import { factor } from "../../../study/factor.ts";
import { factorCellsOf, factorColumnsOf } from "../../../study/factor-columns.ts";
import { loadTypeOf } from "../../../study/factors/load.ts";
import { factorShapeOf, factorTable } from "../../../study/factors.ts";
import { loadKind } from "../../../study/loads/load-kind.ts";
import { loadKinds, loadParametersOf } from "../../../study/loads/loads.ts";
import { problemLine } from "../../../study/problem.ts";
import { type FactorValues, recordedIn, recordOf, recordSchemaOf } from "../../../study/scenario.ts";
import { playVirsh } from "../../support/played-virsh.ts";

/** A kind that nobody has, by a counter of its own. */
const turning = loadKind({
  words: "turning load",
  what: "wheels that turn at the load location",
  parameters: {
    turningWheels: factor({
      words: "wheels of turning load",
      schema: z.int().min(1).max(9).default(2).describe("wheels that turn in each background VM"),
      recorded: z.int().optional(),
      path: ["load", "wheels"],
      columns: [{ name: "load_wheels", type: "INTEGER", what: "turning load: wheels; else NULL", absent: null }],
      role: "fixed",
      remakes: "load",
      examples: [{ to: 3 }],
    }),
  },
  needsBothFleets: false,
  talks: false,
  plan: z.object({ wheels: z.int() }),
  planFor: (values, { isHere }) => (isHere ? { wheels: values.turningWheels } : undefined),
  problems: ({ wheels }) =>
    wheels === 7 ? [{ key: "turningWheels", value: 7, found: "7 wheels do not turn", allowed: "others" }] : [],
  programs: ["wheels"],
  processes: ({ wheels }, { vcpus }) => [{ name: "turn", command: `wheels ${wheels} ${vcpus}` }],
  counters: { command: "count-turns", rates: { turns: "turnsPerSecond" } },
  signs: [
    {
      rate: "turnsPerSecond",
      did: "turned",
      does: "turns",
      unit: "times/s",
      leastUnit: " times/s",
      least: ({ wheels }) => wheels * 10,
      atStart: "least",
    },
  ],
});
const kinds = { ...loadKinds, turning };
const table = { ...factorTable, ...loadParametersOf(kinds), loadType: loadTypeOf(kinds) };
const schema = z.strictObject({ ...configSchema.shape, ...factorShapeOf(table) });
const configured = schema.parse({
  mainDriver: "virtio-bridge",
  backgroundVms: 2,
  loadType: "turning",
  turningWheels: 3,
}) as unknown as FactorValues & Record<string, unknown>;
const { sender, responder } = planOf(configured, kinds);

/** A server whose guests turn so often a second, and note what they are told. */
function turningServer(turnsPerSecond: number) {
  const told: string[] = [];
  let command = "";
  const guest = (request: { execute: string; arguments: { arg?: string[] } }) => {
    if (request.execute !== "guest-exec-status") {
      command = request.arguments.arg?.at(-1) ?? "";
      told.push(command);
      return { pid: 1 };
    }
    const looks = command.startsWith("look()") ? 2 : command === "count-turns" ? 1 : 0;
    const lines = Array.from({ length: looks }, (_, look) => `seconds=${5 + look}.0 turns=${look * turnsPerSecond}`);
    return { exited: true, exitcode: 0, "out-data": Buffer.from(lines.join("\n")).toString("base64") };
  };
  const run = async (text: string) => {
    const [, json = "{}"] = /qemu-agent-command --timeout \d+ \S+ '(.*)'$/s.exec(text) ?? [];
    return text.includes("qemu-agent-command")
      ? JSON.stringify({ return: guest(JSON.parse(json.replaceAll("'\\''", "'"))) })
      : "";
  };
  const exec = async () => ({ stdout: Buffer.from(""), stderr: "", code: 0 });
  return {
    told,
    connect: async () => ({ run, converse: async () => playVirsh(run), exec, close() {} }) as unknown as SshConnection,
  };
}

const host = {
  address: "192.0.2.1",
  privateKeyFile: "/k",
  hostKey: "ssh-ed25519 AAAA",
  pfs: [{ name: "pf0", vfs: 1 }],
};
const inventory = inventorySchema.parse({
  fidelity: "hardware",
  hosts: { sender: host, responder: { ...host, address: "192.0.2.2" } },
});
const request = loadRequestSchemaOf(kinds).parse({
  sender: {
    host,
    vms: [{ name: "rtt-bg-001", vcpus: 1, peerIp: "10.9.2.2", token: "t" }],
    load: sender.load,
    least: leastOf(sender, 4, kinds),
    token: "t",
    owner: "stack a",
  },
});

it("a kind more is a value and keys of the configuration, lines of its documentation, and columns", () => {
  const text = schemaTable(schema);
  expect(text).toContain("; or wheels that turn at the load location |");
  expect(text).toContain(`| ${["none", ...Object.keys(kinds)].map((id) => `\`${id}\``).join(", ")} |`);
  expect(text).toContain("| `turningWheels` | wheels that turn in each background VM | whole number, 1 to 9 | `2` |");
  expect(factorColumnsOf(table)).toContainEqual({
    name: "load_wheels",
    type: "INTEGER",
    what: "turning load: wheels; else NULL",
  });
});

it("a kind more is recorded of the scenarios that have it, and of no other", () => {
  const record = recordOf({ ...configured }, table);
  expect(recordedIn(record, { path: ["load", "wheels"] })).toBe(3);
  expect(recordSchemaOf(table).parse(record)).toMatchObject({
    load: { type: "turning", location: "sender", wheels: 3 },
  });
  expect(factorCellsOf(record, table)).toMatchObject({ load_type: "turning", load_wheels: 3, load_mbps: null });
  expect(recordOf({ ...configured, loadType: "cpu" }, table)).toMatchObject({ load: { type: "cpu", percent: 100 } });
});

it("a kind more is planned where it is, refused where it cannot be, and run as it says", () => {
  expect([sender.load, sender.background.vms]).toEqual([{ type: "turning", wheels: 3 }, 2]);
  expect([responder.load, responder.background.vms]).toEqual([{ type: "none" }, 0]);
  expect(loadProcesses(sender.load, { vcpus: 2, peerIp: "10.9.2.2" }, kinds)).toEqual([
    { name: "turn", command: "wheels 3 2" },
  ]);
  expect(leastOf(sender, 4, kinds)).toEqual({ turnsPerSecond: 30 });
  const problemsWith = (wheels: number) =>
    capacityProblems(inventory, planOf({ ...configured, turningWheels: wheels } as FactorValues, kinds), kinds);
  expect(problemsWith(3)).toEqual([]);
  expect(problemsWith(7).map(problemLine)).toEqual(["turningWheels: 7 wheels do not turn; allowed: others"]);
});

it("a kind more is started, seen by its sign, and ended", { timeout: 20_000 }, async () => {
  const server = turningServer(40);
  expect(await startLoad(request, server.connect, kinds)).toEqual({
    sender: [{ vm: "rtt-bg-001", turnsPerSecond: 40 }],
  });
  const started = server.told.findIndex((command) => command.startsWith("setsid wheels 3 1 "));
  expect(started).toBeGreaterThan(0);
  await stopLoad(request, server.connect, kinds);
  expect(server.told.at(-1)).toMatch(/\^\(stress-ng\|iperf\|wheels\)/);
});

it("a kind more is looked for in each run, which does not count where it does not run", async () => {
  const background = {
    endpoint: "vm" as const,
    vms: ["rtt-bg-001"],
    load: "turning",
    least: leastOf(sender, 4, kinds),
  };
  const guests = await lookInGuests(await turningServer(1).connect(), { background }, kinds);
  expect(guests.get("rtt-bg-001")).toEqual({ seconds: 5, counts: { turns: 0 } });
  const look = (seconds: number, turns: number) => ({
    cpu: { seconds, cpuNs: new Map([["rtt-bg-001", seconds * 1e9]]) },
    guests: new Map([["rtt-bg-001", { seconds, counts: { turns } }]]),
  });
  const used = (turns: number, seconds?: number) =>
    backgroundUse(background, look(5, 0), look(15, turns), seconds, kinds);
  expect(used(400)).toMatchObject([{ vm: "rtt-bg-001", cpuPercent: 100, turnsPerSecond: 40, sentPps: null }]);
  // Of a load that ran in step alone, which is a part of what lies between the looks.
  expect(used(400, 4)).toMatchObject([{ cpuPercent: 100, turnsPerSecond: 100 }]);
  expect(backgroundProblems("sender", background, used(400), kinds)).toEqual([]);
  expect(backgroundProblems("sender", background, used(200), kinds)).toEqual([
    "sender: rtt-bg-001 turned 20 times/s, and turning load at least 30 times/s",
  ]);
});
