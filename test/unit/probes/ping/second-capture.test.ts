import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { EchoExchange } from "../../../../measure/capture/exchange.ts";
import { readCapture } from "../../../../measure/capture/exchanges.ts";
import { captureDifference } from "../../../../measure/probes/ping/second-capture.ts";
import { derivePing, pingProblems } from "../../../../measure/probes/ping/summary.ts";
import { captureFile, captureNames, outputFile } from "../../../../measure/results/run-files.ts";
import { pointNames } from "../../../../study/points.ts";

const folder = join(import.meta.dirname, "../../../data/runs/virtio-bridge");
const read = (name: string) => readFileSync(join(folder, name));
const { exchanges } = await readCapture(read(captureFile("sender.nic")), { id: 1001 });

/** The same packets, each a while later. */
const later = (all: readonly EchoExchange[]) =>
  all.map(({ requestNs, replyNs, ...packet }) => ({
    ...packet,
    requestNs: requestNs + 500n,
    replyNs: replyNs === null ? null : replyNs + 300n,
  }));

it("a second capture of the same frames does not differ, whatever their order and stamps", () => {
  expect(exchanges.length).toBeGreaterThan(50);
  fc.assert(
    fc.property(fc.shuffledSubarray(later(exchanges), { minLength: exchanges.length }), (second) => {
      expect(captureDifference(exchanges, second)).toBeNull();
    }),
  );
});

it("one that lacks frames, or has others, differs, and says how many packets do", () => {
  const n = exchanges.length;
  fc.assert(
    fc.property(fc.subarray(exchanges, { maxLength: n - 1 }), (second) => {
      const lacking = `${n - second.length} of the first's ${n} packets are not like that in the second`;
      expect(captureDifference(exchanges, second)).toContain(lacking);
      expect(captureDifference(second, exchanges)).toContain(
        `${n - second.length} of the second's ${n} not in the first`,
      );
    }),
  );
  const [first, ...others] = exchanges as [EchoExchange, ...EchoExchange[]];
  for (const change of [
    { replyNs: null },
    { duplicates: first.duplicates + 1 },
    { requestCopies: first.requestCopies + 1 },
    { checksum: first.checksum ^ 1 },
  ])
    expect(captureDifference(exchanges, [...others, { ...first, ...change }])).toBe(
      `the two captures differ: 1 of the first's ${n} packets are not like that in the second, 1 of the second's ${n} not in the first`,
    );
});

it("a run counts when second captures hold what the first do, and does not when one of them holds something else", async () => {
  const files = new Map([[outputFile("ping"), read("ping.txt")]]);
  for (const point of pointNames)
    for (const name of captureNames(point)) files.set(captureFile(name), read(captureFile(point)));
  expect([...files.keys()]).toContain("responder-virt-second.pcap");
  const parameters = { pingId: 1001, packets: 100, ratePps: 1000, payloadBytes: 18 };
  const run = { parameters, files, captures: { sender: [], responder: [] }, missingCaptures: {}, seconds: 1 };
  expect(pingProblems(run, await derivePing(run))).toEqual([]);
  // The first 24 bytes are the file's header.
  files.set("sender-nic-second.pcap", read("sender-nic.pcap").subarray(0, 24));
  expect(pingProblems(run, await derivePing(run))).toEqual([
    expect.stringMatching(/^sender\.nic: the two captures differ: 100 of the first's 100 packets /),
  ]);
});
