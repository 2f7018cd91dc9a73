import { describe, expect, it } from "vitest";
import { type OpenServer, verify } from "../../../infra/load/seen.ts";
import { LabError } from "../../../lib/errors.ts";

/** A server whose guests' agents answer with a text, or fail. */
const serverOf = (answers: Record<string, string | Error>): OpenServer => ({
  role: "responder",
  load: { type: "network", sends: false, receives: true, mbps: 1, packetBytes: 100, burstPackets: 1 },
  vms: Object.keys(answers).map((name) => ({ name, vcpus: 1, peerIp: "10.0.0.1", token: "t" })),
  leastCpuPercent: 0,
  token: "t",
  owner: "stack a",
  host: {} as OpenServer["host"],
  ssh: {
    run: async (command: string) => {
      const [, name = "", json = ""] = /qemu-agent-command --timeout \d+ (\S+) '(.*)'$/s.exec(command) ?? [];
      const answer = answers[name];
      if (answer instanceof Error) throw answer;
      if (!json.includes("guest-exec-status")) return JSON.stringify({ return: { pid: 1 } });
      const output = Buffer.from(answer ?? "").toString("base64");
      return JSON.stringify({ return: { exited: true, exitcode: 0, "out-data": output } });
    },
  } as unknown as OpenServer["ssh"],
});

describe("network load", () => {
  it("is seen where datagrams arrive, in the order of the VMs", async () => {
    const seen = await verify(serverOf({ "rtt-bg-002": "datagrams=8", "rtt-bg-001": "datagrams=4" }), 0);
    expect(seen).toEqual([
      { vm: "rtt-bg-002", receivedPps: 4 },
      { vm: "rtt-bg-001", receivedPps: 2 },
    ]);
  });

  it("that is not seen because a guest's agent fails is told with what the agent's failure is", async () => {
    const agent = new LabError("Guest agent is not responding: QEMU guest agent is not connected");
    const outcome = verify(serverOf({ "rtt-bg-001": "datagrams=4", "rtt-bg-002": agent }), 0);
    await expect(outcome).rejects.toThrow(
      /not seen in 1 of 2 VMs.*rtt-bg-002 cannot be asked what it receives:.*agent is not connected.*process says cannot be read/s,
    );
  });

  it("that does not arrive is told with what the receiver says", async () => {
    const outcome = verify(serverOf({ "rtt-bg-001": "datagrams=0" }), 0);
    await expect(outcome).rejects.toThrow(/rtt-bg-001 receives no datagram.*its process says: datagrams=0/);
  });
});
