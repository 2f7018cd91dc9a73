import type { Endpoint } from "../../lib/endpoints/endpoint.ts";
import { LabError } from "../../lib/errors.ts";
import type { EndpointCommand } from "../probes/probe.ts";

/** An endpoint lacks a program: the next attempt would not find it either. */
export class MissingProgramError extends LabError {}

/**
 * Makes an endpoint ready for a command: ends what an attempt before has left of it, and removes its files.
 * @param where which server it is on
 * @param files pattern of their names, for the shell
 * @throws MissingProgramError when the endpoint lacks one of the command's programs; LabError when a process cannot be ended
 */
export async function clearEndpoint(
  endpoint: Endpoint,
  where: string,
  probe: string,
  { programs, processes }: EndpointCommand,
  files: string,
): Promise<void> {
  const script = `for program in ${programs.join(" ")}; do command -v $program > /dev/null || echo $program; done
${endpoint.endProcesses(processes)}
rm -f ${endpoint.files}/${files}`;
  const missing = (await endpoint.run(script, 60_000)).split("\n").filter((program) => program !== "");
  if (missing.length > 0)
    throw new MissingProgramError(
      `${where}: ${endpoint.name} has no ${missing.join(" and no ")}, which the probe ${probe} needs; ${endpoint.wherePrograms}`,
    );
}
