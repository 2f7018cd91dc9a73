import { type Diagnosis, diagnose } from "../../infra/doctor/doctor.ts";
import { type Examined, examine } from "../../infra/doctor/examine.ts";
import type { Facts } from "../../infra/doctor/facts.ts";
import { writeCapacity } from "../../infra/doctor/write.ts";
import type { Progress } from "../../lib/progress.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { doctorTarget, type Target } from "./target.ts";
import { diagnosisText } from "./text.ts";

export interface DoctorWords {
  hosts?: string;
  write?: true;
  json?: true;
}

async function write(file: string, examined: Record<Role, Examined>, progress: Progress): Promise<Target["inventory"]> {
  const known: Partial<Record<Role, Facts>> = {};
  for (const role of roles) {
    const seen = examined[role];
    if ("facts" in seen) known[role] = seen.facts;
  }
  const { inventory, changed } = await writeCapacity(file, known);
  const told = roles.filter((role) => known[role] !== undefined && !changed.includes(role));
  const silent = roles.filter((role) => known[role] === undefined);
  if (changed.length > 0) progress.say(`${file}: wrote what ${changed.join(" and ")} can do`);
  if (told.length > 0) progress.say(`${file}: says already what ${told.join(" and ")} can do`);
  if (silent.length > 0) progress.say(`${file}: nothing to write of ${silent.join(" and ")}, which did not answer`);
  return inventory;
}

/**
 * Examines the servers and, when asked to, writes what they can do into the file that describes them.
 * @returns the text for stdout, and the diagnosis
 * @throws LabError (exit code 2) that says what is wrong with the words, the configuration or the file
 */
export async function doctor(
  stack: string | undefined,
  words: DoctorWords,
  { checkout, progress }: { checkout: string; progress: Progress },
): Promise<{ text: string; diagnosis: Diagnosis }> {
  const target = doctorTarget(stack, words, checkout);
  const examined = await progress.step("examining both servers", () => examine(target.inventory, target.stack?.plan));
  const inventory =
    words.write && target.file !== undefined ? await write(target.file, examined, progress) : target.inventory;
  const diagnosis = diagnose({ ...target, inventory }, examined);
  const text = words.json ? JSON.stringify(diagnosis, null, 2) : diagnosisText(diagnosis, inventory.hosts, stack);
  return { text, diagnosis };
}
