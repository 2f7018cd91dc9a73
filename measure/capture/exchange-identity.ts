import { isMember, sumOfRequest, wordsOfAddress } from "./answer.ts";
import { addressFamily, addressWords, type ExchangeColumns, toGroup } from "./exchange.ts";

/** Equal for all frames of an exchange, which have their addresses in one order or the other. */
export function addressSum(view: DataView, from: number, words: number): number {
  let sum = 0;
  for (let word = 0; word < words; word++) sum += view.getInt32(from + 4 * word);
  return sum | 0;
}

const isToGroup = (columns: ExchangeColumns, slot: number) => (columns.families[slot] as number) > toGroup;

/** The same of a slot; without the group that a request went to, as hosts answer it from addresses of their own. */
export function slotAddressSum(columns: ExchangeColumns, slot: number): number {
  const words = wordsOfAddress(addressFamily(columns, slot));
  const at = slot * addressWords;
  let sum = 0;
  for (let word = 0; word < words; word++) {
    sum += columns.addresses[at + word] as number;
    if (!isToGroup(columns, slot)) sum += columns.addresses[at + 4 + word] as number;
  }
  return sum | 0;
}

/** What an answer's checksum must lead to (see `answer.ts`). */
export function slotSum(columns: ExchangeColumns, slot: number): number {
  const sum = sumOfRequest(columns.checksums[slot] as number);
  if (columns.families[slot] !== 6 + toGroup) return sum;
  let free = sum;
  for (let word = 0; word < 4; word++) {
    const part = columns.addresses[slot * addressWords + 4 + word] as number;
    free += (part >>> 16) + (part & 0xffff);
  }
  return free % 0xffff;
}

/** Gives neighbouring sequence numbers neighbouring buckets, so that one ping's packets share cache lines. */
export const neighbourHash = (key: number, addresses: number) =>
  (key & 0xffff) + Math.imul(key >>> 16, 0x9e3779b1) + Math.imul(addresses, 0x85ebca6b);

/** Spreads what the frames of an exchange have in common, their data included, over all 32 bits. */
export function spreadHash(key: number, sum: number, addresses: number): number {
  let hash = key ^ Math.imul(addresses, 0x9e3779b1) ^ (sum << 16);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/** Whether a slot's request went from the one address to the other. */
export function isBetween(
  columns: ExchangeColumns,
  slot: number,
  view: DataView,
  source: number,
  target: number,
): boolean {
  const { addresses } = columns;
  const words = wordsOfAddress(addressFamily(columns, slot));
  const at = slot * addressWords;
  for (let word = 0; word < words; word++) {
    if (addresses[at + word] !== view.getInt32(source + 4 * word)) return false;
    if (addresses[at + 4 + word] !== view.getInt32(target + 4 * word)) return false;
  }
  return true;
}

/** Whether a slot's request went from an address to a group for which a host may answer. */
export function isOfGroup(
  columns: ExchangeColumns,
  slot: number,
  view: DataView,
  source: number,
  host: number,
): boolean {
  const { addresses } = columns;
  const family = addressFamily(columns, slot);
  const at = slot * addressWords;
  for (let word = 0; word < wordsOfAddress(family); word++)
    if (addresses[at + word] !== view.getInt32(source + 4 * word)) return false;
  return isMember(addresses[at + 4] as number, view.getInt32(host), family);
}
