import { drawnKinds, isDrawn, largestSeed, type OrderKind, orderKinds } from "../../measure/results/order.ts";
import { refuseOption } from "../options.ts";

/** `--seed` as it stands on the command line. @throws LabError (exit code 2) with its value and what is allowed */
export function parseSeed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seed = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return seed <= largestSeed ? seed : refuseOption("--seed", text, `a whole number, 0 to ${largestSeed}`);
}

/** `--order` as it stands on the command line. @throws LabError (exit code 2) with its value and what is allowed */
export const parseOrder = (name: string | undefined): OrderKind | undefined =>
  name === undefined
    ? undefined
    : (orderKinds.find((kind) => kind === name) ?? refuseOption("--order", name, orderKinds.join(", ")));

/** @throws LabError (exit code 2) for a seed beside an order that draws nothing */
export function requireUseOfSeed(order: OrderKind, seed: number | undefined): void {
  if (seed !== undefined && !isDrawn(order))
    refuseOption(
      "--seed",
      String(seed),
      `only with --order ${drawnKinds.join(" or ")}; --order ${order} draws nothing`,
    );
}
