const header = { hopByHop: 0, routing: 43, fragment: 44, authentication: 51, destination: 60 } as const;
const jumboOption = 0xc2;

/** Whether this number in a header's "next header" field is one of an extension header, and not of what the packet carries. */
export const isExtension = (next: number) =>
  next === header.hopByHop ||
  next === header.routing ||
  next === header.destination ||
  next === header.fragment ||
  next === header.authentication;

/**
 * Where an extension header at `at`, of which 8 bytes are there, ends. Lengths are without the first 8 bytes, in units of 8
 * (RFC 8200), but of 4 for AH (RFC 4302); a fragment header has 8.
 */
export function endOfExtension(view: DataView, at: number, type: number): number {
  const length = view.getUint8(at + 1);
  return at + (type === header.fragment ? 8 : type === header.authentication ? (length + 2) * 4 : (length + 1) * 8);
}

/** Whether the extension header at `at` belongs to a fragment other than the first. */
export const isLaterFragment = (view: DataView, at: number, type: number) =>
  type === header.fragment && view.getUint16(at + 2) >> 3 !== 0;

/**
 * The payload's length that a jumbogram has in its hop-by-hop options (RFC 2675), bytes; 0 when it is not there.
 * @param at offset of the hop-by-hop header, `end` that after the last captured byte
 */
export function jumboPayload(view: DataView, at: number, end: number): number {
  if (end - at < 8) return 0;
  const last = Math.min(end, endOfExtension(view, at, header.hopByHop));
  for (let option = at + 2; last - option >= 2; ) {
    const type = view.getUint8(option);
    const length = view.getUint8(option + 1);
    if (type === jumboOption && length === 4 && last - option >= 6) return view.getUint32(option + 2);
    option += type === 0 ? 1 : 2 + length;
  }
  return 0;
}
