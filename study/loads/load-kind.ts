import type { z } from "zod";
import type { FactorRow } from "../factor.ts";
import type { Problem } from "../problem.ts";

/** Where the configured location of a load lies, seen from one of the two servers. */
export interface LoadPlace {
  /** Whether it is at this server. */
  isHere: boolean;
  /** Whether it is at the other one; both are true where the load is at both. */
  isThere: boolean;
}

/** What a background VM's processes have to know of it. */
export interface LoadVm {
  vcpus: number;
  /** Address of its counterpart on the other server. */
  peerIp: string;
}

/** What a background VM has. */
interface LoadedVm {
  vcpus: number;
  memoryMiB: number;
}

/** How the paths of a load's files in a guest begin: all of them are removed when it is ended. */
export const loadFiles = "/run/lab-load";

/** A process in a background VM that makes load or takes it. */
export interface LoadProcess {
  /** Names its files in the guest. */
  name: string;
  /** Shell words. */
  command: string;
  /** Whether others send to it: it is started before them, on both servers, and ended after them. */
  receives?: true;
}

/** What a VM could have of its server at most. */
export interface LoadShare {
  vcpus: number;
  /** Its fair share of a server on which all VMs want all they can get, in per cent of one CPU. */
  fairCpuPercent: number;
}

/** A number by which a VM's load is seen to run. */
export interface LoadSign<Plan = Readonly<Record<string, unknown>>> {
  /** What records call the number: `cpuPercent`, which the server counts, or a rate of the kind's guest counters. */
  rate: string;
  /** Around the number in a sentence: "used 12 % of a CPU", "uses 12 % of a CPU", "at least 40 %". */
  did: string;
  does: string;
  unit: string;
  leastUnit: string;
  /** The least that a run must see of it in each VM of a server; 0 where nothing of it is to be seen. */
  least(plan: Plan, share: LoadShare): number;
  /**
   * What must be seen of it when the load has just been started: as much as in a run, or anything at all, with what a sentence says
   * of a VM where there is nothing. Left out where nobody waits for it then.
   */
  atStart?: "least" | { nothing: string };
}

/**
 * Factors of a kind of load, by their keys in the configuration; each is recorded in the group "load". The table of kinds adds that they
 * mean nothing under other load.
 */
type LoadParameters = Readonly<Record<string, FactorRow>>;
type ValuesOf<Parameters extends LoadParameters> = {
  readonly [Id in keyof Parameters]: z.output<Parameters[Id]["schema"]>;
};

/** A kind of load: all that the testbed knows of it. Its id is its key in `loadKinds`, by which a configuration asks for it. */
export interface LoadKind<
  Parameters extends LoadParameters = LoadParameters,
  PlanSchema extends z.ZodObject = z.ZodObject,
  Rate extends string = string,
> {
  /** What a sentence calls it. */
  words: string;
  /** What background VMs do under it, as the configuration's documentation goes on. */
  what: string;
  parameters: Parameters;
  /** Whether both servers have background VMs under it; else only those where the load is. */
  needsBothFleets: boolean;
  /** Whether each background VM talks to its counterpart on the other server. */
  talks: boolean;
  /** What the background VMs of one server are told to do. */
  plan: PlanSchema;
  /** @returns undefined where they do nothing */
  planFor(values: ValuesOf<Parameters>, place: LoadPlace): z.output<PlanSchema> | undefined;
  /** What of a plan cannot be had. */
  problems?(plan: z.output<PlanSchema>, vm: LoadedVm): Problem[];
  /** What the names of its processes begin with; all of them are ended by these. */
  programs: readonly string[];
  processes(plan: z.output<PlanSchema>, vm: LoadVm): LoadProcess[];
  /**
   * What a guest counts: a command that prints "seconds=S NAME=N …", the guest's clock and numbers that only grow, and the rates, by
   * name of the counter, that they are recorded as. Left out where the server's own view of the VM is all that there is.
   */
  counters?: { command: string; rates: Readonly<Record<string, Rate>> };
  signs: readonly LoadSign<z.output<PlanSchema>>[];
}

/** A kind, typed by itself. */
export const loadKind = <
  const Parameters extends LoadParameters,
  PlanSchema extends z.ZodObject,
  Rate extends string = never,
>(
  kind: LoadKind<Parameters, PlanSchema, Rate>,
): LoadKind<Parameters, PlanSchema, Rate> => kind;

/** The rate that is known of every background VM: the CPU that its server counts, in per cent of one CPU. */
export const cpuRate = "cpuPercent";

/**
 * The sign of a load that takes CPU: half of what a VM can get, below which its load does not run, from its beginning on.
 * @param percentOf each virtual CPU that it is to take
 */
export const cpuSign = <Plan>(percentOf: (plan: Plan) => number): LoadSign<Plan> => ({
  rate: cpuRate,
  did: "used",
  does: "uses",
  unit: "% of a CPU",
  leastUnit: " %",
  least: (plan, { vcpus, fairCpuPercent }) => Math.min(vcpus * percentOf(plan), fairCpuPercent) / 2,
  atStart: "least",
});
