import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { whyNoGuestRuns } from "../../emulator/hosts/accelerator.ts";
import { ensureImages, type Images } from "../../emulator/images/ensure.ts";
import { checkPlugin } from "../../emulator/virtual-time/check.ts";
import { cacheDir, checkout } from "../../lib/paths.ts";
import { plainProgress } from "../../lib/progress.ts";
import { enterStep, type Step } from "../../measure/probe/shared-clock.ts";
import { SteppingPair } from "../support/stepping-pair.ts";

let images: Images;
let pair: SteppingPair;

beforeAll(async () => {
  images = await ensureImages({ cache: cacheDir(), progress: plainProgress });
});

beforeEach(async () => {
  pair = await SteppingPair.start(images, 2);
});

afterEach(() => pair.close());

const frame = (bytes: number) => {
  const data = Buffer.alloc(4 + bytes, bytes % 251);
  data.writeUInt32BE(bytes);
  return data;
};

/** Sends until frames come out, and gives their lengths: out of step, a frame may be lost like any. */
async function lengthsWhile(tap: Socket, send: () => void): Promise<number[]> {
  let lengths: number[] = [];
  for (const end = Date.now() + 10_000; lengths.length === 0 && Date.now() < end; ) {
    send();
    lengths = await lengthsFrom(tap, 1, 500);
  }
  return lengths;
}

/** The lengths of the frames that come out, when there are so many or after some time. */
async function lengthsFrom(tap: Socket, frames: number, limitMs = 10_000): Promise<number[]> {
  let heard = Buffer.alloc(0);
  const listen = (data: Buffer) => {
    heard = Buffer.concat([heard, data]);
  };
  tap.on("data", listen);
  const lengths = () => {
    const found: number[] = [];
    for (let at = 0; at + 4 <= heard.length && at + 4 + heard.readUInt32BE(at) <= heard.length; ) {
      found.push(heard.readUInt32BE(at));
      at += 4 + heard.readUInt32BE(at);
    }
    return found;
  };
  for (const end = Date.now() + limitMs; lengths().length < frames && Date.now() < end; ) await sleep(20);
  tap.off("data", listen);
  return lengths();
}

const whyBroken = (step: Step) =>
  step.broken.then(
    () => "",
    (error: Error) => error.message,
  );

it("fits the QEMU of the images", async () => {
  expect(await checkPlugin(images.qemu, images.plugin.file ?? "")).toBeUndefined();
});

it("runs the guest that tells whether KVM works, in emulation at least", async () => {
  expect(await whyNoGuestRuns(images.qemu, "tcg")).toBeUndefined();
});

describe("two servers in step", () => {
  it("have had the same virtual time, and carry frames of every length on each wire", async () => {
    const taps = { in: await pair.tap("sender"), out: await pair.tap("responder") };
    const second = { in: await pair.tap("responder", 1), out: await pair.tap("sender", 1) };
    const step = await enterStep(pair.clock);
    for (const bytes of [60, 1514, 9018, 16_384]) taps.in.write(frame(bytes));
    second.in.write(frame(100));
    expect(await lengthsFrom(taps.out, 4)).toEqual([60, 1514, 9018, 16_384]);
    expect(await lengthsFrom(second.out, 1)).toEqual([100]);
    const { sender, responder } = await step.leave();
    expect(sender).toMatchObject({ frames: 4, lostFrames: 0, lateFrames: 0 });
    expect(responder).toMatchObject({ frames: 1, lostFrames: 0, lateFrames: 0 });
    for (const { barriers, virtualNs } of [sender, responder]) {
      expect(barriers).toBeGreaterThan(2);
      expect(virtualNs).toBeGreaterThanOrEqual((barriers - 1) * pair.clock.wireLatencyNs);
    }
    expect(Math.max(sender.overshootNs, responder.overshootNs)).toBeLessThan(1000);
  });

  it("count a frame that is too long for the wire as lost", async () => {
    const taps = { in: await pair.tap("sender"), out: await pair.tap("responder") };
    const step = await enterStep(pair.clock);
    taps.in.write(Buffer.concat([frame(16_385), frame(64)]));
    expect(await lengthsFrom(taps.out, 1)).toEqual([64]);
    expect((await step.leave()).sender).toMatchObject({ frames: 2, lostFrames: 1 });
  });

  it("run freely before and after, and come into step again", async () => {
    const taps = { in: await pair.tap("sender"), out: await pair.tap("responder") };
    expect(await lengthsWhile(taps.out, () => taps.in.write(frame(61)))).toContain(61);
    for (let round = 0; round < 3; round += 1) await (await enterStep(pair.clock)).leave();
    expect(await lengthsWhile(taps.out, () => taps.in.write(frame(62)))).toContain(62);
  });

  it("are let go when the program that holds them is killed, and can be joined again", async () => {
    const program = `import { enterStep } from ${JSON.stringify(join(checkout, "measure/probe/shared-clock.ts"))};
      await enterStep(${JSON.stringify(pair.clock)});
      console.log("joined");
      setInterval(() => {}, 1000);`;
    const holder = spawn("node", ["--input-type=module", "--eval", program], { stdio: ["ignore", "pipe", "inherit"] });
    const [said] = await once(holder.stdout, "data");
    expect(String(said)).toBe("joined\n");
    const killed = Date.now();
    holder.kill("SIGKILL");
    await (await enterStep(pair.clock)).leave();
    expect(Date.now() - killed).toBeLessThan(10_000);
  });

  it("are not joined when one of them cannot be told to, and can be joined later", async () => {
    const [one, other] = await Promise.allSettled([
      enterStep({ ...pair.clock, sockets: { ...pair.clock.sockets, responder: "/nowhere" } }),
      enterStep({ ...pair.clock, sockets: { ...pair.clock.sockets, sender: "/nowhere" } }),
    ]);
    expect(one.status === "rejected" && String(one.reason)).toContain("responder: its clock cannot be reached");
    expect(other.status === "rejected" && String(other.reason)).toContain("sender: its clock cannot be reached");
    await (await enterStep(pair.clock)).leave();
  });
});

describe("when one of them", () => {
  it("is killed, the other goes on by itself at once", async () => {
    const step = await enterStep(pair.clock);
    const killed = Date.now();
    pair.processes.responder.kill("SIGKILL");
    expect(await whyBroken(step)).toMatch(/the other server has ended|responder: it has ended/);
    expect(await pair.monitor("sender", "query-status")).toContain("running");
    expect(Date.now() - killed).toBeLessThan(10_000);
    await expect(step.leave()).rejects.toThrow();
  });

  it("is stopped, the other answers its monitor, and goes on by itself after the limit", async () => {
    const step = await enterStep(pair.clock);
    const stopped = Date.now();
    pair.processes.responder.kill("SIGSTOP");
    expect(await pair.monitor("sender", "query-status")).toContain("running");
    expect(Date.now() - stopped).toBeLessThan(5000);
    expect(await whyBroken(step)).toContain("the other server has not come to a barrier within the time limit");
    expect(Date.now() - stopped).toBeLessThan(30_000);
    pair.processes.responder.kill("SIGCONT");
  });

  it("is stopped, the other ends when it is asked to", async () => {
    await enterStep(pair.clock);
    pair.processes.responder.kill("SIGSTOP");
    await sleep(200);
    const asked = Date.now();
    pair.processes.sender.kill("SIGTERM");
    await once(pair.processes.sender, "exit");
    expect(Date.now() - asked).toBeLessThan(5000);
  });
});
