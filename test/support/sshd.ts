import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SshTarget } from "../../lib/ssh/target.ts";
import { freePort } from "./free-port.ts";

export type KeyType = "ed25519" | "ecdsa" | "rsa";

/** Somebody who can log in, with this process's user id; only the server that the test started has heard of them. */
interface SshdUser {
  /** Login shell, an absolute path. */
  shell: string;
  /** Files of the home folder, by name, such as ".bashrc". */
  home?: Record<string, string>;
}

export interface SshdOptions {
  /** By name. Default: "lab" with bash. */
  users?: Record<string, SshdUser>;
  /** Types of its host keys; default ed25519 alone. */
  hostKeys?: readonly KeyType[];
  /** More lines of sshd_config(5), "Match" blocks last. */
  config?: readonly string[];
}

/** A real sshd on the loopback device with users, keys and configuration of its own. */
export interface Sshd {
  port: number;
  /** Everything that it has on disk. */
  folder: string;
  /** A key that every user accepts. */
  privateKeyFile: string;
  /** "TYPE BASE64", by type. */
  hostKeys: Partial<Record<KeyType, string>>;
  /** How `connectSsh` reaches it as a user; default the first one. */
  target(user?: string): SshTarget;
  /** The home folder of a user. */
  home(user: string): string;
  /** What it has logged. */
  log(): string;
  /** Sends a signal to it and all its connections: SIGSTOP makes a server that answers nothing any more. */
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

const limitMs = 10_000;

function makeKey(file: string, type: KeyType): string {
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "test", "-f", file]);
  return readFileSync(`${file}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
}

/** Users of this server alone: files in the form of /etc, which libnss_wrapper shows to it instead (nss_wrapper(1)). */
function wrapUsers(folder: string, users: Record<string, SshdUser>): NodeJS.ProcessEnv {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const lines = Object.entries(users).map(([name, { shell, home = {} }]) => {
    const place = join(folder, "home", name);
    mkdirSync(place, { recursive: true });
    for (const [file, text] of Object.entries(home)) {
      mkdirSync(dirname(join(place, file)), { recursive: true });
      writeFileSync(join(place, file), text);
    }
    return `${name}:x:${uid}:${gid}::${place}:${shell}\n`;
  });
  const privileged = "sshd:x:65534:65534::/run/sshd:/usr/sbin/nologin\n";
  writeFileSync(join(folder, "passwd"), [...lines, privileged].join(""));
  writeFileSync(join(folder, "group"), `lab:x:${gid}:\nnogroup:x:65534:\n`);
  return {
    LD_PRELOAD: "libnss_wrapper.so",
    NSS_WRAPPER_PASSWD: join(folder, "passwd"),
    NSS_WRAPPER_GROUP: join(folder, "group"),
  };
}

/** A server's processes: itself, and those of its connections, which are sessions of their own (what runs in them is not). */
function processesOf(server: number): number[] {
  const all = readdirSync("/proc").flatMap((name) => {
    try {
      const [, command = "", parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
      return command.startsWith("sshd") ? [{ pid: Number(name), parent: Number(parent) }] : [];
    } catch {
      return []; // no process, or one that has ended by now
    }
  });
  const below = (pid: number): number[] => [
    pid,
    ...all.filter(({ parent }) => parent === pid).flatMap((child) => below(child.pid)),
  ];
  return below(server);
}

async function listening(process: ChildProcess, log: () => string): Promise<boolean> {
  for (const deadline = Date.now() + limitMs; ; await sleep(20)) {
    if (log().includes("Server listening on")) return true;
    if (process.exitCode !== null) return false;
    if (Date.now() > deadline) throw new Error(`sshd does not listen: ${log()}`);
  }
}

/** Starts sshd on a free port. Debian packages: openssh-server, openssh-client, libnss-wrapper. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const { users = { lab: { shell: "/bin/bash" } }, hostKeys: types = ["ed25519"], config = [] } = options;
  const folder = mkdtempSync(join(tmpdir(), "lab-sshd-"));
  chmodSync(folder, 0o755);
  const hostKeys = Object.fromEntries(types.map((type) => [type, makeKey(join(folder, `host_${type}`), type)]));
  const privateKeyFile = join(folder, "user_key");
  writeFileSync(join(folder, "authorized_keys"), `${makeKey(privateKeyFile, "ed25519")}\n`);
  const env = { PATH: process.env.PATH, ...wrapUsers(folder, users) };
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true }); // what sshd insists on, as its package makes it at boot
  const log = () => readFileSync(join(folder, "log"), "utf8");

  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const lines = [
      ...["ListenAddress 127.0.0.1", `Port ${port}`, "UsePAM no", "StrictModes no", "PidFile none", "MaxStartups 100"],
      ...["PasswordAuthentication no", "PermitRootLogin yes", "LogLevel VERBOSE"],
      ...[`AuthorizedKeysFile ${join(folder, "authorized_keys")}`, "PermitUserEnvironment no"],
      ...types.map((type) => `HostKey ${join(folder, `host_${type}`)}`),
      ...config,
    ];
    writeFileSync(join(folder, "sshd_config"), `${lines.join("\n")}\n`);
    writeFileSync(join(folder, "log"), "");
    const args = ["-D", "-f", join(folder, "sshd_config"), "-E", join(folder, "log")];
    const server = spawn("/usr/sbin/sshd", args, { env, stdio: "ignore" });
    const ended = new Promise<void>((resolve) => server.once("close", () => resolve()));
    if (!(await listening(server, log))) {
      if (attempt < 3 && log().includes("Address already in use")) continue; // somebody was quicker to take the port
      const text = log();
      rmSync(folder, { recursive: true });
      throw new Error(`sshd has ended: ${text}`);
    }
    const [first = ""] = Object.keys(users);
    const signal = (name: NodeJS.Signals) => {
      if (server.pid === undefined || server.exitCode !== null) return;
      for (const pid of processesOf(server.pid)) {
        try {
          process.kill(pid, name);
        } catch {} // it has ended by itself
      }
    };
    return {
      ...{ port, folder, privateKeyFile, hostKeys, log, signal },
      home: (user) => join(folder, "home", user),
      target: (user = first) => ({
        ...{ address: "127.0.0.1", port, user, privateKeyFile },
        hostKey: Object.values(hostKeys)[0] ?? "",
      }),
      async stop() {
        signal("SIGCONT");
        signal("SIGTERM");
        await ended;
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }
}
