import { statSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../lib/canonical.ts";
import { findRuns } from "../../measure/dataset/find-runs.ts";
import { manifestFile } from "../../measure/results/run-files.ts";
import { gatherReport } from "../content.ts";
import type { CompiledFigure } from "../draw/specification.ts";
import { pageOf } from "../page/page.ts";
import { figureFile } from "../write.ts";
import type { FigureKind } from "../written-before.ts";

export interface LiveReportOptions {
  /** Folder for derived tables: nothing is written into the results directory. */
  tablesIn: string;
  /** Tells what is being done. */
  say: (line: string) => void;
}

/** A report of a results directory as it was. */
export interface ReportAsOf {
  /** Of the runs that it is of: another set of runs has another one. */
  version: string;
  page: string;
  figures: readonly CompiledFigure[];
}

/** Of the runs that are there now, by their names and manifests: a run is published whole, by a rename. */
function versionOf(directory: string): string {
  const { runs, setAside } = findRuns(directory);
  const states = runs.map((folder) => {
    const stat = statSync(join(directory, folder, manifestFile), { throwIfNoEntry: false });
    return [folder, stat?.size, stat?.mtimeMs];
  });
  return sha256(JSON.stringify([states, setAside])).slice(0, 16);
}

/** The report of a results directory while it changes, made anew when somebody asks and the runs are others. */
export class LiveReport {
  readonly #directory: string;
  readonly #options: LiveReportOptions;
  #last: ReportAsOf | undefined;
  #making: Promise<ReportAsOf> | undefined;

  constructor(directory: string, options: LiveReportOptions) {
    this.#directory = directory;
    this.#options = options;
  }

  /** The report that was made last. */
  get last(): ReportAsOf | undefined {
    return this.#last;
  }

  /**
   * The report of the runs that are there now.
   * @throws LabError as gatherReport
   */
  async current(): Promise<ReportAsOf> {
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  /** A file of a figure of the report; undefined where it has no such figure. */
  async figure(name: string, kind: FigureKind): Promise<string | Uint8Array | undefined> {
    const { figures } = this.#last ?? (await this.current());
    const figure = figures.find(({ drawing }) => drawing.name === name);
    return figure && figureFile(figure, kind);
  }

  async #make(): Promise<ReportAsOf> {
    // Before the runs are read: one that is published meanwhile makes another version.
    const version = versionOf(this.#directory);
    if (this.#last?.version === version) return this.#last;
    const { tablesIn, say } = this.#options;
    const { content, figures } = await gatherReport(this.#directory, { tablesIn, say });
    this.#last = { version, page: await pageOf(content, version), figures };
    return this.#last;
  }
}
