import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startLoad, stopLoad } from "../../../infra/load/apply.ts";
import { startCommand, stopCommandOf } from "../../../infra/load/commands.ts";
import type { LoadRequest } from "../../../infra/load/request.ts";
import { LabError } from "../../../lib/errors.ts";
import type { Role } from "../../../lib/roles.ts";
import type { SshConnection } from "../../../lib/ssh/connect.ts";
import { loadKinds } from "../../../study/loads/loads.ts";
import { playVirsh } from "../../support/played-virsh.ts";

const stopCommand = stopCommandOf(loadKinds);
const names = (role: Role, count: number) => Array.from({ length: count }, (_, index) => `${role}-${index}`);

/** A server whose guests note what they are told to do, and may fail to start or to stop it. */
class MadeUpServer {
  readonly told = new Map<string, string[]>();
  closed = 0;
  failing: ReadonlySet<string>;
  libvirtDown = false;
  tenant = "stack a";
  /** What libvirt has that is active. */
  domains: readonly string[] = [...names("sender", 40), ...names("responder", 40)];

  constructor(failing: Iterable<string> = []) {
    this.failing = new Set(failing);
  }

  #guest(name: string, request: { execute: string; arguments: { arg?: string[] } }): unknown {
    if (request.execute === "guest-exec-status") return { exited: true, exitcode: 0, "out-data": "" };
    const command = request.arguments.arg?.at(-1) ?? "";
    const what = command === stopCommand ? "stop" : command.startsWith("setsid ") ? "start" : "other";
    this.told.set(name, [...(this.told.get(name) ?? []), what]);
    if (this.failing.has(`${what} ${name}`)) throw new LabError(`${name} does not ${what}`);
    return { pid: 1 };
  }

  readonly #run = async (command: string): Promise<string> => {
    const [, name = "", json = ""] = /qemu-agent-command --timeout \d+ (\S+) '(.*)'$/s.exec(command) ?? [];
    await new Promise(setImmediate);
    if (name !== "") return JSON.stringify({ return: this.#guest(name, JSON.parse(json.replaceAll("'\\''", "'"))) });
    if (command.includes("rm -f /run/sriov-rtt/load"))
      return command.includes(`OWNER='${this.tenant}'`) ? "" : `${this.tenant}\n`;
    if (command.includes("require_lease") && !command.includes(`OWNER='${this.tenant}'`))
      throw new LabError(`${this.tenant} has it`);
    if (this.failing.has(command.split(" ")[0] ?? "")) throw new LabError(`no ${command}`);
    return "";
  };

  connect(): SshConnection {
    return {
      run: this.#run,
      converse: async () => playVirsh(this.#run),
      exec: async (command: string) => {
        const done = { stdout: Buffer.from(""), stderr: "", code: 0 };
        if (!command.startsWith("virsh -q list")) return { ...done, stdout: Buffer.from(await this.#run(command)) };
        return this.libvirtDown
          ? { ...done, stderr: "error: failed to connect to the hypervisor\n", code: 1 }
          : { ...done, stdout: Buffer.from([...this.domains, ""].join("\n")) };
      },
      close: () => {
        this.closed += 1;
      },
    } as unknown as SshConnection;
  }
}

const requestFor = (count: number): LoadRequest => {
  const server = (role: Role) => ({
    host: { address: role, privateKeyFile: "/k", hostKey: "ssh-ed25519 AAAA", pfs: [{ name: "pf0", vfs: 1 }] },
    vms: names(role, count).map((name) => ({ name, vcpus: 1, peerIp: "10.0.0.1", token: "t" })),
    load: { type: "network", sends: true, receives: false, mbps: 1, packetBytes: 100, burstPackets: 1 },
    least: {},
    endpoint: "vm",
    token: "t",
    owner: "stack a",
  });
  return { sender: server("sender"), responder: server("responder") } as unknown as LoadRequest;
};

const connectTo = (servers: Record<Role, MadeUpServer>) => async (name: string) => servers[name as Role].connect();

describe("load that cannot be started everywhere", { timeout: 30_000 }, () => {
  it("is left running nowhere: every VM of both servers was told to stop after it was told to start", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.tuple(fc.constantFrom<Role>("sender", "responder"), fc.nat(11), fc.boolean()), {
          minLength: 1,
          maxLength: 6,
        }),
        async (count, failures) => {
          const failing = failures.map(([role, index, stop]) => `${stop ? "stop" : "start"} ${role}-${index % count}`);
          const servers = { sender: new MadeUpServer(failing), responder: new MadeUpServer(failing) };
          const outcome = await startLoad(requestFor(count), connectTo(servers)).catch((error: Error) => error);
          expect(outcome).toBeInstanceOf(LabError);
          for (const role of ["sender", "responder"] as const) {
            for (const name of names(role, count)) {
              expect(servers[role].told.get(name)?.at(-1), name).toBe("stop");
              if (failing.includes(`stop ${name}`)) expect((outcome as Error).message).toContain(name);
            }
            expect(servers[role].closed).toBe(1);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it("has ended on all 40 VMs when one of the other server fails first", async () => {
    const servers = { sender: new MadeUpServer(), responder: new MadeUpServer(["start responder-0"]) };
    await expect(startLoad(requestFor(40), connectTo(servers))).rejects.toThrow("responder-0 does not start");
    const last = names("sender", 40).map((name) => servers.sender.told.get(name)?.at(-1));
    expect(new Set(last)).toEqual(new Set(["stop"]));
  });

  it("is not begun when one server cannot be reached, and the connection to the other is closed", async () => {
    const sender = new MadeUpServer();
    const connect = async (name: string) => {
      if (name === "responder") throw new LabError("responder: no connection");
      await sleep(5);
      return sender.connect();
    };
    await expect(startLoad(requestFor(2), connect)).rejects.toThrow("no connection");
    expect(sender.told.size).toBe(0);
    expect(sender.closed).toBe(1);
  });
});

it("load is started in no VM of another stack that has a server by now, and is ended on the other one", async () => {
  const servers = { sender: new MadeUpServer(), responder: new MadeUpServer() };
  servers.sender.tenant = "stack b";
  await expect(startLoad(requestFor(3), connectTo(servers))).rejects.toThrow("stack b has it");
  expect(servers.sender.told.size).toBe(0);
  for (const name of names("responder", 3)) expect(servers.responder.told.get(name)).toEqual(["stop", "stop"]);
});

describe("load that is ended", () => {
  it("is ended everywhere else when one VM fails, and that one is named", async () => {
    const failing = ["stop sender-1", "stop responder-0"];
    const servers = { sender: new MadeUpServer(failing), responder: new MadeUpServer(failing) };
    const outcome = stopLoad(requestFor(30), connectTo(servers));
    await expect(outcome).rejects.toThrow(/sender-1 could not be ended[\s\S]*responder-0 could not be ended/);
    for (const role of ["sender", "responder"] as const) expect(servers[role].told.size).toBe(30);
  });

  it("is not taken for ended where libvirt cannot be asked whether the VM is there", async () => {
    const servers = { sender: new MadeUpServer(["stop sender-0"]), responder: new MadeUpServer() };
    servers.sender.libvirtDown = true;
    const outcome = stopLoad(requestFor(1), connectTo(servers));
    await expect(outcome).rejects.toThrow(/sender-0 does not stop\n.*libvirt does not tell.*failed to connect/);
  });

  it("is left alone on a server that another stack has by now, and ended on the other", async () => {
    const servers = { sender: new MadeUpServer(), responder: new MadeUpServer() };
    servers.sender.tenant = "stack b";
    await stopLoad(requestFor(3), connectTo(servers));
    expect([servers.sender.told.size, servers.responder.told.size]).toEqual([0, 3]);
  });

  it("has ended with the VM that is there no more", async () => {
    const servers = { sender: new MadeUpServer(["stop sender-0"]), responder: new MadeUpServer() };
    servers.sender.domains = ["sender-1", "sender-00"];
    expect(await stopLoad(requestFor(2), connectTo(servers))).toBeUndefined();
  });

  it("is what a started load is told, and it is a load that was started", () => {
    expect(startCommand({ name: "cpu", command: "stress-ng" })).toMatch(/^setsid stress-ng /);
  });
});
