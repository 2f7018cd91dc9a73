import { describe, expect, it } from "vitest";
import { serverScript } from "../../../infra/server-script.ts";
import { inNamespace } from "./namespace.ts";

const port = "ip link add pf0 type veth peer name wire; ip link set wire up; ip link set pf0 up";
const ask = `sh -e <<'LAB-SCRIPT'
${serverScript("in-use.sh")}
port_in_use pf0 0 rtt0
LAB-SCRIPT`;
const answer = async (setUp: string, end = "") =>
  (await inNamespace(`${port}\n${setUp}\n${ask}\n${end}`)).split("\n").filter(Boolean);

/** Opens a socket in perl, and keeps it for the question. */
const socket = (perl: string) => `mkfifo /run/ready
perl -MSocket=:all -e '${perl}; open(my $r, ">", "/run/ready"); print $r "ready"; close($r); sleep 300' > /dev/null &
speaker=$!; cat /run/ready > /dev/null`;
const end = "kill $speaker";

/** Gives the port a program that lets everything pass, with no compiler and no bpftool: two instructions. */
const xdp = `mkdir /run/bpf; mount -t bpf none /run/bpf
perl -e 'my ($code, $license) = (pack("H*", "b700000002000000" . "9500000000000000"), "GPL\\0");
  my $load = pack("LLQQx96", 6, 2, unpack("Q", pack("p", $code)), unpack("Q", pack("p", $license)));
  (my $fd = syscall(321, 5, $load, length $load)) >= 0 or die "load $!";
  my $path = "/run/bpf/pass\\0"; my $pin = pack("QLx100", unpack("Q", pack("p", $path)), $fd);
  syscall(321, 6, $pin, length $pin) == 0 or die "pin $!"'
ip link set pf0 xdp pinned /run/bpf/pass`;

describe("on a real kernel, a port is found in use", () => {
  it("by a program that waits on its link-local address, and by one that is connected there", async () => {
    const found = await answer(
      `ip link set lo up; ip addr add fe80::1/64 dev pf0 nodad
${socket(`open(my $f, "<", "/sys/class/net/pf0/ifindex"); my $i = <$f>; my $to = pack_sockaddr_in6(1790, inet_pton(AF_INET6, "fe80::1"), $i + 0);
socket(my $s, AF_INET6, SOCK_STREAM, 0) or die; bind($s, $to) or die "bind $!"; listen($s, 1);
socket(my $c, AF_INET6, SOCK_STREAM, 0) or die; connect($c, $to) or die "connect $!"`)}`,
      end,
    );
    for (const place of ["1790", "(?!1790)\\d+"]) {
      const sentence = `^socket pf0 is spoken on by the process perl \\(\\d+\\): tcp \\[fe80::1\\]%pf0:${place}$`;
      expect(found).toContainEqual(expect.stringMatching(sentence));
    }
  });

  it("by a socket that is bound to it", async () => {
    const found = await answer(
      socket(`socket(my $s, AF_INET, SOCK_DGRAM, 0) or die; setsockopt($s, SOL_SOCKET, 25, "pf0\\0") or die;
bind($s, sockaddr_in(67, INADDR_ANY)) or die`),
      end,
    );
    expect(found).toEqual([
      expect.stringMatching(/^socket pf0 is spoken on by the process perl \(\d+\): udp 0\.0\.0\.0%pf0:67$/),
    ]);
  });

  it.each([
    ["an XDP program", xdp, "program pf0 has an XDP program"],
    ["filters of tc", "tc qdisc add dev pf0 clsact", "program pf0 has filters of tc (clsact)"],
    [
      "a permanent neighbour",
      "ip neigh add 10.0.0.3 lladdr 02:00:00:00:00:01 dev pf0 nud permanent",
      "neighbour pf0 has the permanent neighbour 10.0.0.3",
    ],
    [
      "a routing rule",
      "ip rule add iif pf0 lookup 100",
      "rule pf0 is named in the routing rule 32765: from all iif pf0 lookup 100",
    ],
    [
      "a macvlan in a namespace that a mount keeps and no process has",
      `mkdir -p /run/docker/netns; touch /run/docker/netns/c1; unshare --net=/run/docker/netns/c1 true
ip link add link pf0 name mv0 type macvlan; ip link set mv0 netns /run/docker/netns/c1`,
      "carries pf0 carries mv0 (macvlan) in the network namespace /run/docker/netns/c1",
    ],
  ])("by %s", async (_use, setUp, sentence) => {
    expect(await answer(setUp)).toEqual([sentence]);
  });
});
