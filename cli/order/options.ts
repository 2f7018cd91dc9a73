import { largestSeed, type OrderKind, orderKinds } from "../../measure/results/order.ts";
import { refuseOption } from "../options.ts";

/** `--seed` as it stands on the command line. @throws LabError (exit code 2) with its value and what is allowed */
export function parseSeed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seed = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return seed <= largestSeed ? seed : refuseOption("--seed", text, `a whole number, 0 to ${largestSeed}`);
}

/** `--order` and `--seed`. @throws LabError (exit code 2) that names the option, its value and what is allowed */
export function parseOrder(name: string, seedText?: string): { order: OrderKind; seed: number | undefined } {
  const order = orderKinds.find((kind) => kind === name) ?? refuseOption("--order", name, orderKinds.join(", "));
  const seed = parseSeed(seedText);
  if (seed !== undefined && order !== "random")
    refuseOption("--seed", String(seed), `only with --order random; --order ${order} draws nothing`);
  return { order, seed };
}
