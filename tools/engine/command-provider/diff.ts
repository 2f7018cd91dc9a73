import { canonicalJson } from "../../../lib/canonical.ts";
import { type JsonObject, open } from "./envelopes.ts";
import { inputNames } from "./inputs.ts";

/** Which inputs differ, and which of those need a new resource. */
export interface InputDifference {
  changed: string[];
  replaces: string[];
}

/** Compares the inputs of a resource. Whether a value is a secret makes no difference: no command has to run for it. */
export function diff(type: string, olds: JsonObject, news: JsonObject): InputDifference {
  const text = (values: JsonObject, name: string) => canonicalJson(open(values[name] ?? null));
  const changed = inputNames(type).filter((name) => text(olds, name) !== text(news, name));
  return { changed, replaces: changed.filter((name) => name === "triggers") };
}
