import { chainWords, losingChain, passCommand } from "../../../lib/bridged-frames.ts";
import { bridgeName } from "../../plan/placement.ts";
import { isOnBridge } from "../../vm/drivers.ts";
import { driversOf, lack, ok, type ServerCheck, warning } from "../check.ts";
import { install } from "../packages.ts";

const what = "bridged frames";
const programs: Record<string, string> = { nft: "nftables", iptables: "iptables", ebtables: "ebtables" };

/**
 * What the server's packet filter does to frames that the bridge forwards. One that drops them is usually Docker's or Kubernetes':
 * their policy is DROP, and br_netfilter hands them what bridges forward.
 */
export const bridgedFrames: ServerCheck = ({ facts, wanted }) => {
  if (wanted !== undefined && !driversOf(wanted).some(isOnBridge)) return [];
  const { bridgedFrames } = facts;
  const losing = losingChain(bridgedFrames);
  if (losing)
    return [
      lack(wanted, isOnBridge)(
        what,
        `${chainWords(losing)} drops what it has no rule for: the bridge ${bridgeName} would lose every frame`,
        `${passCommand(losing, bridgeName)}  # gone when whoever made that chain makes it again`,
      ),
    ];
  if (bridgedFrames.unread.length > 0) {
    const packages = bridgedFrames.unread.flatMap((name) => programs[name] ?? []);
    return [
      warning(
        what,
        "there are packet filter rules that could not be read, and they may drop what the bridge forwards",
        packages.length > 0 ? install(facts, ...packages) : "nft list ruleset  # as root",
      ),
    ];
  }
  if (bridgedFrames.chains.length === 0 && !bridgedFrames.calls)
    return [ok(what, "no rule of the packet filter sees them")];
  const chains = bridgedFrames.chains.map((chain) => `${chainWords(chain)} (${chain.rules} rules)`).join(", ");
  return [
    warning(
      what,
      `they go through ${chains || "IPv4's hooks, which have no rules now"}: that is part of each round-trip time on the bridge, and each run's manifest says so`,
      bridgedFrames.calls
        ? "sysctl -w net.bridge.bridge-nf-call-iptables=0  # where nothing on the server relies on it, as networks of Docker and Kubernetes do"
        : "nft list table bridge filter  # what has made these rules may do without them",
    ),
  ];
};
