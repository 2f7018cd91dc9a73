import { mainMetric } from "../../study/metric-lists.ts";
import { type Dataset, openDataset } from "../dataset/open.ts";
import { readPacketValues } from "../dataset/packet-values.ts";
import type { UpdateOptions } from "../dataset/update.ts";
import { isEmulated } from "../results/fidelity.ts";
import { studyRuns } from "./arms.ts";
import { type CheckedClaim, checkClaims } from "./claims/check.ts";
import { environmentNotes, rateNotes, scenarioLossNotes } from "./compare/notes.ts";
import { captureNotes, type Disturbance, disturbanceOf, measuredAlike } from "./disturbance.ts";
import { driftOfRuns, type MeasureDrift } from "./drift.ts";
import { type KendallCell, kendallFigure } from "./kendall-figure.ts";
import { type LostOfArm, lostByArm, lostWords } from "./lost-deployments.ts";
import { orderNotes } from "./order-notes.ts";
import { type ScenarioSummary, summariseScenarios } from "./scenarios.ts";
import { studyDeployments } from "./study-deployments.ts";
import { type Table3Row, table3 } from "./table3.ts";
import { type AnalysisUnit, unitWarning } from "./unit.ts";

/** Everything that `./lab analyse` finds. */
export interface Analysis {
  schemaVersion: 2;
  directory: string;
  fidelity: string;
  runs: number;
  /** What a value of Table 3 and of Fig. 21 is of. Claims are always judged on deployments. */
  unit: AnalysisUnit;
  /** What a reader should know, as sentences. */
  notes: string[];
  /** Deployments by driver, and how many of them have no RTT, and why. */
  lost: LostOfArm[];
  leftOut: { folder: string; why: string }[];
  setAside: string[];
  scenarios: ScenarioSummary[];
  /** How measures changed over the deployments of a replicate. */
  drift: MeasureDrift[];
  /** What captures and mpstat themselves change; empty where all was measured alike. */
  disturbance: Disturbance[];
  table3: Table3Row[];
  kendall: KendallCell[];
  claims: CheckedClaim[];
}

export interface AnalyseOptions extends UpdateOptions {
  unit?: AnalysisUnit;
}

/**
 * Derives what is missing, and analyses a results directory: metrics by scenario, Table 3, Fig. 21, the study's claims.
 * @throws LabError without a run that counts, and for runs of different fidelity
 */
export async function analyse(directory: string, options: AnalyseOptions = {}): Promise<Analysis> {
  return analyseDataset(await openDataset(directory, options), options.unit);
}

/** Analyses a dataset that is open. */
export async function analyseDataset(dataset: Dataset, unit: AnalysisUnit = "deployment"): Promise<Analysis> {
  const { directory, tables, runs, fidelity, update } = dataset;
  const packets = unit === "packet" ? await readPacketValues(tables.packets, mainMetric) : undefined;
  const ofStudy = studyRuns(runs);
  const isOfTables = measuredAlike(ofStudy);
  const inStudy = ofStudy.filter(isOfTables);
  const otherwise = ofStudy.length - inStudy.length;
  const tried = [...inStudy, ...studyRuns(dataset.lost).filter(isOfTables)];
  const lost = lostByArm(studyDeployments(tried), mainMetric);
  const lostNote = lostWords(lost);
  const scenarios = await summariseScenarios(dataset);
  const warning = unitWarning(unit);
  const outside = runs.length - ofStudy.length;
  return {
    schemaVersion: 2,
    directory,
    fidelity,
    runs: runs.length,
    unit,
    notes: [
      ...(warning === null ? [] : [warning]),
      ...(isEmulated(fidelity)
        ? ["emulated servers: the order of times counts, not their size; CPU usage says nothing"]
        : []),
      ...environmentNotes(runs),
      ...captureNotes(runs),
      ...(outside > 0
        ? [`${outside} runs combine drivers in a way the study does not have; they are in no table of it`]
        : []),
      ...(otherwise > 0
        ? [
            `${otherwise} runs that were captured or sampled otherwise are compared with the usual ones, and are in no other table of the study`,
          ]
        : []),
      ...scenarioLossNotes(scenarios),
      ...rateNotes(runs),
      ...(lostNote === null ? [] : [`${lostNote}; intervals hold whatever these would have been`]),
      ...orderNotes(runs),
    ],
    lost,
    leftOut: update.leftOut,
    setAside: update.setAside,
    scenarios,
    drift: driftOfRuns(runs),
    disturbance: disturbanceOf([...runs, ...dataset.lost], fidelity),
    table3: table3(tried, unit, packets),
    kendall: kendallFigure(tried, unit, packets),
    claims: checkClaims({ runs: tried, fidelity }),
  };
}
