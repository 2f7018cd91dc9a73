import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { ensureKeys, knownHostsText } from "../../emulator/hosts/keys.ts";
import { qemuArguments } from "../../emulator/hosts/qemu-arguments.ts";
import { readSettings } from "../../emulator/hosts/settings.ts";
import { sshArguments } from "../../emulator/hosts/ssh.ts";
import type { Images } from "../../emulator/images/ensure.ts";

/** Boots guests one after the other on a server, until one hangs: is not ready after so many seconds of the server. */
const bootScript = (boots: number, limitS: number) => `set -u
cd /tmp
words="console=ttyS0 quiet mitigations=off tsc=reliable no_timer_check nokaslr 8250.nr_uarts=1 lab.host=nested"
for boot in $(seq ${boots}); do
  rm -f serial
  qemu-system-x86_64 -nodefaults -no-user-config -display none -machine pc -accel kvm -cpu host -m 128 \\
    -kernel vmlinux -initrd initrd -append "$words" -serial file:serial < /dev/null &
  tries=0
  until grep -q LAB-READY serial 2> /dev/null; do
    tries=$((tries + 1))
    [ $tries -le ${limitS * 4} ] || { echo "hung $boot $(tail -c 200 serial | tr '\\n' ' ')"; kill -9 $!; exit; }
    sleep 0.25
  done
  kill -9 $!
  wait $! 2> /dev/null
  echo "booted $boot $(cut -d' ' -f1 /proc/uptime)"
done`;

export interface NestedBootOptions {
  cache: string;
  images: Images;
  port: number;
  boots: number;
  /** Whether QEMU counts instructions and has a deadline every 10 us, as in step: it leaves a guest at each. */
  countInstructions: boolean;
  say?: (line: string) => void;
}

/** The arguments of a server that is none of the pair: without a peer, and executed as the options say. */
function argumentsOf({ images, port, countInstructions }: NestedBootOptions, folder: string, hostKeyFile: string) {
  const { root, kernel, initrd } = images.server;
  const all = qemuArguments({
    name: "sender",
    port,
    settings: readSettings({}, {}),
    image: { root, kernel, initrd },
    hostKeyFile,
    authorizedKeyFile: join(folder, "authorized_keys"),
    generation: "0".repeat(32),
    libvirtCacheFile: undefined,
    pluginFile: images.plugin.file,
  });
  if (!countInstructions) return all;
  return [
    ...all.map((word) => word.replace("tcg,thread=multi", "tcg,thread=single")),
    ...["-icount", "shift=0"],
    // Its timer is all that is wanted of it.
    ...["-object", "filter-buffer,id=deadlines,netdev=management,interval=10"],
  ];
}

async function waitForServer(console_: string, limitMs: number): Promise<void> {
  for (const end = Date.now() + limitMs; ; ) {
    if ((await readFile(console_, "utf8").catch(() => "")).includes("LAB-SERVER-READY")) return;
    if (Date.now() > end) throw new Error(`the server did not boot: ${await readFile(console_, "utf8")}`);
    await sleep(500);
  }
}

/**
 * Boots guests, nested in one emulated server, one after the other.
 * @param options `images.plugin` decides whether QEMU's fault is cured
 * @returns how many booted, and whether the next one hung
 */
export async function nestedBoots(options: NestedBootOptions): Promise<{ booted: number; hung: boolean }> {
  const { cache, images, port, boots, say = () => {} } = options;
  const folder = await mkdtemp(join(tmpdir(), "lab-nested-"));
  await mkdir(join(folder, "sender"));
  await mkdir(join(folder, "responder"));
  const keys = await ensureKeys(cache);
  await writeFile(join(folder, "authorized_keys"), `${keys.client}\n`);
  const knownHostsFile = join(folder, "known_hosts");
  await writeFile(knownHostsFile, knownHostsText([{ address: "127.0.0.1", port, hostKey: keys.hosts.sender }]));
  const { command, args, env } = images.qemu;
  const qemu = spawn(command, [...args, ...argumentsOf(options, folder, keys.hostFiles.sender)], {
    cwd: folder,
    stdio: "ignore",
    env: { ...process.env, ...env, TMPDIR: folder },
  });
  try {
    await waitForServer(join(folder, "sender/console.log"), 1_800_000);
    const ssh = (remote: string) => sshArguments({ keyFile: keys.clientFile, knownHostsFile, port }, [remote]);
    const files = execa("tar", ["-c", "-C", images.guest, "vmlinux", "initrd"], { encoding: "buffer" });
    await execa("ssh", ssh("tar -x -C /tmp"), { input: (await files).stdout });
    // Counted instructions take as long on any machine; wall time is as long as the machine makes it.
    const limitS = options.countInstructions ? 20 : 600;
    const session = spawn("ssh", ssh(bootScript(boots, limitS)), { stdio: ["ignore", "pipe", "inherit"] });
    const result = { booted: 0, hung: false };
    for await (const line of createInterface(session.stdout)) {
      say(line);
      if (line.startsWith("booted ")) result.booted += 1;
      if (line.startsWith("hung ")) result.hung = true;
    }
    return result;
  } finally {
    qemu.kill("SIGKILL");
    if (qemu.exitCode === null && qemu.signalCode === null) await once(qemu, "exit");
    await rm(folder, { recursive: true, force: true });
  }
}
