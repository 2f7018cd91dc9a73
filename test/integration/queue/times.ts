import type { QueueTimes } from "../../../cli/campaign/queue/block-queue.ts";

/** The shortest that pg-boss allows for a heartbeat, and what fits it. */
export const quickTimes: QueueTimes = { heartbeat: 10, look: 1, forgotten: 2 };
