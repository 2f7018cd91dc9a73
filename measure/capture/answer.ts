/** What makes a reply the answer to a request: the numbers that both must have in common. */

/** Words of an address: 1 of IPv4, 4 of IPv6. */
export const wordsOfAddress = (family: 4 | 6) => (family === 4 ? 1 : 4);

/** A number from -0xffff to 2 * 0xffff - 1 by its remainder, without a division. */
const remainder = (sum: number) => (sum < 0 ? sum + 0xffff : sum >= 0xffff ? sum - 0xffff : sum);

/**
 * A request's checksum in one's complement, in which 0 and 0xffff are the same number.
 * @param checksum of the request
 */
export const sumOfRequest = (checksum: number) => (checksum === 0xffff ? 0 : checksum);

/**
 * The same of the request that a reply answers. Both differ in the type alone, 8 and 0 (RFC 792) or 128 and 129 (RFC 4443); a reply
 * whose checksum leads to another request has other data, and is no answer to this one.
 * @param checksum of the reply
 */
export const sumOfAnswer = (checksum: number, family: 4 | 6) =>
  remainder(family === 4 ? checksum - 0x800 : checksum + 0x100);

/**
 * The sum of either, freed of the address that differs where the request went to a group and each host answers from its own:
 * ICMPv6 has both addresses in its checksum (RFC 4443, 2.3), ICMP has none.
 * @param sum that of `sumOfRequest` or `sumOfAnswer`, `address` the offset of the request's target or of the reply's source
 */
export function sumWithoutAddress(sum: number, family: 4 | 6, view: DataView, address: number): number {
  if (family === 4) return sum;
  let free = sum;
  for (let at = 0; at < 16; at += 2) free += view.getUint16(address + at);
  return free % 0xffff;
}

/** Trailing one bits that an IPv4 address must have to be taken for a subnet's broadcast address: by itself, and in a frame to a group. */
const broadcastBits = { address: 8, frame: 2 } as const;

/** How many hosts may be meant by the last bits of an IPv4 address: 2^bits with as many trailing ones. */
const trailingOnes = (word: number) => 31 - Math.clz32(~word & -~word);

/** Whether an IPv4 address is a multicast one (224/4) or 255.255.255.255, which hosts of any address answer. */
const isAnyGroup4 = (word: number) => word >>> 28 === 0xe || word === -1;

/**
 * Whether a request goes to a group of hosts, by its target address.
 * @param groupFrame whether the frame itself went to a group of stations, as far as its link layer tells
 */
export function isGroup(view: DataView, target: number, family: 4 | 6, groupFrame: boolean): boolean {
  if (family === 6) return view.getUint8(target) === 0xff;
  const word = view.getInt32(target);
  return isAnyGroup4(word) || trailingOnes(word) >= (groupFrame ? broadcastBits.frame : broadcastBits.address);
}

/**
 * Whether a host may answer for a group: of a subnet's broadcast address only a host of that subnet.
 * @param group first word of the group's address, `host` of the host's
 */
export const isMember = (group: number, host: number, family: 4 | 6) =>
  family === 6 || isAnyGroup4(group) || (group ^ host) >>> trailingOnes(group) === 0;
