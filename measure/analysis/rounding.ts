/** Far below any digit that is measured, and far above what adding doubles of this size loses. */
const significantDigits = 12;
const contrastGrid = 1e13;

/**
 * A value without what only the rounding of doubles put into it. Without this (0.1 + 0.5) / 2 and (0.2 + 0.4) / 2 differ by 5.55e-17,
 * always in one direction, and a rank test would call that an effect.
 */
export const roundedValue = (value: number): number => Number(value.toPrecision(significantDigits));

/** The same of a contrast of rounded values, in points or as a logarithm: of two that are equal, the rest near 0 has no digits. */
export const roundedContrast = (value: number): number => Math.round(value * contrastGrid) / contrastGrid + 0;
