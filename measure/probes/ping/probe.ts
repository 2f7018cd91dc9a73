import { timingOf } from "../../../study/terms.ts";
import type { Probe } from "../probe.ts";
import { pingBudget } from "./budget.ts";
import type { MatchedFiles } from "./match-files.ts";
import { pingMetrics } from "./metrics.ts";
import { type PingParameters, pingParametersSchema } from "./parameters.ts";
import { payloadBytesOf, pingCommand } from "./ping-command.ts";
import { derivePing, pingDetails, pingProblems } from "./summary.ts";

/** The paper's probe: echo requests from the Sender to the Responder, captured on their way. Every scenario has it. */
export const ping: Probe<PingParameters, MatchedFiles> = {
  id: "ping",
  parameters: pingParametersSchema,
  metrics: pingMetrics,
  isAskedBy: () => true,
  budget: pingBudget,
  parametersOf(factors, seed) {
    const { packets, ratePps } = timingOf(factors);
    return {
      pingId: (seed % 65_535) + 1,
      packets,
      ratePps,
      payloadBytes: payloadBytesOf(factors),
    };
  },
  capture: () => ({ filter: "icmp or icmp6 or arp", snapBytes: 128 }),
  // It ends with 1 when an answer is missing, which is a result.
  run: (parameters, { responder }) => ({
    shell: pingCommand(parameters, responder.ip),
    programs: ["ping"],
    processes: ["ping"],
    exitCodes: [0, 1],
  }),
  derive: derivePing,
  problems: pingProblems,
  details: pingDetails,
};
