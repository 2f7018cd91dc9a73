# /// script
# requires-python = ">=3.11"
# dependencies = ["scipy==1.17.1", "numpy==2.4.6", "mpmath==1.4.1"]
# ///
"""Writes the fixtures that the statistics are tested against: what SciPy, NumPy and mpmath say of the same data.

    python3 -m venv .lab/oracle
    .lab/oracle/bin/pip install scipy==1.17.1 numpy==2.4.6 mpmath==1.4.1
    .lab/oracle/bin/python test/oracles/statistics_fixtures.py test/data/statistics

The versions are pinned because what SciPy returns for ties, zeros and tails has changed between versions. Two things are not
taken from SciPy: exact signed-rank p-values come from rational arithmetic (SciPy 1.17 loses digits in the upper tail, issue
26026), and exact p-values with Pratt's zeros from enumeration of all signs (SciPy uses ranks that are not there).
"""

import json
import sys
from pathlib import Path

import mpmath
import numpy as np
import scipy

sys.dont_write_bytecode = True  # the script leaves nothing behind but the fixtures
from statistics_cases import estimates, independent, signed_rank

PINNED = {"scipy": "1.17.1", "numpy": "2.4.6", "mpmath": "1.4.1"}


def main(target):
    found = {"scipy": scipy.__version__, "numpy": np.__version__, "mpmath": mpmath.__version__}
    if found != PINNED:
        sys.exit(f"these fixtures are made with {PINNED}, found {found}")
    fixtures = {
        "wilcoxon": list(signed_rank.wilcoxon_cases()),
        "mannwhitney": list(independent.mannwhitney_cases()),
        "kendall": list(independent.kendall_cases()),
        "quantiles": list(estimates.quantile_cases()),
        "multiplicity": list(estimates.multiplicity_cases()),
        "location": list(signed_rank.location_cases()),
        "normal": estimates.normal_cases(),
    }
    for name, cases in fixtures.items():
        rows = ",\n".join(json.dumps(case) for case in cases) if isinstance(cases, list) else json.dumps(cases)
        text = f"[\n{rows}\n]\n" if isinstance(cases, list) else f"{rows}\n"
        Path(target, f"{name}.json").write_text(text)
        print(f"{name}: {len(cases)}")


if __name__ == "__main__":
    main(sys.argv[1])
