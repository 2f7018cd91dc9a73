import { undoneAfter } from "../../lib/concurrent.ts";
import type { Endpoint, RunningCommand } from "../../lib/endpoints/endpoint.ts";
import { LabError } from "../../lib/errors.ts";
import type { AnsweringCommand } from "../probes/probe.ts";
import { clearEndpoint } from "./clear-endpoint.ts";
import type { ProbeTask } from "./task.ts";

/** Milliseconds for the looks whether it listens, which are a tenth of a second apart and more in a slow VM. */
const listenLimitMs = 180_000;

/** What answers one attempt's probe in the Responder's endpoint. */
export class AnsweringInEndpoint {
  readonly #endpoint: Endpoint;
  readonly #probe: string;
  readonly #given: AnsweringCommand;
  readonly #files: string;
  #command: RunningCommand | undefined;

  constructor(
    endpoint: Endpoint,
    { probe, seed }: Pick<ProbeTask, "seed"> & { probe: { id: string } },
    given: AnsweringCommand,
  ) {
    this.#endpoint = endpoint;
    this.#probe = probe.id;
    this.#given = given;
    this.#files = `${endpoint.files}/lab-answering-${probe.id}-${seed}`;
  }

  /** Ends what an attempt before has left, a process or its files. @throws as `clearEndpoint` does */
  async clear(): Promise<void> {
    await clearEndpoint(this.#endpoint, "responder", this.#probe, this.#given, `lab-answering-${this.#probe}-*`);
  }

  /**
   * Gives the command, and resolves when it listens.
   * @param limitSeconds of its own after which it ends by itself, should nobody end it
   * @param mostLooks whether it listens
   * @throws LabError with what it said when it does not listen; it does not go on then
   */
  async start(limitSeconds: number, mostLooks = 200): Promise<void> {
    const { shell, listens } = this.#given;
    const files = this.#files;
    const script = `timeout -k 10 ${limitSeconds} ${shell} > ${files}.txt 2>&1; echo "it ended with exit status $?" >> ${files}.txt; : > ${files}.end`;
    this.#command = await this.#endpoint.start(script, false);
    const look = `looks=0
until ${listens}; do
  looks=$((looks + 1))
  [ $looks -lt ${mostLooks} ] && [ ! -e ${files}.end ] || { echo "does not listen:"; tail -c 2000 ${files}.txt; exit; }
  sleep 0.1
done`;
    try {
      const failure = (await this.#endpoint.run(look, listenLimitMs)).trim();
      if (failure !== "") throw new LabError(`responder: ${this.#endpoint.name}: ${shell} ${failure}`);
    } catch (error) {
      throw await undoneAfter(error, () => this.end());
    }
  }

  /** Ends it if it still runs, and removes its files. @throws LabError when that cannot be verified */
  async end(): Promise<void> {
    await this.#command?.end();
    await this.#endpoint.run(`rm -f ${this.#files}.*`);
  }
}
