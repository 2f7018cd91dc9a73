import { describe, expect, it } from "vitest";
import { bridgedFrames } from "../../../infra/doctor/checks/bridged-frames.ts";
import { parseBridgedFrames } from "../../../lib/bridged-frames.ts";
import { distributions, findingOf, subject, wants } from "./subject.ts";

const docker =
  "kind=chain source=nft family=ip table=filter name=FORWARD hook=forward policy=drop rules=4 drops=0 passes=0";
const calls = "kind=calls ip=1";
const noCalls = "kind=calls ip=0";
const facts = (...lines: string[]) => ({ facts: { bridgedFrames: parseBridgedFrames(lines.join("\n")) } });
const onBridge = wants({ mainDriver: "virtio-bridge" });

describe("what a server's packet filter does to bridged frames", () => {
  it.each([
    ["nothing", [noCalls], "ok", "no rule of the packet filter sees them", undefined],
    ["Docker, where br_netfilter does not call it", [noCalls, docker], "ok", /^no rule/, undefined],
    [
      "Docker",
      [calls, docker],
      "missing",
      "ip filter FORWARD drops what it has no rule for: the bridge rtt0 would lose every frame",
      /^iptables -I FORWARD -i rtt0 -o rtt0 -j ACCEPT /,
    ],
    [
      "Docker with the bridge let through",
      [calls, docker.replace("passes=0", "passes=1")],
      "warning",
      /\(4 rules\)/,
      /^sysctl/,
    ],
    [
      "firewalld, whose policy is accept and whose last rule rejects",
      [
        calls,
        "kind=chain source=nft family=inet table=firewalld name=filter_FORWARD hook=forward policy=accept rules=9 drops=1 passes=0",
      ],
      "missing",
      /^inet firewalld filter_FORWARD drops/,
      /^nft insert rule inet firewalld filter_FORWARD iifname rtt0 oifname rtt0 accept /,
    ],
    [
      "iptables of old",
      [calls, docker.replace("nft", "iptables")],
      "missing",
      /^ip filter FORWARD \(iptables\) drops/,
      /^iptables-legacy -I FORWARD /,
    ],
    [
      "a bridge's own table, which needs no br_netfilter",
      [noCalls, docker.replace("family=ip", "family=bridge")],
      "missing",
      /^bridge filter FORWARD drops/,
      /^nft insert rule bridge filter FORWARD meta ibrname rtt0 accept /,
    ],
    [
      "ebtables",
      [noCalls, docker.replace("nft", "ebtables").replace("family=ip", "family=bridge")],
      "missing",
      /^bridge filter FORWARD \(ebtables\) drops/,
      /^ebtables -I FORWARD --logical-in rtt0 -j ACCEPT /,
    ],
    ["hooks without rules", [calls], "warning", /IPv4's hooks, which have no rules now: that is part/, /^sysctl/],
    [
      "rules that accept",
      [calls, docker.replace("drop ", "accept ")],
      "warning",
      /^they go through ip filter FORWARD/,
      /^sysctl/,
    ],
    [
      "rules without a program that reads them",
      [calls, "kind=unread what=nft"],
      "warning",
      /could not be read/,
      "apt-get install nftables",
    ],
    [
      "rules that a user may not read",
      [calls, "kind=unread what=nftables"],
      "warning",
      /could not be read/,
      /as root$/,
    ],
  ] as const)("%s", (_who, lines, status, found, mend) => {
    const finding = findingOf(bridgedFrames, { ...facts(...lines), wanted: onBridge });
    expect(finding.status).toBe(status);
    expect(finding.found).toMatch(found);
    if (mend === undefined) expect(finding.mend).toBeUndefined();
    else expect(finding.mend).toMatch(mend);
  });

  it("matters to VMs on the bridge only", () => {
    const lost = facts(calls, docker);
    expect(findingOf(bridgedFrames, lost).status).toBe("warning");
    expect(bridgedFrames(subject({ ...lost, wanted: wants({ mainDriver: "pci-passthrough" }) }))).toEqual([]);
    const background = wants({ mainDriver: "pci-passthrough", backgroundDriver: "virtio-bridge", backgroundVms: 1 });
    expect(findingOf(bridgedFrames, { ...lost, wanted: background }).status).toBe("missing");
  });

  it("is advised in the server's words", () => {
    const { facts: unread } = facts(calls, "kind=unread what=iptables");
    expect(findingOf(bridgedFrames, { facts: { ...unread, distribution: distributions.rhel } }).mend).toBe(
      "dnf install iptables",
    );
  });

  it("is refused where a line is not understood", () => {
    expect(() => parseBridgedFrames("kind=chain source=nft family=ip")).toThrow(/packet filter: .*table/);
    expect(() => parseBridgedFrames(docker.replace("policy=drop", "policy=maybe"))).toThrow(/policy/);
  });
});
