import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readExperiments } from "../../../cli/campaign/experiment.ts";
import { planCampaign } from "../../../cli/campaign/plan.ts";
import { configSchema } from "../../../infra/config/schema.ts";
import { checkout } from "../../../lib/paths.ts";
import { schemaVersion } from "../../../measure/dataset/columns.ts";
import { manifestSchema } from "../../../measure/results/manifest.ts";
import { codeIn, codeLines, documents, projectFiles, textOf } from "../../support/documents.ts";

/** Variables by which parts of the project, and tests, speak to each other; nobody else sets them. */
const internal = ["LAB_CALL", "LAB_GATEWAY", "LAB_LOAD", "LAB_LOCKS_HELD", "LAB_PUT_IMAGE", "LAB_ROOT", "LAB_RUN"];

describe("numbers of schemas", () => {
  it("of the dataset are the code's wherever they stand", () => {
    const dataset = textOf("docs/dataset.md");
    const named = [...dataset.matchAll(/schema version (\d+)|`v(\d+)-…`/g)].map(([, a, b]) => Number(a ?? b));
    expect(named).toEqual([schemaVersion, schemaVersion]);
  });

  it("of a manifest are the code's, and every member of it is described", () => {
    const results = textOf("docs/results.md");
    const [, version] = /manifest\.json \(schema version (\d+)\)/.exec(results) ?? [];
    expect(Number(version)).toBe(manifestSchema.shape.schemaVersion.value);
    const described = new Set(codeIn(results));
    expect(Object.keys(manifestSchema.shape).filter((key) => key !== "schemaVersion" && !described.has(key))).toEqual(
      [],
    );
  });
});

describe("variables", () => {
  const inCode = new Set(
    projectFiles("*.ts", "*.sh", "*.py", "lab", "emulator")
      .filter((path) => !path.startsWith("test/"))
      .flatMap(
        (path) =>
          codeLines(textOf(path))
            .join("\n")
            .match(/\bLAB_[A-Z][A-Z_]*[A-Z]\b/g) ?? [],
      ),
  );
  const inDocuments = new Set(documents().flatMap((path) => textOf(path).match(/\bLAB_[A-Z][A-Z_]*[A-Z]\b/g) ?? []));

  it("that documents name are read", () => {
    // Those of the emulated servers are made from the keys of their settings; docs/emulated-servers.md is generated.
    const read = (name: string) => inCode.has(name) || name.startsWith("LAB_EMULATOR_");
    expect(inDocuments.size).toBeGreaterThan(5);
    expect([...inDocuments].filter((name) => !read(name))).toEqual([]);
  });

  it("that are read are documented, but for those between parts of the project", () => {
    expect([...inCode].filter((name) => !inDocuments.has(name) && !internal.includes(name)).sort()).toEqual([]);
  });
});

it("keys that documents set with pulumi config exist", () => {
  const keys = documents().flatMap((path) =>
    [...textOf(path).matchAll(/pulumi config set (?:--path )?'?([A-Za-z]+)/g)].map(([, key = ""]) => key),
  );
  expect(keys.length).toBeGreaterThan(1);
  expect(keys.filter((key) => key !== "KEY" && !(key in configSchema.shape))).toEqual([]);
});

describe("docs/experiments.md", () => {
  const row = (start: string) => {
    const line = textOf("docs/experiments.md")
      .split("\n")
      .find((one) => one.startsWith(`| ${start}`));
    return (line ?? "")
      .split("|")
      .slice(2, 4)
      .map((cell) => cell.trim());
  };
  const profiles = ["paper", "emulated"] as const;
  const ids = ["baseline", "macvtap", "connection", "competition"];

  it("has the number of scenarios that the plans have", () => {
    const counts = profiles.map((profile) => {
      const of = (names: string[]) => planCampaign(readExperiments(names), { profile }).scenarios.length;
      return `${ids.map((id) => of([id])).join(", ")}; ${of(["all"])}`;
    });
    expect(row("scenarios:")).toEqual(counts);
  });

  it("has the effort that the profiles have", () => {
    const [experiment] = readExperiments(["baseline"]);
    const efforts = profiles.map((profile) => {
      const { replicates, settings } = experiment!.profiles[profile]!;
      return `${replicates} x ${settings.runs} x ${settings.packets}`;
    });
    expect(row("deployments x runs x packets")).toEqual(efforts);
  });
});

describe("the exit status", () => {
  const status = (...args: string[]) =>
    spawnSync(process.execPath, [join(checkout, "cli", "main.ts"), ...args], { encoding: "utf8" }).status;

  it("is what README.md says: 0 done, 1 failed, 2 wrong usage or configuration", { timeout: 60_000 }, () => {
    expect(textOf("README.md")).toContain("Exit status: 0 done, 1 failed, 2 wrong usage or configuration.");
    expect(status("--help")).toBe(0);
    expect(status("campaign", "plan", "baseline")).toBe(0);
    expect(status("analyse", join(checkout, "docs"))).toBe(1);
    expect(status("no-such-command")).toBe(2);
    expect(status("campaign", "plan", "no-such-experiment")).toBe(2);
    expect(status("campaign", "plan", "baseline", "--seed", "x")).toBe(2);
  });
});
