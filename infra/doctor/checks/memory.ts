import { memoryNeeded } from "../../plan/capacity.ts";
import { missing, ok, type ServerCheck, warning } from "../check.ts";

/** What the smallest Main VM takes with its QEMU, MiB (guestMemoryMiB is at least 96). */
const smallestMiB = 160;

/** Memory that is free now. A stack that has the server has its VMs in it, so nothing is said against less then. */
export const freeMemory: ServerCheck = ({ facts: { memory }, lease, wanted }) => {
  const what = "free memory";
  const found = `${memory.availableMiB} of ${memory.totalMiB} MiB`;
  if (typeof lease === "object" && "owner" in lease) return [ok(what, `${found}; VMs may have some of the rest`)];
  const needed = wanted === undefined ? smallestMiB : memoryNeeded(wanted.plan);
  const takers = wanted === undefined ? "the smallest Main VM takes" : "the stack's VMs take";
  if (memory.availableMiB >= needed) return [ok(what, wanted === undefined ? found : `${found}; ${takers} ${needed}`)];
  const lack = wanted === undefined ? warning : missing;
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
