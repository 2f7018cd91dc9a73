import { hostSchema, type Inventory } from "../../infra/config/hosts.ts";
import { capacityProblems, vfsNeeded } from "../../infra/plan/capacity.ts";
import { planOf } from "../../infra/plan/plan.ts";
import { canonicalJson } from "../../lib/canonical.ts";
import { LabError } from "../../lib/errors.ts";
import type { Role } from "../../lib/roles.ts";
import type { OrderKind } from "../../measure/results/order.ts";
import { problemLine } from "../../study/problem.ts";
import { scenarioOf } from "../../study/scenario.ts";
import { backgroundVmKeys, pairKey } from "../../study/terms.ts";
import { requireUseOfSeed } from "../order/options.ts";
import { byCostOfChange } from "./cost-of-change.ts";
import { type Experiment, type Profile, profileOf } from "./experiment.ts";
import { type Only, onlyThose } from "./only.ts";
import { type OrderOfPlan, orderOfPlan } from "./plan-order.ts";
import type { PlannedScenario } from "./planned-scenario.ts";
import type { ScenarioConfig } from "./scenario-config.ts";
import { cellsOf, configOf, type ExperimentCell } from "./scenarios.ts";
import { type Substitution, substitutionOf, vfsOf } from "./substitute.ts";

export interface CampaignPlan {
  profile: string;
  experiments: Pick<Experiment, "id" | "section" | "title">[];
  /** VFs of the servers that this is a plan for; assumed: the profile's, because no servers were named. */
  servers: { assumed: boolean; vfs: Record<Role, number> };
  substitutions: Substitution[];
  /** What these servers cannot give, a line each: key, value, what is allowed. */
  problems: string[];
  scenarios: PlannedScenario[];
  /** In which order they are deployed. */
  order: OrderOfPlan;
}

export interface PlanOptions {
  profile: string;
  /** The servers; without it, those that the profile is made for. */
  inventory?: Inventory | undefined;
  /** Which pair of servers it is; default 1. */
  pair?: number | undefined;
  /** In place of the profile's numbers. */
  replicates?: number | undefined;
  runs?: number | undefined;
  /** Only scenarios with these values. */
  only?: readonly Only[] | undefined;
  /** Only so many scenarios, the first of the plan. */
  limit?: number | undefined;
  /** How the deployments are ordered; by default as the profile says. */
  order?: OrderKind | undefined;
  /** Of an order that is drawn; by default from the scenarios. */
  seed?: number | undefined;
}

/** Two servers as the profile describes them. */
export function assumedInventory({ servers }: Pick<Profile, "servers">): Inventory {
  const { vfs, ...rest } = servers;
  const host = (role: Role) =>
    hostSchema.parse({
      address: role,
      privateKeyFile: "/none",
      hostKey: "ssh-ed25519 AAAA",
      pfs: [{ name: "port", vfs }],
      ...rest,
    });
  return { fidelity: "emulated", hosts: { sender: host("sender"), responder: host("responder") } };
}

const ofRoles = <T>(value: (role: Role) => T): Record<Role, T> => ({
  sender: value("sender"),
  responder: value("responder"),
});

function plannedScenario(cell: ExperimentCell, config: ScenarioConfig, replicates: number): PlannedScenario {
  const { sha256: hash, name, factors } = scenarioOf(config);
  const plan = planOf(config);
  return {
    hash,
    name,
    factors,
    replicates,
    runs: config.runs,
    vms: ofRoles((role) => ({ main: 1, background: plan[role].background.vms })),
    vfs: ofRoles((role) => vfsNeeded(plan[role])),
    config,
    wantedBy: [{ experiment: cell.experiment.id, arm: cell.arm.name }],
  };
}

/** Two cells that are one scenario: measured as often as the one that wants more. */
function merged(a: PlannedScenario, b: PlannedScenario): PlannedScenario {
  const runs = Math.max(a.runs, b.runs);
  const isNew = ({ experiment, arm }: PlannedScenario["wantedBy"][number]) =>
    !a.wantedBy.some((wish) => wish.experiment === experiment && wish.arm === arm);
  return {
    ...a,
    replicates: Math.max(a.replicates, b.replicates),
    runs,
    config: { ...a.config, runs },
    wantedBy: [...a.wantedBy, ...b.wantedBy.filter(isNew)],
  };
}

/** What one experiment asks of its servers, cell by cell. */
function* planOfExperiment(experiment: Experiment, profile: Profile, inventory: Inventory, options: PlanOptions) {
  for (const cell of cellsOf(experiment, profile)) {
    const substitution = substitutionOf(cell, inventory);
    const config = configOf(cell, {
      ...(options.pair !== undefined && { [pairKey]: options.pair }),
      ...(substitution && { [backgroundVmKeys.vms]: substitution.to }),
    });
    const scenario = plannedScenario(
      cell,
      { ...config, runs: options.runs ?? config.runs },
      options.replicates ?? profile.replicates,
    );
    yield { scenario, substitution, problems: capacityProblems(inventory, planOf(config)).map(problemLine) };
  }
}

/** Whether a scenario is what a substitution made. */
const comesFrom = ({ experiment, arm, to }: Substitution, { factors, wantedBy }: PlannedScenario) =>
  (factors.background?.vms ?? 0) === to && wantedBy.some((wish) => wish.experiment === experiment && wish.arm === arm);

/** @throws LabError (exit code 2) when experiments have different orders in a profile, and none was asked for */
function orderKindOf(experiments: readonly Experiment[], { profile, order, seed }: PlanOptions): OrderKind {
  const named = experiments.map((experiment) => ({ id: experiment.id, order: profileOf(experiment, profile).order }));
  const kinds = new Set(named.map((each) => each.order));
  if (order === undefined && kinds.size > 1)
    throw new LabError(
      `profile ${profile} has another order for some of these experiments: ${named.map((each) => `${each.id} ${each.order}`).join(", ")}; choose one with --order, or run them one by one`,
      { exitCode: 2 },
    );
  const kind = order ?? named[0]?.order ?? "random";
  requireUseOfSeed(kind, seed);
  return kind;
}

/**
 * The scenarios of some experiments, each once, and the order in which they are deployed. They are listed so that going
 * from each to the next changes least; for the paper's order, as the experiments have them. A pure function of its arguments.
 * @param experiments one at least
 * @throws LabError (exit code 2) when an experiment has no such profile, and when no order or seed can be had for all of them
 */
export function planCampaign(experiments: readonly Experiment[], options: PlanOptions): CampaignPlan {
  const order = orderKindOf(experiments, options);
  const parts = experiments.map((experiment) => {
    const profile = profileOf(experiment, options.profile);
    const inventory = options.inventory ?? assumedInventory(profile);
    return { inventory, cells: [...planOfExperiment(experiment, profile, inventory, options)] };
  });
  const cells = parts.flatMap((part) => part.cells);
  const unique = new Map<string, PlannedScenario>();
  for (const { scenario } of cells) {
    const known = unique.get(scenario.hash);
    unique.set(scenario.hash, known ? merged(known, scenario) : scenario);
  }
  const listed = order === "paper" ? [...unique.values()] : byCostOfChange([...unique.values()]);
  const asked = onlyThose(listed, options.only ?? []);
  const scenarios = asked.slice(0, options.limit);
  const hashes = new Set(scenarios.map(({ hash }) => hash));
  const substitutions = new Map(
    cells.flatMap(({ substitution: found }) => (found ? [[canonicalJson(found), found] as const] : [])),
  );
  return {
    profile: options.profile,
    experiments: experiments.map(({ id, section, title }) => ({ id, section, title })),
    servers: {
      assumed: options.inventory === undefined,
      vfs: ofRoles((role) => Math.min(...parts.map(({ inventory }) => vfsOf(inventory, role)))),
    },
    substitutions: [...substitutions.values()].filter((substitution) =>
      scenarios.some((scenario) => comesFrom(substitution, scenario)),
    ),
    problems: [...new Set(cells.flatMap(({ scenario, problems }) => (hashes.has(scenario.hash) ? problems : [])))],
    scenarios,
    order: orderOfPlan(scenarios, { order, seed: options.seed }),
  };
}
