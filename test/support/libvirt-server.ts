import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** libvirt's real daemon with QEMU's driver, in namespaces of its own. */
export interface LibvirtServer {
  /** The words before a command that is to run where the daemon's sockets are. */
  enter: string;
  stop(): Promise<void>;
}

const namespaces = ["--mount", "--net", "--ipc", "--pid", "--mount-proc", "--fork", "--kill-child"];
const limitMs = 20_000;

/** Starts one; root only. Debian packages: libvirt-daemon, libvirt-daemon-driver-qemu, util-linux. */
export async function startLibvirt(): Promise<LibvirtServer> {
  const script = join(import.meta.dirname, "libvirt-server.sh");
  const daemon = spawn("setpriv", ["--pdeathsig", "KILL", "unshare", ...namespaces, "sh", script], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => daemon.once("close", () => resolve()));
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; await sleep(50)) {
    if (daemon.exitCode !== null) throw new Error("libvirtd has ended");
    const child = childOf(daemon.pid);
    if (child === undefined || !existsSync(`/proc/${child}/root/run/libvirt/libvirt-sock`)) continue;
    return {
      enter: `nsenter --mount=/proc/${child}/ns/mnt`,
      async stop() {
        daemon.kill("SIGKILL"); // unshare takes no other signal, and ends what it has started with it
        await ended;
      },
    };
  }
  daemon.kill("SIGKILL"); // unshare takes no other signal, and ends what it has started with it
  throw new Error("libvirtd does not listen");
}

function childOf(pid: number | undefined): string | undefined {
  try {
    return execFileSync("ps", ["--ppid", String(pid), "-o", "pid="], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
