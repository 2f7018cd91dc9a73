import { afterAll, beforeAll } from "vitest";
import type { MadeUpServer } from "./server.ts";

/**
 * Prepares a server once for all tests of a file: its scripts take a hundred processes and more.
 * @param prepare a server as every test is to find it
 * @returns what gives a test a copy of its own
 */
export function copiesOf(prepare: () => Promise<MadeUpServer>): () => MadeUpServer {
  let prepared: MadeUpServer | undefined;
  beforeAll(async () => {
    prepared = await prepare();
  });
  afterAll(() => prepared?.remove());
  return () => {
    if (prepared === undefined) throw new Error("there is nothing to copy before beforeAll");
    return prepared.copy();
  };
}
