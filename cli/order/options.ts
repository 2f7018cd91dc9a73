import { LabError } from "../../lib/errors.ts";
import { largestSeed, type OrderKind, orderKinds } from "../../measure/results/order.ts";

const refuse = (option: string, value: string, allowed: string): never => {
  throw new LabError(`${option} ${JSON.stringify(value)} is not allowed; allowed: ${allowed}`, { exitCode: 2 });
};

/** `--seed` as it stands on the command line. @throws LabError (exit code 2) with its value and what is allowed */
export function parseSeed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seed = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return seed <= largestSeed ? seed : refuse("--seed", text, `a whole number, 0 to ${largestSeed}`);
}

/** `--order` and `--seed`. @throws LabError (exit code 2) that names the option, its value and what is allowed */
export function parseOrder(words: { order?: string; seed?: string }): { order: OrderKind; seed: number | undefined } {
  const { order: name = "random" } = words;
  const order = orderKinds.find((kind) => kind === name) ?? refuse("--order", name, orderKinds.join(", "));
  const seed = parseSeed(words.seed);
  if (seed !== undefined && order !== "random")
    refuse("--seed", String(seed), `only with --order random; --order ${order} draws nothing`);
  return { order, seed };
}
