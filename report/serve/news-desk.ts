import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../lib/errors.ts";
import type { LiveReport } from "./live-report.ts";
import type { CampaignNews, News } from "./news.ts";

/** Least pause between two looks at the results directory, milliseconds. */
const leastPauseMs = 1000;

/** Pauses by how long a look took, and one that made the report anew: a campaign on this machine measures CPU usage and times. */
const pausePerLook = 10;
const pausePerReport = 1;

/** Tells the pages that are open what has changed, as server-sent events. */
export class NewsDesk {
  readonly #report: LiveReport;
  readonly #campaigns: () => readonly CampaignNews[];
  readonly #readers = new Set<ServerResponse>();
  readonly #closed = new AbortController();
  #told = "";
  #problem: string | null = null;
  #isLooking = false;

  /** @param campaigns how far the campaigns of the results directory are */
  constructor(report: LiveReport, campaigns: () => readonly CampaignNews[]) {
    this.#report = report;
    this.#campaigns = campaigns;
  }

  /** Answers a request with what is known, and from then on with what changes. */
  subscribe(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
    response.writeHead(200, { ...headers, "Content-Type": "text/event-stream" });
    if (this.#told === "") response.flushHeaders();
    else response.write(this.#told);
    this.#readers.add(response);
    response.on("close", () => this.#readers.delete(response));
    void this.#lookWhileRead();
  }

  /** Ends all answers. */
  close(): void {
    this.#closed.abort();
    for (const reader of this.#readers) reader.end();
  }

  async #lookWhileRead(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      while (this.#readers.size > 0) {
        const start = performance.now();
        const before = this.#report.last;
        this.#tell(await this.#look());
        const factor = this.#report.last === before ? pausePerLook : pausePerReport;
        const pauseMs = Math.max(leastPauseMs, factor * (performance.now() - start));
        await sleep(pauseMs, undefined, { signal: this.#closed.signal });
      }
    } catch (error) {
      if (!this.#closed.signal.aborted) throw error;
    } finally {
      this.#isLooking = false;
      this.#told = "";
    }
  }

  async #look(): Promise<News> {
    try {
      const campaigns = this.#campaigns();
      // Making a report takes longer than to say how far a campaign is.
      if (this.#report.last) this.#tell({ campaigns, version: this.#report.last.version, problem: this.#problem });
      return { campaigns, version: (await this.#report.current()).version, problem: null };
    } catch (error) {
      return { campaigns: [], version: this.#report.last?.version ?? null, problem: messageOf(error) };
    }
  }

  #tell(news: News): void {
    this.#problem = news.problem;
    const event = `data: ${JSON.stringify(news)}\n\n`;
    if (event === this.#told) return;
    this.#told = event;
    for (const reader of this.#readers) reader.write(event);
  }
}
