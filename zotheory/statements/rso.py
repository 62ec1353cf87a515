"""RSO: the claims as formulas."""

from __future__ import annotations

from typing import Any

import sympy as sp

from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    after,
    at,
    averages_to,
    axis,
    between,
    bounded_below,
    code,
    dimension,
    expectation,
    for_all,
    for_samples,
    function,
    grad,
    law_of_samples,
    map_of,
    natural,
    nonnegative,
    positive,
    real,
    samples,
    stochastic,
    total,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, And, Eq, Implies, Inner, Le, Lt, space
from zotheory.methods import rso
from zotheory.methods.rso import State

d = dimension("d")
f = function("f", d)
F, P = stochastic("F", d), law_of_samples("P")
x, x0 = vector("x x0", d)
s, a, L, f_star, decay = real("s a L f_star decay")
i, K, E = natural("i K E")
lipschitz = map_of("L", NATURAL, NATURAL, REAL)


def slope(f: Any, x: Any, i: Any) -> Any:
    """Derivative of f at x along axis i."""
    return Inner(grad(f, x), axis(i, d))


def line(f: Any, x: Any, i: Any, t: Any) -> tuple[Any, Any]:
    """f at x + t e_i, and what is linear in t."""
    return f(x + t * axis(i, d)), f(x) + t * slope(f, x, i)


def curved(f: Any, x: Any, i: Any) -> Any:
    """f(x + t e_i) <= f(x) + t g_i + L t^2/2 for all t."""

    def under(t: Any) -> Any:
        there, linear = line(f, x, i, t)
        return Le(there, linear + L * t**2 / 2)

    return for_all(REAL, under)


def curved_both_ways(f: Any, x: Any, i: Any) -> Any:
    """The same, and f(x + t e_i) >= f(x) + t g_i - L t^2/2."""

    def within(t: Any) -> Any:
        there, linear = line(f, x, i, t)
        return between(linear - L * t**2 / 2, there, linear + L * t**2 / 2)

    return for_all(REAL, within)


def quadratic(f: Any, x: Any, i: Any) -> Any:
    """f(x + t e_i) = f(x) + t g_i + L t^2/2 for all t."""

    def same(t: Any) -> Any:
        there, linear = line(f, x, i, t)
        return Eq(there, linear + L * t**2 / 2)

    return for_all(REAL, same)


# --- one step --------------------------------------------------------------------------------------------------------


def left(f: Any, decay: Any = 0) -> Any:
    """E f after the step of the first cycle that works on coordinate i."""
    start = code(State, x=x, k=i)
    method = code(rso, deviations=s, cycles=E, decay=decay)
    mean = f if not isinstance(f, tuple) else f[1]
    return expectation(after(1, method, f if mean is f else f[0], start), lambda y: mean(y))


STEP = [Lt(i, d), *positive(s, E)]


def decrease(bound: Bound) -> Statement:
    """One step, of any function with this curvature along the axis."""
    fall = bound(s=s, g=sp.Abs(slope(f, x, i)), L=L)
    return Statement(given=[*STEP, *nonnegative(L), curved(f, x, i)], holds=Le(left(f), f(x) - fall))


def decrease_sharp(bound: Bound) -> Statement:
    """One step, and that a quadratic attains the bound; what the best deviation takes is left out."""
    fall = bound(s=s, g=sp.Abs(slope(f, x, i)), L=L)
    return Statement(
        given=[*STEP, *positive(L), curved(f, x, i)],
        holds=And(Le(left(f), f(x) - fall), Implies(quadratic(f, x, i), Eq(left(f), f(x) - fall))),
    )


def noise(x: Any, i: Any) -> Any:
    """E|G_i - g_i|."""
    return expectation(P, lambda X: sp.Abs(slope(at(F, X), x, i) - slope(f, x, i)))


def minibatch(bound: Bound) -> Statement:
    """One step that compares F(.; X); that no smaller factor of the noise would do is an example, and left out."""
    fall = bound(s=s, g=sp.Abs(slope(f, x, i)), noise=noise(x, i), L=L)
    return Statement(
        given=[
            *STEP,
            *nonnegative(L),
            averages_to(F, P, f),
            for_samples(F, P, lambda sample, X: curved_both_ways(sample, x, i)),
            Eq(expectation(P, lambda X: slope(at(F, X), x, i)), slope(f, x, i)),
        ],
        holds=Le(left((samples(F, P), f)), f(x) - fall),
    )


def decayed(bound: Bound) -> Statement:
    """One step with weight decay."""
    g, w = slope(f, x, i), Inner(x, axis(i, d))
    fall = bound(s=s, g=sp.Abs(g), y=decay * w * g / sp.Abs(g), L=L)
    return Statement(
        given=[*STEP, *nonnegative(L, decay), Lt(decay, 1), Lt(0, sp.Abs(g)), curved(f, x, i)],
        holds=Le(left(f, decay), f(x) - fall),
    )


# --- many steps ------------------------------------------------------------------------------------------------------


def coupled() -> Any:
    """|g_i(x + t e_j) - g_i(x)| <= L(i, j) |t| for all x, t and coordinates i, j."""

    def at_point(x: Any, i: Any, j: Any, t: Any) -> Any:
        apart = slope(f, x + t * axis(j, d), i) - slope(f, x, i)
        return Implies(And(Lt(i, d), Lt(j, d)), Le(sp.Abs(apart), lipschitz(i, j) * sp.Abs(t)))

    return for_all(
        NATURAL,
        lambda i, j: for_all(space(d), lambda x: for_all(REAL, lambda t: at_point(x, i, j, t))),
    )


def sums() -> dict[str, Any]:
    """Sums of all L(i, i), and of L(i, j) over j < i."""
    own = total(d, lambda i: lipschitz(i, i))
    return {"own": own, "mixed": total(d, lambda i: total(i, lambda j: lipschitz(i, j)))}


def slopes(x: Any) -> Any:
    """Sum of all |g_i|."""
    return total(d, lambda i: sp.Abs(slope(f, x, i)))


def sweep(bound: Bound) -> Statement:
    """One cycle, of one deviation."""
    method = code(rso, deviations=s, cycles=E, decay=0)
    left = expectation(after(d, method, f, x0), lambda x: f(x))
    return Statement(
        given=[*positive(s, E), coupled()],
        holds=Le(left, f(x0) - bound(s=s, slopes=slopes(x0), **sums())),
        any=[x0],
    )


def stationary(bound: Bound) -> Statement:
    """All cycles, the deviations falling to a fraction a."""
    method = code(rso, deviations=s, cycles=K, least=a, decay=0)

    def weight(e: Any) -> Any:
        return a + (1 - a) * (K - e) / K

    def counted(e: Any) -> Any:
        return weight(e) * expectation(after(e * d, method, f, x0), slopes)

    mean = total(K, counted) / total(K, weight)
    return Statement(
        given=[*positive(s, a, K), Le(a, 1), coupled(), bounded_below(f, f_star)],
        holds=Le(mean, bound(K=K, gap=f(x0) - f_star, s=s, a=a, **sums())),
        any=[x0],
    )
