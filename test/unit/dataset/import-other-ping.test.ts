import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { importRuns } from "../../../measure/dataset/import/import-runs.ts";
import { pingRecord } from "../../../measure/probes/ping/record.ts";
import { inspectRun } from "../../../measure/results/token.ts";
import { echo4, ethernet, pcap } from "../../support/frames.ts";
import { samples } from "../../support/samples.ts";

let folder: string;
let run: string;
const captures = ["sender-nic", "sender-virt", "responder-nic", "responder-virt"].map((name) => `${name}.pcap`);

/** A run by hand without a word about ping's id. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-import-other-"));
  run = join(folder, "from", "virtio-bridge", "run-1");
  cpSync(join(samples, "virtio-bridge", "run-1"), run, {
    recursive: true,
    filter: (path) => !path.endsWith("facts.txt"),
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const importIt = () => importRuns(join(folder, "from"), join(folder, "to"), { fidelity: "emulated", ratePps: 1000 });

/** Puts another ping into all captures, at the time of the run. */
function addPing(id: number, count: number, rttNs: number, target = "10.9.0.201") {
  for (const name of captures) {
    const bytes = readFileSync(join(run, name));
    const start = BigInt(bytes.readUInt32LE(24)) * 1_000_000_000n + BigInt(bytes.readUInt32LE(28));
    const records = Array.from({ length: count }, (_, index) => {
      const echo = { id, seq: index + 1, target, data: Buffer.alloc(18, 0xff) };
      const at = start + BigInt(index) * 5_000_000n;
      return [
        { at, frame: ethernet(echo4(echo)) },
        { at: at + BigInt(rttNs), frame: ethernet(echo4({ ...echo, reply: true })) },
      ];
    }).flat();
    writeFileSync(join(run, name), Buffer.concat([bytes, pcap(records).subarray(24)]));
  }
}

async function idOfImported(): Promise<number> {
  const state = inspectRun((await importIt()).imported[0] ?? "");
  if ("missing" in state) throw new Error(state.missing);
  const { metrics, parameters } = pingRecord(state.manifest);
  expect(metrics.rttOverheadMs).toMatchObject({ n: 100 });
  return parameters.pingId;
}

describe("another ping in the captures is not taken for the one of ping.txt", () => {
  test.each<[string, Parameters<typeof addPing>]>([
    ["that sent more", [77, 200, 1000]],
    ["that sent fewer", [77, 40, 1000]],
    ["that sent as many, and is slower", [77, 100, 500_000_000]],
    ["that sent as many elsewhere", [77, 100, 1000, "10.9.0.202"]],
  ])("%s", async (_name, ping) => {
    addPing(...ping);
    expect(await idOfImported()).toBe(1001);
  });
});

test("two pings that both fit are refused, until facts.txt names one", async () => {
  addPing(77, 100, 1000);
  await expect(importIt()).rejects.toThrow(/run-1: the pings with ids 1001, 77 all fit ping\.txt; name the right one/);
  writeFileSync(join(run, "facts.txt"), "ping -3 -D -e 1001 -i 0.001 -c 100 10.9.0.201\n");
  expect(await idOfImported()).toBe(1001);
});

test("an id that does not fit is refused, also where facts.txt names it", async () => {
  addPing(77, 200, 1000);
  writeFileSync(join(run, "facts.txt"), "ping -3 -D -e 77 -i 0.001 -c 100 10.9.0.201\n");
  await expect(importIt()).rejects.toThrow(
    /facts\.txt names ping's id 77, which does not fit ping\.txt: sender\.virt: it has a request number 200, and ping sent 100/,
  );
});

test("captures in which no ping fits are refused with the reasons", async () => {
  const text = readFileSync(join(run, "ping.txt"), "utf8");
  writeFileSync(join(run, "ping.txt"), text.replaceAll("10.9.0.201", "10.9.0.7"));
  await expect(importIt()).rejects.toThrow(
    "no ping in the captures is that of ping.txt: id 1001: sender.virt: it goes to 10.9.0.201, and not to 10.9.0.7",
  );
});
