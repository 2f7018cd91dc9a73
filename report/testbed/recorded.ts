import { attachments, type Driver, type MainDriver } from "../../infra/vm/drivers.ts";
import { canonicalJson } from "../../lib/canonical.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { conditionWords, driverOf } from "../../measure/analysis/competitors.ts";
import type { RunRecord } from "../../measure/dataset/run-record.ts";
import { recordedCompetition, splitEnds } from "../../study/competition.ts";
import type { Cell } from "../../study/factor.ts";
import { competingServers, loadWords } from "../../study/loads/loads.ts";
import type { DrawnServer, DrawnTestbed } from "./testbed.ts";

/** A scenario by what its runs recorded, and its factors by their columns. */
export interface RecordedScenario {
  name: string;
  factors: Readonly<Record<string, Cell>>;
  runs: readonly RunRecord[];
}

/** A testbed that some scenarios share: they differ in how many background VMs there are, and in what no drawing shows. */
export interface SharedTestbed {
  testbed: DrawnTestbed;
  scenarios: string[];
}

const isKnown = (driver: string): driver is MainDriver => Object.hasOwn(attachments, driver);

/** The driver of each server's background VMs: of all, or "SENDER~RESPONDER". */
function backgroundDrivers({ background }: RunRecord, servers: readonly Role[]): Map<Role, string> {
  const names = splitEnds(background ?? "", servers.length);
  return new Map(servers.map((role, i) => [role, names[i] ?? ""]));
}

/** What is drawn of a scenario; null where a driver is none that this testbed knows. */
function testbedOfScenario({ factors }: RecordedScenario, run: RunRecord): DrawnTestbed | null {
  const competition = recordedCompetition(run);
  const fleets = backgroundDrivers(run, competingServers(competition));
  if (![...Object.values(run.mains), ...fleets.values()].every(isKnown)) return null;
  const number = (column: string) => Number(factors[column] ?? 0);
  const [vcpus, memoryMiB] = [number("guest_vcpus"), number("guest_memory_mib")];
  const serverOf = (role: Role): DrawnServer => {
    const driver = fleets.get(role);
    const machine = vcpus > 0 && memoryMiB > 0 ? { vcpus, memoryMiB } : null;
    return {
      ...{ role, address: null, pfs: null },
      main: { driver: run.mains[role] as MainDriver, vlan: number("main_vlan"), machine, ip: null },
      background:
        driver === undefined
          ? null
          : {
              ...{ driver: driver as Driver, vlan: number("background_vlan"), does: loadWords(competition) },
              ...{ most: run.vms, vms: String(run.vms) },
            },
    };
  };
  return {
    title: `Main VMs on ${driverOf(run)}: ${conditionWords({ competitors: run.background, load: run.load })}`,
    servers: { sender: serverOf("sender"), responder: serverOf("responder") },
    isCaptured: factors.packet_capture !== "none",
  };
}

/** The same with these numbers of background VMs wherever there are some. */
function withNumbers(testbed: DrawnTestbed, numbers: readonly number[]): DrawnTestbed {
  const serverOf = (role: Role): DrawnServer => {
    const { background, ...server } = testbed.servers[role];
    const vms = { vms: numbers.join(", "), most: Math.max(...numbers) };
    return { ...server, background: background && { ...background, ...vms } };
  };
  return { ...testbed, servers: { sender: serverOf("sender"), responder: serverOf("responder") } };
}

const numberIn = ({ servers }: DrawnTestbed) => Math.max(...roles.map((role) => servers[role].background?.most ?? 0));

/**
 * The testbeds of some scenarios, each drawn once, from what their runs recorded: ports and their names are not among that.
 * @returns also the scenarios that cannot be drawn, because a driver is none that this testbed knows
 */
export function sharedTestbeds(scenarios: readonly RecordedScenario[]): { shared: SharedTestbed[]; unknown: string[] } {
  const all = scenarios.flatMap((scenario) => {
    const [run] = scenario.runs;
    return run === undefined ? [] : [{ name: scenario.name, testbed: testbedOfScenario(scenario, run) }];
  });
  const drawn = all.flatMap(({ name, testbed }) => (testbed === null ? [] : [{ name, testbed }]));
  const groups = Map.groupBy(drawn, ({ testbed }) => canonicalJson(withNumbers(testbed, [0])));
  return {
    shared: [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const numbers = [...new Set(group.map(({ testbed }) => numberIn(testbed)))].sort((a, b) => a - b);
      return [{ testbed: withNumbers(first.testbed, numbers), scenarios: group.map(({ name }) => name) }];
    }),
    unknown: all.flatMap(({ name, testbed }) => (testbed === null ? [name] : [])),
  };
}
