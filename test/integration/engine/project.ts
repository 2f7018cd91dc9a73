import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { cacheDir, checkout } from "../../../lib/paths.ts";
import { plainProgress } from "../../../lib/progress.ts";
import { ensureEngine } from "../../../tools/engine/ensure.ts";

/** A resource that the project's program declares. `{ $secret: x }` anywhere in its arguments is a secret x. */
export interface Declared {
  kind: "local" | "remote" | "copy";
  name: string;
  args: Record<string, unknown>;
}

/** How a `pulumi` command ended. */
export interface Ran {
  code: number | null;
  output: string;
}

const program = `import { readFileSync } from "node:fs";
import { asset, secret } from "@pulumi/pulumi";
import { local, remote } from "@pulumi/command";

function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (value === null || typeof value !== "object") return value;
  if ("$secret" in value) return secret(value.$secret);
  if ("$asset" in value) return new asset.StringAsset(String(value.$asset));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, reveal(member)]));
}

const kinds = { local: local.Command, remote: remote.Command, copy: remote.CopyToRemote };
const declared = JSON.parse(readFileSync(new URL("./resources.json", import.meta.url), "utf8"));
const resources = declared.map(({ kind, name, args }) => [name, new kinds[kind](name, reveal(args))]);
export const stdout = Object.fromEntries(resources.map(([name, resource]) => [name, resource.stdout]));
`;

/** A Pulumi project in a folder of its own, with one stack, in a file backend unless its environment names another. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "engine-test-"));
  readonly env: Record<string, string>;

  private constructor(engineEnv: Record<string, string>, name: string) {
    const state = join(this.folder, "state");
    mkdirSync(state);
    mkdirSync(join(this.folder, "infra"));
    symlinkSync(join(checkout, "node_modules"), join(this.folder, "node_modules"));
    this.env = { ...engineEnv, PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "test" };
    this.write("package.json", JSON.stringify({ name: "engine-test", type: "module" }));
    this.write(
      "Pulumi.yaml",
      `name: ${name}\nruntime: {name: nodejs, options: {typescript: false}}\nmain: infra/index.ts\n`,
    );
    this.write("infra/index.ts", program);
    this.declare([]);
  }

  /** Makes a project and its stack. @param more variables of its environment */
  static async make(name = "engine-test", stack = "test", more: Record<string, string> = {}): Promise<Project> {
    const { env } = await ensureEngine({ cache: cacheDir(), progress: plainProgress });
    const project = new Project({ ...env }, name);
    Object.assign(project.env, more);
    await project.pulumi("stack", "init", stack);
    return project;
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** Says what the program declares from now on. */
  declare(resources: Declared[]): void {
    this.write("infra/resources.json", JSON.stringify(resources));
  }

  /** Starts a `pulumi` command. */
  start(...args: string[]): { pid: number; ended: Promise<Ran> } {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.folder,
      env: { ...process.env, ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const take = (data: Buffer) => {
      output += data.toString();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const ended = new Promise<Ran>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => setTimeout(() => resolve({ code, output: stripVTControlCharacters(output) }), 100));
    });
    return { pid: child.pid ?? 0, ended };
  }

  /** Runs a `pulumi` command to its end. */
  pulumi(...args: string[]): Promise<Ran> {
    return this.start(...args).ended;
  }

  /** Deploys what is declared. */
  up(...args: string[]): Promise<Ran> {
    return this.pulumi("up", "--yes", "--skip-preview", ...args);
  }

  /** The state as Pulumi keeps it: secrets encrypted. */
  async state(): Promise<string> {
    return (await this.pulumi("stack", "export")).output;
  }

  /** The state with its secrets in plain text. */
  async openState(): Promise<string> {
    return (await this.pulumi("stack", "export", "--show-secrets")).output;
  }

  /** What the resources have printed, by name. */
  async stdout(): Promise<Record<string, string>> {
    const { output } = await this.pulumi("stack", "output", "stdout", "--json", "--show-secrets");
    return JSON.parse(output);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits until something holds; false when it does not within the time. */
export async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(50)) if (holds()) return true;
  return holds();
}
