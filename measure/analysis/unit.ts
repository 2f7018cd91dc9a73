import { oneOf } from "../statistics/options.ts";
import type { PairingUnit } from "../statistics/pairs.ts";

/** `--pairs run|packet` as the unit of pairing. @throws LabError (exit code 2) for anything else */
export function pairingUnit(word = "run"): PairingUnit {
  return oneOf(["run", "packet"], word, "--pairs") === "packet" ? "packet" : "run-median";
}
