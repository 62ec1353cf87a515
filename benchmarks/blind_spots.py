"""Falsehoods that the experiments cannot refute, because the slack of the true bound hides them.

    python benchmarks/blind_spots.py

Each was tried as a control and not refuted under the budget that all controls share, so it is none. Prints
measured/bound and the p-value of refutation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from zotheory.directions import sphere
from zotheory.evidence.claims import Experiment
from zotheory.evidence.verdicts import observe
from zotheory.methods import Method
from zotheory.methods.gld_search import State, argmin
from zotheory.oracles import Fresh
from zotheory.theorems import accelerated_random_search as ars
from zotheory.theorems import double_smoothing as double
from zotheory.theorems import gld_fast as fast
from zotheory.theorems import gld_low_rank as low
from zotheory.theorems import gld_search as gld
from zotheory.theorems import random_gradient_free as rgf
from zotheory.theorems import two_point as two
from zotheory.theorems import two_point_corollaries as pairs


def last_iterate(method: Method) -> Method:
    """Return x^(k+1) in place of the average."""
    return replace(method, output=lambda state: state.x)


def best_candidate(f: Any, state: State, v: np.ndarray) -> State:
    """Move to the best candidate even if it is worse than x_t."""
    y = state.x[..., None, :] + v
    return State(*argmin(y, f(y)))


def attempts() -> dict[str, Experiment]:
    """Falsehood -> experiment."""
    found = {}
    for bound in (two.mean_gap, two.mean_gap_sharp):
        for name, d in (("quadratic", 10), ("logistic", 30), ("linear", 10), ("signal", 10)):
            label = f"{bound.__name__} holds for the last iterate, {name}"
            found[label] = two.measure_mean_gap(name, d, 1000, sphere, bound, last_iterate)
    found["mean_gap without sqrt(s(d)), quadratic, d = 10^6, k = 100"] = two.measure_mean_gap(
        "quadratic", 10**6, 100, sphere, lambda k, s, **rest: two.mean_gap(k, s=1.0, **rest)
    )
    found["mean_gap holds with fresh samples, linear"] = two.measure_mean_gap("linear", 10, 1000, oracle=Fresh)
    found["iterations suffice when the best candidate is always taken"] = gld._reaching(
        "hard", 100, gld._short, spoil=lambda method, R, r: gld._with(method, step=best_candidate)
    )
    found["iterations with sqrt(n) for n, d = 10^3"] = gld._reaching(
        "hard",
        10**3,
        lambda n, Q: gld._short(1, Q) / np.sqrt(n),
        lambda n, Q, log_ratio: gld.iterations(n=np.sqrt(n), Q=Q, log_ratio=log_ratio),
    )
    found["double_smoothing holds for the last iterate, l2"] = double._mean_gap("l2", 10, 400, spoil=last_iterate)
    found["one step with displacements scaled by n, n = 10^3"] = low._one_step(
        "hard", 5, 10**3, scale=lambda k, n: 1 / n
    )
    found["accelerated, sqrt(n) for n, d = 10^3"] = ars._mean_gap(
        "steep", 10**3, 50, bound=lambda k, n, **rest: ars.mean_gap(k, n=np.sqrt(n), **rest)
    )
    found["epochs with the guess Q/8"] = fast._epochs("hard", 5, 1, 8.0, times=1 / 8)
    found["pairs without s(d), quadratic, d = 10^3, k = 1000"] = pairs._pairs_gap(
        "quadratic", 10**3, 1000, 8, sphere, pairs._dimension_free, replicas=40
    )
    found["Theorem 6 of Nesterov and Spokoiny with sqrt(d) for d"] = rgf._nonsmooth_gap(
        "l2", 100, 400, rgf.nonsmooth, believed=10
    )
    return found


def main() -> None:
    """Print the table."""
    for label, experiment in attempts().items():
        seen = observe(label, experiment, 0, "quick")
        print(f"{label:66} ratio {seen.ratio:8.3g}   p {seen.refuting:.2g}")


if __name__ == "__main__":
    main()
