"""Relative-loss descent without momentum: the claims as formulas."""

from __future__ import annotations

from typing import Any

import sympy as sp

from zotheory import radii
from zotheory import sphere as unit_sphere
from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    after,
    bounded_below,
    code,
    composed,
    dimension,
    draws,
    expectation,
    for_all,
    function,
    grad,
    gradient_dominated,
    increasing,
    level_set_within,
    map_of,
    natural,
    nonnegative,
    norm,
    point,
    positive,
    probability,
    real,
    returned,
    smooth,
    sphere,
    total,
    vector,
    where_above,
)
from zotheory.kernel.definitions import convex as is_convex
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import CODE, REAL, And, Eq, If, Implies, Inner, Le, Lt, Variable, space
from zotheory.methods import relative_loss
from zotheory.theorems import relative_loss as theorems
from zotheory.theorems.relative_loss import (
    LOWEST,
    OCTAVES,
    best_mean_gradient,
    best_radius,
    convex_radius,
    convex_steps,
    grid_steps,
    grid_steps_sharp,
    stationary_radius,
)

d = dimension("d")
f = function("f", d)
x, x0 = vector("x x0", d)
alpha, L, mu, Q, R, eps, p, f_star, largest = real("alpha L mu Q R eps p f_star largest")
T, J = natural("T J")
gap = f(x0) - f_star
fixed = code(relative_loss, radius=alpha, law=sphere(d))
on_grid = code(relative_loss, radius=code(radii.log_uniform, largest=largest, count=J), law=sphere(d))


def after_a_step(alpha: Any) -> Any:
    """E f(x+), x+ the point after one step of length alpha from x."""
    method = code(relative_loss, radius=alpha, law=sphere(d))
    return expectation(after(1, method, f, x), lambda y: f(y))


def decrease(bound: Bound) -> Statement:
    """One step lowers f by the bound on average."""
    fall = bound(alpha=alpha, g=norm(grad(f, x)), L=L, d=d)
    return Statement(
        given=[smooth(f, L), *nonnegative(L), *positive(alpha, norm(grad(f, x)))],
        holds=Le(after_a_step(alpha), f(x) - fall),
    )


def decrease_sharp(bound: Bound) -> Statement:
    """So does the sharper bound, which is met on L |y|^2/2 and is no less than the simpler one."""
    g = norm(grad(f, x))
    fall = returned(bound, alpha=alpha, g=g, L=L, d=d)
    beyond = expectation(sphere(d), lambda u: sp.Max(Inner(grad(f, x), u) / sp.sqrt(d) - L * alpha / 2, 0))
    half_square = Implies(quadratic(), Eq(after_a_step(alpha), f(x) - fall))
    return Statement(
        given=[smooth(f, L), *nonnegative(L), *positive(alpha, g)],
        holds=And(
            Le(after_a_step(alpha), f(x) - fall), half_square, Le(theorems.decrease(alpha=alpha, g=g, L=L, d=d), fall)
        ),
        where=[Eq(fall, alpha * beyond)],
    )


def quadratic() -> Any:
    """f(y) = L |y|^2/2."""
    return for_all(space(d), lambda y: Eq(f(y), L * Inner(y, y) / 2))


def stationary(bound: Bound) -> Statement:
    """The mean length of the gradient over T steps, for any radius and for the best one."""
    mean = total(T, lambda t: expectation(after(t, fixed, f, x0), lambda x: norm(grad(f, x)))) / T
    best = Implies(
        And(Eq(alpha, stationary_radius(T=T, gap=gap, L=L)), Lt(0, L)),
        Le(mean, best_mean_gradient(T=T, gap=gap, L=L, d=d)),
    )
    return Statement(
        given=[smooth(f, L), *nonnegative(L), bounded_below(f, f_star), *positive(alpha, T)],
        holds=And(Le(mean, bound(T=T, gap=gap, alpha=alpha, L=L, d=d)), best),
        any=[x0],
    )


def convex(bound: Bound) -> Statement:
    """The expected gap after T steps, and the steps that suffice for eps."""
    nearest = map_of("P", space(d), space(d))
    left = expectation(after(T, fixed, f, x0), lambda x: f(x)) - f_star
    in_time = And(
        *positive(L, eps),
        Lt(eps, 2 * gap),
        Eq(alpha, convex_radius(eps=eps, R=R, L=L, d=d)),
        Le(convex_steps(eps=eps, gap=gap, R=R, L=L, d=d), T),
    )
    return Statement(
        given=[
            smooth(f, L),
            *nonnegative(L),
            is_convex(f),
            bounded_below(f, f_star),
            level_set_within(f, x0, R, nearest, f_star),
            *positive(alpha, R),
            Le(alpha * unit_sphere.mean_abs(d), 2 * R),
        ],
        holds=And(Le(left, bound(T=T, gap=gap, alpha=alpha, R=R, L=L, d=d)), Implies(in_time, Le(left, eps))),
        any=[T, eps],
    )


def on_a_grid(bound: Bound, steps: Bound, highest: Any, lowest: Any, *more: Any) -> Statement:
    """A grid of J radii from `largest` down, that reaches from `lowest` to `highest`, leaves at most `bound`."""
    run = after(T, on_grid, f, x0)
    above = expectation(run, lambda x: where_above(f(x) - f_star, eps))
    late = probability(run, lambda x: Lt(eps, f(x) - f_star))
    enough = And(*positive(p), Lt(p, 1), Le(steps(eps=eps, p=p, gap=gap, Q=Q, d=d, J=J), T))
    return Statement(
        given=[
            smooth(f, L),
            gradient_dominated(f, mu, f_star),
            bounded_below(f, f_star),
            *positive(L, mu, eps, J),
            Eq(Q, L / mu),
            Lt(eps, gap),
            Le(highest, largest),
            Le(largest / 2 ** (J - 1), lowest),
            *more,
        ],
        holds=And(Le(above, bound(T=T, gap=gap, Q=Q, d=d, J=J)), Implies(enough, Le(late, p))),
        any=[T, p],
    )


def strongly_convex(bound: Bound) -> Statement:
    """The expected gap, where above eps, with a radius within 2/3 and 4/3 of the best in every grid."""
    first, last = (best_radius(g=sp.sqrt(square), L=L, d=d) for square in (2 * L * gap, 2 * mu * eps))
    return on_a_grid(bound, grid_steps, 2 * first / 3, 4 * last / 3)


def strongly_convex_sharp(bound: Bound) -> Statement:
    """The same with the whole window of radii in every grid."""
    low = sp.Rational(str(LOWEST))
    first, last = (sp.sqrt(square) / (L * sp.sqrt(d)) for square in (2 * L * gap, 2 * mu * eps))
    return on_a_grid(bound, grid_steps_sharp, low * 2 ** (OCTAVES - 1) * first, 2 * low * last, Le(2, d))


def invariance(bound: Bound) -> Statement:
    """The same points on h(f) and f whatever is drawn, and the radius of the 1/5 rule."""
    h, omega, rule = map_of("h", REAL, REAL), draws("omega"), Variable("rule", CODE)
    beta, gain, clip, growth = real("beta gain clip growth")
    any_rule = code(relative_loss, radius=rule, beta=beta, gain=gain, clip=clip, law=sphere(d))
    fifth = code(relative_loss, radius=code(radii.one_fifth, alpha=alpha, growth=growth), law=sphere(d))

    def lower(t: Any) -> Any:
        return Lt(f(point(t + 1, fifth, f, x0, omega)), f(point(t, fifth, f, x0, omega)))

    accepted = total(T, lambda t: If(lower(t), 1, 0))
    radius = point(T, fifth, f, x0, omega, "alpha")
    return Statement(
        given=[increasing(h), *positive(alpha, gain, clip), *nonnegative(beta), Lt(beta, 1), Lt(1, growth)],
        holds=And(
            Eq(point(T, any_rule, composed(h, f), x0, omega), point(T, any_rule, f, x0, omega)),
            Eq(radius, bound(alpha=alpha, growth=growth, accepted=accepted, rejected=T - accepted)),
        ),
        any=[f, x0, T, omega, rule],
    )
