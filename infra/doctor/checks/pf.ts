import { otherRole } from "../../../lib/roles.ts";
import type { Pf } from "../../config/hosts.ts";
import type { Finding, ServerCheck, Subject } from "../check.ts";
import { missing, ok, warning } from "../check.ts";
import type { ExaminedPf } from "../facts.ts";
import { giveWords } from "../hosts-source.ts";

const connected = "the port that is connected to the other server";

/** A port of the host's configuration, and what the server says of it. */
export interface SeenPort {
  pf: Pf;
  /** Its place in the configuration. */
  index: number;
  facts: ExaminedPf;
}

/** The ports that are really there. */
export const portsOf = ({ host, facts }: Subject): SeenPort[] =>
  host.pfs.flatMap((pf, index) => {
    const there = facts.pfs.get(pf.name);
    return there === undefined ? [] : [{ pf, index, facts: there }];
  });

/** The interface of each port, with its driver. */
export const port: ServerCheck = ({ role, host, facts }) =>
  host.pfs.map(({ name }, index) => {
    const what = `PF ${name}`;
    const there = facts.pfs.get(name);
    if (there === undefined)
      return missing(
        what,
        `there is no such interface; there are: ${facts.interfaces.join(", ")}`,
        giveWords(role, `pfs.${index}.name`, connected),
      );
    if (there.pci === undefined || there.driver === undefined)
      return missing(
        what,
        "is no device of its own but a virtual interface",
        giveWords(role, `pfs.${index}.name`, connected),
      );
    const versions = [there.driverVersion, there.firmware && `firmware ${there.firmware}`].filter(Boolean);
    return ok(what, `${there.pci}, driver ${[there.driver, ...versions].join(" ")}`);
  });

function linkOf({ role, peer }: Subject, { pf, index, facts }: SeenPort): Finding {
  const what = `link of ${pf.name}`;
  const peerUp = `ip link set dev ${peer.pfs[index]?.name ?? "PORT"} up`; // ports are cabled place by place
  if (!facts.up)
    return warning(
      what,
      "the port is down, so it is not known whether its cable is in; a stack sets it up",
      `ip link set dev ${pf.name} up  # and on the ${otherRole[role]}: ${peerUp}`,
    );
  const atItsEnd = `${peer.pfs[index]?.name ?? "the port"} of the ${otherRole[role]}`;
  if (facts.carrier)
    return ok(
      what,
      `${facts.speedMbps === undefined ? "up" : `up, ${facts.speedMbps} Mbit/s`}; that ${atItsEnd} is at its other end, only a run can tell`,
    );
  return missing(what, "no link", `${peerUp}  # on the ${otherRole[role]}; then look at the cable from port to port`);
}

/** Whether the cable to the other server is in. */
export const link: ServerCheck = (subject) => portsOf(subject).map((port) => linkOf(subject, port));
