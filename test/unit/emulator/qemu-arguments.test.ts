import { expect, it } from "vitest";
import { qemuArguments, type ServerMachine } from "../../../emulator/hosts/qemu-arguments.ts";
import { readSettings } from "../../../emulator/hosts/settings.ts";

const machine: ServerMachine = {
  name: "sender",
  port: 2201,
  settings: readSettings({}, {}),
  image: { root: "/i/root.ext4", kernel: "/i/vmlinuz", initrd: "/i/initrd" },
  hostKeyFile: "/k/sender",
  authorizedKeyFile: "/s/authorized_keys",
  generation: "00112233445566778899aabbccddeeff",
  libvirtCacheFile: undefined,
  pluginFile: undefined,
};

/** Each option with its value on a line of its own. */
const lines = (args: string[]) => args.join(" ").replaceAll(" -", "\n-");

it("describes the sender", async () => {
  await expect(`${lines(qemuArguments(machine))}\n`).toMatchFileSnapshot("sender.golden.txt");
});

it("crosses the wires of the two servers", () => {
  const wire = (args: string[]) => args.find((arg) => arg.startsWith("dgram"))?.match(/path=(\w+)/g);
  expect(wire(qemuArguments(machine))).toEqual(["path=sender", "path=responder"]);
  expect(wire(qemuArguments({ ...machine, name: "responder" }))).toEqual(["path=responder", "path=sender"]);
});

it("has as many ports as asked for, each with a wire of its own", () => {
  const args = qemuArguments({ ...machine, settings: readSettings({ ports: 2 }, {}) });
  const wires = args.filter((arg) => arg.startsWith("dgram")).map((arg) => arg.split(",")[1]);
  expect(wires).toEqual(["id=wire", "id=wire1"]);
  expect(args.filter((arg) => arg.startsWith("igb")).map((arg) => arg.match(/mac=[^,]+/)?.[0])).toEqual([
    "mac=52:54:00:10:00:01",
    "mac=52:54:00:10:01:01",
  ]);
});

it("lets ssh in from 127.0.0.1 only, and nothing out", () => {
  const user = qemuArguments(machine).filter((arg) => arg.startsWith("user,"));
  expect(user).toEqual(["user,id=management,restrict=on,hostfwd=tcp:127.0.0.1:2201-:22"]);
});

it("hands over what libvirt found out before, where there is something", () => {
  expect(qemuArguments({ ...machine, libvirtCacheFile: "/i/l.tar" })).toContain(
    "name=opt/lab/libvirt-cache,file=/i/l.tar",
  );
});

it("describes the sender in virtual time", async () => {
  const settings = readSettings({ time: "virtual", nsPerInstruction: 4, ports: 2 }, {});
  const args = lines(qemuArguments({ ...machine, settings, pluginFile: "/i/v,1/virtual-time.so" }));
  await expect(`${args}\n`).toMatchFileSnapshot("sender-virtual.golden.txt");
});

it("describes the sender on this machine's CPU, without the plugin, which is for emulation", async () => {
  const settings = readSettings({ accelerator: "kvm", cpus: 2 }, {});
  const args = lines(qemuArguments({ ...machine, settings, pluginFile: "/i/virtual-time.so" }));
  await expect(`${args}\n`).toMatchFileSnapshot("sender-kvm.golden.txt");
});

it("loads the plugin in wall time too, for its cure", () => {
  const args = qemuArguments({ ...machine, pluginFile: "/i/virtual-time.so" });
  expect(args.slice(args.indexOf("-plugin"), args.indexOf("-plugin") + 2)).toEqual(["-plugin", "/i/virtual-time.so"]);
  expect(qemuArguments(machine)).not.toContain("-plugin");
});
