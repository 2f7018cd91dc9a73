import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { LabError } from "../../lib/errors.ts";
import { waitingFor, withLock } from "../../lib/lock.ts";
import type { Progress } from "../../lib/progress.ts";
import { publishFolder } from "../../lib/publish.ts";
import { buildArguments, type Module, moduleFolder, moduleKey } from "./modules.ts";

/** Where Go's own packages put it, when it is not on PATH. */
const usualGo = "/usr/local/go/bin";
const goPath = `${process.env.PATH ?? ""}${delimiter}${usualGo}`;

interface Ended {
  code: number | null;
  output: string;
}

function go(args: string[], cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, { cwd, env: { ...process.env, PATH: goPath }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const take = (data: Buffer) => {
      output += data.toString();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

const wantedGo = (module: Module) =>
  /^go (\S+)/m.exec(readFileSync(join(moduleFolder(module), "go.mod"), "utf8"))?.[1] ?? "";

async function requireGo(module: Module): Promise<void> {
  const version = wantedGo(module);
  const need = `Pulumi can neither be downloaded here nor found on PATH, and building it needs Go ${version} or later`;
  const mend = "Install Go (https://go.dev/doc/install) or Pulumi, and try again";
  const ended = await go(["version"], moduleFolder(module)).catch(() => {
    throw new LabError(`${need}; there is no go on PATH or in ${usualGo}. ${mend}.`);
  });
  // From 1.21 on, Go fetches the version that a module asks for.
  const [, major = "0", minor = "0"] = /go(\d+)\.(\d+)/.exec(ended.output) ?? [];
  if (ended.code !== 0 || (major === "1" && Number(minor) < 21))
    throw new LabError(`${need}; go says: ${ended.output.trim()}. ${mend}.`);
}

/**
 * Builds a module, unless that was done before, and gives the path of its binary. Another process that builds the same
 * one is waited for.
 * @param folder where built things are kept
 * @throws LabError without Go, and with the last lines of its output when it fails
 */
export async function built(module: Module, folder: string, progress: Progress): Promise<string> {
  const place = join(folder, moduleKey(module));
  const binary = join(place, module.binary);
  if (existsSync(binary)) return binary;
  const lock = {
    what: module.title,
    onWait: (holder?: Parameters<typeof waitingFor>[1]) => progress.say(waitingFor(module.title, holder)),
  };
  await withLock(place, lock, async () => {
    if (existsSync(binary)) return;
    await requireGo(module);
    await progress.step(`building ${module.title} (some minutes, once)`, () =>
      publishFolder(place, async (temporary) => {
        const { code, output } = await go(buildArguments(module, join(temporary, module.binary)), moduleFolder(module));
        if (code !== 0)
          throw new LabError(
            `building ${module.title} in tools/${module.name} failed (exit status ${code}):\n${lastLines(output)}`,
          );
      }),
    );
  });
  return binary;
}

const lastLines = (text: string) => text.trim().split("\n").slice(-20).join("\n");
