/** Scaled numbers stay below 2^52, so that they, and their differences, are whole numbers that doubles hold. */
const mostBits = 52;
/** The largest power of ten that is a double. */
const mostDecimals = 22;
const exponentBias = 1023;
/** Index of the high 32-bit half of a double on this machine. */
const highHalf = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** For each binary exponent of a double, as it is stored, the largest power of ten that leaves such doubles below 2^52; at least 1. */
const scales = Float64Array.from({ length: 2048 }, (_, stored) => {
  const bits = mostBits - (stored - exponentBias + 1);
  return 10 ** Math.min(mostDecimals, Math.max(0, Math.floor(bits * Math.log10(2))));
});

/**
 * The differences x[i] - y[i] of numbers that were written in decimal, such as milliseconds with three digits: each is the double
 * nearest to the exact difference. The doubles of decimal numbers are a little beside them, and so are their own differences:
 * 0.525 - 0.5 and 0.825 - 0.8 would not be equal, and a rank test would not see the tie. A number that has more digits than
 * some fourteen is taken for what it is, a double.
 *
 * @param x is overwritten with the differences
 */
export function subtractDecimals(x: Float64Array, y: Float64Array): void {
  const highX = new Uint32Array(x.buffer, x.byteOffset, 2 * x.length);
  const highY = new Uint32Array(y.buffer, y.byteOffset, 2 * y.length);
  for (let i = 0; i < x.length; i++) {
    const exponentX = ((highX[2 * i + highHalf] as number) >>> 20) & 0x7ff;
    const exponentY = ((highY[2 * i + highHalf] as number) >>> 20) & 0x7ff;
    const scale = scales[exponentX > exponentY ? exponentX : exponentY] as number;
    const [a, b] = [x[i] as number, y[i] as number];
    const wholeA = Math.round(a * scale);
    const wholeB = Math.round(b * scale);
    const isDecimal = wholeA / scale === a && wholeB / scale === b;
    // Adding 0 turns the -0 of a rounded difference into 0.
    x[i] = (isDecimal ? (wholeA - wholeB) / scale : a - b) + 0;
  }
}
