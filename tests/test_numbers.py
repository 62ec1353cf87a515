"""Facts evaluated in 30 digits: against closed forms, on a whole derivation, and against rules that are spoiled."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
import sympy as sp

import zotheory as zo
from proofs import formally
from zotheory.claims import find
from zotheory.kernel import algebra, facts
from zotheory.kernel import normal as forms
from zotheory.kernel.algebra import by_form, chosen, combine
from zotheory.kernel.definitions import after as after_steps
from zotheory.kernel.definitions import (
    ball,
    bernoulli,
    bounded_below,
    code,
    copies,
    draws,
    function,
    gaussian,
    index,
    interval,
    lipschitz,
    norm,
    normal,
    probability,
    rademacher,
    real,
    smooth,
    strongly_convex,
    total,
    vector,
)
from zotheory.kernel.definitions import expectation as mean
from zotheory.kernel.definitions import point as run_point
from zotheory.kernel.definitions import sphere as on_sphere
from zotheory.kernel.facts import Fact, assume
from zotheory.kernel.laws import mean_length
from zotheory.kernel.terms import REAL, Eq, ForAll, If, Inner, Le, Lt, Not
from zotheory.proving.numbers import Search, assignments, check, reached, witness
from zotheory.proving.numbers.arithmetic import MP, inner, slopes
from zotheory.proving.numbers.arithmetic import vector as point
from zotheory.proving.numbers.formulas import Evaluation
from zotheory.proving.numbers.functions import PROFILES, Bowl
from zotheory.proving.numbers.runs import Drawn
from zotheory.proving.numbers.search import UNFOUND
from zotheory.statements.relative_loss import L, alpha, d, f, x


def test_every_fact_of_a_derivation_is_evaluated_and_holds() -> None:
    search, made = Search(), reached(formally("relative_loss.decrease"))
    outcomes = [check(fact, tries=2, search=search) for fact in made]
    assert {fact.rule for fact in made} >= {"stepped", "average", "mirrored", "mean_length", "combine", "generalise"}
    assert [fact for fact, outcome in zip(made, outcomes, strict=True) if outcome.violations] == []
    assert [fact for fact, outcome in zip(made, outcomes, strict=True) if outcome.held < 2] == []


# --- rules that are spoiled ------------------------------------------------------------------------------------------

a, y = vector("a y", d)


def spoiled(apply: Any) -> Any:
    """A rule, as if it were of the kernel."""
    apply.__module__ = facts.__name__
    return facts.rule(apply)


@spoiled
def mean_length_of_one(law: Any, v: Any) -> Any:
    """E |<v, u>| = |v|, which is right for d = 1 alone."""
    return [], Eq(mean(law, lambda u: sp.Abs(Inner(v, u))), norm(v))


@spoiled
def chosen_otherwise(t: Any, condition: Fact) -> Any:
    """The branch that is not taken."""
    return condition.given, Eq(t, t.args[2])


def antisymmetric(plain: Any) -> Any:
    """Normal forms in which <a, b> = -<b, a>."""

    def made(t: Any, atoms: dict[Any, Any]) -> Any:
        if type(t) is not Inner:
            return plain(t, atoms)
        left, right = map(forms.combination, t.args)
        total = 0
        for v, p in left.items():
            for w, q in right.items():
                sign = 1 if Inner(v, w).args == (v, w) else -1
                total += sign * made(p * q, atoms) * atoms.setdefault(Inner(v, w), sp.Dummy())
        return total

    return made


def spoil_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algebra, "sign", lambda t, known: 2)


def spoil_inner(monkeypatch: pytest.MonkeyPatch) -> None:
    forms.normal.cache_clear()
    monkeypatch.setattr(forms, "_plain", antisymmetric(forms._plain))


MOVED = Lt(Inner(a, a), Inner(y, y))
SPOILED = {
    "the mean length is 1 in every dimension": (
        lambda: mean_length_of_one(on_sphere(d), a),
        lambda: mean_length(on_sphere(d), a),
        lambda monkeypatch: None,
    ),
    "combine takes factors below 0": (
        lambda: combine(Le(2 * alpha, alpha), [(-1, assume(Le(0, alpha)))]),
        lambda: combine(Le(alpha, 2 * alpha), [(1, assume(Le(0, alpha)))]),
        spoil_factors,
    ),
    "chosen takes the other branch": (
        lambda: chosen_otherwise(If(MOVED, alpha, L), assume(MOVED)),
        lambda: chosen(If(MOVED, alpha, L), assume(MOVED)),
        lambda monkeypatch: None,
    ),
    "inner products are antisymmetric": (
        lambda: by_form(Eq(Inner(a + y, a + y), Inner(a, a) + Inner(y, y))),
        lambda: by_form(Eq(Inner(a + y, a + y), Inner(a, a) + 2 * Inner(a, y) + Inner(y, y))),
        spoil_inner,
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_rule_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    false, true, spoil = SPOILED[name]
    right = check(true())
    assert (right.evaluated, right.violations) == (4, [])
    assert right.held >= 3
    with monkeypatch.context() as patched:
        spoil(patched)
        wrong = false()
    forms.normal.cache_clear()
    assert check(wrong).violations


# --- values against closed forms -------------------------------------------------------------------------------------

p, t = real("p t")
G, START, OMEGA = function("G", 2), vector("start", 2), draws("omega")


def value(of: Any, values: dict[Any, Any], order: int = 0) -> float:
    """Value of a term, vectors given as lists."""
    made = {each: point(part) if isinstance(part, list) else MP.mpf(part) for each, part in values.items()}
    return float(Evaluation(made, order).value(of))


@pytest.mark.parametrize(
    ("law", "of", "expected", "within"),
    [
        (on_sphere(2), lambda v, u: sp.Abs(Inner(v, u)), 5 * 2 * 2**0.5 / math.pi, 1e-14),
        (on_sphere(3), lambda v, u: sp.Abs(Inner(v, u)), 5 * 3**0.5 / 2, 1e-2),
        (on_sphere(2), lambda v, u: Inner(v, u) ** 4, 625 * 12 / 8, 1e-14),
        (on_sphere(3), lambda v, u: Inner(v, u) ** 4, 625 * 27 / 15, 1e-14),
        (gaussian(1), lambda v, u: sp.Max(Inner(v, u), 0), 5 / (2 * math.pi) ** 0.5, 1e-14),
        (gaussian(2), lambda v, u: sp.Abs(Inner(v, u)), 5 * (2 / math.pi) ** 0.5, 1e-10),
        (gaussian(2), lambda v, u: Inner(u, u) ** 3, 48, 1e-10),
        (gaussian(3), lambda v, u: Inner(u, u) ** 2, 15, 1e-10),
        (ball(1), lambda v, u: Inner(u, u), 1, 1e-14),
        (ball(2), lambda v, u: Inner(u, u) ** 2, 16 / 3, 1e-14),
        (ball(3), lambda v, u: Inner(v, u) ** 2, 25, 1e-14),
        (rademacher(3), lambda v, u: Inner(v, u) ** 4, 3 * 625 - 2 * (3**4 + 4**4), 1e-14),
    ],
)
def test_moments_of_directions(law: Any, of: Any, expected: float, within: float) -> None:
    v = vector("v", law.args[1])
    made = mean(law, lambda u: of(v, u))
    assert value(made, {v: [[5], [3, 4], [3, 4, 0]][law.args[1] - 1]}) == pytest.approx(expected, rel=within)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (mean(normal(), sp.exp), math.exp(0.5)),
        (probability(normal(), lambda u: Lt(u, 1)), (1 + math.erf(0.5**0.5)) / 2),
        (mean(interval(0, 1), lambda u: If(Lt(u, sp.Rational(1, 3)), 1, u)), 7 / 9),
        (mean(index(4), lambda n: n**2), 3.5),
        (mean(bernoulli(sp.Rational(1, 5)), lambda n: 3 * n), 0.6),
        (total(4, lambda n: 2**n), 15),
        (mean(copies(bernoulli(sp.Rational(1, 2))), lambda u: total(3, lambda n: u(n)) ** 2), 3),
        (sp.Max(sp.gamma(sp.Rational(7, 2)), sp.zeta(2)), 15 * math.pi**0.5 / 8),
    ],
)
def test_numbers_with_closed_forms(made: Any, expected: float) -> None:
    assert value(made, {}) == pytest.approx(expected, rel=1e-11)


def test_a_share_of_a_circle_is_found_to_the_place_where_it_ends() -> None:
    v = vector("v", 2)
    share = probability(on_sphere(2), lambda u: Le(Inner(v, u), 1))
    assert value(share, {v: [2, 0]}) == pytest.approx(1 - math.acos(1 / 2 / 2**0.5) / math.pi, rel=1e-9)


@pytest.mark.parametrize(
    "part", [1 / p, sp.sqrt(p - 1), sp.log(p), If(Le(0, 1), 0, 1 / p), mean(index(2), lambda n: 1 / (n + p))]
)
def test_a_comparison_with_what_does_not_denote_is_false(part: Any) -> None:
    at_zero, at_two = Evaluation({p: MP.mpf(0)}), Evaluation({p: MP.mpf(2)})
    assert at_zero.truth(Eq(part, part)) is False
    assert at_zero.truth(Not(Eq(part, part))) is True
    assert at_two.truth(Eq(part, part)) is True


def test_what_is_denied_for_all_is_left_open_where_all_that_was_tried_holds() -> None:
    square = ForAll.over(REAL, body=lambda s: Le(0, s * s))
    fails = ForAll.over(REAL, body=lambda s: Le(0, s))
    truths = [Evaluation({}).truth(each) for each in (square, Not(square), fails, Not(fails))]
    assert truths == [True, None, False, True]


# --- functions, hypotheses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_functions_know_their_constants(profile: str) -> None:
    own, steep = Bowl(1, PROFILES[profile], Random(3)), Bowl(2, PROFILES[profile], Random(4))

    def says(formula: Any, constant: Any, effort: float = 1) -> bool | None:
        values = {f: own, d: 1, x: own.centre, a: own.centre + MP.mpf("0.1"), L: constant}
        return Evaluation(values, effort=effort).truth(formula)

    for formula, constant, less in (
        (smooth(f, L), own.L, 0.9), (strongly_convex(f, L), own.mu, 1.1 if own.mu > 0 else 0.9),
        (lipschitz(f, L), own.L0, 0.5), (bounded_below(f, L), own.lowest, own.lowest + 0.1),
    ):  # fmt: skip
        if constant:
            worse = less if formula == bounded_below(f, L) else constant * MP.mpf(less)
            assert (says(formula, constant), says(formula, worse, 4)) == (True, False)
    at_point = point([0.3, -1.1])
    assert steep(steep.nearest(at_point)) == pytest.approx(steep.lowest)
    assert list(steep.gradient(at_point) - slopes(steep, at_point)) == pytest.approx([0, 0], abs=1e-15)


def test_hypotheses_hold_together_where_a_witness_is_found() -> None:
    statement = find("relative_loss.convex").statement
    values = next(assignments(statement.given))
    assert witness(statement, values)
    assert not witness(statement, {**values, alpha: MP.mpf(-1)})


def test_hypotheses_that_contradict_each_other_have_no_witness() -> None:
    assert list(assignments([Lt(0, alpha), Lt(alpha, L), Lt(L, 0)])) == []
    outcome = check(combine(Le(0, L), [(1, assume(Le(alpha, L))), (1, assume(Le(0, alpha)))]))
    assert outcome.held == outcome.evaluated == 4
    nothing = check(facts.absurd(assume(Lt(p, p)), Lt(1, 0)))
    assert (nothing.evaluated, dict(nothing.why)) == (0, {UNFOUND: 4})


def test_equations_are_solved() -> None:
    values = next(assignments([Eq(Inner(a, a), 7), Eq(t**2, 2 * p), Lt(1, p), Lt(0, t)]))
    assert inner(values[a], values[a]) == pytest.approx(7)
    assert values[t] ** 2 / values[p] == pytest.approx(2)


# --- runs of the shipped code ----------------------------------------------------------------------------------------


def test_a_run_is_that_of_the_shipped_loop() -> None:
    rng, own = np.random.default_rng(5), Bowl(2, PROFILES["log cosh"], Random(1))
    ways = []

    def draw(source: Any, shape: Any, n: int, scale: Any = 1.0) -> Any:
        ways.append(zo.directions.sphere.draw(rng, shape, n))
        return ways[-1] * scale

    def objective(y: Any) -> float:
        return float(own(point(list(y))))

    method = zo.relative_loss(radius=zo.radii.one_fifth(0.7, 1.5), law=replace(zo.directions.sphere, draw=draw))
    done = zo.run(method, objective, x0=np.array([0.5, -1.0]), steps=6, vectorised=False)
    rule = code(zo.radii.one_fifth, alpha=sp.Rational(7, 10), growth=sp.Rational(3, 2))
    term = run_point(6, code(zo.relative_loss, radius=rule, law=on_sphere(2)), G, START, OMEGA)
    drawn = Drawn({(n + 1, 1): point(list(way)) for n, way in enumerate(ways[-6:])})
    found = Evaluation({G: own, START: point([0.5, -1.0]), OMEGA: drawn}).value(term)
    assert np.array(found, dtype=float) == pytest.approx(done.x, rel=1e-12)


def test_a_mean_over_a_run_is_that_over_all_signs() -> None:
    own = Bowl(1, PROFILES["wave"], Random(4))

    def after(start: float, signs: Any) -> float:
        for sign in signs:
            start = min(start + 0.75 * sign, start, key=lambda y: float(own(point([y]))))
        return float(own(point([start])))

    expected = np.mean([after(0.2, signs) for signs in product((-1, 1), repeat=4)])
    method = code(zo.relative_loss, radius=sp.Rational(3, 4), law=on_sphere(1))
    H, begin = function("H", 1), vector("begin", 1)
    made = mean(after_steps(4, method, H, begin), lambda y: H(y))
    assert float(Evaluation({H: own, begin: point([0.2])}).value(made)) == pytest.approx(expected, rel=1e-13)


def test_a_run_that_divides_by_zero_has_no_state() -> None:
    method = code(zo.relative_loss, radius=alpha, h=sp.Rational(1, 2), law=on_sphere(1))
    H, begin = function("H", 1), vector("begin", 1)
    run = after_steps(1, method, H, begin)
    ends = probability(run, lambda y: Le(H(y), H(y)))
    for radius, share in ((0, 0), (1, 1)):
        own = Evaluation({H: Bowl(1, PROFILES["square"], Random(2)), begin: point([0.2]), alpha: MP.mpf(radius)})
        assert own.value(ends) == share
        assert own.truth(Eq(mean(run, lambda y: H(y)), mean(run, lambda y: H(y)))) is bool(share)
