import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureCommand } from "../../../measure/capture/command.ts";
import { echo4, echo6, ethernet, pcap } from "../../support/frames.ts";
import { PcapngBuilder } from "../../support/pcapng.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "capture-command-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(bytes: Uint8Array, options: { json?: boolean } = { json: true }) {
  const file = join(folder, "some.pcap");
  await writeFile(file, bytes);
  const texts = { stdout: "", stderr: "" };
  const into = (name: keyof typeof texts) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts[name] += chunk.toString();
        done();
      },
    });
  const error = await captureCommand(file, options, { stdout: into("stdout"), stderr: into("stderr") }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { ...texts, error, file };
}

const at = 1_795_456_975_000_000_007n;
const two = [
  { at, frame: ethernet(echo4({ id: 1001 })) },
  { at: at + 12_584_850n, frame: ethernet(echo4({ id: 1001, reply: true })) },
  { at: at + 20_000_000n, frame: ethernet(echo6({ id: 65_535, seq: 65_535 })) },
];

describe("lab capture FILE --json", () => {
  it("prints one line for each exchange", async () => {
    const { stdout, stderr, error } = await run(pcap(two));
    expect(stdout).toBe(
      '{"id":1001,"seq":1,"requestNs":"1795456975000000007","replyNs":"1795456975012584857","rttNs":12584850,"duplicates":0}\n' +
        '{"id":65535,"seq":65535,"requestNs":"1795456975020000007","replyNs":null,"rttNs":null,"duplicates":0}\n',
    );
    expect([stderr, error]).toEqual(["", null]);
  });

  it("writes every number in full, whatever the clock did", async () => {
    const stamps = [0n, 5n, 999_999_999n, 1_000_000_000n, 4_294_967_295_999_999_999n, 12_345_678_901_234_567_890n];
    for (const request of stamps)
      for (const reply of stamps) {
        const builder = new PcapngBuilder().interface({ resolution: 9 });
        builder.packet(request, ethernet(echo4())).packet(reply, ethernet(echo4({ reply: true })));
        const line = (await run(builder.bytes())).stdout;
        expect(line).toContain(`"requestNs":"${request}","replyNs":"${reply}"`);
        expect(JSON.parse(line).rttNs).toBe(Number(reply - request));
      }
    const before = new PcapngBuilder().interface({ resolution: 9, offset: -2n }).packet(5n, ethernet(echo4())).bytes();
    expect((await run(before)).stdout).toContain('"requestNs":"-1999999995"');
  });

  it("writes more lines than one buffer holds", async () => {
    const records = Array.from({ length: 5000 }, (_, seq) => ({ at: BigInt(seq), frame: ethernet(echo4({ seq })) }));
    const lines = (await run(pcap(records))).stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual(records.map((_, seq) => seq));
  });

  it("keeps what is whole and says on stderr what is wrong", async () => {
    const bytes = pcap([...two, { at, frame: ethernet(echo4({ seq: 9, reply: true })) }]);
    const { stdout, stderr, error, file } = await run(bytes.subarray(0, bytes.length - 1));
    expect(stdout.split("\n")).toHaveLength(3);
    expect(stderr).toMatch(new RegExp(`^${file}: byte \\d+: the file ends inside a record: 45 of 46 bytes`));
    expect(error).toBeNull();
    expect((await run(bytes)).stderr).toContain("1 echo replies without a request before them");
  });

  it("fails with status 1 on what is no capture, and on damage after what was whole", async () => {
    expect((await run(Buffer.from("no capture at all, but text"))).error).toMatchObject({ exitCode: 1 });
    const bytes = pcap(two);
    bytes.writeUInt32LE(0x1000_0000, bytes.length - 66 - 16 + 8);
    const { stdout, error } = await run(bytes);
    expect(stdout.split("\n")).toHaveLength(2);
    expect(error).toMatchObject({ exitCode: 1, message: expect.stringContaining("damaged from here on") });
    await expect(captureCommand(join(folder, "absent.pcap"))).rejects.toMatchObject({ exitCode: 1 });
  });

  it("ends quietly when its reader has seen enough", async () => {
    const file = join(folder, "some.pcap");
    const records = Array.from({ length: 30_000 }, (_, seq) => ({ at: BigInt(seq), frame: ethernet(echo4({ seq })) }));
    await writeFile(file, pcap(records));
    let writes = 0;
    const closed = new Writable({
      write(_chunk, _encoding, done) {
        writes++;
        done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
      },
    });
    await expect(captureCommand(file, { json: true }, { stdout: closed, stderr: closed })).resolves.toBeUndefined();
    expect(writes).toBe(1);
  });

  it("fails when its output cannot be written", async () => {
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error("write ENOSPC")) });
    const file = join(folder, "some.pcap");
    await expect(captureCommand(file, { json: true }, { stdout: full, stderr: full })).rejects.toThrow("ENOSPC");
  });
});

describe("lab capture FILE", () => {
  it("prints what the capture holds", async () => {
    const { stdout } = await run(pcap(two), {});
    expect(stdout).toMatch(/^frames +3$/m);
    expect(stdout).toMatch(/^echo exchanges +2, 1 of them answered$/m);
  });
});
