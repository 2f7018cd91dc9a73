import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

/** What the engine's operations are called when they have ended; those not named here change nothing on a server. */
const done: Record<string, string> = {
  create: "made",
  "create-replacement": "made again",
  update: "updated",
  delete: "removed",
  "delete-replaced": "removed, to be made again",
  import: "imported",
};

/** Of the component that a resource is in, its type; of one in none the resource's own (https://www.pulumi.com/docs/iac/concepts/resources/names/). */
const outermostType = (urn: string) => urn.split("::")[2]?.split("$")[0] ?? "";

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

/** Escape sequences of a terminal, and the engine's own colour tags. */
const withoutColour = (text: string) =>
  text.replace(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "").replace(/<\{%.*?%\}>/g, "");

/** What an error says, without the name of its resource and what engine and providers put around it. */
const messageIn = (line: string) =>
  line
    .replace(/^[^\s:]+: /, "")
    .replace(/\d+ errors? occurred:\s*\*?/g, "")
    .replace(/^(\s*error: )+/, "")
    .replace(/\s+/g, " ")
    .trim();

/** What the engine did to a resource, in milliseconds of its report's clock. */
export interface ResourceTime {
  /** Type of the component that it is in, or its own where it is in none. */
  component: string;
  fromMs: number;
  toMs: number;
}

/** Turns what the engine reports into lines for people, and remembers what went wrong. */
export class DeploymentReport {
  /** What the engine called errors, each once, in order. */
  readonly errors: string[] = [];
  /** What changed something on a server, or failed to. */
  readonly times: ResourceTime[] = [];
  readonly #started = new Map<string, number>();
  readonly #say: (line: string) => void;
  readonly #now: () => number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(say: (line: string) => void, now: () => number = () => performance.now()) {
    this.#say = say;
    this.#now = now;
  }

  /** Takes the next event. Components and providers are left out: they are done when their parts are. */
  accept(event: EngineEvent): void {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event;
    if (resourcePreEvent) {
      const { urn, op } = resourcePreEvent.metadata;
      this.#started.set(`${op} ${urn}`, this.#now());
    }
    const ended = resOutputsEvent ?? resOpFailedEvent;
    if (ended) {
      const { urn, op, type, old, new: after } = ended.metadata;
      const what = resOpFailedEvent ? `failed (${op})` : done[op];
      const isOwn = (after ?? old)?.custom === true && !type.startsWith("pulumi:");
      if (what && isOwn) this.#tell(urn, what, this.#started.get(`${op} ${urn}`));
    }
    if (diagnosticEvent?.severity === "error" && !diagnosticEvent.ephemeral) {
      const where = diagnosticEvent.urn ? `${nameOf(diagnosticEvent.urn)}: ` : "";
      this.#remember(where + withoutColour(diagnosticEvent.message).trim());
    }
  }

  /** One failure is told several times: by its provider, by the engine, and by what contains it. The longest is kept, in its first place. */
  #remember(line: string): void {
    const message = messageIn(line);
    if (message === "") return;
    const told = this.errors.findIndex(
      (other) => messageIn(other).includes(message) || message.includes(messageIn(other)),
    );
    const other = this.errors[told];
    if (other === undefined) this.errors.push(line);
    else if (messageIn(other).length < message.length) this.errors[told] = line;
  }

  #tell(urn: string, what: string, fromMs: number | undefined): void {
    const toMs = this.#now();
    if (fromMs !== undefined) this.times.push({ component: outermostType(urn), fromMs, toMs });
    const took = fromMs === undefined ? "" : ` in ${((toMs - fromMs) / 1000).toFixed(1)} s`;
    this.#say(`    ${nameOf(urn)}: ${what}${took}`);
  }
}
