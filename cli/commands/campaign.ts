import type { Command } from "commander";
import { campaignDefaults } from "../campaign/defaults.ts";
import type { PlanWords, Queued, RunWords, WorkWords } from "../campaign/options.ts";
import { hostsOption, optionalHosts } from "../hosts-option.ts";
import type { ClearOptions } from "../state/clear.ts";

const experiments =
  "baseline, macvtap, connection, competition, all of these four: all, or another file in experiments/: location";

const orBucket = ", or s3://BUCKET/PREFIX of an S3-compatible store";

function withPairOptions(command: Command): Command {
  return command
    .option(
      "--pair <n>",
      "which pair of servers it is, where there are several; each has a stack of its own (default: 1)",
    )
    .option(
      "--pairs <file>",
      'several pairs in place of --hosts and --pair, as JSON: {"pairs": {"1": "servers-a.json", "2": "servers-b.json"}}. ' +
        "Replicates are dealt to pairs that are free, and each stays on one",
    )
    .option(
      "--new-host-keys",
      "go on with pairs that have other host keys than their runs: a server was installed anew since",
    );
}

function withPlanOptions(command: Command): Command {
  const withProfile = command
    .argument("<experiment...>", experiments)
    .option(
      "--profile <name>",
      "levels and effort: emulated (fits the emulated servers), virtual (those in virtual time) or paper",
      campaignDefaults.profile,
    );
  return withPairOptions(withProfile)
    .option("--replicates <n>", "times that each scenario is deployed (default: the profile's)")
    .option("--runs <n>", "runs in each deployment (default: the profile's)")
    .option("--only <key=value...>", "only scenarios of which these keys of the configuration have these values")
    .option("--limit <n>", "only the first scenarios of the plan")
    .option(
      "--order <kind>",
      "order of deployment in each replicate: random, drawn for each from the seed; split-plot, which draws what needs other VMs, " +
        "and within it what the same VMs measure one after the other; cheapest, which changes least from " +
        "one deployment to the next; paper, as the experiments list arms and levels. The last two are the same in every " +
        "replicate, so a drift of the machine looks like an effect of a driver or a load (default: the profile's)",
    )
    .option("--seed <n>", "what an order is drawn from (default: from the scenarios' hashes, so always the same)");
}

function registerPlan(campaign: Command): void {
  withPlanOptions(campaign.command("plan"))
    .description(
      "List the scenarios of experiments, each once, with the VMs and VFs that they take, say where a number of background " +
        "VMs is more than there are VFs, in which order each replicate deploys them, what is measured already, and how long the rest " +
        "takes, where that is known from what was measured. Nothing is touched.",
    )
    .option("--hosts <file>", "servers to plan for, as the configuration key hosts names them (default: the profile's)")
    .option("--results <directory>", `where its runs are${orBucket}, where it has begun`, campaignDefaults.results)
    .option(
      "--json",
      "print it as JSON, each scenario with its factors, their hash, its whole configuration, and what it changes of the one before",
    )
    .action(async (names: string[], words: PlanWords) => {
      const { parsePlanOptions } = await import("../campaign/options.ts");
      const { printPlan } = await import("../campaign/print-plan.ts");
      await printPlan(parsePlanOptions(names, words));
    });
}

function registerRun(campaign: Command): void {
  withPlanOptions(campaign.command("run"))
    .description(
      "Deploy and measure every scenario of experiments on one stack for each pair of servers, whose configuration changes from each to the next. " +
        "What is measured and valid is skipped, so to go on is to run the same again. What fails is tried again, and told at the " +
        "end. All of it stands in a journal beside the results. Without --hosts on the emulated servers, " +
        "which are booted when they are not up.",
    )
    .option(...optionalHosts)
    .option("--results <directory>", `where runs are published and looked for${orBucket}`, campaignDefaults.results)
    .option("--attempts <n>", "times that a deployment is tried before it counts as failed", campaignDefaults.attempts)
    .option("--keep", "leave the last deployment and the servers up")
    .option(
      "--queue <url>",
      "deal replicates by a queue in PostgreSQL, as postgres://USER@HOST/DATABASE, to the pairs that --hosts or --pairs name and to " +
        "those of other machines (./lab campaign work), whose --results is the same shared directory or bucket; the password is taken from " +
        "PGPASSWORD or ~/.pgpass. Without --hosts and --pairs others measure, and this command waits",
    )
    .option("--json", "print what was measured, skipped and failed as JSON")
    .action(async (names: string[], words: RunWords) => {
      const { parseRunOptions } = await import("../campaign/options.ts");
      const options = parseRunOptions(names, words);
      const { queue } = options;
      if (queue !== undefined) {
        const { runQueuedCampaign } = await import("../campaign/queue/run-queued.ts");
        return runQueuedCampaign({ ...options, queue });
      }
      const { runCampaign } = await import("../campaign/run.ts");
      await runCampaign(options);
    });
}

function registerWork(campaign: Command): void {
  withPairOptions(campaign.command("work"))
    .description(
      "Measure what campaigns of other commands have put into a queue (./lab campaign run --queue), one replicate after the other, until " +
        "it is interrupted. A replicate that was begun on a pair stays there, and that of a worker that dies is given back. Without --hosts " +
        "on the emulated servers.",
    )
    .requiredOption("--queue <url>", "the queue in PostgreSQL, as postgres://USER@HOST/DATABASE")
    .option(...optionalHosts)
    .option(
      "--results <directory>",
      `where runs are published: the shared directory of the campaigns${orBucket}`,
      campaignDefaults.results,
    )
    .action(async (words: Queued<WorkWords>) => {
      const { parseWorkOptions } = await import("../campaign/options.ts");
      const options = parseWorkOptions(words);
      const { workOnQueue } = await import("../campaign/queue/worker.ts");
      await workOnQueue(options);
    });
}

function registerStatus(campaign: Command): void {
  withPlanOptions(campaign.command("status"))
    .description(
      "Say how far a campaign is, by the results and its journal: what is measured, missing, invalid, failed, how long the rest " +
        "takes, and where the time went. The options are those of its run. Nothing is touched.",
    )
    .option(...optionalHosts)
    .option("--results <directory>", `where its runs are${orBucket}`, campaignDefaults.results)
    .option("--json", "print it as JSON")
    .action(async (names: string[], words: PlanWords) => {
      const { parsePlanOptions } = await import("../campaign/options.ts");
      const { printCampaignStatus } = await import("../campaign/print-status.ts");
      await printCampaignStatus(parsePlanOptions(names, words));
    });
}

function registerFetch(campaign: Command): void {
  campaign
    .command("fetch")
    .description(
      "Bring all results that are in a bucket into a directory, to analyse them there: each run whole, its files held against their " +
        "checksums. What is there already is checked and left alone, so to go on is to run the same again.",
    )
    .argument("<bucket>", "s3://BUCKET/PREFIX, as --results of the campaign names it")
    .argument("<directory>", "a results directory, which is made where there is none")
    .action(async (bucket: string, directory: string) => {
      const { fetchResults } = await import("../campaign/store/fetch-results.ts");
      await fetchResults(bucket, directory);
    });
}

function registerClear(campaign: Command): void {
  campaign
    .command("clear")
    .description(
      "Take down what a machine that never comes back has deployed, by the state that it kept in the bucket of its results. Without an " +
        "operator list what is deployed, by whom. A machine that still says that it lives is refused.",
    )
    .argument("<bucket>", "s3://BUCKET/PREFIX, as --results of that machine named it")
    .argument("[operator]", "whose deployments: the lease on a server names it")
    .option(...hostsOption)
    .option(
      "--force",
      "also where a lock says that an operation of that machine may be under way, or where its command has left its stack deployed: it is dead for certain",
    )
    .action(async (bucket: string, operator: string | undefined, options: ClearOptions) => {
      const { clearDeployed } = await import("../state/clear.ts");
      await clearDeployed(bucket, operator, options);
    });
}

export function register(program: Command): void {
  const campaign = program
    .command("campaign")
    .summary("the paper's experiments: many scenarios, one after the other")
    .description("The paper's experiments, described in experiments/ as data: many scenarios, one after the other.");
  registerPlan(campaign);
  registerRun(campaign);
  registerWork(campaign);
  registerStatus(campaign);
  registerFetch(campaign);
  registerClear(campaign);
}
