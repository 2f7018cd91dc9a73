import { describe, expect, it } from "vitest";
import { summaryText } from "../../../cli/campaign/summary.ts";

describe("summaryText", () => {
  const entry = (name: string) => ({ name, hash: "h", replicate: 2, pair: 1 });

  it("has a line a deployment, and a failure's first line", () => {
    const text = summaryText({
      measured: [entry("a")],
      skipped: [entry("b"), entry("c")],
      failed: [{ ...entry("d"), error: "no route\nmore of it" }],
      left: [],
    });
    expect(text).toMatch(/measured +2 +a\n/);
    expect(text).toMatch(/skipped +2 +b +measured before\n/);
    expect(text).toMatch(/failed +2 +d +no route\n/);
    expect(text).not.toContain("more of it");
    expect(text).toMatch(/\n {2}1 measured, 2 skipped, 1 failed$/);
  });

  it("does not end a failure's line where its reason begins", () => {
    const failed = [
      { ...entry("d"), error: "deploying failed: The servers cannot be used:\n  sender: no route\nmore" },
    ];
    expect(summaryText({ measured: [], skipped: [], failed, left: [] })).toMatch(/cannot be used: sender: no route\n/);
  });

  it("says what an interruption left", () => {
    expect(
      summaryText({ measured: [], skipped: [], failed: [], left: [{ ...entry("a"), why: "interrupted" }] }),
    ).toMatch(/0 failed, 1 left$/);
  });
});
