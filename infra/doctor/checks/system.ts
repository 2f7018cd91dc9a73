import { otherRole } from "../../../lib/roles.ts";
import { missing, ok, type ServerCheck, warning } from "../check.ts";
import { giveWords, setCommand } from "../hosts-source.ts";
import { cpupowerPackage, install } from "../packages.ts";

/** Whoever changes NICs, bridges and domains must be root (infra/scripts/lease.sh refuses others). */
export const root: ServerCheck = ({ role, host, facts: { user }, source }) => [
  user.id === 0
    ? ok("root", `the user is ${user.name}`)
    : missing(
        "root",
        `the user ${user.name} is not root, and the testbed changes NICs, bridges and domains`,
        `sudo sh -c 'umask 077; mkdir -p /root/.ssh; cat ~${host.user}/.ssh/authorized_keys >> /root/.ssh/authorized_keys'; ${setCommand(source, role, "user", "root")}`,
      ),
];

/** Two names of one server, of which VMs would measure it alone; what `up` refuses. Nothing where either does not say. */
export const notItsPeer: ServerCheck = ({ role, now: { boot }, peerBoot }) =>
  boot === undefined || peerBoot === undefined
    ? []
    : boot === peerBoot
      ? [
          missing(
            "two servers",
            `this is the ${otherRole[role]} as well: both run since the start ${boot}`,
            giveWords(role, "address", "that of another server"),
          ),
        ]
      : [ok("two servers", `another one than the ${otherRole[role]}`)];

/** The guests are x86-64, and so is what they are measured on. */
export const architecture: ServerCheck = ({ role, facts: { machine } }) => [
  machine === "x86_64"
    ? ok("architecture", machine)
    : missing("architecture", `${machine}, and the guests are x86-64`, giveWords(role, "address", "an x86-64 server")),
];

/** A clock that is read without leaving the processor; packets are stamped with it. */
export const clock: ServerCheck = ({ facts: { clock } }) => {
  const what = "clock source";
  if (clock.source === "tsc") return [ok(what, "tsc")];
  const found = `${clock.source || "unknown"}: reading it takes longer than reading the TSC, and every packet is stamped with it`;
  return [
    clock.available.includes("tsc")
      ? warning(what, found, "echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource")
      : warning(
          what,
          `${found}; the kernel does not trust this server's TSC, or it is a virtual machine`,
          "dmesg | grep -i -e tsc -e clocksource  # says why",
        ),
  ];
};

const askDaemon: Record<string, string> = {
  chronyd: "chronyc waitsync 30",
  "systemd-timesyn": "timedatectl timesync-status  # says why",
  ntpd: "ntpq -p  # says why",
};

/** Durations are differences of stamps of one clock, so this matters only to who reads the logs of both servers. */
export const timeSync: ServerCheck = ({ facts }) => {
  const { time } = facts;
  const what = "time synchronised";
  if (time.synchronised) return [ok(what, time.daemons.length > 0 ? `by ${time.daemons.join(", ")}` : "yes")];
  const daemon = time.daemons.find((name) => askDaemon[name] !== undefined);
  return [
    warning(
      what,
      `no: logs of the two servers do not compare (durations do: each comes from one clock)${daemon ? `; ${daemon} runs` : ""}`,
      (daemon && askDaemon[daemon]) ?? install(facts, "chrony"),
    ),
  ];
};

/** A processor that changes its frequency changes the round-trip time. */
export const governor: ServerCheck = ({ facts }) => {
  const what = "CPU governor";
  const { governors, tools } = facts;
  if (governors.length === 0) return [ok(what, "none: the kernel does not change the frequency")];
  if (governors.join() === "performance") return [ok(what, "performance")];
  const set = "cpupower frequency-set -g performance";
  return [
    warning(
      what,
      `${governors.join(", ")}: the frequency changes with the load, and the round-trip time with it`,
      tools.has("cpupower") ? set : `${install(facts, cpupowerPackage(facts))} && ${set}`,
    ),
  ];
};
