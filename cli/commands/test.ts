import { type Command, InvalidArgumentError } from "commander";
import type { Project } from "../testing/session.ts";

const projects: Record<Project, string> = {
  unit: "lint, types and the tests of pure code; needs neither engine nor servers",
  integration: "the real Pulumi engine",
  testbed: "the emulated servers: deploy, measure, change, tear down",
  soak: "by hand only: every driver end to end, interrupted deployments, a million inputs for each parser, 2000 campaigns for each verdict",
};

function parseProject(word: string): Project {
  if (word in projects) return word as Project;
  throw new InvalidArgumentError(`allowed: ${Object.keys(projects).join(", ")}`);
}

export function register(program: Command): void {
  const list = Object.entries(projects).map(([name, what]) => `  ${name.padEnd(12)} ${what}`);
  program
    .command("test")
    .summary("lint, types and all tests, with everything they need")
    .description(
      `Runs lint, types, unit, integration and testbed tests one after the other, also after a failure; or one of:\n${list.join("\n")}\n` +
        'The last line is "N passed, N failed".',
    )
    .argument("[project]", "run only this", parseProject)
    .action(async (project: Project | undefined) => {
      const { runTests } = await import("../testing/run.ts");
      await runTests(project);
    });
}
