"""What the oracles share: data, and how results are written down."""

import math

import numpy as np

ALTERNATIVES = ("two-sided", "less", "greater")
random = np.random.default_rng(20240131)


def number(value):
    value = float(value)
    return None if math.isnan(value) else value


def lehmer(n, seed, levels, shift):
    """Reproducible data of any length: test and oracle run the same recurrence."""
    state, values = seed, []
    for _ in range(n):
        state = state * 48271 % 2147483647
        values.append(state % levels + shift)
    return values


def rounded(n, digits, shift=0.0):
    x = np.round(random.gamma(2, 1, n) + shift, digits) + 0.0
    y = np.round(random.gamma(2, 1, n), digits) + 0.0
    return x.tolist(), y.tolist()


EDGES = {
    "no pairs": ([], []),
    "one pair": ([3.0], [1.0]),
    "one equal pair": ([2.0], [2.0]),
    "two pairs": ([1.0, 4.0], [2.0, 8.0]),
    "all equal": ([5.0] * 8, [5.0] * 8),
    "equal samples": ([1.0, 2.0, 3.5, 4.0], [1.0, 2.0, 3.5, 4.0]),
    "constant difference": ([float(i) for i in range(12)], [i + 3.0 for i in range(12)]),
    "huge": ([1e300, -3e299, 2e300, 5e299, -1e300, 7e299], [-1e300, 1e299, -2e300, 6e299, 3e300, 7e298]),
    "tiny": ([5e-324, 1e-320, 3e-310, 2e-308, 0.0, 1e-300], [1e-320, 5e-324, 1e-310, 1e-308, 5e-324, 0.0]),
    "huge beside tiny": ([1e300, 1e-300, -1e300, 2.0], [1e-300, 1e300, 3.0, -1e-300]),
    "one zero": ([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 5.0, 1.0]),
}
