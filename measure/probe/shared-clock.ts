import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { LabError, messageOf } from "../../lib/errors.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { type ClockRecord, type SharedClock, type StepCounts, stepCountsSchema } from "../results/fidelity.ts";
import type { PerRole } from "./roles.ts";

/** The two servers in step. */
export interface Step {
  /** Rejects when the step breaks by itself; never resolves. */
  broken: Promise<never>;
  /** Lets both servers go. @returns what each counted */
  leave(): Promise<Record<Role, StepCounts>>;
}

/** The longest that a server waits for the other at a barrier until it goes on alone, and that joining may take. */
const limitMs = 15_000;

/** The control of one server: a line is said and one is heard. It ends the step when its connection ends. */
class Control {
  readonly #name: string;
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(name: string, socket: Socket) {
    this.#name = name;
    this.#socket = socket;
    socket.on("error", () => {}); // what is heard ends then
    const lines = createInterface(socket);
    socket.on("close", () => lines.close()); // readline itself sees only the end that the other side makes
    this.#lines = lines[Symbol.asyncIterator]();
  }

  static async open(name: string, path: string): Promise<Control> {
    const socket = connect(path);
    try {
      await once(socket, "connect");
    } catch (error) {
      throw new LabError(
        `${name}: its clock cannot be reached at ${path}: ${messageOf(error)}. Is the server up (./lab hosts status)?`,
      );
    }
    return new Control(name, socket);
  }

  say(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  /** The next line. @throws LabError when the server has ended or, with `patienceMs`, says nothing for so long */
  async hear(patienceMs?: number): Promise<string> {
    const timer = patienceMs && setTimeout(() => this.close(), patienceMs);
    const { value, done } = await this.#lines.next();
    if (timer) clearTimeout(timer);
    if (done)
      throw new LabError(`${this.#name}: it has ended, or did not answer, while the servers were to be in step`);
    return value;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** @throws LabError unless the line says what is wanted */
function expectLine(name: string, line: string, wanted: string): void {
  if (line !== wanted) throw new LabError(`${name}: the servers are not in step: ${line.replace(/^left /, "")}`);
}

async function onBoth<T>(action: (name: Role) => Promise<T>): Promise<PerRole<T>> {
  const [sender, responder] = await Promise.all([action("sender"), action("responder")]);
  return { sender, responder };
}

/**
 * Puts both servers on the shared clock and resolves when they are in step. They stay in it until `leave`, until the step
 * breaks, or until this process ends, however it ends.
 * @throws LabError when they do not come into step; then both run on their own clocks
 */
export async function enterStep(clock: SharedClock): Promise<Step> {
  const controls: Control[] = [];
  const close = () => {
    for (const control of controls) control.close();
  };
  const open = async (name: Role) => {
    const control = await Control.open(name, clock.sockets[name]);
    controls.push(control);
    return control;
  };
  try {
    // One after the other, so that none is opened after another could not be.
    const control = { sender: await open("sender"), responder: await open("responder") };
    const id = randomInt(1, 2 ** 32);
    for (const name of roles) control[name].say(`join ${id} ${clock.wireLatencyNs} ${limitMs}`);
    await onBoth(async (name) => expectLine(name, await control[name].hear(2 * limitMs), "joined"));
    return steppingWith(control, close);
  } catch (error) {
    close();
    throw error;
  }
}

function steppingWith(control: PerRole<Control>, close: () => void): Step {
  let leaving = false;
  // Whatever comes before leaving was asked for says that the step broke.
  const next = { sender: control.sender.hear(), responder: control.responder.hear() };
  const broken = new Promise<never>((_, reject) => {
    for (const name of roles)
      next[name]
        .then((line) => {
          if (!leaving) expectLine(name, line, "in step");
        })
        .catch((error: unknown) => reject(error));
  });
  broken.catch(() => {}); // whoever waits for it hears of it; nobody has to
  return {
    broken,
    async leave() {
      leaving = true;
      try {
        return await onBoth(async (name) => {
          control[name].say("counts");
          const line = await next[name];
          const counts = /^counts (.*)$/.exec(line)?.[1];
          if (!counts) throw new LabError(`${name}: the step broke: ${line.replace(/^left /, "")}`);
          return stepCountsSchema.parse(JSON.parse(counts));
        });
      } finally {
        close();
      }
    },
  };
}

/** What is recorded of the shared clock when the servers are let go. */
export type HeldRecord = Omit<ClockRecord, "stamps">;

/** Both servers on their shared clock. */
export interface HeldClock {
  /** Rejects when the servers fall out of step by themselves; never resolves. */
  broken: Promise<never>;
  /** Lets the servers go. @returns what is to be recorded */
  release(): Promise<HeldRecord>;
}

/** Puts both servers on the clock that they share. @throws LabError when that fails */
export async function holdClock(clock: SharedClock): Promise<HeldClock> {
  const step = await enterStep(clock);
  const joined = performance.now();
  const { kind, nsPerInstruction, wireLatencyNs } = clock;
  return {
    broken: step.broken,
    release: async () => {
      const counts = await step.leave();
      return { kind, nsPerInstruction, wireLatencyNs, wallSeconds: (performance.now() - joined) / 1000, counts };
    },
  };
}

/** Why a run does not count: a frame that was lost between the servers, or came late, because of the shared clock. */
export function clockProblems(record: HeldRecord | undefined): string[] {
  if (!record) return [];
  return roles.flatMap((name) => {
    const { lostFrames, lateFrames, latestNs } = record.counts[name];
    return [
      ...(lostFrames > 0 ? [`${name}: ${lostFrames} frames that it sent found no room on the wire`] : []),
      ...(lateFrames > 0 ? [`${name}: ${lateFrames} frames came late, up to ${latestNs} ns of virtual time`] : []),
    ];
  });
}
