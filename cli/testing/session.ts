import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError, messageOf } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import { runChild } from "../child.ts";
import type { Interruption } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { type Counts, countsOf, type StepResult } from "./counts.ts";

/** The projects of vitest.config.ts. */
export type Project = "unit" | "integration" | "testbed" | "soak";

type Outcome = Counts & { ok: boolean };
const passed: Outcome = { passed: 0, failed: 0, skipped: 0, ok: true };

/** Colours are for a terminal; vitest would also use them in continuous integration. */
const plain: NodeJS.ProcessEnv = process.stdout.isTTY && !process.env.CI ? {} : { NO_COLOR: "1" };

const toolPath = (name: string) => join(checkout, "node_modules", ".bin", name);

function tell(name: string, error: unknown): void {
  const text = error instanceof Error && !(error instanceof LabError) ? error.stack : undefined;
  progress.say(`${name}: ${text ?? messageOf(error)}`);
}

/** Runs the steps of `./lab test` one after the other, whatever fails, and remembers how each ended. */
export class Session {
  readonly steps: StepResult[] = [];
  readonly #interruption: Interruption;

  constructor(interruption: Interruption) {
    this.#interruption = interruption;
  }

  /** Gets what later steps need. @returns false when it failed, which has been told */
  prepare(name: string, body: () => Promise<unknown>): Promise<boolean> {
    return this.#step(name, async () => {
      await body();
      return passed;
    });
  }

  /** Runs a tool whose exit status says whether all is well. */
  check(name: string, tool: string, ...args: string[]): Promise<boolean> {
    return this.checkWith(name, toolPath(tool), ...args);
  }

  /** Runs a program of the machine whose exit status says whether all is well. */
  checkWith(name: string, program: string, ...args: string[]): Promise<boolean> {
    return this.#step(name, async () => ({ ...passed, ok: (await this.#run(program, args, {})) === 0 }));
  }

  /** Runs the tests of a project. */
  tests(project: Project, env: NodeJS.ProcessEnv = {}): Promise<boolean> {
    return this.#step(`${project} tests`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "lab-test-"));
      try {
        const report = join(folder, "report.json");
        const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
        const status = await this.#run(toolPath("vitest"), ["run", "--project", project, ...reporters], env);
        return { ...countsOf(JSON.parse(await readFile(report, "utf8"))), ok: status === 0 };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }

  /** Runs steps within something that must be there around them, a step itself only when it fails. */
  async around(name: string, body: () => Promise<unknown>): Promise<void> {
    try {
      await body();
    } catch (error) {
      this.#interruption.asked.throwIfAborted();
      tell(name, error);
      this.steps.push({ ...passed, name, ok: false, seconds: 0 });
    }
  }

  async #step(name: string, body: () => Promise<Outcome>): Promise<boolean> {
    this.#interruption.asked.throwIfAborted();
    progress.say(`== ${name}`);
    const start = performance.now();
    const outcome = await body().catch((error: unknown): Outcome => {
      tell(name, error);
      return { ...passed, ok: false };
    });
    this.steps.push({ name, seconds: (performance.now() - start) / 1000, ...outcome });
    this.#interruption.asked.throwIfAborted();
    return outcome.ok;
  }

  #run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
    return runChild(command, args, { cwd: checkout, env: { ...plain, ...env }, interruption: this.#interruption });
  }
}
