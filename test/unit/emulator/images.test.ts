import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { moduleName, parseModulesDep, pciAliases } from "../../../emulator/images/closure.ts";
import { ensureGuestImage, ensureImages } from "../../../emulator/images/ensure.ts";
import { parseVersions } from "../../../emulator/images/guest.ts";
import { pruneImages } from "../../../emulator/images/prune.ts";
import { imageKeys } from "../../../emulator/images/recipe.ts";
import { pluginFolder } from "../../../emulator/virtual-time/plugin.ts";
import { plainProgress } from "../../../lib/progress.ts";
import { cpuMs } from "../../support/cpu-time.ts";

const sources = join(import.meta.dirname, "../../../emulator/images");
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "lab-images-"));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(cache, { recursive: true });
});

it.each(["guest-init", "server-init", "server-root/usr/local/sbin/lab-ready"])("%s is a shell script", (name) => {
  execFileSync("sh", ["-n", join(sources, name)]);
});

it.each([
  ["set_link", "mtu,1400", "ip link set eth0 mtu 1400"],
  ["ask_ethtool", "-C,rx-usecs,0", "ethtool -C eth0 rx-usecs 0"],
])("a guest's init makes a setting of its network card: %s %s", (name, words, asked) => {
  const lines = readFileSync(join(sources, "guest-init"), "utf8").split("\n");
  const from = lines.findIndex((line) => line.startsWith(`${name}()`));
  const text = lines.slice(from, lines.indexOf("}", from) + 1).join("\n");
  const run = (tools: string) =>
    execFileSync("sh", [
      "-c",
      `error() { echo "said: $*"; }\n${tools}\n${text}\nIFS=' '; ${name} eth0 ${words}; a="b c"; echo $a`,
    ]);
  const tools = (status: number) =>
    ["ip", "ethtool"].map((tool) => `${tool}() { echo ${tool} "$@"; return ${status}; }`).join("\n");
  expect(run(tools(0)).toString()).toBe(`${asked}\nb c\n`);
  expect(run(tools(1)).toString()).toMatch(new RegExp(`^${asked}\nsaid: lab\\.\\w+: ${asked} failed\n`));
});

it("orders a module after what it needs", () => {
  const dep =
    "kernel/net/virtio_net.ko.xz: kernel/net/net_failover.ko.xz kernel/core/failover.ko.xz\nkernel/x/vfio-pci.ko:\n";
  const order = parseModulesDep(dep);
  expect(order.get("virtio_net")?.map(moduleName)).toEqual(["failover", "net_failover", "virtio_net"]);
  expect(order.get("vfio_pci")).toEqual(["kernel/x/vfio-pci.ko"]);
});

it("reads the versions of the tree's packages", () => {
  expect([...parseVersions("a 1:2-3\nb 4\n")]).toEqual([
    ["a", "1:2-3"],
    ["b", "4"],
  ]);
});

it("finds images that are there in less than 50 ms of CPU", async () => {
  const keys = imageKeys();
  for (const name of ["qemu", "server", "guest"] as const)
    mkdirSync(join(cache, "images", `${name}-${keys[name]}`), { recursive: true });
  mkdirSync(join(cache, "images", pluginFolder(keys.qemu)));
  const times: number[] = [];
  for (let call = 0; call < 5; call++) {
    const before = process.cpuUsage();
    await ensureImages({ cache, progress: plainProgress });
    times.push(cpuMs(before));
  }
  // The best of them: the first may have modules to load.
  expect(Math.min(...times)).toBeLessThan(50);
  const images = await ensureImages({ cache, progress: plainProgress });
  expect(images.guest).toBe(join(cache, "images", `guest-${keys.guest}`));
});

it("gives the guest image where there is no other, to a user who is not root too", async () => {
  vi.spyOn(process, "getuid").mockReturnValue(1000);
  const guest = join(cache, "images", `guest-${imageKeys().guest}`);
  mkdirSync(guest, { recursive: true });
  expect(await ensureGuestImage({ cache, progress: plainProgress })).toBe(guest);
});

it("asks for root only to build the emulated servers' images, and says what takes no root", async () => {
  vi.spyOn(process, "getuid").mockReturnValue(1000);
  const refusal = expect(ensureImages({ cache, progress: plainProgress })).rejects;
  await refusal.toThrow(/run this command as root\. Real servers .*: \.\/lab images --guest$/);
});

it("removes images that nobody used for two weeks, and no other", async () => {
  const made = (name: string, daysAgo: number) => {
    const seconds = Date.now() / 1000 - daysAgo * 86_400;
    writeFileSync(join(cache, name), "");
    utimesSync(join(cache, name), seconds, seconds);
    return join(cache, name);
  };
  const [old, recent, kept] = [made("guest-1", 15), made("guest-2", 13), made("guest-3", 15)];
  await pruneImages(cache, ["guest-3"]);
  expect([old, recent, kept].map((path) => existsSync(path))).toEqual([false, true, true]);
});

it("finds the PCI devices that VF drivers drive, as patterns for a shell", () => {
  const text = [
    "# Aliases extracted from modules themselves.",
    "alias pci:v00008086d000010CAsv*sd*bc*sc*i* igbvf",
    "alias pci:v00008086d00001889sv*sd*bc*sc*i* iavf",
    "alias pci:v00008086d0000100Esv*sd*bc*sc*i* e1000",
    "alias i40evf iavf",
  ].join("\n");
  expect(pciAliases(text, ["igbvf", "iavf"])).toEqual([
    "pci:v00008086d000010CAsv*sd*bc*sc*i* igbvf",
    "pci:v00008086d00001889sv*sd*bc*sc*i* iavf",
  ]);
});
