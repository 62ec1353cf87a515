"""Table of `zotheory.theorems.gld_low_rank`."""

from functools import partial

from sympy import Rational

from proofs import derive
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.theorems import gld_low_rank as low

NOT_REDUCED: dict[str, str] = {}

less = Rational(99, 100)
one_step = partial(derive, "gld_low_rank.one_step")
smooth_step = partial(derive, "gld_low_rank.smooth_step")
unknown_dimension = partial(derive, "gld_low_rank.unknown_dimension")
perturbed = partial(derive, "gld_low_rank.perturbed")


def _level(x):
    return Rational(x, 10_000)


FALSEHOODS = {
    "low rank, one step above Phi(-0.672)": (
        lambda: one_step(level=_level(6720)),
        "the larger dimensions at the smallest radius|the larger dimensions at the largest radius",
    ),
    "low rank, 1/4 in [L/2, L]": (lambda: one_step(low=Rational(1, 2)), "dimensions one by one"),
    "low rank, radii too small": (lambda: one_step(low=Rational(1, 3)), "the reach of the last radius"),
    "low rank, a smaller contraction": (
        lambda: one_step(bound=scaled(low.contraction, less)),
        "the gap at the contracted point",
    ),
    "low rank, 1 - 1/(2 k Q)": (lambda: smooth_step(bound=lambda k, Q: 1 - 1 / (2 * k * Q)), "progress"),
    "low rank, one dimension too few": (
        lambda: smooth_step(bound=changed(low.smooth_contraction, k=lambda k: k - 1)), "progress",
    ),
    "low rank, deviations down to r": (lambda: unknown_dimension(last=lambda r, n: r), "last"),
    "low rank, evaluations without log2 n": (
        lambda: unknown_dimension(bound=changed(low.evaluations, n=lambda n: 1)), "evaluations",
    ),
    "low rank, a perturbation adds delta": (
        lambda: perturbed(bound=changed(low.perturbed_gap, delta=lambda delta: delta / 2)), "the gap after the step",
    ),
    "low rank, least gap 19 delta k Q": (
        lambda: perturbed(least_gap=scaled(low.least_gap, Rational(19, 20))), "half the progress",
    ),
}  # fmt: skip
TRUTHS = {"low rank, one step above Phi(-0.6744)": partial(one_step, level=_level(6744))}
