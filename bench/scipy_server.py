"""Runs SciPy's tests on request, so that they take turns with ours in one benchmark.

    scipy_server.py X Y     two files of little-endian doubles

Each line of standard input is a test's name; each line of output is what it took and found, as JSON.
"""

import json
import sys
import time

import numpy as np
import scipy
from scipy import stats

x, y = (np.fromfile(path, dtype="<f8") for path in sys.argv[1:3])
TESTS = {
    "wilcoxon": lambda: stats.wilcoxon(x, y, method="asymptotic"),
    "mannwhitney": lambda: stats.mannwhitneyu(x, y, use_continuity=False, method="asymptotic"),
    "kendall": lambda: stats.kendalltau(x, y, method="asymptotic"),
}

print(json.dumps({"scipy": scipy.__version__, "numpy": np.__version__}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    result = TESTS[line.strip()]()
    elapsed = (time.perf_counter() - start) * 1000
    print(json.dumps({"ms": elapsed, "statistic": float(result.statistic), "pValue": float(result.pvalue)}), flush=True)
