import { setTimeout as sleep } from "node:timers/promises";
import { mapLimited } from "../../lib/concurrent.ts";
import { cpuPercent, type Endpoint, sideBySide } from "../../lib/endpoints/endpoint.ts";
import { countedKinds, endpointOn } from "../../lib/endpoints/kinds.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { oneDecimal } from "../../lib/one-decimal.ts";
import type { Role } from "../../lib/roles.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import { parseGuestLooks, ratesBetween } from "../../study/loads/guest-look.ts";
import { cpuRate, type LoadKind, type LoadSign } from "../../study/loads/load-kind.ts";
import { kindOf, type LoadKinds, loadKinds } from "../../study/loads/loads.ts";
import { loadProcesses, logCommand, lookTwice } from "./commands.ts";
import type { LoadedServer, SeenLoad } from "./request.ts";

/** A server with the connection to it. */
export interface OpenServer extends LoadedServer {
  role: Role;
  ssh: SshConnection;
}

const vmOf = ({ ssh, endpoint }: OpenServer, name: string) => endpointOn(ssh, endpoint, name);

/** How load is waited for. */
interface Patience {
  /** Seconds within which it must be seen. */
  withinSeconds: number;
  /** Seconds over which it is looked at. */
  lookSeconds: number;
}
const patience: Patience = { withinSeconds: 90, lookSeconds: 2 };

type Rates = Readonly<Record<string, number>>;

/** CPU that each VM used between two looks, in per cent of one CPU. @throws LabError with the VM that is missing */
async function cpuUse({ ssh, endpoint, vms, role }: OpenServer, lookSeconds: number): Promise<Map<string, number>> {
  const { cpu } = countedKinds[endpoint];
  const look = async () => cpu.parse(await ssh.run(cpu.command), role);
  const before = await look();
  await sleep(lookSeconds * 1000);
  const after = await look();
  return new Map(
    vms.map(({ name }) => {
      const percent = cpuPercent(name, before, after);
      if (percent === null) throw new LabError(`${role}: does not say how much CPU ${name} used`);
      return [name, oneDecimal(percent)];
    }),
  );
}

/** What a guest counts, as rates, or why that is not known: one that does not answer has not been seen to do anything yet. */
async function countedIn(
  endpoint: Endpoint,
  vm: string,
  { counters }: LoadKind,
  lookSeconds: number,
): Promise<Rates | string> {
  if (!counters) return {};
  try {
    const text = await endpoint.run(lookTwice(counters.command, lookSeconds));
    const [from, to] = parseGuestLooks(counters, text, vm);
    return from && to ? ratesBetween(counters, from, to) : "its guest agent tells of one look only";
  } catch (error) {
    return messageOf(error);
  }
}

/** Why a sign is not seen in a VM, as a sentence goes on after its name; undefined where it is. */
function whyUnseen({ words }: LoadKind, sign: LoadSign, value: number | undefined, problem: string, least: number) {
  if (value === undefined) return `cannot be asked what it ${sign.does}: ${problem}`;
  if (typeof sign.atStart === "object") return value > 0 ? undefined : sign.atStart.nothing;
  if (value >= least) return undefined;
  return `${sign.does} ${value} ${sign.unit}, and ${words} at least ${least.toFixed(1)}${sign.leastUnit}`;
}

/** What one look at a server found: what was seen, and VMs whose load is not seen, each with why. */
interface Look {
  seen: SeenLoad[];
  unseen: { vm: string; why: string }[];
}

async function lookAt(open: OpenServer, kind: LoadKind, lookSeconds: number): Promise<Look> {
  const signs = kind.signs.filter(({ rate, atStart }) => atStart !== undefined && (open.least[rate] ?? 0) > 0);
  if (signs.length === 0) return { seen: [], unseen: [] };
  const cpu = signs.some(({ rate }) => rate === cpuRate) ? await cpuUse(open, lookSeconds) : new Map<string, number>();
  const asked = signs.some(({ rate }) => rate !== cpuRate) ? open.vms : [];
  const counted = await mapLimited(asked, sideBySide, ({ name }) =>
    countedIn(vmOf(open, name), name, kind, lookSeconds),
  );
  const look: Look = { seen: [], unseen: [] };
  for (const [index, { name: vm }] of open.vms.entries()) {
    const answer = counted[index] ?? {};
    const [rates, problem] =
      typeof answer === "string" ? [{} as Rates, answer] : [answer, "its load counts no such thing"];
    const found = signs.map((sign) => [sign, sign.rate === cpuRate ? cpu.get(vm) : rates[sign.rate]] as const);
    look.seen.push({ vm, ...Object.fromEntries(found.map(([{ rate }, value]) => [rate, value])) });
    for (const [sign, value] of found) {
      const why = whyUnseen(kind, sign, value, problem, open.least[sign.rate] ?? 0);
      if (why !== undefined) look.unseen.push({ vm, why });
    }
  }
  return look;
}

/**
 * Waits until the load of every VM has been seen; one in which it was seen is not looked at again.
 * @throws LabError that says of how many VMs it is not seen, and of the first one why, and what its processes said
 */
export async function verify(
  open: OpenServer,
  kinds: LoadKinds = loadKinds,
  { withinSeconds, lookSeconds } = patience,
): Promise<SeenLoad[]> {
  const kind = kindOf(open.load.type, kinds);
  if (kind === undefined) return [];
  const seenIn = new Map<string, SeenLoad>();
  for (const deadline = Date.now() + withinSeconds * 1000; ; await sleep(1000)) {
    const unlooked = open.vms.filter(({ name }) => !seenIn.has(name));
    const { seen, unseen } = await lookAt({ ...open, vms: unlooked }, kind, lookSeconds);
    for (const each of seen) if (!unseen.some(({ vm }) => vm === each.vm)) seenIn.set(each.vm, each);
    const [first] = unseen;
    if (first === undefined) return open.vms.flatMap(({ name }) => seenIn.get(name) ?? []);
    if (Date.now() > deadline) {
      const vm = open.vms.find(({ name }) => name === first.vm);
      const processes = vm ? loadProcesses(open.load, vm, kinds) : [];
      const log = await vmOf(open, first.vm)
        .run(logCommand(processes))
        .then(
          (text) => `its process says: ${text.trim() || "nothing"}`,
          (error) => `what its process says cannot be read: ${messageOf(error)}`,
        );
      throw new LabError(
        `${open.role}: load is not seen in ${new Set(unseen.map(({ vm }) => vm)).size} of ${open.vms.length} VMs after ${withinSeconds} s: ${first.vm} ${first.why}; ${log}`,
      );
    }
  }
}
