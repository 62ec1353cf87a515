"""GLD-Search on functions of few directions, and near them: the claims."""

from __future__ import annotations

from functools import partial

import numpy as np

from zotheory.claims.gld_search import PAPER
from zotheory.elementary import Array
from zotheory.evidence.claim import Claim, Experiment
from zotheory.measurements.experiments import over_decades
from zotheory.measurements.falsehoods import changed
from zotheory.measurements.gld_low_rank import (
    event,
    event_exactly,
    one_step,
    paid_radii,
    perturbed,
    reaching,
    smooth_step,
)
from zotheory.measurements.gld_search import rare
from zotheory.reduced import DECADES
from zotheory.statements import gld_low_rank as statements
from zotheory.theorems.gld_low_rank import (
    contraction,
    evaluations,
    perturbed_contraction,
    perturbed_gap,
    smooth_contraction,
)

Q = 10.0  # condition number of "hard"


def tenth(n: int) -> int:
    """Return the number of directions of the hard instance that grows with n."""
    return n // 10


def hard_reaching(k: float, n: int) -> Experiment:
    """Return the evaluations on the hard instance of n/10 directions, for a fall that is rare were there k of them."""
    return reaching("hard", tenth(n), n, rare(k, Q))


def half_progress(*, gap: Array, delta: Array, k: Array, Q: Array) -> Array:
    """Return half the progress, whatever delta is."""
    return perturbed_contraction.formula(k=k, Q=Q) * gap


def three_times(*, k: Array, Q: Array) -> Array:
    """Return a contraction with three times the progress."""
    return 1 - 3 / (5 * k * Q)


CLAIMS = (
    Claim(
        "gld_low_rank.one_step",
        states=statements.one_step,
        bound=contraction,
        kind="probability",
        says="Let f(x) = g(A'x) with orthonormal columns of A, so that f depends on k of n directions only, with g "
        "smooth and strongly convex of condition number Q and minimiser u*. If the radii R, R/2, ... down to r or "
        "below reach from above to below (3/(5Q)) |A'x - u*|, then for one of them, r_j, a point y drawn from "
        "N(x, (r_j/k)^2 I) has f(y) - f* <= (1 - 1/(5kQ)) (f(x) - f*) with probability above 1/4; so GLD-Search "
        "contracts the gap with that probability by a factor that does not depend on n.",
        source=f"{PAPER}, Theorem 9, as recalled there with an unnamed constant",
        provenance="corrected",
        on=[
            *(event_exactly(k) for k in (3, 10, 100, *DECADES)),
            *(event(k) for k in (1, 2, 10, *DECADES)),
            one_step("family", 5, 20),
            one_step("family", 1, 20),
            one_step("family", 10, 10),
            one_step("logistic", 30, 40),
            one_step("hard", 10, 40),
            *over_decades(partial(one_step, "hard", 5)),
            *over_decades(lambda n: one_step("hard", tenth(n), n)),
            one_step("hard", 10**6, 10**6),
        ],
        but={
            "variance": (
                "the variance of a coordinate may be r_j^2/k in the place of r_j^2/k^2",
                None,
                [event(k, power=-0.5) for k in (100, *DECADES)],
            ),
            "window": (
                "the probability is above 1/4 for every radius between L/2 and L, also for L itself, the distance of x "
                "from the centre of a ball of lower points",
                None,
                event(10**3, ends=(1.0, 1.0), replicas=400_000),
            ),
            "scale_n": (
                "the displacements may be scaled by 1/n in the place of 1/k",
                None,
                # at 10^3 the grid reaches up far enough
                [one_step("hard", 5, n, scale=lambda k, n: 1 / n) for n in DECADES[1:]],
            ),
            "sqrt_k": (
                "the contraction is 1 - 1/(5 sqrt(k) Q): a wrong power of the number of directions",
                changed(contraction, k=np.sqrt),
                over_decades(lambda n: one_step("hard", n, n)),
            ),
        },
    ),
    Claim(
        "gld_low_rank.smooth_step",
        states=statements.smooth_step,
        bound=smooth_contraction,
        kind="probability",
        says="Let f(x) = g(A'x) with orthonormal columns of A, so that f depends on k directions only, let g have an "
        "L1-Lipschitz gradient with |grad g|^2 >= 2 mu (g - g*), and Q = L1/mu. If r <= (9/10) |grad g|/L1 and "
        "(9/20) |grad g|/L1 <= R, then for one of the radii R, R/2, ... down to r or below, r_j, a point y drawn from "
        "N(x, (r_j/k)^2 I) has f(y) - f* <= (1 - 2/(5kQ)) (f(x) - f*) with probability above 1/4: twice the progress, "
        "and g need not be convex.",
        source="ours, doubling the progress of " + PAPER + ", Theorem 9",
        on=[
            smooth_step("family", 5, 20, 0.6),
            smooth_step("family", 10, 10, 0.6),
            smooth_step("wavy", 5, 20, 0.6),
            smooth_step("hard", 10, 40, 0.6),
            *over_decades(lambda n: smooth_step("hard", 5, n, 0.6)),
            *over_decades(lambda n: smooth_step("hard", tenth(n), n, 0.6)),
        ],
        but={
            "three": (
                "the contraction is 1 - 3/(5kQ), three times the progress, by the radius best for it",
                three_times,
                over_decades(lambda n: smooth_step("hard", tenth(n), n, np.sqrt(0.6))),
            ),
            "radius": ("a radius of 2 |grad g|/L1 contracts the gap as often", None, smooth_step("hard", 10, 40, 2.0)),
        },
    ),
    Claim(
        "gld_low_rank.unknown_dimension",
        states=statements.unknown_dimension,
        bound=evaluations,
        kind="probability",
        says="Let f(x) = g(A'x) as in gld_low_rank.one_step, but k not known. With deviations R, R/2, ... of a "
        "coordinate, down to r/n, a step of GLD-Search contracts the gap by the factor 1 - 1/(5kQ) with probability "
        "above 1/4 whatever k is, if r <= (3/(5Q)) |A'x - u*| <= R; 1 + (T + 1)(log2(nR/r) + 2) evaluations, "
        "T = 40 k Q log(1/rho), from |A'x_0 - u*| <= R bring the gap down by the factor rho, or the distance "
        "|A'x - u*| to (5/3) Q^(3/2) r, but for the probability rho^(5kQ/4).",
        source="ours, with constants for the rate in " + PAPER,
        on=[
            *(paid_radii("hard", k, 20) for k in (1, 5, 20)),
            *(paid_radii("hard", k, 10**12) for k in (2, 10**4, 10**8, 10**12)),
            reaching("family", 5, 20, 1.0),
            reaching("hard", 5, 20, 1.0),
            *over_decades(lambda n: reaching("hard", 5, n, rare(5, Q))),
            *over_decades(lambda n: hard_reaching(tenth(n), n)),
        ],
        but={
            "no_extension": (
                "deviations down to r suffice, so that the dimension costs no evaluations",
                changed(evaluations, n=lambda n: 1),
                over_decades(lambda n: paid_radii("hard", tenth(n), n)),
            ),
            "upwards": (
                "the deviations may go from n R down to r: the grid is extended at its upper end",
                None,
                paid_radii("hard", 10**3, 10**3, upwards=True),
            ),
            "sqrt_k": (
                "T = 40 sqrt(k) Q log(1/rho) steps suffice: a wrong power of the number of directions",
                changed(evaluations, k=np.sqrt),
                over_decades(lambda n: hard_reaching(np.sqrt(tenth(n)), n), DECADES[1:]),
            ),
        },
    ),
    Claim(
        "gld_low_rank.perturbed",
        states=statements.perturbed,
        bound=perturbed_gap,
        kind="probability",
        says="Let f(x) = g(A'x) + h(x), where |h| <= delta and g(A'x) is as in gld_low_rank.one_step, of k directions "
        "and condition number Q. Where the radii of GLD-Search reach as they must for g(A'x) alone, a step from x to y "
        "has f(y) - f* <= (1 - 1/(5kQ)) (f(x) - f*) + 2 delta with probability above 1/4; that is at most "
        "(1 - 1/(10kQ)) (f(x) - f*) whenever f(x) - f* >= 20 delta k Q.",
        source=f"{PAPER}, high-rank perturbations, as recalled there from 60 delta k Q on",
        provenance="corrected",
        on=[
            perturbed("family", 5, 20, "square wave"),
            perturbed("logistic", 30, 40, "square wave"),
            perturbed("family", 5, 20, "cliffs"),
            perturbed("hard", 10, 40, "cliffs"),
            *(perturbed("hard", 5, n, h) for n in DECADES for h in ("cliffs", "square wave")),
            *over_decades(lambda n: perturbed("hard", tenth(n), n, "cliffs")),
            *over_decades(lambda n: perturbed("hard", tenth(n), n, "cliffs", a=0.6)),
        ],
        but={
            "half_threshold": (
                "half of the progress, 1 - 1/(10kQ), is left from a gap of delta k Q/2 on",
                half_progress,
                perturbed("hard", 10, 40, "cliffs", 0.5),
            ),
            "fifth_threshold": (
                "half of the progress is left from a gap of 4 delta k Q on, by the radius best for it",
                half_progress,
                perturbed("hard", 10**5, 10**6, "cliffs", 4.0, a=np.sqrt(0.6)),
            ),
            "threshold": (
                "half of the progress is left from a gap of 20 delta Q on: the factor k is dropped",
                half_progress,
                over_decades(lambda n: perturbed("hard", tenth(n), n, "cliffs", 200 / n)),
            ),
        },
    ),
)
