import { StoreError } from "../../../cli/bucket/store-error.ts";
import type { ObjectStore } from "../../../cli/campaign/store/bucket-run.ts";

/** A bucket in memory. */
export class MadeUpBucket implements ObjectStore {
  readonly address = "s3://made-up/rtt";
  readonly objects = new Map<string, Buffer>();
  /** How many writes are left before the machine is killed. */
  writesLeft = Number.POSITIVE_INFINITY;
  isWritingOver = false;

  list = async (beginning: string) =>
    [...this.objects]
      .filter(([name]) => name.startsWith(beginning))
      .map(([name, data]) => ({ name, bytes: data.length }));
  get = async ({ name }: { name: string }) => {
    const data = this.objects.get(name);
    if (data === undefined) throw new StoreError(`there is no ${name}`);
    return data;
  };
  put = async (name: string, data: Buffer) => {
    if (this.writesLeft-- <= 0) throw new StoreError("killed");
    this.objects.set(name, data);
  };
  putNew = async (name: string, data: Buffer) => {
    if (this.objects.has(name) && !this.isWritingOver) return false;
    await this.put(name, data);
    return true;
  };
}
