"""Lemmas that Coq checks: propositions come from the shipped formulas, proofs are complete, and axioms are audited."""

import inspect
import os
import re
import shutil
import subprocess
import sys
from functools import cache

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from proofs.coq import LEMMAS, checked_twice, many_steps
from proofs.coq.check import PACKAGES, SCRIPTS, Unchecked, check, compile_script, statements
from proofs.coq.formulas import consistent, formula, proposition
from proofs.coq.terms import Untranslated, coq
from zotheory.claims import find
from zotheory.kernel import definitions as words
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import (
    CODE,
    NATURAL,
    REAL,
    SAMPLE,
    And,
    Eq,
    If,
    Implies,
    Inner,
    Le,
    Lt,
    Not,
    Or,
    Variable,
    loose,
)
from zotheory.methods import relative_loss
from zotheory.theorems.relative_loss import octaves

needs_coq = pytest.mark.skipif(
    shutil.which("coqc") is None, reason=f"coqc is not found: apt-get install --no-install-recommends {PACKAGES}"
)
a, b, c = words.real("a b c")
n, k = words.natural("n k")
d = words.dimension("d")
x, y = words.vector("x y", d)
f, P = words.function("f", d), words.law_of_samples("P")


def said(*given, holds):
    return proposition(Statement(given=given, holds=holds, any=loose(holds)))


def changed(name, parameter):
    """A lemma with one of its shipped functions times 101/100."""
    lemma = LEMMAS[name]
    shipped = inspect.signature(lemma.states).parameters[parameter].default
    if not callable(shipped):
        return lemma._replace(states=lambda: lemma.states(**{parameter: shipped * 1.01}))
    another = lambda *args, **kwargs: shipped(*args, **kwargs) * sp.Rational(101, 100)  # noqa: E731
    return lemma._replace(states=lambda: lemma.states(**{parameter: another}))


@cache
def stated(name):
    return proposition(LEMMAS[name].states())


SHIPPED = [(name, key) for name, lemma in LEMMAS.items() for key in inspect.signature(lemma.states).parameters]
SHIPPED = [pair for pair in SHIPPED if pair[1] != "changes"]


@pytest.mark.parametrize(("name", "parameter"), SHIPPED)
def test_each_shipped_function_makes_the_proposition(name, parameter):
    assert proposition(changed(name, parameter).states()) != stated(name)


def test_lemmas_belong_to_claims_and_say_what_they_leave_out():
    for name, lemma in LEMMAS.items():
        assert find(lemma.claim).id == lemma.claim
        assert lemma.what
        assert lemma.left
        assert name in checked_twice(lemma.claim)
    assert set(checked_twice("one_fifth.hitting_time")) == {"too_long", "too_short", "fold"}
    assert checked_twice("two_point.bias") == {}


def test_that_hypotheses_hold_somewhere_is_about_the_same_hypotheses():
    for lemma in LEMMAS.values():
        statement = lemma.states()
        assert all(formula(each) in consistent(statement) for each in statement.given)
        assert consistent(statement).count("exists") == bool(statement.variables)


def test_propositions_are_the_same_in_every_process():
    program = "from proofs.coq.check import statements; print(statements())"
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == statements() + "\n"


@given(st.floats(1e-9, 1e9), st.floats(1, 1e6), st.floats(1e-9, 1))
def test_the_number_of_radii_is_that_of_the_shipped_grid(gap, Q, fall):
    L, mu, eps = Q, 1, gap * fall
    (equation,) = (each for each in many_steps.grid().given if isinstance(each, Eq))
    values = {"L": L, "mu": mu, "gap": gap, "eps": eps}
    exact = {v: sp.Rational(values[v.name]) for v in equation.args[1].free_symbols}
    ratio = sp.Rational(Q) * sp.Rational(gap) / sp.Rational(eps)
    shipped = octaves(eps=eps, gap=gap, Q=Q)
    counted = equation.args[1].xreplace(exact)
    assert counted == shipped or abs(sp.log(ratio, 4).evalf(30) % 1 - sp.Rational(1, 2)) > 0.49999999


# --- the translation -------------------------------------------------------------------------------------------------


def test_a_comparison_comes_with_the_conditions_under_which_it_denotes():
    assert said(holds=Le(1 / a, b)).endswith("(a <> 0 /\\ (/ a) <= b)")
    assert said(holds=Le(sp.sqrt(a), sp.log(b))).endswith("(0 <= a /\\ 0 < b /\\ (sqrt a) <= (ln b))")
    assert said(holds=Le(a ** sp.Rational(5, 4), b)).endswith("(0 <= a /\\ (power a (5 / 4)) <= b)")
    assert said(holds=Le(a**b, 1)).endswith("(0 < a /\\ (power a b) <= 1)")
    assert said(holds=Le(sp.sqrt(2) / sp.sqrt(d) * a, b)).endswith("((sqrt 2) * (/ (sqrt (INR d))) * a) <= b")
    over = words.total(n, lambda t: 1 / (t + a))
    assert "(forall v1 : nat, (v1 < n)%nat -> ((INR v1) + a) <> 0)" in said(holds=Le(over, b))
    chosen = If(Lt(a, b), 1 / a, 1 / b)
    assert "(((a < b)) -> a <> 0) /\\ (~ ((a < b)) -> b <> 0)" in said(holds=Le(chosen, c)).replace(
        "(a < b)", "((a < b))"
    )
    mean = words.expectation(P, lambda X: words.map_of("h", SAMPLE, REAL)(X))
    assert "integrable P (fun v1 : Sample => (h v1)) /\\ (mean P (fun v1 : Sample => (h v1))) <= a" in said(
        holds=Le(mean, a)
    )


def test_connectives_and_quantifiers():
    formula = Implies(And(Lt(a, b), Not(Eq(a, 0))), Or(Le(a, 1), words.for_all(NATURAL, lambda t: Le(t, a))))
    assert said(holds=formula).endswith("((a < b /\\ (~ a = 0)) -> (a <= 1 \\/ (forall v1 : nat, (INR v1) <= a)))")
    assert said(holds=Eq(x + y, 0 * x)).endswith("(forall i : nat, (i < d)%nat -> (vplus x y) i = vzero i)")


def test_no_variable_hides_a_word():
    R, i = words.real("R i")
    own = words.real("v1")
    told = proposition(
        Statement(given=[Lt(0, R), Lt(0, i), Lt(0, own)], holds=Le(words.total(n, lambda t: R), own), any=[n])
    )
    assert "(R_ : R)" in told
    assert "(i_ : R)" in told
    assert "total n (fun v1 : nat => R_)) <= v1_" in told
    twice = words.real("R_")
    with pytest.raises(Untranslated, match="one name"):
        proposition(Statement(given=[Lt(0, R), Lt(0, twice)], holds=Le(R, twice)))


def test_what_has_no_translation_is_refused():
    run = words.after(1, words.code(relative_loss, radius=a, law=words.sphere(d)), f, x)
    with pytest.raises(Untranslated, match="Chain has no translation"):
        said(holds=Le(words.expectation(run, lambda y: f(y)), a))
    with pytest.raises(Untranslated, match="Law has no translation"):
        said(holds=Le(words.expectation(words.sphere(d), lambda u: Inner(u, u)), a))
    with pytest.raises(Untranslated, match="sort code"):
        said(Eq(Variable("rule", CODE), Variable("rule", CODE)), holds=Le(a, b))
    with pytest.raises(Untranslated, match="loggamma has no translation"):
        said(holds=Le(sp.loggamma(a), b))
    with pytest.raises(Untranslated, match=r"f.* is no gradient|no gradient of a function symbol"):
        said(holds=Le(Inner(words.grad(words.mapping(x.sort, lambda z: f(2 * z)), x), x), a))


# --- with Coq --------------------------------------------------------------------------------------------------------

VALUES = [
    sp.Rational(-7, 3) * sp.sqrt(2) + sp.pi,
    sp.Integer(2) ** sp.Rational(-5, 2),
    sp.exp(sp.Rational(1, 2)) - sp.log(5) * sp.atan(2),
    sp.Integer(3) ** sp.Rational(5, 4),
    sp.erf(sp.Rational(1, 2)),
    sp.erfc(sp.sqrt(2)),
    sp.E**2 / (1 + sp.E),
    words.total(sp.Integer(3), lambda t: 1 / (t + 2) ** 2),
    If(Lt(1, 2), sp.sqrt(5), 0) + If(Le(2, 1), 0, sp.Integer(7)),
]


def test_no_script_has_an_axiom():
    for script in SCRIPTS.glob("*.v"):
        found = re.search(r"\b(Axioms?|Parameters?|Conjecture|Admitted|admit|give_up)\b", script.read_text())
        assert not found, (script.name, found)


@needs_coq
@pytest.mark.slow
def test_translated_numbers_have_the_value_that_sympy_gives(tmp_path):
    """Interval encloses what the translation denotes, by the definitions of the prelude."""
    shutil.copy(SCRIPTS / "prelude.v", tmp_path)
    known = [*VALUES[:7], sp.Rational(1, 4) + sp.Rational(1, 9) + sp.Rational(1, 16), sp.sqrt(5) + 7]
    goals = []
    for t, value in zip(VALUES, known, strict=True):
        near = sp.Rational(str(sp.N(value, 20)))
        ends = [coq(near + sign * sp.Rational(1, 10**6)) for sign in (-1, 1)]
        goals.append(f"Goal {ends[0]} <= {coq(t)} <= {ends[1]}. Proof. enclosed. Qed.\n")
    (tmp_path / "values.v").write_text(
        "From Coq Require Import Reals Lra.\nFrom Coquelicot Require Import Coquelicot.\n"
        "From Interval Require Import Tactic.\nFrom Lemmas Require Import prelude.\nOpen Scope R_scope.\n"
        "Ltac enclosed := unfold erfc, erf, power; simpl; repeat (destruct Rlt_dec; try lra);"
        " repeat (destruct Rle_dec; try lra); unfold Rpower; split; first [interval | integral with (i_prec 60)].\n"
        + "".join(goals)
    )
    compile_script(tmp_path, "prelude")
    compile_script(tmp_path, "values")


@needs_coq
@pytest.mark.slow
def test_all_lemmas_are_proved():
    found = check()
    assert list(found) == list(LEMMAS)
    assert {"ClassicalDedekindReals.sig_forall_dec"} <= set(found["decrease"])
    assert not any(axiom.startswith(("PrimInt63", "Uint63")) for axiom in found["minibatch_decrease"])


@needs_coq
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("decrease", "bound"),
        ("minibatch_decrease", "bound"),
        ("telescoping", "step_size"),
        ("grid", "best_radius"),
        ("too_long", "rare"),
        ("tails", "shipped"),
    ],
)
def test_another_bound_is_not_proved(name, parameter):
    mutant = changed(name, parameter)
    if name == "grid":  # what is proportional to the best radius may be scaled; what is added may not
        shipped = many_steps.exact.best_radius
        mutant = mutant._replace(states=lambda: many_steps.grid(lambda **at: shipped(**at) - at["L"]))
    with pytest.raises(Unchecked, match=rf"{mutant.script}\.v: "):
        check([name], LEMMAS | {name: mutant})


@needs_coq
@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda s: s.replace("Theorem decrease", "Axiom cheat : forall A : Prop, A.\n\nTheorem decrease"), None),
        (lambda s: _proved_by(s, "Axiom cheat : forall A : Prop, A.\n", "apply cheat. Qed."), r"the axiom \S*cheat"),
        (lambda s: _proved_by(s, "Section A.\nVariable cheat : False.\nEnd A.\n", "destruct cheat. Qed."), "cheat"),
        (lambda s: _proved_by(s, "Parameter cheat : False.\n", "destruct cheat. Qed."), r"the axiom \S*cheat"),
        (lambda s: _proved_by(s, "", "Admitted."), r"the axiom \S*decrease"),
        (lambda s: _proved_by(s, "Module Classical_Prop. End Classical_Prop.\n", "Admitted."), "the word Module"),
        (
            lambda s: s.replace("statements.decrease", "True").replace("Proof.", "Proof. exact I. Qed. (*") + "*)",
            "True",
        ),
    ],
    ids=["unused", "axiom", "section", "parameter", "admitted", "module", "another theorem"],
)
def test_an_axiom_that_is_typed_in_is_noticed(tmp_path, spoil, says):
    for script in SCRIPTS.glob("*.v"):
        shutil.copy(script, tmp_path)
    spoiled = tmp_path / "decrease.v"
    text = spoil(spoiled.read_text())
    assert text != spoiled.read_text()
    spoiled.write_text(text)
    if says is None:
        check(["decrease"], folder=tmp_path)  # an axiom that no proof rests on does no harm
        return
    with pytest.raises(Unchecked, match=says):
        check(["decrease"], folder=tmp_path)


def _proved_by(script, before, end):
    head, _, _ = script.partition("Theorem decrease")
    return f"{head}{before}Theorem decrease : statements.decrease.\nProof. {end}\n"


def test_without_coq_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Unchecked, match=re.escape(PACKAGES)):
        check()
