"""Random gradient-free search: step along a random direction, as far as the slope measured there says.

Source: Nesterov, Spokoiny, "Random gradient-free minimization of convex functions", Found. Comput. Math. 17, 2017,
methods RS_mu and RG_mu:

    g_mu(x_k)  = [f(x_k + mu u_k) - f(x_k)]/mu u_k,   u_k ~ N(0, I)
    x_{k+1}    = P(x_k - h_k g_mu(x_k))

Notation: the paper's n is our d, mu our smoothing radius delta; P is the projection on the domain, h_k the step size,
k from 0. Returned: the mean of x_0..x_{k-1}, weighted by h_k, whose gap the paper's sums bound by convexity; or x_k.

With central differences, [f(x_k + mu u_k) - f(x_k - mu u_k)]/(2 mu) u_k, and the last iterate it is MeZO: Malladi, Gao,
Nichani, Damian, Lee, Chen, Arora, "Fine-tuning language models with just forward passes", NeurIPS 2023
(arXiv:2305.17333), Algorithm 1 without weight decay, as in the authors' program (github.com/princeton-nlp/MeZO,
`zo_step` and `zo_update`). Its seed, from which u is drawn again where it would be stored, is what `run_large` does.
The theorems of `zotheory.theorems.random_gradient_free` are on the differences above.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Annotated, Any, NamedTuple

from zotheory import estimators
from zotheory.arguments import Schedule, at_step, checked
from zotheory.directions import Law, gaussian
from zotheory.elementary import Array
from zotheory.geometry import Mirror, euclidean, starting_in
from zotheory.methods import Method
from zotheory.protocols import Source
from zotheory.quantities import Length, positive


class State(NamedTuple):
    """Iterate x = x_k (..., d), mean of x_0..x_{k-1} weighted by h (..., d), sum of those weights, and k.

    Where nothing is to be averaged, x stands for the mean as well: it takes no memory and no time.
    """

    x: Array
    mean: Array
    weight: Array
    k: int


def init(f: Callable[[Array], Array], x0: Array) -> State:
    """Start at x_0. Cost: 0 evaluations."""
    return State(x0, x0, 0, 0)


def draw(rng: Source, state: State, d: int, *, law: Law) -> Array:
    """u_k, one direction a replica: array (..., d)."""
    return law.draw(rng, tuple(state.x.shape[:-1]), d)


def step(
    f: Callable[[Array], Array],
    state: State,
    u: Array,
    *,
    h: Array,
    delta: Array,
    mirror: Mirror = euclidean,
    average: bool = True,
    estimate: estimators.Estimator = estimators.two_point,
) -> State:
    """x_{k+1} = P(x_k - h g_mu(x_k)). Cost: 2 evaluations."""
    x, mean, weight, k = state
    g = estimate(f, x, u, delta)
    moved, total = mirror.prox(x, g, h), weight + h
    return State(moved, mean + (x - mean) * h / total if average else moved, total, k + 1)


def _step(f: Callable[[Array], Array], state: State, u: Array, *, h: Schedule, **rest: Any) -> State:
    return step(f, state, u, h=at_step("h", h, state.k), **rest)


@checked
def random_gradient_free(
    *,
    h: Schedule,
    delta: Annotated[float, positive(Length)],
    mirror: Mirror = euclidean,
    law: Law = gaussian,
    average: bool = True,
    central: bool = False,
) -> Method:
    """Random gradient-free search.

    Parameters
    ----------
    h : callable ``k -> float``
        Step size at step k = 0, 1, ..., > 0; `zotheory.theorems.random_gradient_free` prescribes it.
    delta : float
        Smoothing radius, > 0.
    mirror : Mirror
        Euclidean, with or without a domain. The objective is evaluated at x + delta u, possibly outside it.
    law : Law
        Isotropic law of directions; the paper's is Gaussian.
    average : bool
        Return the weighted mean of the iterates (default), or the last iterate.
    central : bool
        Look delta forward and delta back, instead of forward and here: exact on quadratics, at the same cost.

    Returns
    -------
    Method
        Cost: 2 evaluations a step.

    Raises
    ------
    TypeError, ValueError
        In a step, unless h(k) is positive.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 5)
    >>> method = zo.random_gradient_free(h=lambda k: 1 / (4 * 9 * 8), delta=1e-6, average=False)
    >>> result = zo.run(method, f, steps=4000, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-4)
    True
    """
    estimate = estimators.central if central else estimators.two_point
    return Method(
        name="random_gradient_free",
        init=starting_in(mirror, init),
        draw=partial(draw, law=law),
        step=partial(_step, h=h, delta=delta, mirror=mirror, average=average, estimate=estimate),
        output=attrgetter("mean" if average else "x"),
        calls=(0, 2),
        vectors=("x", "mean") if average else ("x",),
        domain=mirror.domain,
    )
