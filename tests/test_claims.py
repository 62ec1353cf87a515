"""The truth suite: every shipped claim is measured, its units, assumptions and proof are checked.

Error budget: one run of `verify` at alpha = 0.01. With probability at least 0.99 (in the limit, where support is
labelled asymptotic) it neither refutes a true claim nor supports a false one; the seed is the default, and never tuned.
"""

import inspect
import json
import math
from importlib import import_module

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.__main__ import record
from tests.tables import reals
from zotheory.evidence.claims import proofs as recorded
from zotheory.evidence.derivation import RULES, Derivation, NotProved
from zotheory.methods.gld_search import radii
from zotheory.theorems import ORDER, claims, find, gld_search, select

NAMES = list(claims())
DECADES = {10**3, 10**6, 10**9, 10**12}

deterministic = settings(derandomize=True, deadline=None, max_examples=60)
per_claim = pytest.mark.parametrize("name", NAMES)


# --- the verdicts ----------------------------------------------------------------------------------------------------


def test_every_claim_is_supported(report):
    assert {v.claim.id: v.verdict for v in report.verdicts} == dict.fromkeys(NAMES, "supported")
    assert not report.refuted


def test_every_planted_falsehood_is_refuted(report):
    assert [c.id for c, _, refuted in report.controls if not refuted] == []
    assert len(report.controls) == sum(len(c.controls) for c in select())


def test_no_measurement_exceeds_its_bound(report):
    """Stronger than no refutation; on true claims with ratios this far from 1 it needs no budget of its own."""
    ratios = {
        (v.claim.id, e.experiment.label, e.experiment.d): e.observation.ratio
        for v in report.verdicts
        for e in v.evidence
    }
    assert {where: ratio for where, ratio in ratios.items() if not ratio <= 1 + 1e-9} == {}


def test_every_claim_stands_at_its_error_level(report):
    assert all(v.error_level <= 0.005 for v in report.verdicts)
    assert all(e.detectable >= 0 for v in report.verdicts for e in v.evidence)


def test_the_record_is_plain_json(report):
    as_dict = report.as_dict()
    assert json.loads(json.dumps(as_dict, allow_nan=False)) == as_dict


# --- the shape of the claims -----------------------------------------------------------------------------------------


def test_identifiers_are_unique():
    identifiers = NAMES + [control.id for c in select() for control in c.controls]
    assert len(set(identifiers)) == len(identifiers)


@per_claim
def test_claims_are_complete(name):
    claim = find(name)
    assert claim.id == name
    assert claim.kind in ("expectation", "probability", "always", "constant")
    assert claim.provenance in ("recalled", "corrected", "ours")
    assert claim.statement.endswith(".")
    assert all([claim.source, claim.assumptions, claim.experiments])
    assert len(claim.controls) >= 2
    assert {control.of for control in claim.controls} == {name}
    assert claim.units.keys() == inspect.signature(claim.bound).parameters.keys() | {"return"}


@per_claim
def test_labels_are_unique_within_a_claim_and_dimension(name):
    labels = [(e.label, e.d) for e in find(name).experiments]
    assert len(set(labels)) == len(labels)


@per_claim
def test_every_claim_is_measured_in_reduced_coordinates_over_nine_decades(name):
    """Or there is a reason why not."""
    measured = {e.d for e in find(name).experiments if e.rung == "reduced"} >= DECADES
    assert measured != (name in NOT_REDUCED)


# --- units -----------------------------------------------------------------------------------------------------------

TABLES = [import_module(f"tests.tables.{name}") for name in ORDER]
ARGUMENTS, EXAMPLES, CONDITIONS, FALSEHOODS, TRUTHS, NOT_REDUCED = (
    {key: value for table in TABLES for key, value in getattr(table, what).items()}
    for what in ("ARGUMENTS", "EXAMPLES", "CONDITIONS", "FALSEHOODS", "TRUTHS", "NOT_REDUCED")
)
VALUES = {bound: table.VALUES for table in TABLES for bound in table.CONDITIONS}
NUMERIC_ONLY = {bound for table in TABLES for bound in table.NUMERIC_ONLY}


def commutes(bound, units, arguments, length, value):
    """Whether measuring length and value in other units changes the result as `units` says."""

    def factor(name):
        return length ** units[name][0] * value ** units[name][1]

    changed = {name: x * factor(name) if units[name] != (0, 0) else x for name, x in arguments.items()}
    expected, found = bound(**arguments) * factor("return"), bound(**changed)
    return np.shape(expected) == np.shape(found) and np.allclose(expected, found, rtol=1e-11, atol=0)


@pytest.mark.parametrize("name", [n for n in NAMES if set(find(n).units.values()) != {(0, 0)}])
@deterministic
@given(data=st.data())
def test_bounds_scale_as_their_units_say(name, data):
    claim = find(name)
    arguments = data.draw(st.fixed_dictionaries(ARGUMENTS[name]))
    length, value = data.draw(reals), data.draw(reals)
    if claim.bound is radii:  # a power of 2, which rounds nowhere: the number of radii jumps where R/r is one
        arguments["r"], length = arguments["R"] / (1 + arguments["r"]), 2.0 ** round(math.log2(length))
    assert commutes(claim.bound, claim.units, arguments, length, value)


@pytest.mark.parametrize("what", ["length", "value"])
@pytest.mark.parametrize(("name", "argument"), [(name, a) for name, example in EXAMPLES.items() for a in example])
def test_other_units_would_be_noticed(name, argument, what):
    """Also for dimensionless arguments: the check above has power."""
    claim, (p, q) = find(name), find(name).units[argument]
    assert commutes(claim.bound, claim.units, EXAMPLES[name], 2.0, 2.0)
    wrong = dict(claim.units) | {argument: (p + 1, q) if what == "length" else (p, q + 1)}
    arguments = EXAMPLES[name]
    assert not commutes(claim.bound, wrong, arguments, 2.0 if what == "length" else 1.0, 2.0)


# --- assumptions -----------------------------------------------------------------------------------------------------

NOT_NUMBERS = [math.nan, math.inf, -math.inf, "1", None, True, 1j, np.array([0.75, math.nan])]
OUTSIDE = {
    "positive": [0, 0.0, -1.0, np.array([1.0, 0.0])],
    "nonnegative": [-1e-9, -1, np.array([1.0, -1.0])],
    "at least 1": [0, 0.5, -3, np.array([1.0, 0.5])],
    "at least 2": [1, 0, -2],
    "at least 3": [2, 0, -3],
    "at least 4": [3, 0, -4],
    "in (0, 1)": [0, 1, 0.0, 1.0, -0.1, 1.5],
    "in [1/2, 1]": [0.49, 1.01, 0, -0.75],
    "in [0, n)": [-0.1, 3, 3.5],  # n = 3 in the examples
}


def valid(bound):
    """Arguments that the bound accepts."""
    return {name: VALUES[bound][name] for name in inspect.signature(bound).parameters}


def test_every_bound_has_its_conditions_listed():
    assert {claim.bound for claim in select()} <= CONDITIONS.keys()
    for bound, conditions in CONDITIONS.items():
        assert valid(bound).keys() - conditions.keys() <= {"t"}, bound
        assert np.all(np.isfinite(bound(**valid(bound))))


BAD = [
    (bound, name, value)
    for bound, conditions in CONDITIONS.items()
    for name, condition in conditions.items()
    for value in OUTSIDE[condition] + NOT_NUMBERS
]


@pytest.mark.parametrize(("bound", "name", "value"), BAD, ids=lambda x: x.__name__ if callable(x) else repr(x))
def test_outside_its_assumptions_a_bound_raises(bound, name, value):
    with pytest.raises((TypeError, ValueError), match=rf"^{name} must"):
        bound(**valid(bound) | {name: value})


@pytest.mark.parametrize("r", [1.4, 2.0])
def test_radii_must_fall(r):
    with pytest.raises(ValueError, match=rf"^r must be smaller than R, got r = {r} and R = 1\.4"):
        radii(1.4, r)


@pytest.mark.parametrize("a", [0.5, 0.75, 1.0])
@pytest.mark.parametrize("delta", [0.0, 0.25, 0.5, 0.75, 0.9])
def test_overlap_of_two_intervals(a, delta):
    """n = 1: [-a, a] and [delta, 2 - delta], also where they are disjoint."""
    assert gld_search.overlap(1, a=a, delta=delta) == pytest.approx(max(a - delta, 0) / (2 * a), abs=1e-15)


# --- arrays and symbols ----------------------------------------------------------------------------------------------

ARRAYS = [b for b in CONDITIONS if b is not radii]
SYMBOLIC = [b for b in CONDITIONS if b not in NUMERIC_ONLY]


@pytest.mark.parametrize("bound", ARRAYS, ids=lambda b: b.__name__)
def test_bounds_take_arrays(bound):
    for name, value in valid(bound).items():
        several = np.array([value, value * 1.1, value * 1.2])
        found = bound(**valid(bound) | {name: several})
        expected = [float(bound(**valid(bound) | {name: x})) for x in several]
        np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("bound", SYMBOLIC, ids=lambda b: b.__name__)
def test_bounds_take_symbols(bound):
    """All arguments symbols, evaluated by mpmath; and each alone among floats."""
    values = valid(bound)
    symbols = {name: sympy.Symbol(name, positive=True) for name in values}
    expected = float(bound(**values))
    formula = sympy.lambdify(list(symbols.values()), bound(**symbols), "mpmath")
    assert float(formula(*values.values())) == pytest.approx(expected, rel=1e-12)
    for name, symbol in symbols.items():
        mixed = bound(**values | {name: symbol})
        assert mixed.free_symbols == {symbol}
        assert float(mixed.subs(symbol, values[name])) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("bound", "name"), [(b, n) for b in SYMBOLIC for n in CONDITIONS[b]], ids=lambda x: getattr(x, "__name__", x)
)
def test_an_exact_number_outside_the_assumptions_is_refused(bound, name):
    with pytest.raises(ValueError, match=rf"^{name} must .* got -1"):
        bound(**valid(bound) | {name: sympy.Integer(-1)})


# --- selection -------------------------------------------------------------------------------------------------------


@per_claim
def test_find_and_select_by_exact_name(name):
    assert find(name) is claims()[name]
    assert select(name) == [claims()[name]]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (None, NAMES),
        ("gld_search", [n for n in NAMES if n.startswith("gld_search.")]),
        ("two_point", [n for n in NAMES if n.startswith("two_point.")]),
        ("*", NAMES),
        ("two_point.mean_gap*", ["two_point.mean_gap", "two_point.mean_gap_sharp"]),
        ("*.mean_gap", [n for n in NAMES if n.endswith(".mean_gap")]),
        ("two_point.mean_gap", ["two_point.mean_gap"]),
        ("gld_search.[bi]*", ["gld_search.ball_overlap", "gld_search.iterations", "gld_search.invariance"]),
    ],
)
def test_select_by_prefix_and_glob(pattern, expected):
    assert [claim.id for claim in select(pattern)] == expected


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("two_point.mean_gab", "two_point.mean_gap"), ("gld_search.bal_overlap", "gld_search.ball_overlap")],
)
@pytest.mark.parametrize("look", [find, select])
def test_an_unknown_name_suggests_the_nearest(look, name, nearest):
    with pytest.raises(KeyError, match=f"unknown claim '{name}': did you mean '{nearest}'"):
        look(name)


@pytest.mark.parametrize(
    ("look", "name"),
    [
        (find, "gld_search"),
        *((look, name) for look in (find, select) for name in ("gld_serach", "two_pont", "one_step", "")),
    ],
)
def test_what_is_suggested_can_be_had(look, name):
    with pytest.raises(KeyError) as caught:
        look(name)
    suggested = caught.value.args[0].split("did you mean '")[1].removesuffix("'?")
    assert look(suggested)


@pytest.mark.parametrize("pattern", ["gld", "two_point.", "Two_point", "*.nothing", ""])
def test_half_a_name_selects_nothing(pattern):
    with pytest.raises(KeyError, match="unknown claim"):
        select(pattern)


# --- proofs ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def earned():
    return record()


def test_the_derivations_earn_exactly_the_recorded_labels(earned):
    assert json.loads(json.dumps(earned)) == recorded()


@per_claim
def test_every_claim_has_a_proof(name, earned):
    assert earned[name]["status"] in ("proved", "partly", "cited")
    assert find(name).proof == earned[name]["status"]
    assert (earned[name]["status"] == "proved") <= (earned[name]["gaps"] == [])


@pytest.mark.parametrize("name", FALSEHOODS)
def test_a_planted_falsehood_is_not_proved(name):
    derive, step = FALSEHOODS[name]
    with pytest.raises(NotProved, match=step):
        derive()


@pytest.mark.parametrize("name", TRUTHS)
def test_the_truth_beside_it_is_proved(name):
    assert TRUTHS[name]().status == "proved"


# --- the checker itself ----------------------------------------------------------------------------------------------

x = sympy.Symbol("x", real=True)
REFUSED = {
    "a false identity": lambda d: d.identity("step", (x + 1) ** 2, x**2 + 1),
    "a form that is another expression": lambda d: d.nonnegative("step", x**2 - 1, x**2),
    "a form not known to be nonnegative": lambda d: d.nonnegative("step", x, x),
    "a form known to be negative": lambda d: d.nonnegative("step", sympy.Integer(-1), sympy.Integer(-1)),
    "a form of unknown sign": lambda d: d.nonnegative("step", x**2 - 2 * x, x**2 - 2 * x),
    "a certificate that is false": lambda d: d.certified("step", False, "text"),
    "a certificate that is undecided": lambda d: d.certified("step", None, "text"),
    "a certificate that is merely truthy": lambda d: d.certified("step", 1, "text"),
    "a relation in place of a certificate": lambda d: d.certified("step", x**2 >= 0, "text"),
    "an unknown rule": lambda d: d.rule("step", "common sense", "text"),
}


def test_the_relation_in_that_list_is_undecided_by_type():
    assert (x**2 >= 0) is not True


@pytest.mark.parametrize("what", REFUSED)
def test_a_derivation_refuses(what):
    derivation = Derivation("tiny.claim", "x is small")
    with pytest.raises(NotProved, match=r"^tiny\.claim: step: "):
        REFUSED[what](derivation)
    assert derivation.steps == []


def test_a_derivation_accepts_what_it_can_check():
    derivation = Derivation("tiny.claim", "x is small")
    derivation.identity("expands", (x + 1) ** 2, x**2 + 2 * x + 1)
    derivation.identity("simplifies", sympy.sin(x) ** 2 + sympy.cos(x) ** 2, 1)
    derivation.nonnegative("square", x**2 - 2 * x + 1, (x - 1) ** 2)
    derivation.certified("number", True, "2 > 1")
    for rule in sorted(RULES):
        derivation.rule("rule", rule, "text")
    kinds = [step.kind for step in derivation.steps]
    assert kinds == ["identity", "identity", "inequality", "certificate", *(f"rule: {rule}" for rule in sorted(RULES))]
    assert (derivation.status, derivation.gaps) == ("proved", [])


@pytest.mark.parametrize(
    ("steps", "status", "gaps"),
    [
        ("", "cited", []),
        ("p", "cited", []),
        ("c", "cited", ["c"]),
        ("pr", "cited", []),
        ("i", "proved", []),
        ("ipr", "proved", []),
        ("ic", "partly", ["c"]),
        ("iu", "partly", ["u"]),
        ("uic", "partly", ["u", "c"]),
        ("u", "cited", ["u"]),
    ],
)
def test_the_label_follows_from_the_steps(steps, status, gaps):
    derivation = Derivation("tiny.claim", "x is small")
    add = {
        "p": lambda: derivation.premise("p", "text"),
        "r": lambda: derivation.rule("r", "cases", "text"),
        "i": lambda: derivation.identity("i", x, x),
        "c": lambda: derivation.cited("c", "source"),
        "u": lambda: derivation.uncovered("u", "why"),
    }
    for step in steps:
        add[step]()
    assert (derivation.status, derivation.gaps) == (status, gaps)
