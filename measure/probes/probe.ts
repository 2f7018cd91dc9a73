import type { z } from "zod";
import type { Role } from "../../lib/roles.ts";
import type { MetricUnit } from "../../study/metric.ts";
import type { Factors } from "../../study/scenario.ts";
import type { TimedFactors } from "../../study/terms.ts";
import type { MetricValues } from "../metrics/metric-summary.ts";
import type { Fidelity } from "../results/fidelity.ts";
import type { ProbeRecord } from "../results/manifest.ts";
import type { MissingCaptures } from "../results/unavailable.ts";

/** What talks at an end, as packets have it. */
interface ProbeEnd {
  mac: string;
  ip: string;
}
type ProbeEnds = Readonly<Record<Role, ProbeEnd>>;

/** How long a probe may take, and how much it may print. */
export interface ProbeBudget {
  /** Seconds of CPU usage without it, and the least of those with it inside. */
  windowSeconds: number;
  /** Seconds that it takes when nothing holds it up; nobody asks before whether it has ended. */
  usualSeconds: number;
  /** Seconds after which it is ended. */
  limitSeconds: number;
  /** Milliseconds from question to question whether it has ended: each costs its server a little CPU. */
  askEveryMs: number;
  /** The most bytes that it may print. */
  outputBytes: number;
}

/** Which frames are kept at every capture point. */
export interface CaptureRequest {
  /** In tcpdump's language, pcap-filter(7). */
  filter: string;
  /** Bytes of each frame, from its beginning. */
  snapBytes: number;
}

/** What is started in an endpoint. */
export interface EndpointCommand {
  /** A simple command for the shell. */
  shell: string;
  /** Programs that the endpoint must have: its image may be one of before, or somebody else's. */
  programs: readonly string[];
  /** What the names of its processes begin with: what an attempt before has left of them is ended first. */
  processes: readonly string[];
}

/** What answers a probe in the Responder's endpoint. It stays in the foreground until it is ended; nobody reads what it prints. */
export interface AnsweringCommand extends EndpointCommand {
  /** A shell command that succeeds once it listens. */
  listens: string;
}

/** What is started in the Sender's endpoint and ends by itself. Its output and its messages are files of the run. */
export interface ProbeCommand extends EndpointCommand {
  /** Exit statuses that are a result; any other is a failure of the attempt. */
  exitCodes: readonly number[];
  /** What listens before a window begins, until the probe has ended; left out where the Responder's kernel answers by itself. */
  answering?: AnsweringCommand;
}

/** What a probe brought home, as a run's folder keeps it. */
export interface ProbeFiles<Parameters> {
  parameters: Parameters;
  /** Name to content: its output, its captures. */
  files: ReadonlyMap<string, Buffer>;
  captures: ProbeRecord["captures"];
  /** Why a capture point has no capture. */
  missingCaptures: MissingCaptures;
  /** The clock that the servers shared, where they shared one and it is known by now. */
  sharedClock?: ProbeRecord["sharedClock"];
}

/** The same while the run is measured. */
export interface ProbeRun<Parameters> extends ProbeFiles<Parameters> {
  /** How long it ran. */
  seconds: number;
}

/** A metric of a probe. Manifests and the dataset summarise it by this alone. */
export interface ProbeMetric<Derived> {
  /** Of its values. */
  readonly unit: MetricUnit;
  readonly what: string;
  /** What manifests call its summary, which is in milliseconds where it is of times; left out where the dataset alone has it. */
  readonly published?: string;
  /** Its values in one run. */
  values(derived: Derived): MetricValues;
}

/**
 * Something that a run measures with. All of it is pure but the reading in `derive`: the runner captures, samples, starts, waits,
 * brings home, checks and publishes, and knows no probe by name.
 *
 * `Parameters` is what a run's probe has been told; `Derived` is what its files say, before it is put together.
 */
export interface Probe<Parameters = Record<string, unknown>, Derived = unknown> {
  /** A word of small letters and digits: it is in the names of files. */
  readonly id: string;
  readonly parameters: z.ZodType<Parameters>;
  /** By name, which is in snake case in the dataset. */
  readonly metrics: Readonly<Record<string, ProbeMetric<Derived>>>;
  /** Whether a scenario asks for it. */
  isAskedBy(factors: TimedFactors): boolean;
  budget(factors: TimedFactors, fidelity: Fidelity): ProbeBudget;
  /** @param seed drawn for this attempt, 32 bits */
  parametersOf(factors: Factors, seed: number): Parameters;
  /** @returns null where frames would tell nothing of it: then none are captured */
  capture(parameters: Parameters, ends: ProbeEnds): CaptureRequest | null;
  run(parameters: Parameters, ends: ProbeEnds): ProbeCommand;
  /** Reads what was brought home. @throws FormatError when a file is damaged */
  derive(run: ProbeFiles<Parameters>): Promise<Derived>;
  /** Why the run does not count; none when it does. */
  problems(run: ProbeRun<Parameters>, derived: Derived): string[];
  /** What else a manifest says of it. */
  details(run: ProbeRun<Parameters>, derived: Derived): Record<string, unknown>;
}
