import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { expect } from "vitest";
import { checkout } from "../../lib/paths.ts";
import { manifestOf, type Testbed } from "./testbed.ts";

/**
 * Interrupts `pulumi up` after some seconds as a user (SIGINT) or a crash (SIGKILL) would, then expects the next plain
 * `up` to converge on a run that counts. After a crash the engine's lock is taken away first, as its own message says.
 */
export async function expectUpToSurvive(
  testbed: Testbed,
  signal: "SIGINT" | "SIGKILL",
  afterSeconds: number,
  own: Record<string, unknown>,
): Promise<void> {
  const { stack } = testbed;
  stack.configure(testbed.settings(own));
  const child = execa("pulumi", ["up", "--yes", "--skip-preview", ...stack.deploymentArgs], {
    cwd: checkout,
    env: stack.env,
    extendEnv: false,
    reject: false,
    all: true,
  });
  const ended = child.then(() => true);
  const early = await Promise.race([ended, sleep(afterSeconds * 1000, false)]);
  if (!early) child.kill(signal);
  await child;
  if (signal === "SIGKILL" && !early) {
    await sleep(6000); // plugins end with their engine within 5 s
    await stack.pulumi(["cancel", "--yes"]);
  }
  const [outcome] = await testbed.up(own);
  expect(manifestOf(outcome).status).toBe("valid");
}
