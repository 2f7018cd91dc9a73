import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { mapLimited } from "../../../lib/concurrent.ts";

describe("doing the same side by side", () => {
  it("keeps the order of the items and the limit", async () => {
    let [now, most] = [0, 0];
    const results = await mapLimited([5, 1, 4, 2, 3], 2, async (item) => {
      now += 1;
      most = Math.max(most, now);
      await sleep(item);
      now -= 1;
      return item * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it("begins nothing more after a failure, ends what is under way, and tells it", async () => {
    const ended: number[] = [];
    const work = mapLimited([0, 1, 2, 3], 2, async (item) => {
      await sleep(item === 0 ? 1 : 10);
      if (item === 0) throw new Error("zero");
      ended.push(item);
    });
    await expect(work).rejects.toThrow("zero");
    expect(ended).toEqual([1]);
  });

  it("does nothing with nothing", async () => {
    expect(await mapLimited([], 4, async () => 1)).toEqual([]);
  });
});
