import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { checkout } from "../../lib/paths.ts";
import type { ListedObject } from "../bucket/bucket.ts";
import { projectName } from "../stack/config.ts";
import { resourcesIn } from "./checkpoint.ts";
import type { HoldStore } from "./hold.ts";

/*
 * What Pulumi has written into a bucket (its backend "diy"): a state is an object called by project and stack, and an operation that is
 * under way has one beside it, its lock.
 */

/** A stack of which something may be deployed. */
export interface DeployedStack {
  stack: string;
  /** Undefined where its state is not understood. */
  resources: number | undefined;
}

const jsonName = /^([^/]+)\.json(\.gz)?$/;

/** Stacks of a place of which something may be deployed. @throws StoreError with what the store says */
export async function deployedStacks(bucket: HoldStore): Promise<DeployedStack[]> {
  const beginning = `.pulumi/stacks/${projectName(checkout)}/`;
  const found: DeployedStack[] = [];
  for (const listed of await bucket.list(beginning)) {
    const [, stack, isCompressed] = jsonName.exec(listed.name.slice(beginning.length)) ?? [];
    if (stack === undefined) continue;
    const data = await bucket.get(listed);
    const resources = countOf(() => (isCompressed ? gunzipSync(data) : data).toString());
    if (resources !== 0) found.push({ stack, resources });
  }
  return found;
}

function countOf(text: () => string): number | undefined {
  try {
    return resourcesIn(text());
  } catch {
    return undefined; // a state that cannot be read is none that is empty
  }
}

const lockSchema = z.object({ pid: z.int(), username: z.string(), hostname: z.string(), timestamp: z.string() });

/** Who has locked a stack by operations of Pulumi that are under way or were killed, a line each. @throws StoreError with what the store says */
export async function locksOf(bucket: HoldStore, stack: string): Promise<string[]> {
  const listed = await bucket.list(`.pulumi/locks/organization/${projectName(checkout)}/${stack}/`);
  return Promise.all(listed.map((lock) => wordsOf(bucket, lock)));
}

async function wordsOf(bucket: HoldStore, listed: ListedObject): Promise<string> {
  const text = (await bucket.get(listed)).toString();
  try {
    const { pid, username, hostname, timestamp } = lockSchema.parse(JSON.parse(text));
    return `${username}@${hostname}, process ${pid}, since ${timestamp}`;
  } catch {
    return `somebody (${listed.name})`;
  }
}
