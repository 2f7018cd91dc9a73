import type { AskedProbeId } from "../../../study/probes/asked-probes.ts";
import { outputFile } from "../../results/run-files.ts";
import type { Probe } from "../probe.ts";
import { netperfBudget } from "./budget.ts";
import { netperfMetrics, waitedSeconds } from "./metrics.ts";
import { netperfCommand, netperfTests, netserverCommand, protocols } from "./netperf-command.ts";
import { type NetperfOutput, parseNetperf } from "./netperf-output.ts";
import { type NetperfParameters, netperfParametersSchema, secondsOfTests } from "./parameters.ts";

const id = "netperf" satisfies AskedProbeId;
const netperfFile = outputFile(id);

/** Requests and responses of applications in both Main VMs, over UDP and then over TCP. Nothing is captured of them. */
export const netperf: Probe<NetperfParameters, NetperfOutput> = {
  id,
  parameters: netperfParametersSchema,
  metrics: netperfMetrics,
  isAskedBy: ({ probes = [] }) => probes.includes(id),
  budget: netperfBudget,
  parametersOf: (factors) => ({ seconds: secondsOfTests(factors) }),
  capture: () => null,
  run: (parameters, { responder }) => ({
    shell: netperfCommand(parameters, responder.ip),
    programs: ["netperf"],
    processes: ["netperf"],
    exitCodes: [0],
    answering: netserverCommand,
  }),
  derive: async ({ files }) => parseNetperf((files.get(netperfFile) ?? Buffer.alloc(0)).toString(), netperfFile),
  problems: (_run, output) =>
    protocols.flatMap((protocol) =>
      output[protocol].TRANSACTION_RATE > 0 ? [] : [`no request of ${netperfTests[protocol]} was answered`],
    ),
  details: ({ seconds }, output) => ({
    seconds,
    tests: Object.fromEntries(
      protocols.map((protocol) => {
        const test = output[protocol];
        const transactions = Math.round(test.TRANSACTION_RATE * test.ELAPSED_TIME);
        const waited = Number(waitedSeconds(test).toFixed(3));
        return [netperfTests[protocol], { elapsedSeconds: test.ELAPSED_TIME, waitedSeconds: waited, transactions }];
      }),
    ),
  }),
};
