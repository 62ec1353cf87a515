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
from zotheory.evidence.parts import stream
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
from zotheory.methods.gld_search import State
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
from zotheory.values import argmin


def last_iterate(method: Method) -> Method:
    """Return x^(k+1) in place of the average."""
    return replace(method, output=lambda state: state.x)


def best_candidate(f: Any, state: State, v: np.ndarray) -> State:
    """Move to the best candidate even if it is worse than x_t."""
    y = state.x[..., None, :] + v
    return State(*argmin(y, f(y)))


LAST = "the last point keeps the bound as well as the average"


def attempts() -> Iterator[tuple[str, Bound, Experiment]]:
    """Yield falsehood, bound, experiment."""
    for bound in (two_point.mean_gap, two_point.mean_gap_sharp):
        for name, d in (("quadratic", 10), ("logistic", 30), ("linear", 10), ("signal", 10)):
            yield f"two_point.{bound.__name__}: {LAST}", bound, two.mean_gap(name, d, 1000, spoil=last_iterate)
    free = changed(two_point.mean_gap, s=lambda s: 1.0)
    yield "two_point.mean_gap: the factor sqrt(s(d)) is not needed", free, two.mean_gap("quadratic", 10**6, 100)
    fresh = two.mean_gap("linear", 10, 1000, oracle=Fresh)
    yield "two_point.mean_gap: the two evaluations of a step may draw samples of their own", two_point.mean_gap, fresh
    always = gld.reaching("hard", 100, gld.rare, lambda method, R, r: spoiled(method, step=best_candidate))
    yield "gld_search.iterations: the best candidate may always be taken", gld_search.iterations, always
    yield (
        "gld_search.iterations: sqrt(n) may stand in the place of n",
        changed(gld_search.iterations, n=np.sqrt),
        gld.reaching("hard", 10**3, lambda n, Q: gld.rare(1, Q) / np.sqrt(n)),
    )
    last = double.mean_gap("l2", 10, 400, spoil=last_iterate)
    yield f"double_smoothing.mean_gap_sharp: {LAST}", double_smoothing.mean_gap_sharp, last
    scaled = low.one_step("hard", 5, 10**3, scale=lambda k, n: 1 / n)
    yield (
        "gld_low_rank.one_step: the displacements may be scaled by 1/n in the place of 1/k",
        gld_low_rank.contraction,
        scaled,
    )
    yield (
        "accelerated_random_search.mean_gap: sqrt(n) may stand in the place of n",
        changed(accelerated_random_search.mean_gap, n=np.sqrt),
        ars.mean_gap("steep", 10**3, 50),
    )
    yield (
        "gld_fast.epochs: the method may be told Q/8",
        gld_fast.distance,
        fast.after_epochs("hard", 5, 1, 8.0, times=1 / 8),
    )
    yield (
        "two_point_corollaries.pairs: the dimension does not enter",
        _dimension_free,
        pairs.pairs_gap("quadratic", 10**3, 1000, 8, replicas=40),
    )
    yield (
        "random_gradient_free.nonsmooth: the step size of 10 dimensions serves in 100",
        random_gradient_free.nonsmooth,
        rgf.nonsmooth_gap("l2", 100, 400, believed=10),
    )


def _dimension_free(k: Any, *, s: Any, m: Any, **rest: Any) -> Any:
    return two_point_corollaries.pairs_mean_gap(k, s=1.0, m=m, **rest)


def main() -> None:
    """Print the table."""
    for falsehood, bound, experiment in attempts():
        seen = experiment.measure(bound, experiment.replicas, stream(0, falsehood, experiment.label, str(experiment.d)))
        found = f"measured/bound {seen.ratio:.3g}, p-value {seen.refuting:.2g}"
        print(f"{falsehood}\n    {experiment.label}, d = {experiment.d:g}: {found}")


if __name__ == "__main__":
    main()
