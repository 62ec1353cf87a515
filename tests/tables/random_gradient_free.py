"""Table of `zotheory.theorems.random_gradient_free`."""

from hypothesis import strategies as st

import proofs.random_gradient_free as proof
from tests.tables import counts, reals
from zotheory.theorems import random_gradient_free as theorems

few = st.integers(1, 30)  # rates not so near 1 that rounding shows in 1 - rate
small, large, largest = (st.floats(low, low + 1).map(lambda x: 10.0**x) for low in (-1, 0, 1))  # mu <= L1 <= trace
smoothing = {"delta": reals, "L0": reals, "d": counts}
smooth = {"G": reals, "delta": reals, "L1": reals, "d": counts}
weighted = {"total": reals, "squares": reals, "R": reals, "L0": reals, "delta": reals, "d": counts}
NAME = "random_gradient_free."
ARGUMENTS = {
    NAME + "norm_moments": {"p": reals, "d": counts},
    NAME + "smoothing_lipschitz": smoothing,
    NAME + "smoothing_smooth": {"delta": reals, "L1": reals, "d": counts},
    NAME + "origin_moment": {"G": reals, "d": counts},
    NAME + "lipschitz_moment": {"L0": reals, "d": counts},
    NAME + "lipschitz_moment_sharp": {"L0": reals, "d": counts},
    NAME + "smooth_moment": smooth,
    NAME + "smoothed_moment": smooth,
    NAME + "nonsmooth": weighted,
    NAME + "nonsmooth_sharp": weighted,
    NAME + "convex": {"steps": counts, "R": reals, "L1": reals, "delta": reals, "d": counts},
    NAME + "strongly_convex": {
        "steps": st.integers(1, 1000), "R": reals, "L1": large, "mu": small, "delta": reals, "d": few,
    },
    NAME + "effective_dimension": {
        "steps": st.integers(1, 1000), "gap": reals, "L1": large, "mu": small, "trace": largest, "delta": reals,
    },
}  # fmt: skip
GOOD = {"p": 3.1, "d": 4.2, "delta": 0.3, "L0": 1.3, "L1": 1.7, "G": 0.8, "R": 1.2, "mu": 0.6, "steps": 3}
GOOD |= {"total": 2.3, "squares": 0.7, "trace": 8.9, "gap": 1.9}
EXAMPLES = {claim: {name: GOOD[name] for name in arguments} for claim, arguments in ARGUMENTS.items()}
_positive = dict.fromkeys(("delta", "L0", "L1", "R", "mu", "total", "squares", "trace", "gap"), "positive")
_OUTSIDE = {**_positive, "G": "nonnegative", "p": "nonnegative", "d": "at least 1", "steps": "at least 1"}
BOUNDS = {
    theorems.power_mean: "p d",
    theorems.norm_moment: "p d",
    theorems.smoothing_lipschitz: "delta L0 d",
    theorems.smoothing_smooth: "delta L1 d",
    theorems.origin_moment: "G d",
    theorems.lipschitz_moment: "L0 d",
    theorems.lipschitz_moment_sharp: "L0 d",
    theorems.smooth_moment: "G delta L1 d",
    theorems.smoothed_moment: "G delta L1 d",
    theorems.nonsmooth: "total squares R L0 delta d",
    theorems.nonsmooth_sharp: "total squares R L0 delta d",
    theorems.fixed_step: "R L0 d steps",
    theorems.smooth_step: "L1 d",
    theorems.convex: "steps R L1 delta d",
    theorems.strongly_convex: "steps R L1 mu delta d",
    theorems.trace_step: "L1 trace",
    theorems.effective_dimension: "steps gap L1 mu trace delta",
}
CONDITIONS = {bound: {name: _OUTSIDE[name] for name in names.split()} for bound, names in BOUNDS.items()}
VALUES = GOOD
NUMERIC_ONLY: set = set()
NOT_REDUCED: dict[str, str] = {
    NAME
    + "norm_moments": "at large d all sides agree to a part in d, less than samples show: the exact values instead",
    NAME + "origin_moment": "at large d bound and value agree to a part in d, less than samples show: exact instead",
    NAME + "nonsmooth": "the bound falls below f(x_0) - f* after d^2 steps only",
    NAME + "nonsmooth_sharp": "the bound falls below f(x_0) - f* after d^2 steps only",
    NAME + "convex": "the bound falls below f(x_0) - f* after d steps only: at large d an exact recursion takes them",
}


def _ascend(f, state, u, *, h, **rest):
    return proof.shipped_step(f, state, u, h=-h, **rest)


def _times(factor, bound):
    return lambda *a, **rest: bound(*a, **rest) * factor


def _dimension(shift, bound):
    return lambda *a, d, **rest: bound(*a, d=d + shift, **rest)


def _unweighted(f, state, u, **rest):
    after = proof.shipped_step(f, state, u, **rest)
    return after._replace(mean=state.mean + (state.x - state.mean) / (state.k + 1))


def _half_trace(sizes, curvatures, **rest):
    return theorems.block_moments([n / 2 for n in sizes], curvatures, **rest)


FALSEHOODS = {
    "random_gradient_free: n + p/4 for n + p": (
        lambda: proof.norm_moments_derivation(bound=lambda p, d: (d + p / 4) ** (p / 2)), r"\(n \+ p\)\^\(p/2\)",
    ),
    "random_gradient_free: power mean of n + 1": (
        lambda: proof.norm_moments_derivation(power_mean=lambda p, d: theorems.power_mean(p, d + 1)), "p <= 2",
    ),
    "random_gradient_free: n - 1 in Lipschitz smoothing": (
        lambda: proof.smoothing_lipschitz_derivation(bound=_dimension(-1, theorems.smoothing_lipschitz)), "conclusion",
    ),
    "random_gradient_free: n - 1 in smooth smoothing": (
        lambda: proof.smoothing_smooth_derivation(bound=_dimension(-1, theorems.smoothing_smooth)), "conclusion",
    ),
    "random_gradient_free: n + 1 in E|g_0|^2": (
        lambda: proof.origin_moment_derivation(bound=_dimension(-3, theorems.origin_moment)), "conclusion",
    ),
    "random_gradient_free: order n for Lipschitz f": (
        lambda: proof.lipschitz_moment_derivation(bound=lambda L0, d: (d + 4) * L0**2), "conclusion",
    ),
    "random_gradient_free: n^2 for Lipschitz f": (
        lambda: proof.lipschitz_moment_sharp_derivation(bound=lambda L0, d: d**2 * L0**2), "conclusion",
    ),
    "random_gradient_free: a third of Theorem 4": (
        lambda: proof.smooth_moment_derivation(bound=_times(1 / 3, theorems.smooth_moment)), "conclusion",
    ),
    "random_gradient_free: a fifth of Lemma 5": (
        lambda: proof.smoothed_moment_derivation(bound=_times(0.2, theorems.smoothed_moment)), "conclusion",
    ),
    "random_gradient_free: Theorem 6 of order n": (
        lambda: proof.nonsmooth_derivation(
            bound=lambda total, squares, d, **rest: theorems.nonsmooth(total, squares / (d + 4), d=d, **rest)
        ), "conclusion",
    ),
    "random_gradient_free: a quarter of the sharp Theorem 6": (
        lambda: proof.nonsmooth_sharp_derivation(bound=_times(0.25, theorems.nonsmooth_sharp)), "conclusion",
    ),
    "random_gradient_free: Theorem 6, ascent": (
        lambda: proof.nonsmooth_derivation(step=_ascend), "the shipped step",
    ),
    "random_gradient_free: Theorem 6, steps not weighted": (
        lambda: proof.nonsmooth_derivation(step=_unweighted), "the shipped mean",
    ),
    "random_gradient_free: a quarter of Theorem 8": (
        lambda: proof.convex_derivation(bound=_times(0.25, theorems.convex)), "conclusion",
    ),
    "random_gradient_free: Theorem 8, step size 4/((n + 4) L1)": (
        lambda: proof.convex_derivation(step_size=_times(16, theorems.smooth_step)), "E D' <= E D - h gap",
    ),
    "random_gradient_free: four times the rate of Theorem 8": (
        lambda: proof.strongly_convex_derivation(
            bound=lambda steps, **rest: theorems.strongly_convex(4 * steps, **rest)
        ), "recursion",
    ),
    "random_gradient_free: half of the last gap": (
        lambda: proof.strongly_convex_derivation(bound=_times(0.5, theorems.strongly_convex)), "N = 0",
    ),
    "random_gradient_free: twice the rate in the trace": (
        lambda: proof.effective_dimension_derivation(
            bound=lambda steps, **rest: theorems.effective_dimension(2 * steps, **rest)
        ), "recursion",
    ),
    "random_gradient_free: trace step 2/(2 L1 + T)": (
        lambda: proof.effective_dimension_derivation(step_size=_times(2, theorems.trace_step)), "E gap' <= r gap",
    ),
    "random_gradient_free: exact runs with half the trace": (
        lambda: proof.effective_dimension_derivation(rows=_half_trace), "the shipped step on a quadratic",
    ),
}  # fmt: skip
TRUTHS: dict = {}
