import { readFileSync } from "node:fs";
import type { Role } from "../../lib/roles.ts";

/** The numbers in a list of CPUs as the kernel writes it: "0-2,5" is 0, 1, 2, 5. */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(",")
    .filter(Boolean)
    .flatMap((range) => {
      const [first, last = first] = range.split("-").map(Number);
      return Array.from({ length: (last ?? 0) - (first ?? 0) + 1 }, (_, index) => (first ?? 0) + index);
    });
}

/** The cores this process may run on: `Cpus_allowed_list` of proc_pid_status(5). */
export function allowedCores(): number[] {
  return parseCpuList(/^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "");
}

/** A core of its own for each server, or none (null) where there are not enough of them. */
export function assignCores(cores: number[]): Record<Role, number | null> {
  const [sender, responder] = cores;
  if (sender === undefined || responder === undefined) return { sender: null, responder: null };
  return { sender, responder };
}
