import { mapLimited } from "../../lib/concurrent.ts";
import { type CpuLook, cpuPercent, sideBySide } from "../../lib/endpoints/endpoint.ts";
import { endpointOn } from "../../lib/endpoints/kinds.ts";
import { oneDecimal } from "../../lib/one-decimal.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import { type GuestLook, parseGuestLooks, ratesBetween } from "../../study/loads/guest-look.ts";
import { cpuRate } from "../../study/loads/load-kind.ts";
import { guestRatesOf, kindOf, type LoadKinds, loadKinds } from "../../study/loads/loads.ts";
import type { BackgroundUse } from "../results/manifest.ts";
import type { BackgroundSpec, End } from "./spec.ts";

/** Everything that is looked at before a run and after it. */
export interface BackgroundLook {
  cpu: CpuLook;
  /** What guests count, by VM; none where their load is seen from the server alone. */
  guests: ReadonlyMap<string, GuestLook>;
}

/**
 * Asks the guests themselves what their load has done, where its kind has counters in them. A guest that does not answer is left
 * out.
 */
export async function lookInGuests(
  ssh: SshConnection,
  { background }: Pick<End, "background">,
  kinds: LoadKinds = loadKinds,
): Promise<Map<string, GuestLook>> {
  const looks = new Map<string, GuestLook>();
  const counters = background && kindOf(background.load, kinds)?.counters;
  if (!background || !counters) return looks;
  if (!Object.values(counters.rates).some((rate) => (background.least[rate] ?? 0) > 0)) return looks;
  await mapLimited(background.vms, sideBySide, async (vm) => {
    const text = await endpointOn(ssh, background.endpoint, vm)
      .run(counters.command)
      .catch(() => undefined);
    const [look] = text === undefined ? [] : parseGuestLooks(counters, text, vm);
    if (look !== undefined) looks.set(vm, look);
  });
  return looks;
}

/**
 * What each background VM did between two looks: CPU in per cent of one CPU, rates of what it counts; null where nobody knows.
 * @param loadSeconds for which the load ran, by the VMs' clocks, where that was not all the time
 */
export function backgroundUse(
  { vms, load }: BackgroundSpec,
  before: BackgroundLook,
  after: BackgroundLook,
  loadSeconds?: number,
  kinds: LoadKinds = loadKinds,
): BackgroundUse[] {
  const counters = kindOf(load, kinds)?.counters;
  const unknown = Object.fromEntries(guestRatesOf(kinds).map((rate) => [rate, null]));
  return vms.map((vm) => {
    const percent = cpuPercent(vm, before.cpu, after.cpu);
    const [from, until] = [before.guests.get(vm), after.guests.get(vm)];
    const to = from && until && loadSeconds !== undefined ? { ...until, seconds: from.seconds + loadSeconds } : until;
    return {
      ...unknown,
      ...(counters && from && to && ratesBetween(counters, from, to)),
      vm,
      [cpuRate]: percent === null ? null : oneDecimal(percent),
    };
  });
}

/** Why a run does not count: a background VM that was not there, or whose load did not run. */
export function backgroundProblems(
  server: string,
  { load, least }: BackgroundSpec,
  use: readonly BackgroundUse[],
  kinds: LoadKinds = loadKinds,
): string[] {
  const kind = kindOf(load, kinds);
  return use.flatMap(({ vm, ...rates }) => {
    if (rates[cpuRate] === null) return [`${server}: ${vm} was not there all the time`];
    const known: Readonly<Record<string, number | null | undefined>> = rates;
    return (kind?.signs ?? []).flatMap(({ rate, did, unit, leastUnit }) => {
      const [value, needed] = [known[rate] ?? null, least[rate] ?? 0];
      if (needed <= 0 || (value ?? 0) >= needed) return [];
      const seen = value ?? "nobody knows how many";
      return [`${server}: ${vm} ${did} ${seen} ${unit}, and ${kind?.words} at least ${oneDecimal(needed)}${leastUnit}`];
    });
  });
}
