import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { Gateway } from "../../infra/gateway/gateway.ts";
import { cacheDir, checkout } from "../../lib/paths.ts";
import { ensureEngine } from "../../tools/engine/ensure.ts";

/** What a pulumi command did. */
interface Outcome {
  stdout: string;
  /** stdout and stderr as they came. */
  all: string;
  exitCode: number | undefined;
}

/** A stack of this checkout's real program, with state and configuration in a folder of its own. */
export interface TestStack {
  folder: string;
  /** Replaces the stack's configuration. */
  configure(config: Record<string, unknown>): void;
  /** Runs the real pulumi on the stack; never throws for its exit status. */
  pulumi(args: string[], options?: { timeoutMs?: number }): Promise<Outcome>;
  /** Environment and arguments of `pulumi up` and the like, for tests that start it themselves. */
  env: NodeJS.ProcessEnv;
  deploymentArgs: string[];
  remove(): void;
}

/** Makes an empty stack. @param name of the stack */
export async function makeTestStack(name: string): Promise<TestStack> {
  const engine = await ensureEngine({
    cache: cacheDir(),
    progress: { say: () => {}, step: (_label, body) => body() },
  });
  const folder = mkdtempSync(join(tmpdir(), "lab-stack-"));
  const state = join(folder, "state");
  mkdirSync(state);
  const configFile = join(folder, `Pulumi.${name}.yaml`);
  const gateway = await Gateway.open(join(folder, "servers"));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...engine.env,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    ...gateway.env,
    NO_COLOR: "1",
  };
  const stackArgs = ["--stack", name, "--non-interactive"];
  const deploymentArgs = [...stackArgs, "--config-file", configFile];
  const pulumi: TestStack["pulumi"] = async (args, { timeoutMs = 540_000 } = {}) => {
    const { stdout, all, exitCode } = await execa(
      "pulumi",
      [...args, ...(["stack", "cancel"].includes(args[0] ?? "") ? stackArgs : deploymentArgs)],
      {
        cwd: checkout,
        env,
        extendEnv: false,
        reject: false,
        all: true,
        timeout: timeoutMs,
      },
    );
    return { stdout, all, exitCode };
  };
  await execa("pulumi", ["stack", "init", name, "--non-interactive"], { cwd: checkout, env, extendEnv: false });
  // The engine keeps the stack's salt beside the project's own stack files; it moves to where the test keeps its own.
  const madeHere = join(checkout, `Pulumi.${name}.yaml`);
  const { encryptionsalt } = parse(readFileSync(madeHere, "utf8")) as { encryptionsalt: string };
  rmSync(madeHere);
  return {
    folder,
    env,
    deploymentArgs,
    pulumi,
    configure(config) {
      const own = Object.fromEntries(Object.entries(config).map(([key, value]) => [`sriov-rtt:${key}`, value]));
      writeFileSync(configFile, stringify({ encryptionsalt, config: own }));
    },
    remove() {
      void gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
