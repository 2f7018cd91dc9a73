import { asText, type TableCell } from "../../measure/analysis/print/table.ts";
import type { CampaignOutcome, Entry } from "./measure.ts";

/** An error's first line, with the one after it where it only introduces that one. */
export const firstLine = (text: string) => text.replace(/:\n\s*/, ": ").split("\n", 1)[0] ?? "";

/** What a campaign did, for people: a line a deployment, those that failed with the reason, and how many of each. */
export function summaryText({ measured, skipped, failed, left }: CampaignOutcome): string {
  const row = (outcome: string, { replicate, name }: Omit<Entry, "pair">, why = ""): TableCell[] => [
    ...[outcome, replicate, name, why],
  ];
  return asText({
    title: "campaign",
    head: ["", "replicate", "scenario", "why"],
    rows: [
      ...skipped.map((entry) => row("skipped", entry, "measured before")),
      ...measured.map((entry) => row("measured", entry)),
      ...failed.map((entry) => row("failed", entry, firstLine(entry.error))),
      ...left.map((entry) => row("left", entry, entry.why)),
    ],
    notes: [
      `${measured.length} measured, ${skipped.length} skipped, ${failed.length} failed${left.length > 0 ? `, ${left.length} left` : ""}`,
    ],
  });
}
