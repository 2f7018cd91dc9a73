import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Makes PNGs in a thread of its own: that takes as long as to draw the SVG, which goes on beside it. */
export class PngMaker implements AsyncDisposable {
  readonly #thread = new Worker(new URL("./png-thread.ts", import.meta.url));

  /** An SVG of ours as PNG; one at a time. @throws what the thread ends by */
  async pngOf(svg: string): Promise<Uint8Array> {
    const made = once(this.#thread, "message");
    this.#thread.postMessage(svg);
    const [png] = (await made) as [Uint8Array];
    return png;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.terminate();
  }
}
