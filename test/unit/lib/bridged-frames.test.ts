import { describe, expect, it } from "vitest";
import {
  bridgedFramesFunctions,
  chainWords,
  losingChain,
  parseBridgedFrames,
  passCommand,
} from "../../../lib/bridged-frames.ts";
import { inNamespace } from "../../support/namespace.ts";

/** A bridge with an end on each of two ports. `passes` says whether a frame of one reaches the other. */
const bridge = `
  [ -d /proc/sys/net/bridge ] || modprobe br_netfilter
  ip link add rtt0 type bridge
  ip link set rtt0 up
  for i in 1 2; do
    ip netns add end$i
    ip link add port$i type veth peer name eth0 netns end$i
    ip link set port$i master rtt0 up
    ip -n end$i addr add 10.9.9.$i/24 dev eth0
    ip -n end$i link set eth0 up
  done
  passes() { if ip netns exec end1 ping -c 1 -W 0.3 10.9.9.2 > /dev/null 2>&1; then echo @passes; else echo @lost; fi; }
  echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables
  until ip netns exec end1 ping -c 1 -W 0.3 10.9.9.2 > /dev/null 2>&1; do tries=\${tries:-}x; [ \${#tries} -lt 50 ]; done
`;

/** Rules of a server, and what is said of them; whether they let a frame pass is asked of the kernel. */
async function judged(rules: string) {
  const text = await inNamespace(`${bridge}\n${bridgedFramesFunctions}\n${rules}\npasses\nbridged_frames rtt0`);
  const [verdict, ...lines] = text.split("\n");
  return { passes: verdict === "@passes", frames: parseBridgedFrames(lines.join("\n")) };
}

const nft = (text: string) => `nft -f - <<RULES\n${text}\nRULES`;
const firewalld = `table inet firewalld {
  chain filter_FORWARD {
    type filter hook forward priority 10; policy accept;
    ct state established,related accept
    iifname "docker0" accept
    reject with icmpx admin-prohibited
  }
  chain unused {
  }
}`;
const noCalls = "echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables";

describe("frames that a bridge forwards, in a network namespace", { timeout: 60_000 }, () => {
  it.each([
    ["no rules", ":", []],
    ["a policy of iptables", "iptables-nft -P FORWARD DROP", ["ip filter FORWARD"]],
    ["the same, not called", `iptables-nft -P FORWARD DROP; ${noCalls}`, []],
    [
      "the same, called for this bridge",
      `iptables-nft -P FORWARD DROP; ${noCalls}; echo 1 > /sys/class/net/rtt0/bridge/nf_call_iptables`,
      ["ip filter FORWARD"],
    ],
    ["a policy of the older iptables", "iptables-legacy -P FORWARD DROP", ["ip filter FORWARD (iptables)"]],
    [
      "a last rule of the older iptables",
      "iptables-legacy -A FORWARD -i docker0 -j ACCEPT; iptables-legacy -A FORWARD -j REJECT",
      ["ip filter FORWARD (iptables)"],
    ],
    ["a last rule of firewalld's kind", nft(firewalld), ["inet firewalld filter_FORWARD"]],
    [
      "a table of bridges",
      `${noCalls}; ${nft("table bridge t {\n chain c {\n type filter hook forward priority 0; policy drop;\n }\n}")}`,
      ["bridge t c"],
    ],
    ["ebtables", `${noCalls}; ebtables-nft -P FORWARD DROP`, ["bridge filter FORWARD"]],
    ["rules that accept", "iptables-nft -A FORWARD -i docker0 -j DROP", []],
  ])("%s: what is said of them is what becomes of a frame", async (_what, rules, losing) => {
    const { passes, frames } = await judged(rules);
    const chain = losingChain(frames);
    expect({ passes, losing: chain ? [chainWords(chain)] : [] }).toEqual({ passes: losing.length === 0, losing });
    expect(frames.unread).toEqual([]);
  });

  it.each([
    ["iptables-nft -P FORWARD DROP", 1],
    ["iptables-legacy -P FORWARD DROP", 1],
    [nft(firewalld), 4],
  ])("%s: the advice lets them pass, and is seen", async (rules, rulesThen) => {
    const before = losingChain((await judged(rules)).frames);
    if (before === undefined) throw new Error("nothing is lost");
    const { passes, frames } = await judged(`${rules}\n${passCommand(before, "rtt0")}`);
    expect(passes).toBe(true);
    expect(losingChain(frames)).toBeUndefined();
    expect(frames.chains).toMatchObject([{ passes: true, rules: rulesThen }]);
  });

  it("are told to be in the hands of rules that this user may not read", async () => {
    const script = `${bridgedFramesFunctions}\nbridged_frames rtt0`;
    const text = await inNamespace(`setpriv --bounding-set=-all --inh-caps=-all sh -euc "$SCRIPT"`, { SCRIPT: script });
    expect(parseBridgedFrames(text).unread).toEqual(["nftables"]);
  });
});
