import { expect, test } from "vitest";
import { readRows } from "../../../measure/dataset/open.ts";
import { updateDataset } from "../../../measure/dataset/update.ts";
import { blocksIn, textOf } from "../../support/documents.ts";
import { sampleResults } from "../../support/samples.ts";

test("the queries that docs/dataset.md shows give what they say, one of each table", async () => {
  using results = await sampleResults();
  await updateDataset(results.directory);
  const queries = blocksIn(textOf("docs/dataset.md"), "sql").flatMap((block) => block.split(/;\n/).filter(Boolean));
  const answers = [];
  for (const query of queries) {
    const rows = await readRows(query.replaceAll("'results/", `'${results.directory}/`));
    answers.push(
      rows.map((row) => [...row.values()].map((cell) => (typeof cell === "number" ? Number(cell.toFixed(2)) : cell))),
    );
  }
  expect(answers).toEqual([
    [
      ["e1000-bridge_bg0_1kpps_2ec1d200", 2, 0],
      ["macvtap-passthrough_bg0_1kpps_5d4ec057", 2, 0],
      ["pci-passthrough_bg0_1kpps_1974ed64", 2, 0],
      ["virtio-bridge_bg0_1kpps_86cb55cc", 2, 0],
    ],
    [
      ["e1000-bridge", 17.98],
      ["macvtap-passthrough", 10.04],
      ["pci-passthrough", 1.81],
      ["virtio-bridge", 13.78],
    ],
    [
      ["e1000-bridge", "overhead", 14.44],
      ["e1000-bridge", "rtt", 28.85],
      ["macvtap-passthrough", "overhead", 11.79],
      ["macvtap-passthrough", "rtt", 20.85],
      ["pci-passthrough", "rtt", 4.67],
      ["virtio-bridge", "overhead", 12.13],
      ["virtio-bridge", "rtt", 24.91],
    ],
  ]);
});
