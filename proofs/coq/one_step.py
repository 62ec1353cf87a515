"""Lemmas that Coq checks, as formulas: one step of relative-loss descent, on a function and on a sample of it.

A function here returns a `Statement` that contains the shipped bound, or whatever is put in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from zotheory import sphere
from zotheory.kernel.definitions import (
    at,
    averages_to,
    code,
    dimension,
    expectation,
    for_all,
    for_samples,
    function,
    grad,
    law_of_directions,
    law_of_samples,
    norm,
    norm_moment,
    positive,
    real,
    smooth,
    stochastic,
    vector,
)
from zotheory.kernel.definitions import sphere as sphere_law
from zotheory.kernel.running import trace
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import (
    REAL,
    And,
    Eq,
    If,
    Implies,
    Inner,
    Integrable,
    Le,
    Lt,
    maps,
    of_kind,
    space,
)
from zotheory.methods import relative_loss
from zotheory.theorems import relative_loss as exact
from zotheory.theorems import relative_loss_minibatch as minibatch

Bound = Callable[..., Any]

d = dimension("d")
f, F = function("f", d), stochastic("F", d)
P, U = law_of_samples("P"), law_of_directions("U", d)
x, u = vector("x u", d)
alpha, L = real("alpha L")


def kept(f: Any, u: Any, **parameters: Any) -> Any:
    """The point that the shipped step keeps, drawn u: a term that the code returns."""
    run = trace(code(relative_loss, radius=alpha, law=sphere_law(d), **parameters), f, x)
    values = {run.before[part]: run.first[part] for part in run.before} | {run.drawn[0][0]: u}
    return run.after["x"].xreplace(values)


def decrease(bound: Bound = exact.decrease) -> Statement:
    """One step lowers f by the bound: u and -u have one law, E|u|^2 = d, E|<a, u>| = m_d sqrt(d) |a|."""
    fall = bound(alpha=alpha, g=norm(grad(f, x)), L=L, d=d)
    return Statement(
        given=[
            smooth(f, L),
            *positive(alpha),
            symmetric(U),
            *lengths(U),
            has_mean(U, lambda u: f(kept(f, u))),
        ],
        holds=Le(expectation(U, lambda u: f(kept(f, u))), f(x) - fall),
    )


def has_mean(law: Any, body: Callable[[Any], Any]) -> Any:
    """E over a draw exists."""
    return Integrable.over(of_kind(law, "law").of[0], law, body=body)


def symmetric(U: Any) -> Any:
    """U and -U have one law."""

    def alike(phi: Any) -> Any:
        return Implies(has_mean(U, phi), Eq(expectation(U, phi), expectation(U, lambda u: phi(-u))))

    return for_all(maps(space(d), REAL), alike)


def lengths(U: Any) -> list[Any]:
    """E|u|^2 = d and E|<a, u>| = m_d sqrt(d) |a|."""
    mean = for_all(
        space(d),
        lambda a: Eq(expectation(U, lambda u: sp.Abs(Inner(a, u))), sphere.mean_abs(d) * sp.sqrt(d) * norm(a)),
    )
    return [Eq(norm_moment(U, 2), d), mean]


SAMPLES = [
    for_samples(F, P, lambda sample, X: smooth(sample, L)),
    averages_to(F, P, f),
    Eq(expectation(P, lambda X: grad(at(F, X), x)), grad(f, x)),
    *positive(alpha),
]


def error(X: Any) -> Any:
    """The noise G - g of a sample."""
    return grad(at(F, X), x) - grad(f, x)


def left(u: Any, X: Any) -> Any:
    """f at the point that a step on one sample keeps."""
    return f(kept(at(F, X), u, cached=0))


def measurable(u: Any) -> list[Any]:
    """What is left after a step, and how often a sample accepts the candidate, have a mean."""

    def accepted(X: Any) -> Any:
        return If(Lt(F(x + alpha * u / sp.sqrt(d), X), F(x, X)), 1, 0)

    return [has_mean(P, lambda X: left(u, X)), has_mean(P, accepted)]


def minibatch_pair(bound: Bound = minibatch.decrease) -> Statement:
    """Along one line, for u and -u of length sqrt(d): the bound in one dimension, of the slopes along u."""
    along = u / sp.sqrt(d)

    def noise(X: Any) -> Any:
        return sp.Abs(Inner(error(X), along))

    slope = sp.Abs(Inner(grad(f, x), along))
    fall = bound(alpha=alpha, g=slope, noise=expectation(P, noise), L=L, d=sp.Integer(1))

    def mean(u: Any) -> Any:
        return expectation(P, lambda X: left(u, X))

    return Statement(
        given=[*SAMPLES, Eq(Inner(u, u), d), *measurable(u), *measurable(-u), has_mean(P, noise)],
        holds=Le((mean(u) + mean(-u)) / 2, f(x) - fall),
    )


def minibatch_decrease(bound: Bound = minibatch.decrease) -> Statement:
    """One step on one sample lowers f by the bound; in E|<G - g, u>| the sample and u may be drawn in either order."""
    noise = expectation(P, lambda X: norm(error(X)))
    fall = bound(alpha=alpha, g=norm(grad(f, x)), noise=noise, L=L, d=d)

    def along(X: Any, u: Any) -> Any:
        return sp.Abs(Inner(error(X), u))

    return Statement(
        given=[
            *SAMPLES,
            symmetric(U),
            *lengths(U),
            for_all(space(d), lambda u: And(*measurable(u))),
            has_mean(U, lambda u: expectation(P, lambda X: left(u, X))),
            Eq(
                expectation(U, lambda u: expectation(P, lambda X: along(X, u))),
                expectation(P, lambda X: expectation(U, lambda u: along(X, u))),
            ),
            has_mean(P, lambda X: norm(error(X))),
        ],
        holds=Le(expectation(U, lambda u: expectation(P, lambda X: left(u, X))), f(x) - fall),
    )
