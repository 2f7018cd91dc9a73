import { open } from "node:fs/promises";
import { LabError, messageOf } from "../../lib/errors.ts";

/** Where bytes come from. */
export interface ByteSource {
  /** Bytes to expect, where it is known; more or fewer may come. */
  readonly size: number | null;
  /** Fills the front of `into`. @returns bytes put there; 0 at the end */
  read(into: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** The bytes of a file. @throws LabError when it cannot be read */
export async function fileSource(path: string): Promise<ByteSource> {
  const unreadable = (error: unknown): never => {
    throw new LabError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  };
  const file = await open(path).catch(unreadable);
  const stat = await file.stat();
  return {
    size: stat.isFile() ? stat.size : null,
    read: async (into) => (await file.read(into, 0, into.length).catch(unreadable)).bytesRead,
    close: () => file.close(),
  };
}

/** Bytes that are in memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  let at = 0;
  return {
    size: bytes.length,
    async read(into) {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      at += part.length;
      return part.length;
    },
    close: async () => {},
  };
}

/** The bytes of a stream, whatever the sizes of its chunks. @throws LabError when it breaks off */
export function streamSource(chunks: AsyncIterable<Uint8Array>): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array(0);
  return {
    size: null,
    async read(into) {
      while (chunk.length === 0) {
        const next = await iterator.next().catch((error: unknown): never => {
          throw new LabError(`the input cannot be read: ${messageOf(error)}`, { cause: error });
        });
        if (next.done) return 0;
        chunk = next.value;
      }
      const part = chunk.subarray(0, into.length);
      into.set(part);
      chunk = chunk.subarray(part.length);
      return part.length;
    },
    close: async () => void (await iterator.return?.()),
  };
}
