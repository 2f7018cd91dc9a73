import { isAbsolute, join, relative } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { checkout } from "../../lib/paths.ts";
import { runBudget } from "../../measure/probe/budget.ts";
import { runProgram } from "../../measure/probe/outcome.ts";
import type { RunSpec } from "../../measure/probe/spec.ts";
import { runFolder } from "../../measure/results/token.ts";
import { componentTypes } from "../component-types.ts";
import { runsText, runText } from "./run-words.ts";

export interface RunsArgs {
  /** What all runs have in common. */
  spec: Omit<RunSpec, "run" | "token">;
  count: number;
  /** The token of a run from its folder and its scenario's hash (measure/results/token.ts). */
  token: (folder: string, scenarioSha256: string) => string;
}

/** A path from the checkout, where it lies in it. */
function shortPath(path: string): string {
  const fromCheckout = relative(checkout, path);
  return fromCheckout.startsWith("..") || isAbsolute(fromCheckout) ? path : fromCheckout;
}

/**
 * The runs of a scenario, one after the other, each a resource of its own: progress is Pulumi's, and after a failure
 * only the runs that are missing are measured. A run is triggered by its scenario and by the state of its data, read
 * now: data that is missing or spoilt is measured again. Destroying a stack never deletes data.
 */
export class Runs extends pulumi.ComponentResource {
  /** Each run in a line, by its folder: from the checkout where that is in it. */
  readonly runs: Record<string, pulumi.Output<string>>;
  /** All of them in a line. */
  readonly inAll: pulumi.Output<string>;

  constructor(name: string, args: RunsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super(componentTypes.runs, name, {}, opts);
    const { spec } = args;
    // The runner gives up by itself, and says why; this is for one that does not.
    const limit = `${runBudget(spec.scenario.factors, spec.fidelity).runSeconds + 600}s`;
    let before: local.Command | undefined;
    const outcomes = Array.from({ length: args.count }, (_, index) => {
      const run = index + 1;
      const folder = join(spec.resultsDirectory, runFolder(spec.scenario, spec.replicate, run));
      const token = args.token(folder, spec.scenario.sha256);
      const full: RunSpec = { ...spec, run, token };
      const command: local.Command = new local.Command(
        `run-${String(run).padStart(2, "0")}`,
        {
          create: "node ../measure/probe/main.ts",
          environment: runProgram.environment(full),
          triggers: [spec.scenario.sha256, String(spec.replicate), token],
          logging: local.Logging.Stderr,
          addPreviousOutputInEnv: false,
        },
        {
          ...{ parent: this, deleteBeforeReplace: true, dependsOn: before ? [before] : [] },
          customTimeouts: { create: limit, update: limit },
        },
      );
      before = command;
      return { folder, outcome: command.stdout.apply((stdout) => runProgram.answer(stdout)) };
    });
    this.runs = Object.fromEntries(
      outcomes.map(({ folder, outcome }) => [shortPath(folder), outcome.apply(runText)] as const),
    );
    this.inAll = pulumi.all(outcomes.map(({ outcome }) => outcome)).apply((runs) => runsText(runs, spec.fidelity));
    this.registerOutputs({});
  }
}
