import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { endpointOn } from "../../../lib/endpoints/kinds.ts";
import { runInGuest, startInGuest } from "../../../lib/guest-agent.ts";
import { fetchFromGuest } from "../../../lib/guest-file.ts";
import { CommandInEndpoint } from "../../../measure/probe/command-in-endpoint.ts";
import { pingBudget } from "../../../measure/probes/ping/budget.ts";
import { LocalAgent } from "../../support/local-agent.ts";

const folder = mkdtempSync(join(tmpdir(), "lab-agent-"));
afterAll(() => rmSync(folder, { recursive: true }));
const limits = { maxBytes: 20_000_000, limitMs: 30_000 };

const running = (words: string) =>
  readdirSync("/proc").filter((name) => {
    try {
      return (
        /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ").includes(words)
      );
    } catch {
      return false; // it has ended
    }
  });

describe("a command in a guest", { timeout: 30_000 }, () => {
  it("gives its stdout, and its stderr when it fails", async () => {
    const ssh = new LocalAgent().connection();
    expect(await runInGuest(ssh, "vm", "echo 'it'\\''s'")).toBe("it's\n");
    await expect(runInGuest(ssh, "vm", "echo why >&2; exit 3")).rejects.toThrow(/vm: exit status 3 .*\nwhy$/);
  });

  it("is ended when it takes too long, with all that it started, before that is told", async () => {
    const seconds = `7${process.pid}`;
    const command = await startInGuest(
      new LocalAgent().connection(),
      "vm",
      `sleep ${seconds} & sleep ${seconds}`,
      false,
    );
    await expect(command.ended(500, 50)).rejects.toThrow(/^vm: still running after 0.5 s .*; it was ended$/);
    expect(running(`sleep ${seconds}`)).toEqual([]);
  });

  it("whose agent answers with something else is refused with its words", async () => {
    const agent = new LocalAgent();
    agent.spoil = () => ({ pid: "seven" });
    await expect(runInGuest(agent.connection(), "vm", "true")).rejects.toThrow(
      /vm: the guest agent answered guest-exec with/,
    );
  });
});

describe("files of a guest", { timeout: 30_000 }, () => {
  const path = join(folder, "it's a file");
  const askedFor = (agent: LocalAgent, question: string) => agent.asked.filter((each) => each === question).length;

  it.each([0, 1, 60_000, 300_000, 2_000_000])(
    "come home whole, where the first has %i bytes; what is small with the first answer, the rest in pieces",
    async (bytes) => {
      const agent = new LocalAgent();
      const contents = [randomBytes(bytes), Buffer.from("a line\n"), Buffer.alloc(0)];
      const paths = contents.map((content, index) => {
        writeFileSync(`${path}-${index}`, content);
        return `${path}-${index}`;
      });
      expect(await fetchFromGuest(agent.connection(), "vm", paths, limits)).toEqual(contents);
      const pieces = askedFor(agent, "guest-file-read");
      if (bytes < 64_000) expect(pieces).toBe(0);
      else expect(pieces).toBeGreaterThanOrEqual(Math.ceil(bytes / 262_144));
      expect(askedFor(agent, "guest-file-close")).toBe(askedFor(agent, "guest-file-open"));
    },
  );

  it("like ping's text for 65,535 packets take few pieces", async () => {
    const lines = Array.from(
      { length: 65_535 },
      (_, index) =>
        `[17640000${index}.123456] 64 bytes from 10.9.2.1: icmp_seq=${index + 1} ttl=64 time=${(index * 7919) % 9973}.${index % 10} ms`,
    );
    const agent = new LocalAgent();
    writeFileSync(path, lines.join("\n"));
    const { outputBytes } = pingBudget({ packets: 65_535, pingRatePps: 1000, cpuWindowSeconds: 10 }, "hardware");
    const [text] = await fetchFromGuest(agent.connection(), "vm", [path], { ...limits, maxBytes: outputBytes });
    expect(text?.toString().split("\n")).toHaveLength(65_535);
    expect(askedFor(agent, "guest-file-read")).toBeLessThan(12);
  });

  it("are refused when one is larger than allowed, is not there, or did not arrive whole", async () => {
    writeFileSync(path, randomBytes(100_000));
    const agent = new LocalAgent();
    const fetching = (paths: string[], maxBytes = limits.maxBytes) =>
      fetchFromGuest(agent.connection(), "vm", paths, { ...limits, maxBytes });
    await expect(fetching([path], 99_999)).rejects.toThrow(/has 100000 bytes; the limit is 99999/);
    await expect(fetching([path, `${path} too`])).rejects.toThrow(/exit status [12] in the guest/);
    agent.spoil = (request, answer) =>
      request.execute === "guest-file-read" ? { count: 10, "buf-b64": "AAAAAAAAAAAAAA==", eof: true } : answer;
    await expect(fetching([path])).rejects.toThrow(/did not arrive whole/);
    expect(agent.asked.at(-1)).toBe("guest-file-close");
  });
});

describe("a probe in a guest", { timeout: 60_000 }, () => {
  const budget = {
    ...pingBudget({ packets: 10, pingRatePps: 1000, cpuWindowSeconds: 1 }, "hardware"),
    askEveryMs: 100,
  };
  const filesOf = (id: number) => readdirSync("/tmp").filter((name) => name.startsWith(`lab-ping-${id}`));

  const commandIn = (agent: LocalAgent, seed: number, shell: string, most = budget) =>
    new CommandInEndpoint(endpointOn(agent.connection(), "vm", "vm"), {
      probe: { id: "ping" },
      seed,
      budget: most,
      command: { shell, programs: [], processes: ["no-such-program"], exitCodes: [0] },
    });

  it("brings home what it printed and how it ended, and leaves its files to the next attempt", async () => {
    const ping = commandIn(new LocalAgent(), 65_531, "sh -c 'echo line; echo odd >&2; exit 1'");
    await ping.start();
    await ping.ended();
    const { text, exitCode, seconds, errors } = await ping.collect();
    expect({ text: text.toString(), exitCode, errors }).toEqual({ text: "line\n", exitCode: 1, errors: "odd" });
    expect(seconds).toBeLessThan(20);
    expect(filesOf(65_531)).toContain("lab-ping-65531.txt");
    await runInGuest(new LocalAgent().connection(), "vm", "rm -f /tmp/lab-ping-65531.*");
  });

  it("is ended at its limit by itself, and that is no result", async () => {
    const ping = commandIn(new LocalAgent(), 65_532, "sleep 600", { ...budget, limitSeconds: -1 });
    await ping.start();
    await ping.ended();
    await expect(ping.collect()).rejects.toThrow(/ping was ended after \d+ s, which is its limit/);
    await runInGuest(new LocalAgent().connection(), "vm", "rm -f /tmp/lab-ping-65532.*");
  });

  it.each([
    [undefined, "sleep 2; from=", '" > /tmp/lab-ping-65534.end'],
    [{ afterSeconds: 9, tellsEnd: false }, "sleep 9; from=", '" > /tmp/lab-ping-65534.end'],
    [
      { afterSeconds: 9, tellsEnd: true },
      "sleep 9; from=",
      '" > /tmp/lab-ping-65534.end; echo LAB-ENDED-lab-ping-65534 > /dev/console',
    ],
  ])("begins and ends as it is told: %j", async (begin, first, last) => {
    const agent = new LocalAgent();
    let script = "";
    agent.spoil = (request, answer) => {
      script ||= request.arguments.arg?.at(-1) ?? "";
      return answer;
    };
    const ping = commandIn(agent, 65_534, "true");
    await ping.start(begin);
    await ping.end();
    const uptime = "$(cut -d ' ' -f 1 /proc/uptime)";
    expect(script).toContain(
      `${first}${uptime}; timeout -s INT -k 10 ${2 + budget.limitSeconds} true > /tmp/lab-ping-65534.txt 2> /tmp/lab-ping-65534.err; code=$? to=${uptime}; head -c 4000 /tmp/lab-ping-65534.err > /tmp/lab-ping-65534.said; echo "exit_code=$code from=$from to=$to${last}`,
    );
    expect(script.trimEnd().endsWith(last)).toBe(true);
  });

  it("that is given up is ended in the guest", async () => {
    const seconds = `6${process.pid}`;
    const ping = commandIn(new LocalAgent(), 65_533, `sleep ${seconds}`);
    await ping.start();
    await ping.end();
    expect(running(`sleep ${seconds}`)).toEqual([]);
    await runInGuest(new LocalAgent().connection(), "vm", "rm -f /tmp/lab-ping-65533.*");
  });
});
