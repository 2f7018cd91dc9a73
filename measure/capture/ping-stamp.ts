/** Microseconds of the 64-bit little-endian struct timeval that iputils puts in front of ping's data, or NaN. */
export function timevalUs(view: DataView, at: number): number {
  const micros = view.getUint32(at + 8, true);
  if (micros >= 1e6 || view.getInt32(at + 12, true) !== 0 || view.getInt32(at + 4, true) !== 0) return Number.NaN;
  const us = view.getUint32(at, true) * 1e6 + micros;
  // Data of zeros are no time.
  return us === 0 ? Number.NaN : us;
}
