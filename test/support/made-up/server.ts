import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { shellScript } from "../../../infra/server-script.ts";
import { serverPath } from "../../../lib/ssh/framing.ts";
import { copyOfRoot } from "./copy.ts";
import { dumpOf } from "./dump.ts";
import type { MadeUpPf, MadeUpVf } from "./port.ts";

const stubs = import.meta.dirname;

const folders = [
  ...["domains", "run/libvirt/qemu", "var/log/libvirt/qemu"],
  ...["addr", "kind", "route", "lro"].map((kind) => `kernel/${kind}`),
  ...["sys/class/net", "sys/devices", "sys/bus/pci/devices"],
  ...["igbvf", "vfio-pci"].map((driver) => `sys/bus/pci/drivers/${driver}`),
];

/**
 * A server that is a folder: /sys, /proc, /run and /var/lib as files, and commands that do to them what the kernel would
 * (kernel.sh). The scripts of infra/scripts run on it as they are, with LAB_ROOT as their root.
 */
export class MadeUpServer {
  readonly root = mkdtempSync(join(tmpdir(), "lab-made-up-"));

  /** @param model the server that it is to be a copy of, as it is now */
  constructor(model?: MadeUpServer) {
    if (model) {
      copyOfRoot(model.root, this.root);
      return;
    }
    for (const folder of folders) mkdirSync(this.#path(folder), { recursive: true });
    for (const tool of ["tee", "ip", "bridge", "ethtool", "modprobe", "nsenter", "unshare"])
      this.#command(tool, readFileSync(join(stubs, "kernel.sh"), "utf8"));
    this.#command("virsh", readFileSync(join(stubs, "virsh.sh"), "utf8"));
    for (const tool of ["udevadm", "devlink", "tcpdump", "mpstat", "sync"]) this.#command(tool, "#!/bin/sh\n");
    // What they say whatever they are asked, but for sockets of AF_XDP.
    for (const tool of ["ss", "tc"]) {
      this.#command(
        tool,
        `#!/bin/sh\ncase "$*" in *--xdp*) exit ;; esac\nF=$LAB_ROOT/kernel/${tool}\n[ -e "$F" ] && [ ! -s "$F" ] || cat "$F"\n`,
      );
      this.write(`kernel/${tool}`, "");
    }
    this.write("proc/sys/kernel/random/boot_id", "boot-1\n");
    this.link("net:[1]", "proc/self/ns/net");
    this.write("proc/meminfo", "MemTotal: 1048576 kB\nMemAvailable: 786432 kB\n");
    this.write("kernel/index", "1\n");
    this.write("kernel/vf-driver", "igbvf\n");
  }

  /** Another server, just as this one is. */
  readonly copy = () => new MadeUpServer(this);

  /** One with a PF that a stack has the lease of. */
  static async leased(owner: string): Promise<MadeUpServer> {
    const server = new MadeUpServer();
    await server.pf("pf0");
    server.lease(owner);
    return server;
  }

  #command(name: string, text: string): void {
    this.write(`bin/${name}`, text);
    chmodSync(this.#path(`bin/${name}`), 0o755);
  }

  #path(path: string): string {
    return join(this.root, path);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.#path(path)), { recursive: true });
    writeFileSync(this.#path(path), text);
  }

  read(path: string): string {
    return readFileSync(this.#path(path), "utf8").trim();
  }

  exists(path: string): boolean {
    return existsSync(this.#path(path));
  }

  list(path: string): string[] {
    return this.exists(path) ? readdirSync(this.#path(path)).sort() : [];
  }

  link(target: string, path: string): void {
    mkdirSync(dirname(this.#path(path)), { recursive: true });
    symlinkSync(target, this.#path(path));
  }

  /** An interface that is no device of its own. */
  interface(name: string, files: Record<string, string> = {}): void {
    const index = Number(this.read("kernel/index")) + 1;
    this.write("kernel/index", `${index}\n`);
    const all = {
      ifindex: String(index),
      flags: "0x1002",
      mtu: "1500",
      uevent: "",
      address: "02:aa:00:00:00:01",
      ...files,
    };
    for (const [file, text] of Object.entries(all)) this.write(`sys/devices/virtual/${name}/${file}`, `${text}\n`);
    this.link(this.#path(`sys/devices/virtual/${name}`), `sys/class/net/${name}`);
  }

  /** Puts an interface on another one: a VLAN, a macvtap, or with `master` a bridge or bond that it is a port of. */
  upper(lower: string, upper: string, { master = false, kind }: { master?: boolean; kind?: string } = {}): void {
    this.link(`../${upper}`, `sys/class/net/${lower}/upper_${upper}`);
    if (master) this.link(`../${upper}`, `sys/class/net/${lower}/master`);
    if (kind) this.write(`kernel/kind/${upper}`, `${kind}\n`);
  }

  /** A PF, as its operator has it. */
  async pf(name: string, { totalVfs = 8, autoprobe = 1, up = false, lro, vfs = [] }: MadeUpPf = {}): Promise<void> {
    const device = this.#path("sys/devices/0000:01:00.0");
    for (const [file, text] of Object.entries({
      sriov_totalvfs: String(totalVfs),
      sriov_numvfs: "0",
      sriov_drivers_autoprobe: "0",
      sriov_offset: "128",
      sriov_stride: "2",
    }))
      this.write(`sys/devices/0000:01:00.0/${file}`, `${text}\n`);
    this.interface(name, { flags: up ? "0x1003" : "0x1002" });
    this.link(device, `sys/devices/virtual/${name}/device`);
    this.link(device, "sys/bus/pci/devices/0000:01:00.0");
    if (lro) this.write(`kernel/lro/${name}`, `${lro}\n`);
    await this.shell(`echo ${vfs.length} | tee ${device}/sriov_numvfs`);
    for (const [number, vf] of vfs.entries()) await this.#vf(name, number, vf);
    await this.shell(`echo ${autoprobe} | tee ${device}/sriov_drivers_autoprobe`);
    rmSync(this.#path("kernel/step"), { force: true });
    this.log();
  }

  async #vf(pf: string, number: number, { driver, netdev, settings = {}, address, up }: MadeUpVf): Promise<void> {
    const vf = `$(readlink -f ${this.#path(`sys/class/net/${pf}/device/virtfn${number}`)})`;
    const commands = Object.entries(settings).map(
      ([key, value]) => `ip link set dev ${pf} vf ${number} ${key} ${value}`,
    );
    if (driver !== undefined)
      commands.push(
        `echo ${driver} | tee ${vf}/driver_override`,
        `basename ${vf} | tee ${this.#path("sys/bus/pci/drivers_probe")}`,
        `echo | tee ${vf}/driver_override`,
      );
    const now = `$(ls ${vf}/net)`;
    if (netdev) commands.push(`ip link set dev ${now} name ${netdev}`);
    if (address) commands.push(`ip link set dev ${now} address ${address}`);
    if (up) commands.push(`ip link set dev ${now} up`);
    await this.shell(commands.join("\n"));
  }

  /** A process, by what its command line and its open files are. */
  process(pid: number, comm: string, cmdline: readonly string[], files: readonly string[]): void {
    this.write(`proc/${pid}/comm`, `${comm}\n`);
    this.write(`proc/${pid}/cmdline`, cmdline.join("\0"));
    this.write(`proc/${pid}/stat`, `${pid} (${comm}) S ${Array.from({ length: 18 }, () => 0).join(" ")} 4711 0\n`);
    for (const [fd, file] of files.entries()) this.link(file, `proc/${pid}/fd/${fd}`);
  }

  /** A domain; ours has the mark of this testbed in its description. */
  domain(name: string, state: string, description = "sriov-rtt-testbed id token"): void {
    this.write(`domains/${name}/state`, `${state}\n`);
    this.write(`domains/${name}/desc`, description);
  }

  /** Lets a stack have the server, as lease.sh does. */
  lease(owner: string): void {
    this.write("run/sriov-rtt/lease/owner", `${owner}\n`);
  }

  readonly domains = () => this.list("domains");

  /** Runs text in the server's shell. */
  async shell(text: string, shell = "sh"): Promise<string> {
    const { stdout } = await execa(shell, ["-e", "-c", text], { env: this.#environment() });
    return stdout;
  }

  #environment(env: Record<string, string> = {}) {
    const path = `${this.#path("bin")}:${serverPath}`;
    return { LAB_ROOT: this.root, SSH_CONNECTION: "", ...env, LC_ALL: "C", PATH: path };
  }

  /**
   * Runs a script of infra/scripts.
   * @param options.shell sh (dash on Debian) or bash
   * @param options.enter words before the command that runs it
   */
  async run(
    file: string,
    variables: Record<string, string | number>,
    { shell = "sh", env = {} as Record<string, string>, enter = [] as readonly string[] } = {},
  ) {
    // A process group of its own, which a made-up kernel may end.
    const text = `echo $$ > ${this.#path("kernel/group")}\n${shellScript(file, variables)}`;
    const [command = shell, ...words] = [...enter, shell, "-c", text];
    const { exitCode, signal, stdout, stderr } = await execa(command, words, {
      reject: false,
      detached: true,
      env: this.#environment(env),
      timeout: 60_000,
    });
    return { exitCode, signal, stdout, stderr };
  }

  /** What the commands were asked since the last call. */
  log(): string[] {
    const lines = this.exists("log") ? this.read("log").split("\n").filter(Boolean) : [];
    rmSync(this.#path("log"), { force: true });
    return lines;
  }

  /** All that somebody on the server could find changed. */
  readonly dump = () => dumpOf(this.root);

  /** Ends the script that gives a command, by force: the `number`th command like `pattern`, before or after it has done its work. */
  endAt(when: "before" | "after", number: number, pattern = "*"): void {
    rmSync(this.#path("kernel/step"), { force: true });
    this.write("kernel/dies", `${when} ${number} ${pattern}\n`);
  }

  /** Takes that back. @returns whether no script came so far */
  endNoMore(): boolean {
    const waited = this.exists("kernel/dies");
    rmSync(this.#path("kernel/dies"), { force: true });
    return waited;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
