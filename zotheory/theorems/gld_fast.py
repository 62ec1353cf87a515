"""GLD-Fast: what is claimed.

Main theorems
-------------
While R_i/(2 sqrt(Q)) <= |x - x*| <= sqrt(Q) R_i, a step with middle radius R_i/guess contracts the gap by `covered`
with probability above 1/4, also where the guess of Q is far too large or a little too small.
With R = diameter/Q and H = `epoch`, rounded up, the distance is at most `distance` once i epochs are over, but for the
probability `epochs_failure`; told a little less than Q, but for `epochs_failure_underestimated`.
`evaluations` bring the distance to eps. With R = diameter/sqrt(Q) and shorter epochs, `epoch_sharp`,
`evaluations_sharp` do: a logarithm of Q less.

Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), theorem on GLD-Fast, as recalled: with a
bound Q of the condition number, O(n Q log^2(Q) log(R/eps)) evaluations bring x within eps of x* (the printed text was
not at hand; its abstract drops log^2(Q)). Constants are ours, from ``proofs/gld_fast.py``, and so is a shorter epoch.

Notation
--------
n dimension; Q condition number, or a bound of it; `guess` the value the method is given in its place; diameter a bound
of |x0 - x*|; R_i = diameter/2^i; L = log2(diameter/eps). The R of the method, its middle radius, is R_i/Q.
"""

from __future__ import annotations

from math import ceil
from typing import Annotated

import numpy as np

from zotheory.arguments import checked
from zotheory.border import bound
from zotheory.directions import Law, gaussian
from zotheory.elementary import Array, half, log, log_ratio, maximum, minimum
from zotheory.methods import Method, gld_fast
from zotheory.methods.gld_fast import Guess as Guessed
from zotheory.protocols import Told
from zotheory.quantities import (
    Chance,
    Condition,
    Count,
    Dimension,
    Length,
    Number,
    Positive,
    Radius,
    below,
    no_less,
    nonnegative,
)
from zotheory.theorems.gld_search import SUCCESS, contraction, failure, iterations

LOWEST_GUESS = (5 / 6) ** (2 / 3)  # of guess/Q: below it the radii no longer reach down far enough

Guess = Annotated[Condition, no_less(lambda Q: LOWEST_GUESS * (1 - 1e-12) * Q, "(5/6)^(2/3) Q")]
Epochs = Annotated[Array, nonnegative()]  # need not be whole in the sum of so many chances
Target = Annotated[Radius, below("diameter")]


# --- steps and epochs ------------------------------------------------------------------------------------------------


@bound
def covered(*, n: Dimension, Q: Condition, guess: Guess) -> Annotated[Array, Number]:
    """1 - 1/(5 n max(Q, guess)): what a step contracts by, with probability above `gld_search.SUCCESS`."""
    return contraction(n=n, Q=maximum(Q, guess))


@bound
def epoch(*, n: Dimension, Q: Condition, p: Chance = SUCCESS) -> Annotated[Array, Number]:
    """(10 n Q/p) log(4 Q) + 1: steps that bring |x - x*| from R_i to R_i/2; the print has n Q log(Q).

    The 1 pays for the first epoch, which the print cuts short by a step: R is halved at t = H, before that step.
    """
    return iterations(n=n, Q=Q, log_ratio=log(4 * Q), p=p) + 1


@bound
def epoch_sharp(*, n: Dimension, Q: Condition, p: Chance = SUCCESS) -> Annotated[Array, Number]:
    """(10 n Q/p) log(4) + 1: steps that bring the gap from alpha R_i^2/2 to alpha R_(i+1)^2/2, a quarter."""
    return iterations(n=n, Q=Q, log_ratio=log(4 + 0 * Q), p=p) + 1


@bound
def distance(*, i: Count, diameter: Radius) -> Annotated[Array, Length]:
    """diameter/2^i, which |x - x*| does not exceed once i epochs are over, nor ever after."""
    return diameter * half(i) ** i


@bound
def epochs_failure(*, i: Epochs, n: Dimension, Q: Condition) -> Annotated[Array, Number]:
    """i (4 Q)^(-5 n Q/4), or 1: the probability that i epochs do not bring the distance down to `distance`."""
    return minimum(1, i * failure(n=n, Q=Q, log_ratio=log(4 * Q)))


@bound
def epochs_failure_underestimated(*, i: Epochs, n: Dimension, Q: Condition) -> Annotated[Array, Number]:
    """i (4 Q)^(-5 n Q/9), or 1: the same for epochs told (5/6)^(2/3) Q in place of Q, which are shorter."""
    return minimum(1, i * failure(n=n, Q=Q, log_ratio=4 * log(4 * Q) / 9))


@bound
def epochs_failure_sharp(*, i: Epochs, n: Dimension, Q: Condition) -> Annotated[Array, Number]:
    """i 4^(-5 n Q/4), or 1: the same for the shorter epochs."""
    return minimum(1, i * failure(n=n, Q=Q, log_ratio=log(4 + 0 * Q)))


# --- evaluations -----------------------------------------------------------------------------------------------------


@bound
def evaluations(
    *, n: Dimension, Q: Condition, diameter: Radius, eps: Target, p: Chance = SUCCESS
) -> Annotated[Array, Number]:
    """1 + (epoch + 1) (log2(Q) + 7) (L + 1): enough for |x - x*| <= eps; at p = 1/4 <= 101 n Q log2(4 Q)^2 (L + 1)."""
    return 1 + (epoch(n=n, Q=Q, p=p) + 1) * _radii_at_most(Q) * epochs(diameter=diameter, eps=eps)


@bound
def evaluations_sharp(
    *, n: Dimension, Q: Condition, diameter: Radius, eps: Target, p: Chance = SUCCESS
) -> Annotated[Array, Number]:
    """1 + (epoch_sharp + 1) (log2(Q) + 7) (L + log2(Q)/2 + 1).

    At p = 1/4 this is at most 202 n Q log2(4 Q) (L + log2(Q)/2 + 1).
    """
    return 1 + (epoch_sharp(n=n, Q=Q, p=p) + 1) * _radii_at_most(Q) * epochs_sharp(Q=Q, diameter=diameter, eps=eps)


@bound
def epochs(*, diameter: Radius, eps: Target) -> Annotated[Array, Number]:
    """L + 1: fewer epochs bring the distance from the diameter to eps."""
    return log_ratio(diameter, eps) / log(2 + 0 * eps / diameter) + 1


@bound
def epochs_sharp(*, Q: Condition, diameter: Radius, eps: Target) -> Annotated[Array, Number]:
    """L + log2(Q)/2 + 1: the same of the shorter epochs, which start from sqrt(Q) diameter."""
    return epochs(diameter=diameter, eps=eps) + _log2(Q) / 2


def _log2(x: Array) -> Array:
    return log(x) / log(2 + 0 * x)  # exact beside symbols


def _radii_at_most(Q: Array) -> Array:
    """Upper bound of 2 K + 1, K = ceil(log2(4 sqrt(Q)))."""
    return _log2(Q) + 7


# --- the method, as analysed and as printed --------------------------------------------------------------------------


@checked
def prescribed(problem: Told, *, diameter: Positive, guess: Guessed | None = None) -> Method:
    """GLD-Fast as analysed: R = diameter/guess, H = ceil(epoch), displacements from balls of radius r_k/sqrt(n).

    Parameters
    ----------
    problem : one of `zotheory.problems`
        Gives the dimension and, without a guess, Q.
    diameter : float
        Bound of |x0 - x*|.
    guess : float, optional
        Bound of the condition number.

    Raises
    ------
    ValueError
        Without a guess, if the problem has no Q.
    """
    Q = _told(problem, guess)
    return gld_fast(R=diameter / Q, Q=Q, H=ceil(epoch(n=problem.d, Q=Q)))


@checked
def prescribed_sharp(problem: Told, *, diameter: Positive, guess: Guessed | None = None) -> Method:
    """GLD-Fast with shorter epochs, but log2(Q)/2 more of them: R = diameter/sqrt(guess), H = ceil(epoch_sharp)."""
    Q = _told(problem, guess)
    return gld_fast(R=diameter / np.sqrt(Q), Q=Q, H=ceil(epoch_sharp(n=problem.d, Q=Q)))


@checked
def printed(
    problem: Told,
    *,
    diameter: Positive,
    guess: Guessed | None = None,
    law: Law = gaussian,
    scale: Positive = 1.0,
) -> Method:
    """GLD-Fast as printed: R = diameter, H = ceil(n Q log2(Q)), at least 1.

    The print leaves the scale of its law open: 1 is N(0, I), what public code draws; 1/sqrt(n) gives steps of length
    r_k; 1/n is about that of the analysis.
    """
    Q = _told(problem, guess)
    H = problem.d * Q * np.log2(Q)
    if not np.isfinite(H):
        raise OverflowError(f"guess must leave an epoch of finite length, got {Q}")
    return gld_fast(R=diameter, Q=Q, H=max(1, ceil(H)), law=law, scale=scale)


def _told(problem: Told, guess: float | None) -> float:
    """Return the condition number that the method is given."""
    Q = problem.Q if guess is None else guess
    if Q is None:
        raise ValueError("guess must be given for a problem that states no Q, got None")
    return Q
