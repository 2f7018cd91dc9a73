import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

/** A PostgreSQL on the loopback device, with one user, who has a password. */
export interface Postgres {
  password: string;
  /** Makes an empty database. @returns where it is, without the password */
  database(name: string): string;
  /** Ends it and starts it again, with all that is in it. */
  restart(downMs: number): Promise<void>;
  stop(): Promise<void>;
}

const limitMs = 20_000;
const versions = "/usr/lib/postgresql";

/** Where Debian has the programs of its newest version. */
function programs(): string {
  const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error(`there is no PostgreSQL in ${versions}`);
  return join(versions, newest, "bin");
}

const isRoot = process.getuid?.() === 0;

/** PostgreSQL refuses to run as root, and its package makes a user for it. It ends with this process, however that ends. */
const around = [
  ...["setpriv", "--pdeathsig=INT"],
  ...(isRoot ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : []),
];

/** Starts one with a cluster of its own. Debian packages: postgresql, util-linux. */
export async function startPostgres(): Promise<Postgres> {
  const bin = programs();
  const folder = mkdtempSync(join(tmpdir(), "lab-postgres-"));
  const [data, password] = [join(folder, "data"), "wrong-horse"];
  writeFileSync(join(folder, "password"), password, { mode: 0o644 });
  if (isRoot) execFileSync("chown", ["-R", "postgres:", folder]);
  const run = (...words: string[]) => {
    const [program = "", ...args] = [...around, ...words];
    return spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], cwd: "/" });
  };
  const init = [`--pgdata=${data}`, "--username=lab", `--pwfile=${join(folder, "password")}`, "--auth=scram-sha-256"];
  const making = run(join(bin, "initdb"), ...init, "--encoding=UTF8", "--locale=C", "--no-sync");
  if ((await ended(making)) !== 0) throw new Error("initdb failed");
  const port = await freePort();
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`, "fsync=off"];
  const start = async () => {
    const server = run(join(bin, "postgres"), "-D", data, ...settings.flatMap((setting) => ["-c", setting]));
    let log = "";
    server.stderr?.on("data", (text) => {
      log += text;
    });
    for (const deadline = Date.now() + limitMs; !log.includes("ready to accept connections"); await sleep(20))
      if (Date.now() > deadline || server.exitCode !== null) throw new Error(`PostgreSQL does not listen: ${log}`);
    return server;
  };
  let server = await start();
  const end = async () => {
    const done = ended(server);
    server.kill("SIGINT"); // ends the connections first
    await done;
  };
  return {
    password,
    database(name) {
      const args = ["--host=127.0.0.1", `--port=${port}`, "--username=lab", name];
      execFileSync(join(bin, "createdb"), args, { env: { PGPASSWORD: password } });
      return `postgres://lab@127.0.0.1:${port}/${name}`;
    },
    async restart(downMs) {
      await end();
      await sleep(downMs);
      server = await start();
    },
    async stop() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const ended = (process: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => process.once("close", (code) => resolve(code)));
