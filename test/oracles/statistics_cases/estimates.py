"""Cases of quantiles, adjusted p-values and the normal distribution."""

import mpmath
import numpy as np
from scipy import stats

from .shared import random

QUANTILE_METHODS = [
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull",
    "linear", "median_unbiased", "normal_unbiased",
]  # fmt: skip


def quantile_cases():
    for n in (1, 2, 3, 4, 7, 10, 25, 64):
        values = np.round(random.gamma(2, 10, n), 3)
        for type_, method in enumerate(QUANTILE_METHODS, 1):
            for p in (0, 0.013, 0.21, 0.25, 0.333, 0.5, 0.75, 0.9137, 0.99, 1):
                yield {"values": values.tolist(), "p": p, "type": type_, "expected": float(np.quantile(values, p, method=method))}


def multiplicity_cases():
    for n in (0, 1, 2, 5, 12, 40):
        p = np.round(random.random(n) ** 4, 4)
        order = np.argsort(p, kind="stable")
        holm = np.empty(n)
        holm[order] = np.minimum(1, np.maximum.accumulate((n - np.arange(n)) * p[order])) if n else []
        bh = stats.false_discovery_control(p) if n else []
        yield {"pValues": p.tolist(), "holm": holm.tolist(), "benjaminiHochberg": list(map(float, bh))}


def normal_cases():
    mpmath.mp.dps = 60
    z = [-40, -10, -3, -1, -0.67448975, -0.5, -1e-10, 0, 1e-12, 0.3, 0.67448975, 0.675, 0.9, 1.5, 2.5, 3.9, 5.5, 5.6568, 5.657, 7,
         8.3, 10.1, 12.7, 15.03, 18.6, 20.77, 25.2, 29.9, 33.3, 35.01, 36.6, 37.01, 37.4]  # fmt: skip
    p = [1e-300, 1e-200, 1e-100, 1e-50, 1e-20, 1e-12, 1e-6, 0.001, 0.025, 0.05, 0.074, 0.076, 0.2, 0.49, 0.5, 0.7, 0.95, 0.975,
         0.9999, 1 - 2**-30]  # fmt: skip

    def upper(value):
        return mpmath.erfc(mpmath.mpf(value) / mpmath.sqrt(2)) / 2

    def quantile(value):
        tail = min(mpmath.mpf(value), 1 - mpmath.mpf(value))
        if tail == 0.5:
            return 0.0
        start = mpmath.sqrt(-2 * mpmath.log(tail)) * 0.9
        root = mpmath.findroot(lambda t: mpmath.log(upper(t)) - mpmath.log(tail), start)
        return float(-root if value < 0.5 else root)

    return {"sf": [[v, float(upper(v))] for v in z], "quantile": [[v, quantile(v)] for v in p]}
