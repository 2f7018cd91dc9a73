import { describe, expect, it } from "vitest";
import { observeScript, parseObservation } from "../../../infra/observe.ts";
import { inNamespace, scriptIn } from "./namespace.ts";

/** What somebody could find changed: links with their masters and flags, addresses, routes. Fresh numbers are left out. */
const dump = `{ ip -d link; ip -o addr; ip route show table all; bridge link; ls /run/sriov-rtt /var/lib/sriov-rtt 2>&1; } |
  sed -e 's/^[0-9]*: //' -e 's/ state [A-Z]* / /' -e 's/ qdisc [a-z]* / /' -e 's/<[^>]*>//' -e 's/gc_timer.*//' -e 's/hello_timer.*//' -e '/fe80:/d' -e '/ff00:/d' | sort`;

/** Without a NIC that has VFs: a pair of interfaces, one of which is the port. */
const pair = "ip link add pf0 type veth peer name wire; ip link set wire up";
const port = `mkdir -p /run/sriov-rtt/lease; echo 'stack a' > /run/sriov-rtt/lease/owner; ${pair}`;
const taken = { OWNER: "stack a", PF: "pf0", BRIDGE: "rtt0" };
const nic = (action: string) => scriptIn("nic.sh", { ACTION: action, TOKEN: "n", VFS: 0, ...taken });
const bridge = (action: string) => scriptIn("bridge.sh", { ACTION: action, TOKEN: "b", ...taken });
const observe = `sh <<'LAB-SCRIPT'
${observeScript({ pfs: [{ name: "pf0", vfs: 0 }] })}
LAB-SCRIPT`;

/** What is set up on the server by somebody, and what nic.sh and bridge.sh have to say of it. */
const foreign: [situation: string, setUp: string, refusal: RegExp][] = [
  [
    "the operator's bridge, which ssh comes in by",
    "ip link add br7 type bridge; ip link set pf0 master br7; ip link set br7 up; ip addr add 10.0.0.1/24 dev br7; export SSH_CONNECTION='10.0.0.9 5 10.0.0.1 22'",
    /pf0 is a port of br7 \(bridge; 10\.0\.0\.1\/24; this ssh connection comes in by it\)/,
  ],
  ["a macvlan", "ip link add link pf0 name op0 type macvlan mode bridge", /pf0 carries op0 \(macvlan\)/],
  ["a macvtap", "ip link add link pf0 name op0 type macvtap", /pf0 carries op0 \(macvtap\)/],
  ["an address", "ip addr add 10.0.0.1/24 dev pf0", /pf0 has an address \(10\.0\.0\.1\/24\)/],
  ["an IPv6 address", "ip addr add 2001:db8::1/64 dev pf0 nodad", /pf0 has an address \(2001:db8::1\/64\)/],
  ["a route", "ip link set pf0 up; ip route add 10.7.0.0/16 dev pf0", /pf0 carries a route \(10\.7\.0\.0\/16\)/],
];

describe("on a real kernel, a port", () => {
  it.each(foreign)("with %s is told before anything is changed, and by doctor", async (_situation, setUp, refusal) => {
    const { inUse } = parseObservation(await inNamespace(`${port}; ${setUp}\n${observe}`));
    expect(inUse).toEqual([
      { port: "pf0", what: expect.stringMatching(refusal) },
      {
        port: "",
        what: expect.stringMatching(/^libvirt cannot be asked whose VM rtt-main is, if there is one: error/),
      },
    ]);
  });

  it.each(foreign)("with %s is refused by name, and nothing is changed", async (_situation, setUp, refusal) => {
    const answer = await inNamespace(
      `${port}; ${setUp}; ${dump} > /run/before\n${nic("create")}\n${bridge("create")}\n${dump} | diff /run/before - > /run/changed && echo SAME || cat /run/changed`,
    );
    const [nicSays = "", bridgeSays = "", rest] = answer.split(/^EXIT 1\n/m);
    for (const said of [nicSays, bridgeSays]) expect(said).toMatch(refusal);
    expect(rest).toBe("SAME");
  });

  it("of nobody's is taken, and given back as it was, down and in no bridge", async () => {
    const answer = await inNamespace(
      `${port}; ${dump} > /run/before
${nic("create")}\n${bridge("create")}
bridge -d link show dev pf0\n${observe}
${bridge("delete")}\n${nic("delete")}
${dump} | diff /run/before - > /run/changed && echo SAME || cat /run/changed`,
    );
    expect(answer).toMatch(/master rtt0/);
    expect(answer).toMatch(/learning off flood on/);
    expect(answer).toMatch(/^record=layer name=nic-pf0 token=n$/m);
    expect(answer).toMatch(/^record=layer name=bridge-rtt0 token=b$/m);
    expect(answer).toContain("SAME");
  });

  it("that was listened to by somebody's tcpdump is taken all the same", async () => {
    const answer = await inNamespace(`${port}; ip link set pf0 promisc on\n${nic("create")}`);
    expect(answer).toMatch(/^EXIT 0$/m);
  });

  it("keeps a bridge of our name that is somebody's, also when ours is removed", async () => {
    const answer = await inNamespace(
      `${port}; ip link add eth9 type veth peer name eth8; ip link add rtt0 type bridge; ip link set eth9 master rtt0
${bridge("create")}\n${bridge("delete")}\nip -o link show master rtt0`,
    );
    expect(answer).toMatch(/rtt0 is there, and is not the bridge of this testbed \(bridge\); its ports: eth9$/m);
    expect(answer).toMatch(/it is left alone/);
    expect(answer).toMatch(/eth9@eth8/);
  });

  it("has no mark any more once the bridge is another one of its name, or the port has left it", async () => {
    const answer = await inNamespace(
      `${port}\n${nic("create")}\n${bridge("create")}
ip link set pf0 nomaster\n${observe}\nip link set pf0 master rtt0; bridge link set dev pf0 learning off; echo AGAIN\n${observe}
ip link del rtt0; ip link add rtt0 type bridge; ip link set pf0 master rtt0\necho OTHER\n${observe}`,
    );
    const [left = "", again = "", other = ""] = answer.split(/^AGAIN$|^OTHER$/m);
    expect(left).not.toContain("name=bridge-rtt0 token=b");
    expect(again).toContain("name=bridge-rtt0 token=b");
    expect(other).not.toContain("name=bridge-rtt0 token=b");
  });

  it("that another interface of the same name has replaced has no mark, and is looked over anew", async () => {
    const answer = await inNamespace(
      `${port}\n${nic("create")}\nip link del pf0; ${pair}; ip addr add 10.0.0.1/24 dev pf0\n${observe}\n${nic("create")}`,
    );
    expect(answer).not.toContain("name=nic-pf0 token=n");
    expect(answer).toMatch(/pf0 has an address/);
  });

  it("put into the operator's bridge after it was taken is told, and left there", async () => {
    const answer = await inNamespace(
      `${port}\n${nic("create")}\n${bridge("create")}
ip link add br7 type bridge; ip link set pf0 nomaster; ip link set pf0 master br7
${bridge("delete")}\n${nic("delete")}\nip -o link show master br7`,
    );
    expect(answer).toMatch(/pf0 was down before, and stays up: pf0 is a port of br7/);
    expect(answer).toMatch(/pf0@wire/);
  });
});
