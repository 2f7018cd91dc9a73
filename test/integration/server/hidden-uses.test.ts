import { describe, expect, it } from "vitest";
import { serverScript } from "../../../infra/server-script.ts";
import { inNamespace } from "./namespace.ts";

const port = "ip link add pf0 type veth peer name wire; ip link set wire up; ip link set pf0 up";
const ask = `sh -e <<'LAB-SCRIPT'
${serverScript("in-use.sh")}
port_in_use pf0 0 rtt0
LAB-SCRIPT`;

/** Binds a packet socket to the port, as a program does that speaks a protocol or listens to all, and keeps it for the question. */
const socket = (protocol: number) => `mkfifo /run/ready
perl -MSocket -e '
  socket(my $s, 17, SOCK_RAW, 0) or die; open(my $f, "<", "/sys/class/net/pf0/ifindex") or die; my $i = <$f>;
  bind($s, pack("SnlSCCx8", 17, ${protocol}, $i, 0, 0, 0)) or die "bind $!";
  open(my $r, ">", "/run/ready"); print $r "ready"; close($r); sleep 30' &
speaker=$!; cat /run/ready > /dev/null`;

const answer = async (setUp: string, end = "") =>
  (await inNamespace(`${port}\n${setUp}\n${ask}\n${end}`)).split("\n").filter(Boolean);

describe("on a real kernel, a port", () => {
  it.each(["macvlan", "macvtap"])("whose %s is in a namespace that has a name is found in use", async (kind) => {
    const found = await answer(
      `ip netns add blue; ip link add link pf0 name op0 type ${kind}; ip link set op0 netns blue`,
    );
    expect(found).toEqual([`carries pf0 carries op0 (${kind}) in the network namespace blue`]);
  });

  it("whose macvlan is in the namespace of a process is found in use, by the process", async () => {
    const found = await answer(
      `mkfifo /run/there; unshare --net sh -c 'echo > /run/there; exec sleep 30' & pod=$!; cat /run/there
ip link add link pf0 name op0 type macvlan; ip link set op0 netns $pod`,
      "kill $pod",
    );
    expect(found).toEqual([
      expect.stringMatching(
        /^carries pf0 carries op0 \(macvlan\) in the network namespace of the process \S+ \(\d+\)$/,
      ),
    ]);
  });

  it("is nobody's when a child elsewhere stands on an interface of the same index there", async () => {
    const found = await answer(
      `ip netns add lower; ip netns add upper; index=$(cat /sys/class/net/pf0/ifindex)
ip -n lower link add low0 index $index type veth peer name low1
ip -n lower link add link low0 name op0 type macvlan; ip -n lower link set op0 netns upper`,
    );
    expect(found).toEqual([]);
  });

  it("that a program speaks a protocol on is found in use, and one that is listened to is not", async () => {
    expect(await answer(socket(0x88f7), "kill $speaker")).toEqual([
      expect.stringMatching(/^socket pf0 is spoken on by the process perl \(\d+\) for the protocol 0x88f7$/),
    ]);
    expect(await answer(socket(0x0003), "kill $speaker")).toEqual([]);
  });

  it("that is one of the ways of a route is found in use", async () => {
    const found = await answer("ip route add 10.9.0.0/16 nexthop dev pf0 weight 1 nexthop dev wire weight 1");
    expect(found).toEqual(["route pf0 carries a route (10.9.0.0/16)"]);
  });
});
