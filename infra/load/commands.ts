import { endProcesses } from "../../lib/guest-processes.ts";
import { type LoadProcess, type LoadVm, loadFiles } from "../../study/loads/load-kind.ts";
import { kindOf, type LoadKinds, type LoadPlan, loadKinds, runsInStepAlone } from "../../study/loads/loads.ts";
import type { ServerLoad } from "./request.ts";

/** The processes that a background VM runs. */
export const loadProcesses = (load: LoadPlan, vm: LoadVm, kinds: LoadKinds = loadKinds): LoadProcess[] =>
  kindOf(load.type, kinds)?.processes(load, vm) ?? [];

/** Of these, the ones that run from a deployment's load on; the others are started by each run. */
export const deployedProcesses = (
  { load, sharesClock }: Pick<ServerLoad, "load" | "sharesClock">,
  vm: LoadVm,
  kinds: LoadKinds = loadKinds,
): LoadProcess[] =>
  loadProcesses(load, vm, kinds).filter(
    ({ receives }) => receives || !(sharesClock && runsInStepAlone(load.type, kinds)),
  );

/** Starts a process that goes on when its shell has ended. */
export const startCommand = ({ name, command }: LoadProcess) => `setsid ${command} > ${loadFiles}-${name}.log 2>&1 &`;

/** Ends all load in a guest, of whichever kind, and fails when some is left. */
export const stopCommandOf = (kinds: LoadKinds) => `${endProcesses([
  ...new Set(Object.values(kinds).flatMap(({ programs }) => programs)),
])}
rm -f ${loadFiles}-*`;

/** What the processes that should be running have said, for messages. */
export const logCommand = (processes: readonly LoadProcess[]) =>
  `tail -q -c 300 ${processes.map(({ name }) => `${loadFiles}-${name}.log`).join(" ")}`;

/** Runs a command that takes a look twice, so many seconds apart. */
export const lookTwice = (command: string, seconds: number) => `look() { ${command}; }; look; sleep ${seconds}; look`;
