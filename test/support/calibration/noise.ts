import type { Random } from "../../../measure/statistics/random.ts";

/** How made-up measurements scatter. Spreads are standard deviations of logarithms; of CPU usages, in twentieths of a point. */
export interface Noise {
  name: string;
  deployment: number;
  run: number;
  packet: number;
  /** Deployments and runs scatter as Student's t with three degrees of freedom does, in place of normally. */
  heavy: boolean;
  /** What has a condition of its own within a replicate: each scenario, all scenarios of a driver, or all of a whole plot. */
  conditions: "own" | "driver" | "plot";
  /** Times are rounded to this. */
  stepMs: number;
}

const plain: Noise = {
  name: "",
  deployment: 0.1,
  run: 0.1,
  packet: 0.3,
  heavy: false,
  conditions: "own",
  stepMs: 1e-6,
};

/** What every rule is tried with: the spread of deployments is once or twice that of runs. */
export const noises = {
  own: { ...plain, name: "lognormal, own conditions" },
  shared: {
    ...plain,
    name: "lognormal, shared conditions, deployments twice as spread as runs",
    run: 0.05,
    conditions: "driver",
  },
  heavy: { ...plain, name: "heavy tails, own conditions, rounded to 0.02 ms", run: 0.05, heavy: true, stepMs: 0.02 },
  heavyShared: {
    ...plain,
    name: "heavy tails, shared conditions, rounded to 0.02 ms",
    heavy: true,
    conditions: "driver",
    stepMs: 0.02,
  },
} as const satisfies Record<string, Noise>;

/** What split plots are tried with. */
export const plotNoises = {
  plain: { ...plain, name: "lognormal, deployments twice as spread as runs", run: 0.05, conditions: "plot" },
  heavy: {
    ...plain,
    name: "heavy tails, rounded to 0.02 ms",
    heavy: true,
    conditions: "plot",
    stepMs: 0.02,
  },
} as const satisfies Record<string, Noise>;

/** Draws of the distributions that measurements are made of. */
export class Draw {
  readonly #random: Random;
  #spare: number | null = null;

  constructor(random: Random) {
    this.#random = random;
  }

  below(n: number): number {
    return this.#random.below(n);
  }

  /** Standard normal (Marsaglia's polar method). */
  normal(): number {
    const spare = this.#spare;
    if (spare !== null) {
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const x = 2 * this.#random.uniform() - 1;
      const y = 2 * this.#random.uniform() - 1;
      const square = x * x + y * y;
      if (square <= 0 || square >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }

  /** A deployment's or run's deviation in units of its spread. */
  deviation({ heavy }: Noise): number {
    if (!heavy) return this.normal();
    const chiSquare = this.normal() ** 2 + this.normal() ** 2 + this.normal() ** 2;
    return this.normal() / Math.sqrt(chiSquare / 3);
  }
}

/** Runs of a hundred packets, as many as a run is drawn from. */
const poolSize = 20_000;
export const packetsOfRun = 100;

/** The packets of many runs, each sorted: standard normal deviations of logarithms from the run's own median. */
export function packetPool(draw: Draw): Float64Array[] {
  return Array.from({ length: poolSize }, () =>
    Float64Array.from({ length: packetsOfRun }, () => draw.normal()).sort(),
  );
}
