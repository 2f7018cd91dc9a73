import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, it } from "vitest";
import { clockProblems, enterStep, holdClock } from "../../../measure/probe/shared-clock.ts";
import type { SharedClock, StepCounts } from "../../../measure/results/fidelity.ts";

const counts: StepCounts = {
  ...{ barriers: 3, skips: 1, waits: 1, waitedNs: 1, virtualNs: 20_000, baseNs: 5000, overshootNs: 10 },
  ...{ frames: 2, lostFrames: 0, lateFrames: 0, latestNs: 0 },
};
const names = ["sender", "responder"] as const;
type Name = (typeof names)[number];

let folder: string;
let clock: SharedClock;
let heard: Record<Name, string[]>;
let controllers: Record<Name, Socket | undefined>;
const listening: Server[] = [];

/** A server in QEMU's place: answers a line as the plugin does (emulator/virtual-time/plugin/control.h). */
async function serve(name: Name, answer: (line: string) => string | undefined): Promise<void> {
  const server = createServer((socket) => {
    controllers[name] = socket;
    socket.on("error", () => {});
    createInterface(socket).on("line", (line) => {
      heard[name].push(line);
      const said = answer(line);
      if (said !== undefined) socket.write(`${said}\n`);
    });
  });
  listening.push(server);
  await new Promise<void>((done) => server.listen(clock.sockets[name], done));
}

const obeys = (line: string) => (line.startsWith("join") ? "joined" : `counts ${JSON.stringify(counts)}`);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-clock-"));
  const sockets = { sender: join(folder, "s"), responder: join(folder, "r") };
  clock = { kind: "virtual", sockets, nsPerInstruction: 2, wireLatencyNs: 5000 };
  heard = { sender: [], responder: [] };
  controllers = { sender: undefined, responder: undefined };
});

afterEach(() => {
  for (const name of names) controllers[name]?.destroy();
  for (const server of listening.splice(0)) server.close();
  rmSync(folder, { recursive: true });
});

it("asks both servers for the same step on the same wire, and records what they counted", async () => {
  await Promise.all(names.map((name) => serve(name, obeys)));
  const held = await holdClock(clock);
  expect(heard.sender).toHaveLength(1);
  expect(heard.sender[0]).toMatch(/^join [1-9]\d* 5000 \d+$/);
  expect(heard.responder).toEqual(heard.sender);
  expect(await held.release()).toEqual({
    ...{ kind: "virtual", nsPerInstruction: 2, wireLatencyNs: 5000, wallSeconds: expect.any(Number) },
    counts: { sender: counts, responder: counts },
  });
  await expect.poll(() => names.map((name) => controllers[name]?.destroyed)).toEqual([true, true]);
});

it.each(names)("gives up when the %s cannot be told, and tells the other nothing more", async (gone) => {
  const other = gone === "sender" ? "responder" : "sender";
  await serve(other, obeys);
  await expect(enterStep(clock)).rejects.toThrow(`${gone}: its clock cannot be reached`);
  expect(heard[other]).toEqual([]);
});

it("says why a server does not come into step, and lets the other go", async () => {
  await serve("sender", obeys);
  await serve("responder", () => "left the two servers were asked for two latencies of the wire");
  await expect(enterStep(clock)).rejects.toThrow(
    "responder: the servers are not in step: the two servers were asked for two latencies of the wire",
  );
  await expect.poll(() => controllers.sender?.destroyed).toBe(true);
});

it.each(names)("tells that the servers fell out of step when the %s says so, and gives no counts", async (name) => {
  await Promise.all(names.map((each) => serve(each, obeys)));
  const held = await holdClock(clock);
  controllers[name]?.write("left the other server has ended\n");
  await expect(held.broken).rejects.toThrow(`${name}: the servers are not in step: the other server has ended`);
  await expect(held.release()).rejects.toThrow("the step broke");
});

it.each(names)("tells that the %s has ended", async (name) => {
  await Promise.all(names.map((each) => serve(each, obeys)));
  const held = await holdClock(clock);
  controllers[name]?.destroy();
  await expect(held.broken).rejects.toThrow(`${name}: it has ended`);
});

it("does not count a run with a frame that was lost or late, and says on which server", () => {
  const record = (sender: Partial<StepCounts>) => ({
    ...{ kind: "virtual" as const, nsPerInstruction: 1, wireLatencyNs: 10_000, wallSeconds: 1 },
    counts: { sender: { ...counts, ...sender }, responder: counts },
  });
  expect(clockProblems(undefined)).toEqual([]);
  expect(clockProblems(record({}))).toEqual([]);
  expect(clockProblems(record({ latestNs: 900 }))).toEqual([]);
  expect(clockProblems(record({ lostFrames: 2 }))).toEqual(["sender: 2 frames that it sent found no room on the wire"]);
  expect(clockProblems(record({ lateFrames: 1, latestNs: 4000 }))).toEqual([
    "sender: 1 frames came late, up to 4000 ns of virtual time",
  ]);
});
