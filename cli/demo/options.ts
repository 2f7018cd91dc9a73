import { type Driver, drivers } from "../../infra/vm/drivers.ts";
import { parseCount, refuseOption } from "../options.ts";
import { parseSeed } from "../order/options.ts";
import { demoDefaults } from "./defaults.ts";

export interface DemoOptions {
  drivers: Driver[];
  replicates: number;
  packets: number;
  /** What the order of deployment is drawn from; undefined: it is drawn too. */
  seed: number | undefined;
  keep: boolean;
  json: boolean;
}

/** The options of `./lab demo` as they stand on the command line. */
export interface DemoWords {
  drivers?: string;
  replicates?: string;
  packets?: string;
  seed?: string;
  keep?: true;
  json?: true;
}

function driverList(text: string): Driver[] {
  const names = text.split(",").map((name) => name.trim());
  const chosen = drivers.filter((driver) => names.includes(driver));
  if (chosen.length !== names.length || chosen.length === 0)
    refuseOption("--drivers", text, `some of ${drivers.join(", ")}, each once, with commas between`);
  return names.flatMap((name) => chosen.filter((driver) => driver === name));
}

/** @throws LabError (exit code 2) that names the option, its value and what is allowed */
export function parseDemoOptions(words: DemoWords): DemoOptions {
  return {
    drivers: driverList(words.drivers ?? demoDefaults.drivers),
    replicates: parseCount("--replicates", "replicate", words.replicates ?? demoDefaults.replicates),
    packets: parseCount("--packets", "packets", words.packets ?? demoDefaults.packets),
    seed: parseSeed(words.seed),
    keep: words.keep ?? false,
    json: words.json ?? false,
  };
}
