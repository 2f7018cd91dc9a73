import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Images } from "../../emulator/images/ensure.ts";
import type { SharedClock } from "../../measure/results/fidelity.ts";

const names = ["sender", "responder"] as const;
type Name = (typeof names)[number];

/** The wires' backends, each behind a hub whose other port is a socket at which a test puts frames in and takes them out. */
const wireArguments = (name: Name, peer: Name, wire: number) => {
  const id = wire === 0 ? "wire" : `wire${wire}`;
  return [
    "-netdev",
    `dgram,id=${id},local.type=unix,local.path=${name}/${id}.sock,remote.type=unix,remote.path=${peer}/${id}.sock`,
    ...["-netdev", `stream,id=tap${wire},server=on,addr.type=unix,addr.path=${name}/tap${wire}.sock`],
    ...["-netdev", `hubport,id=in${wire},hubid=${wire},netdev=${id}`],
    ...["-netdev", `hubport,id=out${wire},hubid=${wire},netdev=tap${wire}`],
  ];
};

/** A socket's path is there before anybody listens at it. */
async function connected(path: string): Promise<Socket> {
  for (const end = Date.now() + 30_000; ; await sleep(50)) {
    const socket = connect(path);
    try {
      await once(socket, "connect");
      socket.on("error", () => {}); // its machine was killed
      return socket;
    } catch (error) {
      if (Date.now() > end) throw new Error(`${path} does not answer after 30 s: ${error}`);
    }
  }
}

/** Two machines with firmware and nothing to boot, joined by wires: all that the plugin needs. Seconds, not minutes. */
export class SteppingPair {
  readonly folder: string;
  readonly processes: Record<Name, ChildProcess>;

  private constructor(folder: string, processes: Record<Name, ChildProcess>) {
    this.folder = folder;
    this.processes = processes;
  }

  static async start({ qemu, plugin }: Images, wires = 1): Promise<SteppingPair> {
    if (!plugin.file) throw new Error(`no plugin: ${plugin.missing}`);
    const folder = await mkdtemp(join(tmpdir(), "lab-step-"));
    const start = async (name: Name, peer: Name, side: number) => {
      await mkdir(join(folder, name));
      const step = `shared=step.memory,side=${side},control=${name}/step.sock,wires=${wires}`;
      const args = [
        ...["-nodefaults", "-no-user-config", "-display", "none", "-machine", "pc", "-m", "64"],
        ...["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off"],
        ...Array.from({ length: wires }, (_, wire) => wireArguments(name, peer, wire)).flat(),
        ...["-qmp", `unix:${name}/qmp.sock,server=on,wait=off`],
        ...["-plugin", `${plugin.file},${step}`],
      ];
      const env = { ...process.env, ...qemu.env };
      return spawn(qemu.command, [...qemu.args, ...args], { cwd: folder, env, stdio: "ignore" });
    };
    const processes = {
      sender: await start("sender", "responder", 0),
      responder: await start("responder", "sender", 1),
    };
    const pair = new SteppingPair(folder, processes);
    for (const name of names) (await connected(join(folder, name, "step.sock"))).destroy();
    return pair;
  }

  get clock(): SharedClock {
    const socket = (name: Name) => join(this.folder, name, "step.sock");
    return {
      kind: "virtual",
      sockets: { sender: socket("sender"), responder: socket("responder") },
      nsPerInstruction: 1,
      wireLatencyNs: 10_000,
    };
  }

  /** Where frames are put into a server's wire, and come out: each preceded by its length, 32 bits, big endian. */
  async tap(name: Name, wire = 0): Promise<Socket> {
    const socket = await connected(join(this.folder, name, `tap${wire}.sock`));
    // QEMU 10.0 crashes on a frame for a socket that it has not accepted; it has when its main loop has answered this.
    await this.monitor(name, "query-status");
    return socket;
  }

  /** What QEMU answers to a command of its monitor. */
  async monitor(name: Name, command: string): Promise<string> {
    const socket = await connected(join(this.folder, name, "qmp.sock"));
    let heard = "";
    socket.on("data", (data) => {
      heard += data;
    });
    socket.write(`{"execute":"qmp_capabilities"}{"execute":"${command}"}`);
    for (const end = Date.now() + 10_000; (heard.match(/"return"/g)?.length ?? 0) < 2; await sleep(10))
      if (Date.now() > end) throw new Error(`${name} did not answer ${command}: ${heard}`);
    socket.destroy();
    return heard;
  }

  async close(): Promise<void> {
    for (const process_ of Object.values(this.processes)) {
      process_.kill("SIGKILL");
      if (process_.exitCode === null && process_.signalCode === null) await once(process_, "exit");
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
