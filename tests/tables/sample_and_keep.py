"""Table of `zotheory.theorems.sample_and_keep`."""

from functools import partial

from sympy import Integer, Rational

from proofs import derive
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.spoiled import worst_candidate
from zotheory.theorems import sample_and_keep

lower_bound = partial(derive, "sample_and_keep.lower_bound")
expected = partial(derive, "sample_and_keep.expected_contraction")
grid = partial(derive, "sample_and_keep.best_grid")
half, less = Rational(1, 2), Rational(99, 100)

FALSEHOODS = {
    "half the chance": (lambda: lower_bound(bound=scaled(sample_and_keep.chance, half)), "the chance"),
    "a hundredth less of the chance": (lambda: lower_bound(bound=scaled(sample_and_keep.chance, less)), "the chance"),
    "a squared chance": (
        lambda: lower_bound(bound=lambda **a: 2 * sample_and_keep.chance(**a) ** 2), "the chance",
    ),
    "no logarithm": (
        lambda: lower_bound(lowest_factor=sample_and_keep.factor), "what is to be taken",
    ),
    "a wider cone": (
        lambda: lower_bound(cone=lambda Q, **a: Q * sample_and_keep.cone(Q=Q, **a)), "the cone",
    ),
    "lower bound, worst candidate": (lambda: lower_bound(step=worst_candidate), "the lowest of all values"),
    "twice the expected fall": (
        lambda: expected(bound=changed(sample_and_keep.expected_contraction, Q=lambda Q: Q / 2)), "the shipped factor",
    ),
    "a hundredth more of the expected fall": (
        lambda: expected(bound=changed(sample_and_keep.expected_contraction, Q=lambda Q: 0.99 * Q)),
        "the shipped factor",
    ),
    "expected fall over sqrt n": (
        lambda: expected(
            bound=lambda n, Q, kappa: sample_and_keep.expected_contraction(n=n, Q=max(Q / n**0.5, 1), kappa=kappa)
        ),
        "the shipped factor",
    ),
    "expected fall, 0.405 for every n": (lambda: expected(constant=Rational(405, 1000)), "the constant in the limit"),
    "expected fall, worst candidate": (lambda: expected(step=worst_candidate), "the lowest of all values"),
    "half the level": (lambda: grid(level=scaled(sample_and_keep.level, half)), "within the window"),
    "a hundredth more of the merit": (lambda: grid(bound=scaled(sample_and_keep.merit, 1 / less)), "the merit"),
    "merit below 0.1483": (lambda: grid(most=Rational(1483, 10_000)), "largest merit"),
    "levels up to 1.4": (lambda: derive("axis.above_normal", highest=Rational(14, 10)), "the dimensions from 2 to 60"),
    "grid, worst candidate": (lambda: grid(step=worst_candidate), "the lowest of all values"),
}  # fmt: skip
TRUTHS = {
    "expected fall, 0.404 for every n": lambda: expected(constant=Rational(404, 1000)),
    "levels up to 1": lambda: derive("axis.above_normal", highest=Integer(1)),
}
NOT_REDUCED: dict[str, str] = {}
