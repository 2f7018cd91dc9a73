import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseOptions } from "./options.ts";

/** What the engine asks to be run, freed from its protocol. */
export interface ProgramRun {
  rootDirectory: string;
  programDirectory: string;
  entryPoint: string;
  options: Record<string, unknown>;
  monitor: string;
  engine: string;
  organization: string;
  project: string;
  stack: string;
  parallel: number;
  dryRun: boolean;
  tracing: string;
  args: string[];
  config: [string, string][];
  secretKeys: string[];
}

/** How the program ended. `bail`: it has reported its error itself, so that nothing is left to say. */
export interface Outcome {
  error: string;
  bail: boolean;
}

/** Exit code of `@pulumi/pulumi/cmd/run` after an error that it has shown to the user. */
const exitAfterShownError = 32;
const killAfterMs = 5_000;

/**
 * The command line of a program: node, its arguments, `@pulumi/pulumi/cmd/run` and what that wants to know. It is the
 * official host's, but for `--sync` (a pair of pipes for SDKs of 2019) and its proxy of the monitor, which serves those.
 */
export function commandLine(run: ProgramRun, runner: string): string[] {
  const named = (name: string, value: string) => (value ? [`--${name}`, value] : []);
  return [
    ...parseOptions(run.options).nodeargs,
    runner,
    ...named("monitor", run.monitor),
    ...named("engine", run.engine),
    ...named("organization", run.organization),
    ...named("project", run.project),
    ...named("root-directory", run.rootDirectory),
    ...named("stack", run.stack),
    ...named("pwd", run.programDirectory),
    ...(run.dryRun ? ["--dry-run"] : []),
    ...named("parallel", String(run.parallel)),
    ...named("tracing", run.tracing),
    run.entryPoint || ".",
    ...run.args,
  ];
}

/** What the SDK reads from the environment: the configuration (keys as "project:config:name"), and how to compile. */
export function programEnvironment(run: ProgramRun): Record<string, string> {
  const { typescript, tsconfig } = parseOptions(run.options);
  const config = run.config.map(([key, value]) => [key.replace(/^([^:]+):(?:config:)?/, "$1:config:"), value]);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(config)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(run.secretKeys),
    ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
  };
}

/** Runs programs for one engine, one process each. */
export class ProgramRunner {
  readonly #children = new Set<ChildProcess>();

  /** Runs a program to its end. */
  async run(run: ProgramRun): Promise<Outcome> {
    let runner = process.env.PULUMI_LANGUAGE_NODEJS_RUN_PATH || "@pulumi/pulumi/cmd/run";
    try {
      runner = createRequire(join(run.programDirectory, "package.json")).resolve(runner);
    } catch {
      const error = `The Pulumi SDK (@pulumi/pulumi) is not installed for ${run.programDirectory}: run "npm ci" there or above`;
      return { error, bail: false };
    }
    const { code, signal } = await this.#node(commandLine(run, runner), programEnvironment(run));
    if (code === exitAfterShownError) return { error: "", bail: true };
    if (code === 0) return { error: "", bail: false };
    const how = signal ? `was ended by ${signal}` : `exited with non-zero exit code: ${code}`;
    return { error: `Program ${how}`, bail: false };
  }

  #node(args: string[], env: Record<string, string>): Promise<{ code: number | null; signal: string | null }> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, {
        env: { ...process.env, ...env },
        stdio: ["ignore", "inherit", "inherit"],
      });
      this.#children.add(child);
      child.once("error", reject);
      child.once("close", (code, signal) => {
        this.#children.delete(child);
        resolve({ code, signal });
      });
    });
  }

  /** Asks running programs to end, and kills those that have not after 5 s. */
  cancel(): void {
    for (const child of this.#children) {
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGKILL"), killAfterMs).unref();
    }
  }

  /** Kills running programs. */
  async kill(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
  }
}
