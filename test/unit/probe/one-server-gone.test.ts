import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { madeUpEnd, madeUpSpec } from "../../support/run-spec.ts";
import { type Sshd, startSshd } from "../../support/sshd.ts";

let server: Sshd;
const results = mkdtempSync(join(tmpdir(), "lab-gone-"));
beforeAll(async () => {
  server = await startSshd();
});
afterAll(async () => {
  await server.stop();
  rmSync(results, { recursive: true });
});

/** Runs the program that measures a run, as a stack does, with a server that nobody answers for. */
async function measure(gone: "sender" | "responder") {
  const there = server.target();
  const ends = {
    sender: madeUpEnd(there),
    responder: madeUpEnd(there),
    [gone]: madeUpEnd({ ...there, port: 1 }),
  };
  const spec = madeUpSpec(results, { ends });
  return execa("node", ["measure/probe/main.ts"], {
    env: { LAB_RUN: JSON.stringify(spec) },
    reject: false,
    timeout: 60_000,
  });
}

it.each(["sender", "responder"] as const)(
  "a run whose %s is gone ends with an error, and no connection to the other keeps it",
  async (gone) => {
    const { stderr, exitCode, timedOut } = await measure(gone);
    expect(stderr).toMatch(new RegExp(`${gone} .*ECONNREFUSED`));
    expect(stderr).toMatch(/attempt 3: /);
    expect({ timedOut, exitCode }).toEqual({ timedOut: false, exitCode: 1 });
  },
  90_000,
);
