import { describe, expect, it } from "vitest";
import type { SshConnection } from "../../../lib/ssh/connect.ts";
import { startLoadInStep } from "../../../measure/probe/load-in-step.ts";
import type { RunSpec } from "../../../measure/probe/spec.ts";
import { playVirsh } from "../../support/played-virsh.ts";

/** A server whose guests' agents do what they are asked, and what they were asked: guest and shell command. */
function serverWithGuests() {
  const asked: [string, string][] = [];
  const run = async (command: string) => {
    const [, vm = "", request = "{}"] = /--timeout \d+ (\S+) '(.*)'$/s.exec(command) ?? [];
    const { execute, arguments: given } = JSON.parse(request.replaceAll(`'\\''`, "'"));
    if (execute === "guest-exec-status") return JSON.stringify({ return: { exited: true, exitcode: 0 } });
    asked.push([vm, given.arg.at(-1)]);
    return JSON.stringify({ return: { pid: asked.length } });
  };
  return { asked, ssh: { converse: async () => playVirsh(run) } as unknown as SshConnection };
}

const endsWith = (inStep: { vm: string; command: string }[] | undefined) =>
  ({
    sender: { background: { endpoint: "vm", vms: ["rtt-bg-001"], load: "network", least: {}, inStep: [] } },
    responder: { background: { endpoint: "vm", vms: ["rtt-bg-001"], load: "network", least: {}, inStep } },
  }) as unknown as RunSpec["ends"];

describe("load that runs in step alone", () => {
  it("is started in each VM that makes it, ends by itself, and is ended when the run says so", async () => {
    const [sender, responder] = [serverWithGuests(), serverWithGuests()];
    const connections = { sender: sender.ssh, responder: responder.ssh };
    const commands = ["rtt-bg-001", "rtt-bg-002"].map((vm) => ({ vm, command: `iperf --client of-${vm}` }));
    const load = await startLoadInStep(endsWith(commands), connections, 14);
    expect(sender.asked).toEqual([]);
    expect(responder.asked).toEqual(commands.map(({ vm, command }) => [vm, `timeout 14 ${command} > /dev/null 2>&1`]));
    expect(() => load.requireLasted(14)).not.toThrow();
    expect(() => load.requireLasted(15)).toThrow("the probe took 15.0 s, and its load ended after 14 s");
    await load.end();
    expect(responder.asked.slice(2).map(([vm, script]) => [vm, /\blab-[0-9a-f]{24}\b/.test(script)])).toEqual([
      ["rtt-bg-001", true],
      ["rtt-bg-002", true],
    ]);
  });

  it("is none where no VM makes any", async () => {
    const { asked, ssh } = serverWithGuests();
    const load = await startLoadInStep(endsWith(undefined), { sender: ssh, responder: ssh }, 14);
    await load.end();
    expect(() => load.requireLasted(15)).not.toThrow();
    expect(asked).toEqual([]);
  });
});
