import { memoryNeeded } from "../../plan/capacity.ts";
import { missing, ok, type ServerCheck, warning } from "../check.ts";

/** What the smallest Main VM takes with its QEMU, MiB (guestMemoryMiB is at least 96). */
const smallestMiB = 160;

/** Memory that is free now, what VMs of this testbed have included, as `up` counts it; where that is not known, nothing is missing. */
export const freeMemory: ServerCheck = ({ facts: { memory }, now: { freeMiB }, wanted }) => {
  const what = "free memory";
  const [free, found] =
    freeMiB === undefined
      ? [memory.availableMiB, `${memory.availableMiB} of ${memory.totalMiB} MiB`]
      : [freeMiB, `${freeMiB} of ${memory.totalMiB} MiB, what VMs of this testbed have included`];
  const needed = wanted === undefined ? smallestMiB : memoryNeeded(wanted.plan);
  const takers = wanted === undefined ? "the smallest Main VM takes" : "the stack's VMs take";
  if (free >= needed) return [ok(what, wanted === undefined ? found : `${found}; ${takers} ${needed}`)];
  const lack = wanted === undefined || freeMiB === undefined ? warning : missing;
  return [lack(what, `${found}, and ${takers} ${needed}`, "ps -eo rss,args --sort=-rss | head  # says who has it")];
};

/** Guests use none, so what is reserved for them is lost to the guests. */
export const hugepages: ServerCheck = ({ facts: { hugepages } }) => {
  const { total, free, sizeKiB } = hugepages;
  const unused = "guests use none";
  return [
    ok(
      "hugepages",
      total === 0 ? `none; ${unused}` : `${free} of ${total} free, ${sizeKiB / 1024} MiB each; ${unused}`,
    ),
  ];
};
