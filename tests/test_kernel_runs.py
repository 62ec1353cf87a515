"""Attacks on the kernel by expectations, and by methods whose steps it runs on symbols: each must be refused."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import sympy as sp

from tests.attacks import REFUSALS, P, a, b, d, f, given, omega, registered, s, t, u, v, x, x0, y
from zotheory.kernel import expectation, laws
from zotheory.kernel.algebra import by_form
from zotheory.kernel.definitions import after, bernoulli, code, for_all, index, interval, mapping, point, run_of, sphere
from zotheory.kernel.definitions import expectation as mean
from zotheory.kernel.facts import assume
from zotheory.kernel.running import at_start, invariant, stepped, trace, unrolled
from zotheory.kernel.terms import REAL, Eq, Implies, Inner, Iterate, Law, Le, Lt, Variable, law_on, maps, space

half = sp.Rational(1, 2)
ATTACKS: dict[str, tuple[str, Any]] = {}
attack, attacks = registered(ATTACKS)


# --- expectations ----------------------------------------------------------------------------------------------------

attacks(
    "covariance takes|takes an expectation|by name|binned:|is drawn|exchanged|nothing shows|denote",
    covariance_of_any_law=lambda: laws.covariance(P, a, b),
    mirrored_coordinates=lambda: laws.mirrored(mean(Law("coordinates", d), lambda u: Inner(u, a))),
    mirrored_interval=lambda: laws.mirrored(mean(interval(0, 1), lambda q: q)),
    length_of_a_function_of_that_name=lambda: laws.mean_length(
        Variable("gaussian", maps(REAL, law_on(space(d))))(y), a
    ),
    drawn_denominator=lambda: expectation.linear(Q := mean(index(2), lambda j: x / (1 + j)), *given(Eq(Q, Q))),
    sum_of_what_does_not_exist=lambda: expectation.linear(Q := mean(P, lambda u: Inner(u, a) + 1), *given(Eq(Q, Q))),
    uniform_on_no_index=lambda: laws.uniform(mean(index(t), lambda j: j)),
    uniform_on_signs=lambda: laws.uniform(mean(bernoulli(half), lambda j: j)),
    binned_otherwise=lambda: laws.binned(
        mean(interval(0, 1), lambda q: sp.floor(2 * q)), mapping(REAL, lambda r: r), 3
    ),
    exchanged_with_a_law_of_it=lambda: laws.exchanged(
        mean(interval(1, 2), lambda q: mean(interval(0, q), lambda r: r * q))
    ),
    average_without_moments=lambda: expectation.average(by_form(Le(0, Inner(a, u) ** 2)), u, P),
    average_of_strict_over_a_bad_law=lambda: expectation.average(
        by_form(Lt(0, sp.Integer(1) + x**2)), x, interval(1, y)
    ),
    growth_on_part=lambda: expectation.average(
        by_form(Le(0, f(u) ** 2)),
        u,
        sphere(d),
        given(for_all(space(d), lambda q: Implies(Le(Inner(q, q), 1), Le(sp.Abs(f(q)), 1)))),
    ),
    supports_of_another_law=lambda: by_form(Eq(Q := mean(Law("gaussian", d), lambda u: sp.sqrt(1 - Inner(u, u))), Q)),
)


# --- runs ------------------------------------------------------------------------------------------------------------


class State(NamedTuple):
    x: Any
    alpha: Any = 1


class Made:
    vectors = ("x",)

    def __init__(self, step, draw=lambda rng, state, d: None, init=lambda f, x0: State(x0, x0[..., 0] * 0 + 1)):
        self.step, self.draw, self.init = step, draw, init


def walked(law):
    return Made(lambda f, s, u: State(s.x + u, s.alpha), lambda rng, s, d: law.draw(rng, (), d))


def walked_elsewhere(law):
    return Made(lambda f, s, u: State(s.x + u, s.alpha), lambda rng, s, d: law.draw(rng, (), d + 1))


def uniform():
    return Made(lambda f, s, u: State(s.x, u), lambda rng, s, d: rng.random())


def divided(by):
    return Made(lambda f, s, u: State(s.x / by, s.alpha))


def divided_by_itself(by):
    return Made(lambda f, s, u: State(s.x * (by / by), s.alpha))


def program(change, draw=lambda rng, state, d: None):
    """A method that changes x so, and the attempt to run it on symbols."""

    def method():
        return Made(lambda f, s, u: State(change(f, s, u), s.alpha), draw)

    return lambda: at_start(point(0, code(method), f, x0, omega))


attacks(
    "cannot convert|no truth|may not ask|no coordinates|ufunc|no array|the shape|no term|means nothing|of vectors"
    "|no matter|not all numbers|a real, where|a dimension is",
    branch=program(lambda f, s, u: s.x if f(s.x) < 0 else 2 * s.x),
    equality=program(lambda f, s, u: s.x if s.alpha == 1 else 2 * s.x),
    equality_of_dimensions=program(lambda f, s, u: s.x if s.x.shape[-1] == 7 else 2 * s.x),
    membership=program(lambda f, s, u: s.x if s.alpha in (1, 2) else 2 * s.x),
    smaller=program(lambda f, s, u: s.x * min(s.alpha, 1)),
    coordinate=program(lambda f, s, u: s.x * s.x[..., 1]),
    iteration=program(lambda f, s, u: s.x * sum(s.x)),
    hadamard=program(lambda f, s, u: s.x * s.x),
    quotient_of_vectors=program(lambda f, s, u: s.x * (s.x / s.x)),
    root_of_a_vector=program(lambda f, s, u: type(s.x).sqrt(s.x) ** 2),
    sum_of_coordinates=program(lambda f, s, u: s.x - np.sum(s.x)),
    mean_of_coordinates=program(lambda f, s, u: s.x - np.mean(s.x)),
    largest_coordinate=program(lambda f, s, u: s.x - np.max(s.x)),
    first_of_raveled=program(lambda f, s, u: s.x + np.ravel(s.x)[0]),
    rolled=program(lambda f, s, u: s.x + np.roll(s.x, 1)),
    chosen_by_numpy=program(lambda f, s, u: np.where(f(s.x) < 0, s.x, 2 * s.x)),
    not_a_number=program(lambda f, s, u: s.x * float("nan")),
    infinite_number=program(lambda f, s, u: s.x * float("inf")),
    many_draws=program(lambda f, s, u: s.x * u, lambda rng, s, d: rng.random((5,))),
    a_draw_a_coordinate=program(lambda f, s, u: s.x * u, lambda rng, s, d: rng.random(s.x.shape)),
    not_of_this_dimension=lambda: at_start(start(0, method=code(walked_elsewhere, law=sphere(d)))),
    law_of_the_state=program(lambda f, s, u: s.x * u, lambda rng, s, d: rng.of(interval(0, s.alpha.term))),
)


def start(n=t, part="x", of=omega, method=None):
    return point(n, method or code(walked, law=sphere(d)), f, x0, of, part)


def kept(drawn, state=None, formula=None):
    """The attempt to show that a walk, or a random radius, stays what it was."""
    state, formula = state or {"x": v}, Eq(v, x0) if formula is None else formula
    return invariant(formula, start(), state, drawn, by_form(Eq(x0, x0)), assume(formula))


def means(n, of, method=None, by=None):
    """The mean over all draws of `by` (a method) of `of` the points after n steps of a method."""
    law = run_of(by or method or code(walked, law=sphere(d)), f)
    return stepped(Q := mean(law, lambda w: of(start(n, of=w, method=method))), *given(Eq(Q, Q)))


attacks(
    "variables of the sorts|are free in|invariant needs|stepped|is a real, where|at_start takes|unrolled|at hand",
    draw_of_zero=lambda: kept([sp.S.Zero]),
    draw_of_the_state=lambda: kept([v]),
    draw_of_omega=lambda: kept([omega]),
    formula_of_the_start=lambda: kept([u], formula=Eq(v, 2 * x0)),
    walk_that_stays=lambda: kept([u]),
    natural_draw=lambda: invariant(
        Le(y, y**2),
        start(part="alpha", method=code(uniform)),
        {"x": v, "alpha": y},
        [s],
        by_form(Le(0, 0)),
        by_form(Le(0, 0)),
    ),
    step_of_none=lambda: means(t, f),
    draws_of_another_method=lambda: means(1, f, code(walked, law=sphere(d)), code(uniform)),
    state_at_two_times=lambda: stepped(
        Q := mean(
            run_of(code(uniform), f),
            lambda w: f(start(t + 1, of=w, method=code(uniform))) * f(start(t + 2, of=w, method=code(uniform))),
        ),
        *given(Eq(Q, Q)),
    ),
    start_after_a_step=lambda: at_start(start(t)),
    start_of_draws=lambda: stepped(
        Q := mean(run_of(M := code(uniform), f), lambda w: f(point(t + 1, M, f, point(1, M, f, x0, w), w))),
        *given(Eq(Q, Q)),
    ),
    other_code=lambda: at_start(start(0, method=code(uniform).func("uniform", "0123456789abcdef"))),
    no_run=lambda: unrolled(mean(sphere(d), lambda u: f(u))),
)


attacks(
    "is no text",
    part_named_by_a_variable=lambda: Iterate(code(walked, law=sphere(d)), f, x0, 0, Variable("fx", REAL), omega),
)
attacks(
    "denote",
    law_of_a_run=lambda: by_form(Eq(Q := mean(after(t, code(divided, by=x), f, a), lambda q: Inner(q, q)), Q)),
    divided_by_itself=lambda: at_start(point(0, code(divided_by_itself, by=x), f, a, omega)),
)


@attack("item assignment")
def trace_of_others():
    trace(code(walked, law=sphere(d)), f, x0).first["x"] = 2 * x0


@pytest.mark.parametrize("name", ATTACKS)
def test_refused(name):
    words, attempt = ATTACKS[name]
    with pytest.raises(REFUSALS, match=words):
        attempt()
