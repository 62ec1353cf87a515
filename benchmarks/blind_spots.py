"""Falsehoods that the experiments cannot refute, because the slack of the true bound hides them.

    python benchmarks/blind_spots.py

Each was tried as a control and not refuted under the budget that all controls share, so it is none. Prints
measured/bound and the p-value of refutation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.running import stream
from zotheory.measurements import accelerated_random_search as ars
from zotheory.measurements import double_smoothing as double
from zotheory.measurements import gld_fast as fast
from zotheory.measurements import gld_low_rank as low
from zotheory.measurements import gld_search as gld
from zotheory.measurements import random_gradient_free as rgf
from zotheory.measurements import two_point as two
from zotheory.measurements import two_point_corollaries as pairs
from zotheory.measurements.falsehoods import changed
from zotheory.measurements.spoiled import spoiled
from zotheory.methods import Method
from zotheory.methods.gld_search import State, argmin
from zotheory.oracles import Fresh
from zotheory.theorems import (
    accelerated_random_search,
    double_smoothing,
    gld_fast,
    gld_low_rank,
    gld_search,
    random_gradient_free,
    two_point,
    two_point_corollaries,
)


def last_iterate(method: Method) -> Method:
    """Return x^(k+1) in place of the average."""
    return replace(method, output=lambda state: state.x)


def best_candidate(f: Any, state: State, v: np.ndarray) -> State:
    """Move to the best candidate even if it is worse than x_t."""
    y = state.x[..., None, :] + v
    return State(*argmin(y, f(y)))


def attempts() -> Iterator[tuple[str, Bound, Experiment]]:
    """Yield falsehood, bound, experiment."""
    for bound in (two_point.mean_gap, two_point.mean_gap_sharp):
        for name, d in (("quadratic", 10), ("logistic", 30), ("linear", 10), ("signal", 10)):
            label = f"{bound.__name__} holds for the last iterate, {name}"
            yield label, bound, two.mean_gap(name, d, 1000, spoil=last_iterate)
    free = changed(two_point.mean_gap, s=lambda s: 1.0)
    yield "mean_gap without sqrt(s(d)), quadratic, d = 10^6, k = 100", free, two.mean_gap("quadratic", 10**6, 100)
    fresh = two.mean_gap("linear", 10, 1000, oracle=Fresh)
    yield "mean_gap holds with fresh samples, linear", two_point.mean_gap, fresh
    always = gld.reaching("hard", 100, gld.rare, lambda method, R, r: spoiled(method, step=best_candidate))
    yield "iterations suffice when the best candidate is always taken", gld_search.iterations, always
    yield (
        "iterations with sqrt(n) for n, d = 10^3",
        changed(gld_search.iterations, n=np.sqrt),
        gld.reaching("hard", 10**3, lambda n, Q: gld.rare(1, Q) / np.sqrt(n)),
    )
    last = double.mean_gap("l2", 10, 400, spoil=last_iterate)
    yield "double_smoothing holds for the last iterate, l2", double_smoothing.mean_gap_sharp, last
    scaled = low.one_step("hard", 5, 10**3, scale=lambda k, n: 1 / n)
    yield "one step with displacements scaled by n, n = 10^3", gld_low_rank.contraction, scaled
    yield (
        "accelerated, sqrt(n) for n, d = 10^3",
        changed(accelerated_random_search.mean_gap, n=np.sqrt),
        ars.mean_gap("steep", 10**3, 50),
    )
    yield "epochs with the guess Q/8", gld_fast.distance, fast.after_epochs("hard", 5, 1, 8.0, times=1 / 8)
    yield (
        "pairs without s(d), quadratic, d = 10^3, k = 1000",
        _dimension_free,
        pairs.pairs_gap("quadratic", 10**3, 1000, 8, replicas=40),
    )
    yield (
        "Theorem 6 of Nesterov and Spokoiny with sqrt(d) for d",
        random_gradient_free.nonsmooth,
        rgf.nonsmooth_gap("l2", 100, 400, believed=10),
    )


def _dimension_free(k: Any, *, s: Any, m: Any, **rest: Any) -> Any:
    return two_point_corollaries.pairs_mean_gap(k, s=1.0, m=m, **rest)


def main() -> None:
    """Print the table."""
    for label, bound, experiment in attempts():
        seen = experiment.measure(bound, experiment.replicas, stream(0, label, experiment.label, str(experiment.d)))
        print(f"{label:66} ratio {seen.ratio:8.3g}   p {seen.refuting:.2g}")


if __name__ == "__main__":
    main()
