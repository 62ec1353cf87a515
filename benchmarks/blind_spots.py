"""Falsehoods that the experiments cannot refute, because the slack of the true bound hides them.

    python benchmarks/blind_spots.py

Each was tried as a control and not refuted, so it is none. Prints measured/bound and the p-value of refutation.
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
from zotheory.theorems import gld_search as gld
from zotheory.theorems import two_point as two


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
            found[label] = two._mean_gap(name, d, 1000, sphere, bound, last_iterate)
    found["mean_gap without sqrt(s(d)), quadratic, d = 10^6, k = 100"] = two._mean_gap(
        "quadratic", 10**6, 100, sphere, lambda k, s, **rest: two.mean_gap(k, s=1.0, **rest)
    )
    found["mean_gap holds with fresh samples, linear"] = two._mean_gap("linear", 10, 1000, oracle=Fresh)
    found["iterations suffice when the best candidate is always taken"] = gld._reaching(
        "hard", 100, gld._short, spoil=lambda method, R, r: gld._with(method, step=best_candidate)
    )
    found["iterations with sqrt(n) for n, d = 10^3"] = gld._reaching(
        "hard",
        10**3,
        lambda n, Q: gld._short(1, Q) / np.sqrt(n),
        lambda n, Q, log_ratio: gld.iterations(n=np.sqrt(n), Q=Q, log_ratio=log_ratio),
    )
    return found


def main() -> None:
    """Print the table."""
    for label, experiment in attempts().items():
        seen = observe(label, experiment, 0, "quick")
        print(f"{label:66} ratio {seen.ratio:8.3g}   p {seen.refuting:.2g}")


if __name__ == "__main__":
    main()
