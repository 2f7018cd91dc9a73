import type { Alternative } from "./options.ts";

/**
 * The standard normal distribution with relative, not absolute, accuracy: a p-value of 1e-300 has as many correct digits
 * as one of 0.1.
 *
 * Upper tail: rational approximations of W. J. Cody, "Algorithm 715: SPECFUN", ACM TOMS 19 (1993), 22-32.
 * Quantile: M. J. Wichura, "Algorithm AS 241", Applied Statistics 37 (1988), 477-484.
 */

const CENTRE_P = [
  2.2352520354606839287, 161.02823106855587881, 1067.6894854603709582, 18154.981253343561249, 0.065682337918207449113,
];
const CENTRE_Q = [47.20258190468824187, 976.09855173777669322, 10260.932208618978205, 45507.789335026729956];
const MIDDLE_P = [
  0.39894151208813466764, 8.8831497943883759412, 93.506656132177855979, 597.27027639480026226, 2494.5375852903726711,
  6848.1904505362823326, 11602.651437647350124, 9842.7148383839780218, 1.0765576773720192317e-8,
];
const MIDDLE_Q = [
  22.266688044328115691, 235.38790178262499861, 1519.377599407554805, 6485.558298266760755, 18615.571640885098091,
  34900.952721145977266, 38912.003286093271411, 19685.429676859990727,
];
const TAIL_P = [
  0.21589853405795699, 0.1274011611602473639, 0.022235277870649807, 0.001421619193227893466, 2.9112874951168792e-5,
  0.02307344176494017303,
];
const TAIL_Q = [
  1.28426009614491121, 0.468238212480865118, 0.0659881378689285515, 0.00378239633202758244, 7.29751555083966205e-5,
];
const INVERSE_SQRT_TWO_PI = 0.39894228040143267794;

/** P(Z > z) of a standard normal Z; relative error below 1e-14 wherever the result is a normal double (z < 37.5). */
export function normalSf(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  const y = Math.abs(z);
  if (y <= 0.67448975) return 0.5 - (y < 1e-20 ? 0 : centre(z));
  const tail = y <= 5.656854249492380195 ? middle(y) : y < 39 ? farTail(y) : 0;
  return z > 0 ? tail : 1 - tail;
}

/** P(Z <= z) of a standard normal Z; see `normalSf`. */
export function normalCdf(z: number): number {
  return normalSf(-z);
}

/** The p-value of a z statistic; two-sided is twice the smaller tail. */
export function normalPValue(z: number, alternative: Alternative): number {
  if (alternative === "greater") return normalSf(z);
  return alternative === "less" ? normalCdf(z) : 2 * normalSf(Math.abs(z));
}

function centre(z: number): number {
  const square = z * z;
  let numerator = CENTRE_P[4]! * square;
  let denominator = square;
  for (let i = 0; i < 3; i++) {
    numerator = (numerator + CENTRE_P[i]!) * square;
    denominator = (denominator + CENTRE_Q[i]!) * square;
  }
  return (z * (numerator + CENTRE_P[3]!)) / (denominator + CENTRE_Q[3]!);
}

function middle(y: number): number {
  let numerator = MIDDLE_P[8]! * y;
  let denominator = y;
  for (let i = 0; i < 7; i++) {
    numerator = (numerator + MIDDLE_P[i]!) * y;
    denominator = (denominator + MIDDLE_Q[i]!) * y;
  }
  return (gaussian(y) * (numerator + MIDDLE_P[7]!)) / (denominator + MIDDLE_Q[7]!);
}

function farTail(y: number): number {
  const inverse = 1 / (y * y);
  let numerator = TAIL_P[5]! * inverse;
  let denominator = inverse;
  for (let i = 0; i < 4; i++) {
    numerator = (numerator + TAIL_P[i]!) * inverse;
    denominator = (denominator + TAIL_Q[i]!) * inverse;
  }
  const fraction = (inverse * (numerator + TAIL_P[4]!)) / (denominator + TAIL_Q[4]!);
  return gaussian(y) * ((INVERSE_SQRT_TWO_PI - fraction) / y);
}

/** exp(-y²/2), with y split at a sixteenth so that the rounding of y² does not grow with y². */
function gaussian(y: number): number {
  const head = Math.trunc(y * 16) / 16;
  const rest = (y - head) * (y + head);
  return Math.exp(-0.5 * head * head) * Math.exp(-0.5 * rest);
}

const INNER = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
];
const INNER_BELOW = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
  28729.085735721942674, 5226.495278852854561,
];
const OUTER = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
];
const OUTER_BELOW = [
  1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
  0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
];
const FAR = [
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093,
  0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
];
const FAR_BELOW = [
  1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
  1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
];

const horner = (coefficients: readonly number[], x: number) => coefficients.reduceRight((sum, c) => sum * x + c, 0);

/** The z with P(Z <= z) = p, to about 1e-15 relative; -Infinity at 0, Infinity at 1, NaN outside [0, 1]. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * horner(INNER, r)) / horner(INNER_BELOW, r);
  }
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const r = Math.sqrt(-Math.log(tail));
  const z =
    r <= 5 ? horner(OUTER, r - 1.6) / horner(OUTER_BELOW, r - 1.6) : horner(FAR, r - 5) / horner(FAR_BELOW, r - 5);
  return q < 0 ? -z : z;
}
