import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../lib/paths.ts";
import type { RawRun } from "../../measure/probe/raw-run.ts";
import type { ProbeTask } from "../../measure/probe/task.ts";
import { madeUpConditions } from "./run-spec.ts";

const data = join(checkout, "test/data/runs/pci-passthrough");
const looks = { before: {}, after: {} };
const guestLook = { before: new Map(), after: new Map() };

/** What a run brings home: that of one which was measured once with PCI passthrough. @param own what is otherwise */
export function playedRun(
  task: ProbeTask | undefined,
  { errors = "", ...own }: Partial<RawRun> & { errors?: string } = {},
): RawRun {
  if (task === undefined) throw new Error("there is nothing to measure with");
  const names = ["ping.txt", "mpstat-sender.json", "mpstat-responder.json"];
  const files = new Map(names.map((name) => [name, readFileSync(join(data, name))]));
  if (errors !== "") files.set("ping.err", Buffer.from(errors));
  const answer = { text: files.get("ping.txt") as Buffer, exitCode: 0, seconds: 1, errors };
  return {
    ...{ started: new Date(), ended: new Date(), changes: { sentences: [], differences: [] } },
    probes: [
      {
        ...{ task, files, captures: { sender: [], responder: [] }, answer },
        windows: { before: [0, 1], during: [1, 2] },
      },
    ],
    conditions: { sender: madeUpConditions, responder: madeUpConditions },
    facts: { sender: looks, responder: looks },
    guestLooks: { sender: guestLook, responder: guestLook },
    guestFacts: { sender: null, responder: null },
    ...own,
  };
}
