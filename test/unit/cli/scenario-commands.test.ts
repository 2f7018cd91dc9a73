import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { checkout } from "../../../lib/paths.ts";

/** Runs a command as a user does, but for what ./lab sets up before. */
const lab = (...args: string[]) =>
  execa("node", [join(checkout, "cli/main.ts"), ...args], { cwd: checkout, reject: false, timeout: 60_000 });

describe("./lab diff", { timeout: 60_000 }, () => {
  it("says of the committed stacks what the README shows", async () => {
    const { stdout, exitCode } = await lab("diff", "sender", "responder");
    expect(exitCode).toBe(0);
    expect(readFileSync(join(checkout, "ARCHITECTURE.md"), "utf8")).toContain(stdout);
  });

  it("says it as JSON", async () => {
    const { stdout } = await lab("diff", "sender", "responder", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      factors: [{ key: "load.location", from: "sender", to: "responder" }],
      changes: { removed: ["sender-background-ready", "sender-rtt-bg-001", "sender-rtt-bg-002"] },
    });
  });

  it("refuses a stack that has no file, and says how one is made", async () => {
    const { stderr, exitCode } = await lab("diff", "sender", "nowhere");
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /nowhere: there is no file .*Pulumi\.nowhere\.yaml; copy one: cp Pulumi\.sender\.yaml Pulumi\.nowhere\.yaml$/,
    );
  });
});

describe("wrong words", { timeout: 60_000 }, () => {
  it.each([
    [["no-such-command"], "./lab --help"],
    [["diff", "sender"], "./lab diff --help"],
    [["campaign", "plan"], "./lab campaign plan --help"],
  ])("of %j are refused with how that command is explained", async (words, help) => {
    const { stderr, exitCode } = await lab(...words);
    expect(exitCode).toBe(2);
    expect(stderr.split("\n").at(-1)).toBe(`(${help} says what is allowed)`);
  });
});

describe("./lab campaign plan", { timeout: 60_000 }, () => {
  it("lists scenarios with hash, factors, replicates, VMs and VFs", async () => {
    const { stdout, exitCode } = await lab("campaign", "plan", "competition", "--profile", "paper", "--json");
    expect(exitCode).toBe(0);
    const { scenarios, substitutions } = JSON.parse(stdout);
    for (const scenario of scenarios)
      expect(scenario).toMatchObject({
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        factors: { packets: 100 },
        replicates: 1,
        vms: { sender: { main: 1 }, responder: { main: 1 } },
        vfs: { sender: expect.any(Number), responder: expect.any(Number) },
      });
    expect(substitutions.map(({ to }: { to: number }) => to).sort()).toEqual([62, 62, 63]);
  });

  it("refuses an experiment and a profile that there are not, and says which there are", async () => {
    const unknown = await lab("campaign", "plan", "baselin");
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringMatching(/"baselin".*baseline, competition/)]);
    const profile = await lab("campaign", "plan", "baseline", "--profile", "lab");
    expect([profile.exitCode, profile.stderr]).toEqual([2, expect.stringMatching(/"lab".*emulated, paper/)]);
  });
});
