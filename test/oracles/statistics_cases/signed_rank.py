"""Cases of the signed-rank test, and of the location estimate that belongs to it."""

import itertools
import warnings
from fractions import Fraction

import numpy as np
from scipy import stats

from .shared import ALTERNATIVES, EDGES, lehmer, number, random, rounded


def signed_rank_cdf(n):
    counts = [1]
    for rank in range(1, n + 1):
        grown = counts + [0] * rank
        for total, count in enumerate(counts):
            grown[total + rank] += count
        counts = grown
    return [Fraction(c, 2**n) for c in itertools.accumulate(counts)]


def signed_rank_exact(x, y, alternative):
    """The exact p-value of untied differences without zeros."""
    differences = sorted((a - b for a, b in zip(x, y)), key=abs)
    plus = sum(rank for rank, d in enumerate(differences, 1) if d > 0)
    cdf = signed_rank_cdf(len(differences))
    less = cdf[plus]
    greater = 1 - (cdf[plus - 1] if plus else 0)
    return float({"less": less, "greater": greater, "two-sided": min(Fraction(1), 2 * min(less, greater))}[alternative])


def signed_rank_enumerated(x, y, alternative):
    """Pratt's exact test: zeros are ranked, their ranks dropped, and every sign of the others is equally likely."""
    differences = exact_differences(x, y)
    ranks = stats.rankdata(np.abs(differences))[differences != 0]
    plus = ranks[differences[differences != 0] > 0].sum()
    sums = [sum(r for r, s in zip(ranks, signs) if s) for signs in itertools.product((0, 1), repeat=len(ranks))]
    less = sum(s <= plus for s in sums) / len(sums)
    greater = sum(s >= plus for s in sums) / len(sums)
    return {"less": less, "greater": greater, "two-sided": min(1, 2 * min(less, greater))}[alternative]


def distinct(n, shift=0.0):
    """Values whose differences are all different from each other and from 0, with a shift that keeps them so."""
    magnitudes = random.permutation(np.arange(1, n + 1)) + random.integers(0, 2, n) * 0.25
    signs = np.where(random.random(n) < 0.5 + shift, 1, -1)
    y = random.integers(-50, 50, n).astype(float)
    return (y + signs * magnitudes).tolist(), y.tolist()


def exact_differences(x, y):
    """Differences of the numbers as they are written in decimal: SciPy's own, of doubles, miss ties (issues 17667 and 26082)."""
    differences = [Fraction(repr(a)) - Fraction(repr(b)) for a, b in zip(x, y)]
    return np.array([float(d) for d in differences])


def wilcoxon_case(name, x, y, method, alternative="two-sided", zero_method="wilcox", correction=False, oracle="scipy"):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = stats.wilcoxon(
            exact_differences(x, y), method=method, alternative=alternative, zero_method=zero_method, correction=correction
        )
    p = number(result.pvalue)
    if oracle == "rational":
        exact = signed_rank_exact(x, y, alternative)
        assert abs(exact - p) < 1e-14, (name, exact, p)
        p = exact
    elif oracle == "enumeration":
        p = signed_rank_enumerated(x, y, alternative)
    options = {"method": method, "alternative": alternative, "zeroMethod": zero_method, "correction": correction}
    return {"name": name, "x": x, "y": y, "options": options, "statistic": number(result.statistic), "pValue": p, "oracle": oracle}


def wilcoxon_cases():
    for n in [*range(1, 21), 25, 30, 40, 49, 50, 51, 60]:
        for alternative in ALTERNATIVES:
            shift = random.choice([-0.45, 0, 0.2, 0.45])
            x, y = distinct(n, shift)
            yield wilcoxon_case(f"untied n={n}", x, y, "exact", alternative, oracle="rational")
    for sign in (1, -1):
        x, y = [sign * (i + 1.0) for i in range(50)], [0.0] * 50
        for alternative in ALTERNATIVES:
            yield wilcoxon_case("one sign n=50", x, y, "exact", alternative, oracle="rational")
    for n, digits, shift in itertools.product((2, 5, 13, 30, 80), (0, 1), (0, 0.4)):
        x, y = rounded(n, digits, shift)
        for zero_method, alternative, correction in itertools.product(("wilcox", "pratt", "zsplit"), ALTERNATIVES, (False, True)):
            name = f"tied n={n} digits={digits} shift={shift}"
            yield wilcoxon_case(name, x, y, "asymptotic", alternative, zero_method, correction)
    for n in (6, 12, 30):
        x, y = rounded(n, 0, 0.5)
        for zero_method, alternative in itertools.product(("wilcox", "zsplit"), ALTERNATIVES):
            yield wilcoxon_case(f"exact of ties n={n}", x, y, "exact", alternative, zero_method)
    for n in (4, 8, 12):
        x, y = distinct(n)
        x[: n // 3] = y[: n // 3]
        for alternative in ALTERNATIVES:
            yield wilcoxon_case(f"exact pratt with zeros n={n}", x, y, "exact", alternative, "pratt", oracle="enumeration")
    for name, (x, y) in EDGES.items():
        for zero_method, alternative in itertools.product(("wilcox", "pratt", "zsplit"), ALTERNATIVES):
            yield wilcoxon_case(name, x, y, "asymptotic", alternative, zero_method, name == "huge")
    for n, levels, shift in ((300, 1000, 0), (1000, 30, 2), (2000, 500, 60), (3000, 100000, 40000), (2000, 7, 7), (1800, 1000, 1000)):
        recipe = {"x": [n, 11, levels, shift], "y": [n, 77, levels, 0]}
        x, y = lehmer(*recipe["x"]), lehmer(*recipe["y"])
        for zero_method, alternative in itertools.product(("wilcox", "pratt", "zsplit"), ALTERNATIVES):
            case = wilcoxon_case(f"large n={n} levels={levels} shift={shift}", x, y, "asymptotic", alternative, zero_method)
            yield {**case, **recipe, "lehmer": True}


def location_cases():
    """Hodges-Lehmann by writing all pairs down; interval bounds from rational arithmetic."""
    for n, level, digits in itertools.product((1, 3, 5, 6, 10, 21, 50), (0.9, 0.95, 0.99), (0, 3)):
        d = np.round(random.normal(0.5, 2, n), digits)
        walsh = np.sort([(d[i] + d[j]) / 2 for i in range(n) for j in range(i, n)])
        k = sum(c <= Fraction(str(round((1 - level) / 2, 6))) for c in signed_rank_cdf(n))
        interval = [walsh[k - 1], walsh[-k]] if k > 0 else None
        yield {"values": d.tolist(), "level": level, "estimate": float(np.median(walsh)), "interval": interval}
