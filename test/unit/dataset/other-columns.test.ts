import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDataset } from "../../../measure/dataset/open.ts";
import { tablePaths, updateDataset } from "../../../measure/dataset/update.ts";
import { sampleResults } from "../../support/samples.ts";

test("parts that another version derived, with other columns, are derived anew", async () => {
  using results = await sampleResults();
  expect((await updateDataset(results.directory)).derived).toBe(8);
  const [name = ""] = readdirSync(tablePaths(results.directory).runs);
  const ofOthers = name.replace(/-[0-9a-f]{8}-/, "-00000000-");
  expect(ofOthers).not.toBe(name);
  for (const table of Object.values(tablePaths(results.directory)))
    renameSync(join(table, name), join(table, ofOthers));
  const { runs, update } = await openDataset(results.directory);
  expect(runs).toHaveLength(8);
  expect(update).toMatchObject({ derived: 8, removedParts: [ofOthers] });
});
