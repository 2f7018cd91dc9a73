import { z } from "zod";
import { factor } from "../factor.ts";
import { cpuSign, loadFiles, loadKind } from "./load-kind.ts";

const memoryLoadMiB = factor({
  words: "memory that memory load goes through",
  unit: "MiB",
  schema: z
    .int()
    .min(3)
    .max(65536)
    .default(12)
    .describe(
      "memory that each virtual CPU goes through under memory load; more than its share of the server's caches",
    ),
  recorded: z.int().optional(),
  path: ["load", "memoryMiB"],
  columns: [
    {
      name: "load_memory_mib",
      type: "INTEGER",
      what: "memory load: memory that each virtual CPU goes through; else NULL",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "load",
  examples: [{ what: "memory load: how much memory", to: 24 }],
});

/** What a guest has besides the memory that its load goes through: kernel, init and stress-ng. */
const besideMiB = 128;

/** stress-ng takes three arrays of four times what it is told that the cache has. */
const cacheKiB = (memoryMiB: number) => Math.floor((memoryMiB * 1024) / 12);

/** Holds how many MiB were moved. */
const countFile = `${loadFiles}-moved`;

/**
 * A shell of busybox that is called as stress-ng's processes are, so that it is ended with them. stress-ng tells what it has done when it
 * ends, so it runs for a second at a time. One of its operations reads and writes ten arrays: copy, scale, add and triad.
 */
const loopOf = (memoryMiB: number, vcpus: number) =>
  [
    "echo stress-ng-loop > /proc/$$/comm; moved=0",
    `while stress-ng --stream ${vcpus} --stream-l3-size ${cacheKiB(memoryMiB)}K --timeout 1 --temp-path /tmp --quiet --metrics --yaml ${countFile}.yaml > ${countFile}.said 2>&1`,
    `do operations=$(sed -n "s/^ *bogo-ops: //p" ${countFile}.yaml)`,
    `moved=$((moved + \${operations:-0} * 40 * ${cacheKiB(memoryMiB)} / 1024))`,
    `echo $moved > ${countFile}.new; mv ${countFile}.new ${countFile}; done; cat ${countFile}.said`,
  ].join("; ");

/** stress-ng's variant of STREAM on every virtual CPU (stress-ng(1)): it competes for the memory's bandwidth. */
export const memoryLoad = loadKind({
  words: "memory load",
  what: "stress-ng's STREAM, with a fleet at the load location only",
  parameters: { memoryLoadMiB },
  needsBothFleets: false,
  talks: false,
  plan: z.object({ memoryMiB: z.int() }),
  planFor: (values, { isHere }) => (isHere ? { memoryMiB: values.memoryLoadMiB } : undefined),
  problems({ memoryMiB }, vm) {
    const needed = memoryMiB * vm.vcpus + besideMiB;
    if (needed <= vm.memoryMiB) return [];
    return [
      {
        key: "memoryLoadMiB",
        value: memoryMiB,
        found: `${memoryMiB} MiB for each of ${vm.vcpus} virtual CPUs, and ${besideMiB} MiB beside them, are more than the ${vm.memoryMiB} MiB of a background VM`,
        allowed: `at most ${Math.max(3, Math.floor((vm.memoryMiB - besideMiB) / vm.vcpus))}, or a backgroundMemoryMiB of at least ${needed}`,
      },
    ];
  },
  programs: ["stress-ng"],
  processes: ({ memoryMiB }, { vcpus }) => [{ name: "memory", command: `sh -c '${loopOf(memoryMiB, vcpus)}'` }],
  counters: {
    command: `read -r seconds rest < /proc/uptime; moved=0; [ ! -e ${countFile} ] || read -r moved < ${countFile}; echo "seconds=$seconds moved=$moved"`,
    rates: { moved: "memoryMiBps" },
  },
  signs: [
    cpuSign(() => 100),
    {
      rate: "memoryMiBps",
      did: "moved",
      does: "moves",
      unit: "MiB/s",
      leastUnit: " MiB/s",
      // The slowest memory of any server moves a thousand times as much: below it, stress-ng does something else.
      least: () => 1,
      atStart: { nothing: "uses its CPU and moves no memory" },
    },
  ],
});
