"""Relative-loss descent on mini-batches, and its value-weighted form: the claims as formulas."""

from __future__ import annotations

from typing import Any

import sympy as sp

from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    after,
    at,
    averages_to,
    bernoulli,
    bounded_below,
    code,
    dimension,
    expectation,
    for_all,
    for_samples,
    function,
    grad,
    gradient_moment,
    law_of_samples,
    map_of,
    mapping,
    natural,
    noise_within,
    nonnegative,
    norm,
    positive,
    probability,
    real,
    samples,
    smooth,
    sphere,
    stochastic,
    total,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, And, Eq, Implies, Inner, Le, Lt, space
from zotheory.methods import relative_loss, two_point
from zotheory.statements.relative_loss import quadratic
from zotheory.theorems import relative_loss_minibatch as theorems
from zotheory.theorems.sample_and_keep import KAPPA, PROGRESS

d = dimension("d")
f, test = function("f test", d)
F = stochastic("F", d)
P = law_of_samples("P")
x, x0 = vector("x x0", d)
alpha, L, f_star, spread, slope, p, a, h, delta, rms = real("alpha L f_star spread slope p a h delta rms")
T, B = natural("T B")
KEPT = {"radius": alpha, "law": sphere(d)}
ANEW = KEPT | {"cached": 0}  # no value is kept: the next sample has another one there

SMOOTH = [for_samples(F, P, lambda sample, X: smooth(sample, L)), averages_to(F, P, f)]


def unbiased(x: Any) -> Any:
    """E grad F(x; X) = grad f(x)."""
    return Eq(expectation(P, lambda X: grad(at(F, X), x)), grad(f, x))


def noise(F: Any, P: Any, f: Any, x: Any) -> Any:
    """E|G - g|."""
    return expectation(P, lambda X: norm(grad(at(F, X), x) - grad(f, x)))


def decrease(bound: Bound) -> Statement:
    """One step on one sample; that no smaller constants would do is shown by examples, and left out."""
    g = norm(grad(f, x))
    fall = bound(alpha=alpha, g=g, noise=noise(F, P, f, x), L=L, d=d)
    left = expectation(after(1, code(relative_loss, **ANEW), samples(F, P), x), lambda y: f(y))
    return Statement(
        given=[*SMOOTH, unbiased(x), *nonnegative(L), *positive(alpha, g)],
        holds=Le(left, f(x) - fall),
    )


def mean_gradient(size: Any) -> Any:
    """E of the mean of |grad f| over T steps with batches of this size."""
    run = (code(relative_loss, **ANEW), samples(F, P, size), x0)
    return total(T, lambda t: expectation(after(t, *run), lambda x: norm(grad(f, x)))) / T


RUN = [
    *SMOOTH,
    for_all(space(d), unbiased),
    noise_within(F, P, f, spread),
    bounded_below(f, f_star),
    *nonnegative(spread),
    *positive(alpha, T),
]


def stationary(bound: Bound) -> Statement:
    """Batches of one size."""
    allowed = bound(T=T, gap=f(x0) - f_star, alpha=alpha, L=L, d=d, spread=spread, B=B)
    return Statement(given=[*RUN, *nonnegative(L), *positive(B)], holds=Le(mean_gradient(B), allowed), any=[x0])


def growing(bound: Bound) -> Statement:
    """Batches of slope t samples or more in step t, and how many that are where they are rounded up."""
    sizes, gap = map_of("B", NATURAL, NATURAL), f(x0) - f_star
    rounded = for_all(NATURAL, lambda t: Le(sizes(t), slope * t + 1))
    evaluations = 2 * total(T, lambda t: sizes(t + 1))
    return Statement(
        given=[
            *RUN,
            *positive(L, slope),
            for_all(NATURAL, lambda t: Le(slope * t, sizes(t))),
            Eq(alpha, theorems.radius(T=T, gap=gap, L=L)),
        ],
        holds=And(
            Le(mean_gradient(sizes), bound(T=T, gap=gap, L=L, d=d, spread=spread, slope=slope)),
            Implies(rounded, Le(evaluations, theorems.samples(T=T, slope=slope))),
        ),
    )


def floor(bound: Bound) -> Statement:
    """A problem on the line, and its noise; that the bound comes near to it is a limit, and left out."""
    line = space(1)
    F, f, e = map_of("F", line, NATURAL, REAL), function("f", 1), vector("e", 1)
    P, origin = bernoulli(p), 0 * e

    def half_square(x: Any, hit: Any) -> Any:
        apart = x - a * hit * e
        return L * Inner(apart, apart) / 2

    run = (code(relative_loss, radius=alpha, law=sphere(1), cached=0), samples(F, P), origin)
    left = expectation(after(T, *run), lambda x: norm(grad(f, x)))
    return Statement(
        given=[
            Eq(Inner(e, e), 1),
            for_all(line, lambda x: for_all(NATURAL, lambda hit: Eq(F(x, hit), half_square(x, hit)))),
            averages_to(F, P, f),
            *positive(p, a, alpha, L),
            Lt(p, sp.Rational(1, 2)),
        ],
        holds=And(
            Le(bound(p=p, a=a, alpha=alpha, L=L), left),
            for_all(line, lambda x: Eq(noise(F, P, f, x), 2 * L * p * (1 - p) * a)),
        ),
        any=[T],
    )


def weighted(bound: Bound) -> Statement:
    """One step of the value-weighted form, and that two-point descent has the same law."""
    g = norm(grad(f, x))
    steps = (
        code(relative_loss, radius=delta * sp.sqrt(d), h=h, law=sphere(d)),
        code(two_point, h=mapping(NATURAL, lambda t: h), delta=mapping(NATURAL, lambda t: delta), law=sphere(d)),
    )
    ours, theirs = (after(1, method, samples(F, P), x) for method in steps)
    return Statement(
        given=[
            *SMOOTH,
            unbiased(x),
            Eq(gradient_moment(F, P, x), rms**2),
            *nonnegative(L),
            *positive(h, delta, rms, g),
        ],
        holds=And(
            Le(expectation(ours, lambda y: f(y)), f(x) - bound(h=h, delta=delta, g=g, rms=rms, L=L, d=d)),
            Eq(probability(ours, lambda y: Le(test(y), 0)), probability(theirs, lambda y: Le(test(y), 0))),
        ),
        any=[test],
    )


def per_evaluation(bound: Bound) -> Statement:
    """What a step of both forms takes on L|x|^2/2; that accept/reject stays below 0.81 is a limit, and left out."""
    g = norm(grad(f, x))
    most = bound(g=g, L=L, d=d)

    def fall(**parameters: Any) -> Any:
        method = code(relative_loss, law=sphere(d), **parameters)
        return f(x) - expectation(after(1, method, f, x), lambda y: f(y))

    in_two = fall(radius=delta * sp.sqrt(d), h=h)
    best = Implies(Eq(h, 1 / (L * d)), Eq(in_two, 2 * most - L * d * delta**2 / 8))
    kappa, share = (sp.Rational(str(constant)) for constant in (KAPPA, PROGRESS))
    return Statement(
        given=[quadratic(), *positive(L, alpha, h, delta, g)],
        holds=And(
            Le(fall(radius=alpha), most),
            Implies(Eq(alpha, kappa * g / (L * sp.sqrt(d))), Le(2 * share * most, fall(radius=alpha))),
            Implies(And(Eq(d, 1), Eq(alpha, g / L)), Eq(fall(radius=alpha), most)),
            Le(in_two, 2 * most),
            best,
        ),
    )
