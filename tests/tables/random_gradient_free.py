"""Table of `zotheory.theorems.random_gradient_free`."""

from sympy import Rational

import proofs.random_gradient_free as proof
from proofs import derive
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.quadratic_runs import block_moments
from zotheory.theorems import random_gradient_free as theorems

NAME = "random_gradient_free."
AGREE = "at large d bound and value agree to a part in d, less than samples show: the exact values instead"
SLOW = "the bound falls below f(x_0) - f* after d^2 steps only"
NOT_REDUCED: dict[str, str] = {
    NAME + "norm_moments": AGREE,
    NAME + "power_mean": AGREE,
    NAME + "origin_moment": AGREE,
    NAME + "nonsmooth": SLOW,
    NAME + "nonsmooth_sharp": SLOW,
    NAME + "convex": "the bound falls below f(x_0) - f* after d steps only: at large d an exact recursion takes them",
}


def _ascend(f, state, u, *, h, **rest):
    return proof.shipped_step(f, state, u, h=-h, **rest)


def _unweighted(f, state, u, **rest):
    after = proof.shipped_step(f, state, u, **rest)
    return after._replace(mean=state.mean + (state.x - state.mean) / (state.k + 1))


def _half_trace(sizes, curvatures, **rest):
    return block_moments([n / 2 for n in sizes], curvatures, **rest)


def _false(claim, bound, step="conclusion"):
    return lambda: derive(NAME + claim, bound=bound), step


def _part(claim, factor, step="conclusion"):
    return _false(claim, scaled(getattr(theorems, claim), factor), step)


FALSEHOODS = {
    "n + p/4 for n + p": _false("norm_moments", lambda p, d: (d + p / 4) ** (p / 2)),
    "power mean of n + 1": _false("power_mean", lambda p, d: theorems.power_mean(p, d + 1), "the powers up to two"),
    "n - 1 in Lipschitz smoothing": _false(
        "smoothing_lipschitz", changed(theorems.smoothing_lipschitz, d=lambda d: d - 1)
    ),
    "n - 1 in smooth smoothing": _false("smoothing_smooth", changed(theorems.smoothing_smooth, d=lambda d: d - 1)),
    "n + 1 in E|g_0|^2": _false("origin_moment", changed(theorems.origin_moment, d=lambda d: d - 3)),
    "order n for Lipschitz f": _false("lipschitz_moment", lambda L0, d: (d + 4) * L0**2),
    "n^2 for Lipschitz f": _false("lipschitz_moment_sharp", lambda L0, d: d**2 * L0**2),
    "a third of Theorem 4": _part("smooth_moment", Rational(1, 3)),
    "a fifth of Lemma 5": _part("smoothed_moment", Rational(1, 5)),
    "Theorem 6 of order n": _false(
        "nonsmooth", lambda total, squares, d, **rest: theorems.nonsmooth(total, squares / (d + 4), d=d, **rest)
    ),
    "a quarter of the sharp Theorem 6": _part("nonsmooth_sharp", Rational(1, 4)),
    "a quarter of Theorem 8": _part("convex", Rational(1, 4)),
    "four times the rate of Theorem 8": _false(
        "strongly_convex", lambda steps, **rest: theorems.strongly_convex(4 * steps, **rest), "recursion"
    ),
    "half of the last gap": _part("strongly_convex", Rational(1, 2), "the bound at the start"),
    "twice the rate in the trace": _false(
        "effective_dimension", lambda steps, **rest: theorems.effective_dimension(2 * steps, **rest), "recursion"
    ),
    **{
        f"0.99 times {claim}": _part(claim, Rational(99, 100), step)
        for claim, step in {
            "smoothing_lipschitz": "conclusion",
            "smoothing_smooth": "conclusion",
            "lipschitz_moment_sharp": "conclusion",
            "nonsmooth": "conclusion",
            "nonsmooth_sharp": "conclusion",
            "convex": "conclusion",
            "strongly_convex": "the bound at the start",
            "effective_dimension": "the bound at the start",
        }.items()
    },
    "Theorem 6, ascent": (lambda: derive(NAME + "nonsmooth", step=_ascend), "the shipped step"),
    "Theorem 6, steps not weighted": (lambda: derive(NAME + "nonsmooth", step=_unweighted), "the shipped mean"),
    "Theorem 8, ascent": (lambda: derive(NAME + "smooth_step", step=_ascend), "the shipped step"),
    "Theorem 8, step size 4/((n + 4) L1)": (
        lambda: derive(NAME + "smooth_step", step_size=scaled(theorems.smooth_step, 16)),
        "the distance after one step",
    ),
    "trace step 2/(2 L1 + T)": (
        lambda: derive(NAME + "effective_dimension", step_size=scaled(theorems.trace_step, 2)),
        "the gap after one step",
    ),
    "exact runs with half the trace": (
        lambda: derive(NAME + "effective_dimension", rows=_half_trace),
        "the shipped step on a quadratic",
    ),
}
FALSEHOODS = {f"random_gradient_free: {name}": entry for name, entry in FALSEHOODS.items()}
TRUTHS: dict = {}
