import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LabError, messageOf } from "../../lib/errors.ts";
import { type FigureKind, figureFilePattern } from "../written-before.ts";
import { LiveReport, type LiveReportOptions } from "./live-report.ts";
import { type CampaignNews, newsPath } from "./news.ts";
import { NewsDesk } from "./news-desk.ts";
import { refusalOf } from "./refusal.ts";

export interface ServeOptions extends LiveReportOptions {
  /** TCP port; 0 is any that is free. */
  port: number;
  /** How far the campaigns of the results directory are. */
  campaigns: () => readonly CampaignNews[];
}

/** A report that is being served. */
export interface ServedReport {
  url: string;
  close(): Promise<void>;
}

const address = "127.0.0.1";

const typeOf: Record<FigureKind, string> = {
  svg: "image/svg+xml",
  png: "image/png",
  csv: "text/csv; charset=utf-8",
  "vl.json": "application/json",
};

/** No page of another site may show this one or what is beside it, and nothing is kept. */
const everywhere = {
  "Cache-Control": "no-store",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};
const pagePolicy = "frame-ancestors 'none'";
const filePolicy = `default-src 'none'; style-src 'unsafe-inline'; font-src data:; ${pagePolicy}`;

function answer(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
  policy: string = filePolicy,
): void {
  response.writeHead(status, { ...everywhere, "Content-Type": type, "Content-Security-Policy": policy });
  response.end(body);
}

const answerText = (response: ServerResponse, status: number, text: string) =>
  answer(response, status, "text/plain; charset=utf-8", `${text}\n`);

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  report: LiveReport,
  desk: NewsDesk,
): Promise<void> {
  const refusal = refusalOf(request.method, request.headers);
  if (refusal) return answerText(response, refusal.status, refusal.why);
  const path = (request.url ?? "").split("?", 1)[0];
  if (path === "/") {
    // What cannot be shown is told as news on the page of before.
    const { page } = await report.current().catch((error: unknown) => {
      if (report.last === undefined) throw error;
      return report.last;
    });
    return answer(response, 200, "text/html; charset=utf-8", page, pagePolicy);
  }
  if (path === newsPath && request.method === "GET") return desk.subscribe(response, everywhere);
  const [, name = "", kind] = figureFilePattern.exec(path ?? "") ?? [];
  const file = kind && (await report.figure(name, kind as FigureKind));
  if (file) return answer(response, 200, typeOf[kind as FigureKind], file);
  return answerText(response, 404, `there is no ${path}; the page is /`);
}

/** @throws LabError (exit code 2) when the port cannot be had */
async function listen(server: ReturnType<typeof createServer>, port: number): Promise<string> {
  try {
    server.listen(port, address);
    await once(server, "listening");
  } catch (error) {
    throw new LabError(
      `--port ${port} cannot be had (${messageOf(error)}); allowed: a port on which nothing listens, or 0 for any that is free`,
      { exitCode: 2, cause: error },
    );
  }
  return `http://${address}:${(server.address() as AddressInfo).port}/`;
}

/**
 * Serves the report of a results directory on loopback, and tells the pages that are open when it changes. Nothing is written into
 * the directory, and while no page is open nothing is looked at.
 * @throws LabError (exit code 2) when the port cannot be had, and as gatherReport
 */
export async function serveReport(directory: string, options: ServeOptions): Promise<ServedReport> {
  const report = new LiveReport(directory, options);
  const desk = new NewsDesk(report, options.campaigns);
  const server = createServer((request, response) => {
    respond(request, response, report, desk).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else answerText(response, 500, messageOf(error));
    });
  });
  const url = await listen(server, options.port);
  const close = async () => {
    desk.close();
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  try {
    await report.current();
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}
