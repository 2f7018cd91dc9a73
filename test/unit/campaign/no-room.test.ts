import { expect, it } from "vitest";
import { NoRoomError } from "../../../measure/results/room.ts";
import { entries, planned, publish, runCommand, withResults } from "./made-up-pairs.ts";

withResults();

it("a campaign whose results directory is full deploys nothing further, says so once, and goes on when there is room", async () => {
  let asked = 0;
  const full = await runCommand({
    pairs: [1],
    attempts: 2,
    deploy: async (one) => {
      asked += 1;
      if (asked > 1) throw new NoRoomError("results has room for 0.0 MB");
      await publish(one);
    },
  });
  expect(asked).toBe(2);
  expect(full.measured).toHaveLength(1);
  expect(full.failed).toMatchObject([{ error: "results has room for 0.0 MB" }]);
  expect(full.left).toHaveLength(planned.length - 2);
  expect(full.left[0]?.why).toContain("there is no room for what is measured");
  expect(entries().filter(({ event }) => event === "failed")).toHaveLength(1);
  const resumed = await runCommand({ pairs: [1] });
  expect([resumed.skipped.length, resumed.measured.length]).toEqual([1, planned.length - 1]);
});
