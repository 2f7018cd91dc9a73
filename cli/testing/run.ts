import { checkout } from "../../lib/paths.ts";
import { interruptible } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { prepareEverything } from "../setup/everything.ts";
import { withCheckout, withServersLocked } from "../setup/locks.ts";
import { ensurePackages, integrationPackages, testPackages } from "../setup/packages.ts";
import { preparePulumi } from "../setup/pulumi.ts";
import { withServersUp } from "../setup/servers.ts";
import { summarise } from "./counts.ts";
import { type Project, Session } from "./session.ts";
import { shellcheckArguments } from "./shell-scripts.ts";

async function checkTypeScript(session: Session): Promise<void> {
  await session.check("lint", "biome", "check", "--error-on-warnings");
  await session.check("types", "tsc", "--noEmit");
  await session.check("types of the report's page", "tsc", "--noEmit", "--project", "report/page/browser");
  await session.check("unused code", "knip");
  await session.check("code that only tests use", "knip", "--production", "--include", "files");
}

/** What needs neither engine nor servers. */
async function testUnits(session: Session): Promise<void> {
  await session.prepare("packages for tests", () => ensurePackages(testPackages, progress));
  // It has one CPU for as long as all the others: a script is read again in every script that includes it.
  const shellScripts = session.checkWith("shell scripts", "shellcheck", ...shellcheckArguments(checkout));
  // Both come to their end also when an end is asked for, which the next step finds.
  await Promise.allSettled([shellScripts, checkTypeScript(session)]);
  await session.tests("unit");
}

async function testOnServers(session: Session, project: Project, env: NodeJS.ProcessEnv): Promise<void> {
  await session.around("emulated servers", () =>
    withServersLocked(progress, () => withServersUp({ progress }, () => session.tests(project, env))),
  );
}

async function testWithEngine(session: Session, chosen: Project | undefined): Promise<void> {
  let env: Record<string, string> = {};
  const isReady = await session.prepare(chosen === "integration" ? "engine" : "engine and images", async () => {
    env = chosen === "integration" ? await preparePulumi(progress) : await prepareEverything(progress);
  });
  if (!isReady) return;
  if (chosen === undefined || chosen === "integration") {
    const packages = [...testPackages, ...integrationPackages];
    await session.prepare("packages for integration tests", () => ensurePackages(packages, progress));
    await session.tests("integration", env);
  }
  if (chosen !== "integration") await testOnServers(session, chosen ?? "testbed", env);
}

/**
 * `./lab test [project]`: without a project all. Goes on after a failure, prints how each step ended and
 * last of all "N passed, N failed", and sets the exit status.
 */
export async function runTests(chosen: Project | undefined): Promise<void> {
  await interruptible(async (interruption) => {
    const session = new Session(interruption);
    try {
      if (chosen === undefined || chosen === "unit") await testUnits(session);
      if (chosen !== "unit") await withCheckout(progress, () => testWithEngine(session, chosen));
    } finally {
      if (session.steps.some(({ ok }) => !ok)) process.exitCode = 1;
      process.stdout.write(`\n${summarise(session.steps)}\n`);
    }
  });
}
