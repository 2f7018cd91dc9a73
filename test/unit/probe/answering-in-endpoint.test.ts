import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { endpointOn } from "../../../lib/endpoints/kinds.ts";
import { AnsweringInEndpoint } from "../../../measure/probe/answering-in-endpoint.ts";
import { MissingProgramError } from "../../../measure/probe/clear-endpoint.ts";
import { CommandInEndpoint } from "../../../measure/probe/command-in-endpoint.ts";
import { measureRun } from "../../../measure/probe/measure.ts";
import type { rawRun } from "../../../measure/probe/raw-run.ts";
import { runSpecSchema } from "../../../measure/probe/spec.ts";
import { ping } from "../../../measure/probes/ping/probe.ts";
import type { AnsweringCommand, Probe } from "../../../measure/probes/probe.ts";
import { LocalAgent } from "../../support/local-agent.ts";
import { madeUpSpec } from "../../support/run-spec.ts";

const local = () => endpointOn(new LocalAgent().connection(), "vm", "vm");

/** Processes of a command whose words are seen nowhere else. */
const running = (words: string) =>
  readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ") === words;
    } catch {
      return false; // it has ended
    }
  });

/** ping, if its program had another name. */
const elsewhere: Probe = {
  ...ping,
  run: () => ({ shell: "true", programs: ["no-such-program"], processes: ["no-such-program"], exitCodes: [0] }),
};

let serial = 0;
/** A server of one test: it lasts for seconds that no other lasts for, and listens when a file is there. */
function madeUpServer(before: string, own: Partial<AnsweringCommand> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "lab-answering-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  serial += 1;
  const seed = process.pid * 100 + serial;
  const shell = `sh -c '${before.replaceAll("FILE", `${folder}/listens`)}exec sleep ${seed}'`;
  const given = {
    shell,
    programs: ["sh"],
    processes: ["no-such-program"],
    listens: `[ -e ${folder}/listens ]`,
    ...own,
  };
  const probe = { id: `made-up-${seed}` };
  return {
    answering: new AnsweringInEndpoint(local(), { probe, seed: 1 }, given),
    next: new AnsweringInEndpoint(local(), { probe, seed: 2 }, given),
    left: () => ({
      processes: running(`sleep ${seed} `),
      files: readdirSync("/tmp").filter((name) => name.startsWith(`lab-answering-made-up-${seed}-`)),
    }),
  };
}

const nothing = { processes: [], files: [] };

it("listens when its start resolves, goes on until it is ended, and leaves nothing", { timeout: 60_000 }, async () => {
  const { answering, left } = madeUpServer("sleep 0.5; : > FILE; ");
  const before = Date.now();
  await answering.start(600);
  expect(Date.now() - before).toBeGreaterThan(500);
  expect(left().processes).toHaveLength(1);
  await answering.end();
  expect(left()).toEqual(nothing);
});

it("fails with what it said where it ends instead, and leaves nothing", { timeout: 60_000 }, async () => {
  const { answering, left } = madeUpServer("echo the port is taken >&2; exit 3; ");
  await expect(answering.start(600)).rejects.toThrow(
    /^responder: vm: sh -c .* does not listen:\nthe port is taken\nit ended with exit status 3$/,
  );
  expect(left()).toEqual(nothing);
});

it("fails where it goes on and does not listen, and goes on no more", { timeout: 60_000 }, async () => {
  const { answering, left } = madeUpServer("");
  await expect(answering.start(600, 5)).rejects.toThrow(/^responder: vm: .* does not listen:$/);
  expect(left()).toEqual(nothing);
});

it("ends at its limit by itself where nobody ends it", { timeout: 60_000 }, async () => {
  const { answering, left } = madeUpServer(": > FILE; ");
  await answering.start(1);
  await expect.poll(() => left().processes, { timeout: 20_000 }).toEqual([]);
  await answering.end();
  expect(left()).toEqual(nothing);
});

it("is ended by the next attempt where this one could not", { timeout: 60_000 }, async () => {
  // A program of a name that no other process has, because the next attempt goes by names.
  const name = `answ${process.pid}`;
  onTestFinished(() => rmSync(`/tmp/${name}`, { force: true }));
  const { answering, next } = madeUpServer("", {
    shell: `sh -c 'cp $(command -v sleep) /tmp/${name}; exec /tmp/${name} 500'`,
    processes: [name],
    listens: `grep -qs ${name} /proc/[0-9]*/comm`,
  });
  await answering.start(600);
  expect(running(`/tmp/${name} 500 `)).toHaveLength(1);
  await next.clear();
  expect(running(`/tmp/${name} 500 `)).toEqual([]);
});

it("is refused by a guest that lacks its programs, all of which are named", { timeout: 60_000 }, async () => {
  const { next } = madeUpServer("", { programs: ["sh", "no-such-server", "no-such-tool"] });
  await expect(next.clear()).rejects.toThrow(
    "responder: vm has no no-such-server and no no-such-tool, which the probe",
  );
  await expect(next.clear()).rejects.toThrow(MissingProgramError);
});

it("a run in a guest without a probe's program is tried once", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-missing-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let attempts = 0;
  const measureOnce: typeof rawRun = async (_spec, { tasks: [task] }) => {
    attempts += 1;
    if (task === undefined) throw new Error("no probe");
    // A folder of its own: other tests have ping's files in this machine's.
    await new CommandInEndpoint({ ...local(), files: folder }, task).clear();
    throw new Error("not reached");
  };
  const message = "sender: vm has no no-such-program, which the probe ping needs";
  const spec = runSpecSchema.parse(madeUpSpec(folder));
  await expect(measureRun(spec, () => {}, { probes: [elsewhere], measureOnce })).rejects.toThrow(message);
  expect(attempts).toBe(1);
});
