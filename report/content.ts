import { counted } from "../lib/counted.ts";
import { countDeployments, deploymentsOf } from "../measure/analysis/deployments.ts";
import { analysisTables } from "../measure/analysis/print/analysis.ts";
import { readDataset } from "../measure/dataset/open.ts";
import { type UpdateOptions, type UpdateReport, updateDataset } from "../measure/dataset/update.ts";
import { type CompiledFigure, compiledFigure } from "./draw/specification.ts";
import { allFigures } from "./figures/all.ts";
import { answerOf } from "./page/answer.ts";
import { html } from "./page/html.ts";
import type { PageContent } from "./page/page.ts";
import { payloadOf } from "./page/payload.ts";
import { testbedsHtml } from "./page/testbeds.ts";
import { gatherStudy, type StudyData } from "./study-data.ts";
import { claimsBeside } from "./tables/claims.ts";
import { leftOutTable } from "./tables/left-out.ts";
import { scenariosTable } from "./tables/scenarios.ts";
import { serversTable } from "./tables/servers.ts";

function factsOf({ dataset, analysis, scenarios }: StudyData): string[] {
  const starts = dataset.runs.map(({ started }) => started).sort();
  const deployments = countDeployments(deploymentsOf(dataset.runs));
  const sent = analysis.scenarios.reduce((sum, { transmitted }) => sum + transmitted, 0);
  const lost = analysis.scenarios.reduce((sum, one) => sum + one.lost, 0);
  return [
    `${counted(dataset.runs.length, "run")} of ${counted(deployments, "deployment")} in ${counted(scenarios.length, "scenario")}; ${counted(sent, "packet")} sent, ${lost} lost; ${dataset.fidelity} servers; measured ${starts[0]?.slice(0, 10)} to ${starts.at(-1)?.slice(0, 10)}.`,
  ];
}

async function contentOf(study: StudyData, figures: readonly CompiledFigure[]): Promise<PageContent> {
  const { dataset, analysis, scenarios, label } = study;
  return {
    title: `Packet RTT by the way VMs are attached: ${dataset.directory}`,
    facts: factsOf(study),
    label,
    answer: answerOf(study.pairs),
    notes: analysis.notes,
    drawings: figures.map(({ drawing }) => drawing),
    tables: [
      claimsBeside(analysis.claims),
      ...analysisTables(analysis).tables,
      await serversTable(dataset.directory, dataset.runs),
      scenariosTable(scenarios),
      leftOutTable(dataset.update),
    ],
    testbeds: testbedsHtml(scenarios),
    payload: payloadOf(dataset.directory, scenarios, figures),
  };
}

/** A page of a results directory without a run that counts. */
const emptyContent = (directory: string, update: UpdateReport): PageContent => ({
  title: `Packet RTT by the way VMs are attached: ${directory}`,
  facts: [`${directory} holds no run that counts.`],
  label: null,
  answer: { summary: html`<p>There is nothing to compare yet.</p>`, table: null },
  notes: [],
  drawings: [],
  tables: [leftOutTable(update)],
  testbeds: null,
  payload: payloadOf(directory, [], []),
});

/** A report before it is written or served. */
export interface GatheredReport {
  content: PageContent;
  figures: readonly CompiledFigure[];
}

/**
 * Computes the report of a results directory. One without a run that counts has a page that says so.
 * @throws LabError (exit code 2) when there is no such directory; for runs of different fidelity
 */
export async function gatherReport(directory: string, options: UpdateOptions = {}): Promise<GatheredReport> {
  const update = await updateDataset(directory, options);
  if (update.runs === 0) {
    options.say?.(`${directory} holds no run that counts`);
    return { content: emptyContent(directory, update), figures: [] };
  }
  const study = await gatherStudy(await readDataset(directory, update, options.say));
  const figures = allFigures(study).map((drawing) => compiledFigure(drawing, study.label));
  return { content: await contentOf(study, figures), figures };
}
