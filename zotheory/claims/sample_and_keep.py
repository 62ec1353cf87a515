"""Sample a symmetric step, keep it if it is lower: the claims."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from zotheory.claims import related
from zotheory.directions import ball, gaussian, sphere
from zotheory.elementary import Array
from zotheory.evidence.claim import Claim
from zotheory.measurements.experiments import over_decades
from zotheory.measurements.falsehoods import changed
from zotheory.measurements.sample_and_keep import (
    attained,
    beaten,
    beaten_exactly,
    constant,
    contraction_exactly,
    ends_exactly,
    fall_at_length,
    measurable,
    most,
    most_merit,
    on_grid,
    run_at_length,
)
from zotheory.measurements.spoiled import along_the_axis, any_candidate, spoiled
from zotheory.reduced import DECADES
from zotheory.statements import sample_and_keep as statements
from zotheory.theorems.sample_and_keep import KAPPA, chance, expected_contraction, factor, merit

PAPER = "Golovin et al., ICLR 2020 (arXiv:1911.06317)"
EVERY_N = "the probability is at most (nQ)^(-5/2) in every dimension n, in the plane as well"


def every_power(*, n: Array, Q: Array, c: Array = 5, m: Array = 1) -> Array:
    """What the recalled statement promises for every n and Q: failure probability m (nQ)^(-c/2)."""
    return m * (n * Q) ** (-c / 2)


def tail_squared(**where: Any) -> Array:
    """2 (1 + u)^-(n-1)."""
    return 2 * chance.formula(**where) ** 2


def root_of_n(*, n: Array, Q: Array) -> Array:
    """1 - c_n/(sqrt(n) Q)."""
    return expected_contraction.formula(n=n, Q=Q / n**0.5)


CLAIMS = (
    Claim(
        "sample_and_keep.lower_bound",
        states=statements.lower_bound,
        bound=chance,
        kind="probability",
        says="Let f be a quadratic that is curved Q times as much across one axis as along it, and let x lie in a "
        "narrow cone about that axis. A random step of any length whose law is symmetric under rotations brings the "
        "gap below 1 - 5 log(nQ)/(nQ) times the old one with probability at most (1/2) (1 + 5 log(nQ)/n)^(-(n-1)/2), "
        "which is at most (nQ)^(-5/2) for n >= 2 and 10 log(nQ)^2; the best of m such steps with at most m times that "
        "probability (and, as measured only, over the first 20 steps of a run).",
        source=f"{PAPER}, Theorem 10, as recalled there with a probability of 1 - 1/poly(nQ)",
        provenance="corrected",
        on=[
            *(beaten_exactly(n) for n in (2, 10, 100, *DECADES)),
            beaten_exactly(2, Q=1e6),
            beaten_exactly(100, Q=1.0, c=1.0),
            beaten(10, sphere, c=5.0),
            beaten(100, gaussian, c=5.0),
            *(beaten(100, law) for law in (gaussian, sphere, ball)),
            beaten(30, ball, name="hard, rotated", Q=3.0),
            beaten(100, gaussian, kind="gld_fast"),
            beaten(30, sphere, kind="gld_fast", name="hard, rotated"),
            *(beaten(n, law) for n in DECADES for law in (gaussian, sphere, ball)),
            *(beaten(n, gaussian, kind="gld_fast") for n in DECADES),
            *(beaten(n, gaussian, c=5.0) for n in DECADES),
            beaten(100, ball, c=5.0, steps=20),
            beaten(10**6, gaussian, kind="gld_fast", c=5.0, steps=20),
        ],
        but={
            "no_log": (
                "no step brings the gap below 1 - 0.1/(nQ), but with probability 1/100: the logarithm is dropped",
                lambda **where: 0.01,
                over_decades(lambda n: beaten(n, sphere, c=0.1 / np.log(10.0 * n))),
            ),
            "power_of_n": (
                "no step brings the gap below 1 - c log(nQ)/(n^2 Q) more often: a wrong power of the dimension",
                lambda n, c, **where: chance.formula(n=n, c=n * c, **where),
                beaten(100, sphere, c=measurable(100, 10.0, 2) / 100),
            ),
            "exponent": (
                "the probability falls like the square of the bound: 2 (1 + u)^-(n-1), u = c log(nQ)/n",
                tail_squared,
                beaten_exactly(1000, c=2.0),
            ),
            "every_n": (EVERY_N, every_power, beaten_exactly(2, Q=1e6)),
            "every_n_measured": (f"{EVERY_N}, in steps that are drawn", every_power, beaten(2, sphere, c=5.0, Q=1e6)),
            "known_axis": (
                "a step along the axis, whose law is not symmetric, does no better",
                None,
                beaten(100, sphere, c=5.0, spoil=along_the_axis),
            ),
        },
    ),
    Claim(
        "sample_and_keep.expected_contraction",
        states=statements.expected_contraction,
        bound=expected_contraction,
        says="Let f be beta-smooth with |g|^2 >= 2 alpha (f - f*), g its gradient, and Q = beta/alpha. A step of "
        "length kappa |g|/(beta sqrt(n)) in a uniformly random direction s, taken only where it lowers f, multiplies "
        "the expected gap by 1 - c_n/(nQ) or less, c_n = 2 kappa E max(z - kappa/2, 0) with z = sqrt(n) s_1; on |x|^2 "
        "by exactly that. For kappa = 1.224 the constant c_n is at least 0.4049 in every dimension.",
        source=related.ours(related.PROGRESS),
        on=[
            *(contraction_exactly(n) for n in (3, 10, 100, 1000)),
            *(constant(n) for n in (1, 2, 3, 10, 100, *DECADES)),
            run_at_length("family", 10, 50),
            run_at_length("logistic", 30, 50),
            run_at_length("hard", 10, 50),
            *over_decades(partial(fall_at_length, "halves")),
        ],
        but={
            "double": (
                "a step takes twice as much: the constant is 2 c_n",
                changed(expected_contraction, Q=lambda Q: Q / 2),
                over_decades(partial(fall_at_length, "hard")),
            ),
            "power_of_n": (
                "the factor is 1 - c_n/(sqrt(n) Q): a wrong power of the dimension",
                root_of_n,
                run_at_length("hard", 10, 50),
            ),
            "length": (
                "a step of length kappa |g|/(beta n) takes as much: a wrong power of the dimension",
                None,
                run_at_length("round", 100, 100, length=KAPPA / 10),
            ),
            "root_Q": (
                "the factor is 1 - c_n/(n sqrt(Q)): a wrong power of the condition number",
                changed(expected_contraction, Q=np.sqrt),
                run_at_length("hard", 10, 50),
            ),
            "accept": (
                "the same holds when every displacement is taken, whatever the values",
                None,
                run_at_length("round", 100, 100, spoil=partial(spoiled, step=any_candidate)),
            ),
            "constant": ("the constant c_n is at least 0.405 in every dimension", None, constant(10**6, 0.405)),
        },
    ),
    Claim(
        "sample_and_keep.best_grid",
        states=statements.best_grid,
        bound=merit,
        kind="probability",
        says="Try steps of all lengths of a grid of ratio q in random directions and keep the best. For n >= 2 one of "
        "the lengths multiplies the gap by 1 - delta/(nQ) or less with probability at least Phi(-level), "
        "level = (sqrt(q) + 1/sqrt(q)) sqrt(delta)/2 <= 6/5, Phi being the distribution function of N(0, 1); no window "
        "of lengths promises more. What is promised for an evaluation, delta log(q) Phi(-level), is largest at "
        "q = 4.680 and delta = 0.822, where it is 0.1484: ratio 2 has at most 69 % of that, and 30 % at delta = 1/5; "
        "with probability 1/4 ratio 2 has delta = 2/5, twice that of Theorem 7.",
        source="ours, for the grids of " + PAPER,
        on=[
            most(),
            attained(),
            *(ends_exactly(n) for n in (2, 3, 10, 100, *DECADES)),
            on_grid("family", 10),
            on_grid("logistic", 30),
            on_grid("hard", 10),
            on_grid("round", 100),
            *(on_grid(name, 10, 2.0, 0.4) for name in ("family", "hard")),
            *over_decades(partial(on_grid, "hard")),
            *(on_grid("hard", n, 2.0, 0.4) for n in DECADES),
        ],
        but={
            "two": (
                "no ratio promises more than ratio 2, with its best delta",
                None,
                most("that of ratio 2", partial(most_merit, q=2.0)),
            ),
            "printed": (
                "nothing promises more than ratio 2 and delta = 1/5, as printed",
                None,
                most("that of ratio 2 and delta = 1/5", lambda bound: float(bound(q=2.0, delta=0.2))),
            ),
            "wide": (
                "a grid of the third power of the ratio contracts as often",
                None,
                over_decades(partial(on_grid, "hard", powers=(-1.0, 2.0))),
            ),
            "power_of_n": (
                "the gap is multiplied by 1 - delta/(sqrt(n) Q) or less: a wrong power of the dimension",
                None,
                on_grid("hard", 100, left=changed(factor, n=np.sqrt)),
            ),
            "half_level": (
                "half of the level counts: the probability is Phi(-level/2)",
                lambda q, delta: 4 * merit.formula(q=q, delta=delta / 4),
                over_decades(partial(on_grid, "hard")),
            ),
        },
    ),
)
