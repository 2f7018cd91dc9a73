import { describe, expect, it } from "vitest";
import { type OpenServer, verify } from "../../../infra/load/seen.ts";
import { countedKinds } from "../../../lib/endpoints/kinds.ts";
import { LabError } from "../../../lib/errors.ts";
import { playVirsh } from "../../support/played-virsh.ts";

const network = { type: "network", sends: false, receives: true, mbps: 1, packetBytes: 100, burstPackets: 1 };
/** Looks at a guest's datagrams, two seconds apart. */
const counted = (from: number, to: number) =>
  `seconds=10.00 received=${from} sent=0\nseconds=12.00 received=${to} sent=0`;
const atOnce = { withinSeconds: 0, lookSeconds: 0 };
let looks = 0;
const verifyNow = (open: OpenServer) => verify(open, undefined, atOnce);

const sshOf = (run: (command: string) => Promise<string>) =>
  ({ run, converse: async () => playVirsh(run) }) as unknown as OpenServer["ssh"];

/** A server whose guests' agents answer with a text, or fail. */
const serverOf = (
  answers: Record<string, string | Error>,
  load: OpenServer["load"] = network,
  least: Record<string, number> = { receivedPps: 0.1 },
): OpenServer => ({
  role: "responder",
  endpoint: "vm",
  load,
  vms: Object.keys(answers).map((name) => ({ name, vcpus: 1, peerIp: "10.0.0.1", token: "t" })),
  least,
  token: "t",
  sharesClock: false,
  owner: "stack a",
  host: {} as OpenServer["host"],
  ssh: sshOf(async (command) => {
    if (command === countedKinds.vm.cpu.command) {
      const lines = Object.entries(answers).map(([name, ns]) => `Domain: '${name}'\n  cpu.time=${Number(ns) * looks}`);
      looks += 1;
      return [`${looks * 2}.00`, ...lines].join("\n");
    }
    const [, name = "", json = ""] = /qemu-agent-command --timeout \d+ (\S+) '(.*)'$/s.exec(command) ?? [];
    const answer = answers[name];
    if (answer instanceof Error) throw answer;
    if (!json.includes("guest-exec-status")) return JSON.stringify({ return: { pid: 1 } });
    const output = Buffer.from(answer ?? "").toString("base64");
    return JSON.stringify({ return: { exited: true, exitcode: 0, "out-data": output } });
  }),
});

describe("network load", () => {
  it("is seen where datagrams arrive, in the order of the VMs", async () => {
    const seen = await verifyNow(serverOf({ "rtt-bg-002": counted(3, 11), "rtt-bg-001": counted(0, 4) }));
    expect(seen).toEqual([
      { vm: "rtt-bg-002", receivedPps: 4 },
      { vm: "rtt-bg-001", receivedPps: 2 },
    ]);
  });

  it("is seen of all where it was seen of each, though not in one look", async () => {
    const answers = { "rtt-bg-001": counted(0, 4), "rtt-bg-002": counted(7, 7) };
    // Each look is a second after the one before.
    const change = setTimeout(
      () => Object.assign(answers, { "rtt-bg-001": counted(4, 4), "rtt-bg-002": counted(7, 9) }),
      500,
    );
    const seen = await verify(serverOf(answers), undefined, { withinSeconds: 30, lookSeconds: 0 });
    clearTimeout(change);
    expect(seen).toEqual([
      { vm: "rtt-bg-001", receivedPps: 2 },
      { vm: "rtt-bg-002", receivedPps: 1 },
    ]);
  });

  it("that is not seen because a guest's agent fails is told with what the agent's failure is", async () => {
    const agent = new LabError("Guest agent is not responding: QEMU guest agent is not connected");
    const outcome = verifyNow(serverOf({ "rtt-bg-001": counted(0, 4), "rtt-bg-002": agent }));
    await expect(outcome).rejects.toThrow(
      /not seen in 1 of 2 VMs.*rtt-bg-002 cannot be asked what it receives:.*agent is not connected.*process says cannot be read/s,
    );
  });

  it("that does not arrive is told with what the receiver says", async () => {
    const outcome = verifyNow(serverOf({ "rtt-bg-001": counted(7, 7) }));
    await expect(outcome).rejects.toThrow(/rtt-bg-001 receives no datagram.*its process says: seconds=10/);
  });
});

describe("CPU load", () => {
  const cpu = { type: "cpu", percent: 100 };
  const atLeast = (cpuPercent: number) => ({ cpuPercent });
  // So many nanoseconds more at each look, which are two seconds apart.
  const server = (least: number) =>
    serverOf({ "rtt-bg-001": "1000000000", "rtt-bg-002": "500000000" }, cpu, atLeast(least));

  it("is seen by what libvirt says that each VM uses, in per cent of one CPU", async () => {
    expect(await verifyNow(server(25))).toEqual([
      { vm: "rtt-bg-001", cpuPercent: 50 },
      { vm: "rtt-bg-002", cpuPercent: 25 },
    ]);
  });

  it("that is too little is told with how much it is and must be", async () => {
    await expect(verifyNow(server(25.5))).rejects.toThrow(
      /not seen in 1 of 2 VMs.*rtt-bg-002 uses 25 % of a CPU, and CPU load at least 25\.5 %/,
    );
  });

  it("is not taken for seen in a VM that libvirt does not have", async () => {
    const gone = { ...server(1), vms: [{ name: "rtt-bg-003", vcpus: 1, peerIp: "10.0.0.1", token: "t" }] };
    await expect(verifyNow(gone)).rejects.toThrow(/does not say how much CPU rtt-bg-003 used/);
  });
});
