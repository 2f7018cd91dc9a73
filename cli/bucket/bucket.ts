import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { transferLimitMs } from "../../lib/arrival.ts";
import { messageOf } from "../../lib/errors.ts";
import { type BucketPlace, bucketText, endpointUrl } from "./address.ts";
import { StoreError } from "./store-error.ts";

/** An object as a bucket lists it. */
export interface ListedObject {
  /** From the place in the bucket. */
  name: string;
  bytes: number;
}

/** How often a write is tried that others write against, which a store may refuse until it has decided. */
const conflictTries = 10;

const statusOf = (error: unknown) => (error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined);

/** What went wrong, in words; errors of connections to several addresses have none of their own. */
function wordsOf(error: unknown): string {
  const code = error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? error.name) : "";
  const message = messageOf(error);
  return code === "Error" || message.includes(code) ? message : `${code}: ${message}`;
}

/** Objects below a place in a bucket. */
export class Bucket {
  readonly #place: BucketPlace;
  readonly #client: S3Client;

  constructor(place: BucketPlace) {
    this.#place = place;
    // A store of one's own rarely has a name in the DNS for each bucket.
    this.#client = new S3Client({ forcePathStyle: endpointUrl() !== undefined });
  }

  /** How it is called. */
  get address(): string {
    return bucketText(this.#place);
  }

  /** @param bytes that are to be sent or to come, for which there is a time */
  async #within<T>(what: string, bytes: number, body: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    const limitMs = Math.ceil(transferLimitMs(bytes));
    const late = AbortSignal.timeout(limitMs);
    try {
      return await body(late);
    } catch (error) {
      const why = late.aborted ? `no answer within ${Math.round(limitMs / 1000)} s` : wordsOf(error);
      throw new StoreError(
        `${this.address}: ${what}: ${why}; see to the store, or to AWS_ENDPOINT_URL, AWS_REGION and the keys`,
        { cause: error },
      );
    }
  }

  #names = (name: string) => ({ Bucket: this.#place.bucket, Key: `${this.#place.prefix}${name}` });

  /** Objects whose names begin so. @throws StoreError with what the store says */
  async list(beginning: string): Promise<ListedObject[]> {
    const { Bucket, Key: Prefix } = this.#names(beginning);
    const found: ListedObject[] = [];
    let next: string | undefined;
    do {
      const page = await this.#within(`cannot be listed`, 0, (abortSignal) =>
        this.#client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: next }), { abortSignal }),
      );
      for (const { Key = "", Size = 0 } of page.Contents ?? [])
        found.push({ name: Key.slice(this.#place.prefix.length), bytes: Size });
      next = page.NextContinuationToken;
    } while (next !== undefined);
    return found;
  }

  /** What an object holds. @param bytes how much that is @throws StoreError with what the store says */
  get({ name, bytes }: ListedObject): Promise<Buffer> {
    return this.#within(`${name} cannot be read`, bytes, async (abortSignal) => {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#names(name)), { abortSignal });
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    });
  }

  #put(name: string, data: Buffer, condition: { IfNoneMatch?: "*" }): Promise<void> {
    return this.#within(`${name} cannot be written`, data.length, async (abortSignal) => {
      await this.#client.send(new PutObjectCommand({ ...this.#names(name), Body: data, ...condition }), {
        abortSignal,
      });
    });
  }

  /** Writes an object, over what is there under its name. @throws StoreError with what the store says */
  put(name: string, data: Buffer): Promise<void> {
    return this.#put(name, data, {});
  }

  /**
   * Writes an object, unless there is one of that name.
   * @returns whether it was written
   * @throws StoreError with what the store says
   */
  async putNew(name: string, data: Buffer): Promise<boolean> {
    for (let tries = 1; ; tries += 1)
      try {
        await this.#put(name, data, { IfNoneMatch: "*" });
        return true;
      } catch (error) {
        const status = error instanceof StoreError ? statusOf(error.cause) : undefined;
        if (status === 412) return false;
        if (status !== 409 || tries === conflictTries) throw error;
        await sleep(100 * tries);
      }
  }

  /** Takes an object away; one that is not there is no error. @throws StoreError with what the store says */
  remove(name: string): Promise<void> {
    return this.#within(`${name} cannot be deleted`, 0, async (abortSignal) => {
      await this.#client.send(new DeleteObjectCommand(this.#names(name)), { abortSignal });
    });
  }
}
