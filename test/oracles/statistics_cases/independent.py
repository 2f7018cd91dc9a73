"""Cases of the Mann-Whitney and Kendall tests."""

import itertools
import warnings

import numpy as np
from scipy import stats

from .shared import ALTERNATIVES, EDGES, lehmer, number, random, rounded


def mannwhitney_case(name, x, y, method, alternative, correction=False):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = stats.mannwhitneyu(np.array(x), np.array(y), use_continuity=correction, alternative=alternative, method=method)
    options = {"method": method, "alternative": alternative, "correction": correction}
    statistic, p = number(result.statistic), number(result.pvalue)
    return {"name": name, "x": x, "y": y, "options": options, "statistic": statistic, "pValue": p, "oracle": "scipy"}


def mannwhitney_cases():
    sizes = [(1, 1), (1, 5), (2, 3), (4, 4), (7, 3), (8, 20), (15, 15), (30, 11), (50, 50), (3, 50)]
    for (n1, n2), shift in itertools.product(sizes, (0, 0.3, -0.8)):
        values = random.permutation(n1 + n2).astype(float)
        x, y = (values[:n1] + shift * (n1 + n2)).tolist(), (values[n1:] + 0.25).tolist()
        for alternative in ALTERNATIVES:
            yield mannwhitney_case(f"untied {n1}x{n2} shift={shift}", x, y, "exact", alternative)
            yield mannwhitney_case(f"untied {n1}x{n2} shift={shift}", x, y, "asymptotic", alternative, shift != 0)
    for n1, n2 in ((2, 2), (5, 9), (20, 20), (60, 33), (100, 150)):
        x, y = rounded(max(n1, n2), 0, 0.3)
        for alternative, correction in itertools.product(ALTERNATIVES, (False, True)):
            yield mannwhitney_case(f"tied {n1}x{n2}", x[:n1], y[:n2], "asymptotic", alternative, correction)
    for name, (x, y) in EDGES.items():
        for alternative, correction in itertools.product(ALTERNATIVES, (False, True)):
            yield mannwhitney_case(name, x, y, "asymptotic", alternative, correction)
    for n, levels, shift in ((300, 1000, 0), (1000, 30, 2), (2000, 100000, 40000)):
        recipe = {"x": [n, 11, levels, shift], "y": [n // 2, 77, levels, 0]}
        x, y = lehmer(*recipe["x"]), lehmer(*recipe["y"])
        for alternative in ALTERNATIVES:
            case = mannwhitney_case(f"large n={n} levels={levels} shift={shift}", x, y, "asymptotic", alternative)
            yield {**case, **recipe, "lehmer": True}


def kendall_case(name, x, y, method, alternative, variant):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = stats.kendalltau(np.array(x), np.array(y), method=method, alternative=alternative, variant=variant)
    options = {"method": method, "alternative": alternative, "variant": variant}
    statistic, p = number(result.statistic), number(result.pvalue)
    return {"name": name, "x": x, "y": y, "options": options, "statistic": statistic, "pValue": p, "oracle": "scipy"}


def kendall_cases():
    for n, trend in itertools.product((2, 3, 4, 5, 7, 10, 13, 20, 33, 50, 51, 80, 180), (0, 0.7, -3)):
        x = random.permutation(n).astype(float)
        y = stats.rankdata(x * trend + random.permutation(n), method="ordinal").astype(float)
        for alternative in ALTERNATIVES:
            yield kendall_case(f"untied n={n} trend={trend}", x.tolist(), y.tolist(), "exact", alternative, "b")
    for n, digits in itertools.product((3, 6, 15, 40, 120), (0, 1)):
        x, y = rounded(n, digits)
        y = np.round(np.array(y) + 0.3 * np.array(x), digits).tolist()
        for variant, alternative in itertools.product("bc", ALTERNATIVES):
            yield kendall_case(f"tied n={n} digits={digits}", x, y, "asymptotic", alternative, variant)
    for n in (4, 20, 100):
        x = (np.arange(n) % 2).astype(float).tolist()
        y = np.round(random.random(n) + np.array(x) / 2, 2).tolist()
        for variant, alternative in itertools.product("bc", ALTERNATIVES):
            yield kendall_case(f"indicator n={n}", x, y, "asymptotic", alternative, variant)
    for name, (x, y) in EDGES.items():
        if name == "two pairs":
            continue  # SciPy divides by zero there
        for variant, alternative in itertools.product("bc", ALTERNATIVES):
            yield kendall_case(name, x, y, "asymptotic", alternative, variant)
    for n, levels, trend in ((300, 1000, 0), (1000, 30, 1), (3000, 100000, 1)):
        recipe = {"x": [n, 11, levels, 0], "y": [n, 77, levels, 0], "trend": trend}
        x, y = lehmer(*recipe["x"]), lehmer(*recipe["y"])
        y = [b + trend * a for a, b in zip(x, y)]
        for variant, alternative in itertools.product("bc", ALTERNATIVES):
            case = kendall_case(f"large n={n} levels={levels} trend={trend}", x, y, "asymptotic", alternative, variant)
            yield {**case, **recipe, "lehmer": True}
