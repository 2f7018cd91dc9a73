import type { Command } from "commander";
import { fidelities } from "../../measure/results/fidelity.ts";

interface Options {
  fidelity: string;
  rate?: string;
}

export function register(program: Command): void {
  program
    .command("import")
    .summary("make a results directory from runs made by hand")
    .description(
      "Copies runs from DRIVER/run-N/ (ping.txt, mpstat-ROLE.json, ROLE-HOP.pcap, maybe facts.txt) and writes the manifest " +
        "that the runner would have written, so that analyse and compare take them. docs/dataset.md says more.",
    )
    .argument("<from>", "folder that holds DRIVER/run-N")
    .argument("<into>", "results directory, made if need be; what is in it stays")
    .requiredOption("--fidelity <label>", "hardware, emulated, emulated-virtual or emulated-kvm: what the servers were")
    .option("--rate <pps>", "ping frequency, where no facts.txt tells ping's options")
    .action(async (from: string, into: string, { fidelity, rate }: Options) => {
      const { oneOf } = await import("../../measure/statistics/options.ts");
      const { LabError } = await import("../../lib/errors.ts");
      const label = oneOf([...fidelities], fidelity, "--fidelity");
      if (rate !== undefined && !/^[1-9]\d{0,6}$/.test(rate))
        throw new LabError(`--rate ${JSON.stringify(rate)} is not allowed; allowed: 1 to 9999999 packets a second`, {
          exitCode: 2,
        });
      const { importRuns } = await import("../../measure/dataset/import/import-runs.ts");
      const options = { fidelity: label, ...(rate === undefined ? {} : { ratePps: Number(rate) }) };
      const { imported, there } = await importRuns(from, into, options);
      const { counted } = await import("../../lib/counted.ts");
      process.stdout.write(`${counted(imported.length, "run")} imported into ${into}, ${there.length} already there\n`);
    });
}
