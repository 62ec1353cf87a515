"""Methods and problems read from text: what is written is what Python would make of it, and nothing else is read."""

import ast
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zotheory as zo
from zotheory.code.named import Unreadable
from zotheory.methods import METHODS
from zotheory.problems.instances import instance
from zotheory.trials import written
from zotheory.trials.arithmetic import BITS, Formula, Miswritten, number
from zotheory.trials.written import PARTS, Labelled

F = zo.problems.golovin_family(1, 8, 20)


METHODS_READ = {
    "relative_loss(radius=one_fifth(1.0), beta=0.95)": lambda: zo.relative_loss(
        radius=zo.radii.one_fifth(1.0), beta=0.95
    ),
    "zo.relative_loss(radius=zo.radii.one_fifth(1.0))": lambda: zo.relative_loss(radius=zo.radii.one_fifth(1.0)),
    "relative_loss(radius=R/2, beta=1 - 0.3/d)": lambda: zo.relative_loss(radius=F.R / 2, beta=1 - 0.3 / 20),
    "relative_loss(radius=lambda t: R/t**0.5, cached=False)": lambda: zo.relative_loss(
        radius=lambda t: F.R / t**0.5, cached=False
    ),
    "relative_loss(radius=1.0, law=gaussian, ties='move')": lambda: zo.relative_loss(
        radius=1.0, law=zo.directions.gaussian, ties="move"
    ),
    "gld_search(R=2*R, r=1e-6)": lambda: zo.gld_search(R=2 * F.R, r=1e-6),
    "two_point(h=lambda t: 0.1/sqrt(t), delta=lambda t: 1e-3, mirror=euclidean_ball(5.0))": lambda: zo.two_point(
        h=lambda t: 0.1 / math.sqrt(t), delta=lambda t: 1e-3, mirror=zo.geometry.euclidean_ball(5.0)
    ),
    "three_point(radius=lambda k: min(1, 2/np.sqrt(k)))": lambda: zo.three_point(
        radius=lambda k: min(1, 2 / np.sqrt(k))
    ),
}
PROBLEMS_READ = {
    "golovin_family(1, 8, 20, minimiser=0.3, f_star=-1.0)": lambda: zo.problems.golovin_family(
        1, 8, 20, minimiser=0.3, f_star=-1.0
    ),
    "zo.problems.Wavy(30, c=0.3, f_star=-1.0)": lambda: zo.problems.Wavy(30, c=0.3, f_star=-1.0),
    "Norm('l1', [0.1, 0.2], [0, -1], 4.0)": lambda: zo.problems.Norm("l1", [0.1, 0.2], [0, -1], 4.0),
    "Expected(breast_cancer())": lambda: zo.oracles.Expected(zo.problems.breast_cancer()),
    "instance('long ellipsoid', 5)": lambda: instance("long ellipsoid", 5),
}


@pytest.mark.parametrize("text", METHODS_READ)
def test_a_method_is_what_python_makes_of_the_same_text(text):
    runs = [zo.run(method, F, steps=30, seed=1) for method in (written.method(text, F), METHODS_READ[text]())]
    assert np.array_equal(runs[0].x, runs[1].x)


@pytest.mark.parametrize("text", PROBLEMS_READ)
def test_a_problem_is_what_python_makes_of_the_same_text(text):
    read, expected = written.problem(text), PROBLEMS_READ[text]()
    x = np.linspace(-1, 1, 3 * read.d).reshape(3, read.d)
    assert np.array_equal(read(x), expected(x))
    assert np.array_equal(read.x0, expected.x0)
    assert read.f_star == expected.f_star


def test_every_name_that_may_be_written_is_one_of_the_package():
    for name in METHODS:
        with pytest.raises(Miswritten, match=f"{name} must be called"):
            written.method(name)
    for room in ("radii", "geometry"):
        for name in PARTS[room]:
            assert hasattr(getattr(zo, room), name)
    for name in (*PARTS["problems"], *PARTS["oracles"]):
        with pytest.raises(Miswritten, match="must be called"):
            written.problem(name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("relative_lost(radius=1)", "unknown name 'relative_lost': did you mean 'relative_loss'"),
        ("relative_loss(radius=one_fith(1.0))", "did you mean 'one_fifth'"),
        ("relative_loss(radius=-1)", "radius must be positive, got -1.0"),
        ("relative_loss()", "missing a required (keyword-only )?argument: 'radius'"),
        ("relative_loss(radius=1, gane=2)", "gane"),
        ("relative_loss(radius=one_fifth)", r"one_fifth must be called: one_fifth\(alpha\)"),
        ("relative_loss(radius=L0)", "the problem has no L0"),
        ("relative_loss(radius=1/0)", "1 / 0 has no value: division by zero"),
        ("relative_loss(radius=(-1)**0.5)", "is not real"),
        ("relative_loss(radius=9**9**9)", "too large"),
        ("relative_loss(radius=", "was never closed"),
        ("relative_loss(radius=lambda t: x)", "x is no number"),
        ("relative_loss(radius=lambda t, s: t)", "a function of one argument"),
        ("relative_loss(radius=lambda t=1: t)", "a function of one argument"),
        ("relative_loss(radius=lambda t: 'a'*t)", "'a' is no number"),
        ("relative_loss(radius=[1]*10**9)", "is no number"),
        ("relative_loss(*[1])", "stars"),
        ("relative_loss(**{})", "stars"),
        ("sphere()", "sphere is not called"),
        ("gaussian", "must be a zotheory.Method"),
        ("3", "must be a zotheory.Method"),
        ("", "invalid syntax"),
        ("relative_loss(radius=1); 3", "invalid syntax"),
        pytest.param("a" * 20_000, "at most 10000 characters", id="long"),
        pytest.param("-" * 5000 + "1", "nested too deeply|recursion", id="deep"),
        ("json:dumps", "must be a zotheory.Method"),
    ],
)
def test_what_is_wrong_is_said(text, said):
    with pytest.raises(Miswritten, match=said) as error:
        written.method(text, F)
    assert len(str(error.value)) < 600


def test_a_constant_that_no_problem_states_is_missed():
    with pytest.raises(Miswritten, match="the problem states no mu"):
        written.method("relative_loss(radius=mu)", zo.oracles.Plain(np.sum, np.ones(3)))


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').mkdir('made')",
        "open('made', 'w')",
        "exec('import os; os.mkdir(\"made\")')",
        "relative_loss(radius=().__class__.__base__)",
        "relative_loss(radius=one_fifth.__globals__)",
        "relative_loss.__wrapped__(radius=1.0)",
        "[open('made', 'w') for x in (1, 2)]",
        "(lambda t: open('made', 'w'))(1)",
        "relative_loss(radius=(made := 1))",
        'relative_loss(radius=f\'{open("made", "w")}\')',
        "relative_loss(radius=1.0 if open('made', 'w') else 2.0)",
        "problems.datasets.mnist('/')",
        "np.load('made')",
        "zo.run(1, 2)",
    ],
)
def test_nothing_else_is_run(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for read in (written.method, written.problem):
        with pytest.raises(Miswritten):
            read(text)
    assert list(tmp_path.iterdir()) == []


# --- arithmetic ------------------------------------------------------------------------------------------------------

LEAVES = st.sampled_from(["1", "2", "0.5", "3.25", "t", "1e-3"])


def grown(inner):
    two = st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})")
    call = st.tuples(st.sampled_from(["sqrt", "abs", "exp", "min", "max", "log"]), inner, inner)
    return two | inner.map(lambda x: f"-{x}") | inner.map(lambda x: f"({x})**2") | call.map(_call)


def _call(parts):
    name, x, y = parts
    return f"{name}({x}, {y})" if name in ("min", "max") else f"{name}({x})"


@given(st.recursive(LEAVES, grown, max_leaves=8), st.integers(1, 50))
def test_numbers_are_those_of_python(text, t):
    names = {name: getattr(math, name) for name in ("sqrt", "exp", "log")} | {"abs": abs, "min": min, "max": max}
    try:
        expected = eval(text, {"__builtins__": {}}, names | {"t": t})
    except (ZeroDivisionError, OverflowError, ValueError):
        with pytest.raises((Miswritten, ValueError, OverflowError)):
            number(ast.parse(text, mode="eval").body, {"t": t})
    else:
        assert number(ast.parse(text, mode="eval").body, {"t": t}) == expected


@given(st.integers(-9, 9), st.integers(0, 10**9))
def test_no_power_outgrows_a_double(base, exponent):
    try:
        assert number(ast.parse(f"({base})**{exponent}", mode="eval").body, {}) == base**exponent
    except Miswritten:
        assert abs(exponent) * base.bit_length() > BITS


def test_a_formula_travels_and_says_what_it_is():
    formula = Formula.of(ast.parse("lambda t: R/t**0.5", mode="eval").body, {"R": 3.0})
    assert (pickle.loads(pickle.dumps(formula))(4), repr(formula)) == (1.5, "lambda t: R / t ** 0.5")


# --- names, and what is elsewhere ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "label", "text"),
    [
        ("momentum = relative_loss(radius=1)", "momentum", "relative_loss(radius=1)"),
        ("1/5 rule=mine.py:f", "1/5 rule", "mine.py:f"),
        (" relative_loss(radius=1) ", "relative_loss(radius=1)", "relative_loss(radius=1)"),
        ("mine.py:f", "mine.py:f", "mine.py:f"),
        ("x == 1", "x == 1", "x == 1"),
    ],
)
def test_a_text_may_be_given_a_name(given, label, text):
    assert Labelled.of(given) == Labelled(label, text)


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine_written.py"
    path.write_text(
        "import zotheory as zo\n"
        "def f(x):\n    return (x * x).sum(-1)\n"
        "def scaled(by, d=3):\n    return zo.problems.golovin_family(by, by, d)\n"
        "method = zo.relative_loss(radius=0.5)\n"
        "def broken():\n    raise ZeroDivisionError('no')\n",
        encoding="utf-8",
    )
    return path


def test_what_is_of_others_is_named_by_where_it_is(mine):
    assert written.problem(f"{mine}:f")(np.ones(3)) == 3
    assert written.problem(f"{mine}:scaled(4, d=7)").d == 7
    assert written.method(f"{mine}:method").name == "relative_loss"
    for text, said, error in (
        (f"{mine}:g", "has no attribute 'g'", Unreadable),
        (f"{mine.parent}/none.py:f", "no such file", Unreadable),
        ("no_such_module:f", "No module named", Unreadable),
        (f"{mine}:broken()", "no", Miswritten),
        (f"{mine}:scaled()", "missing 1 required positional argument", Miswritten),
        (f"{mine}:scaled(open('x'))", "unknown name 'open'", Miswritten),
    ):
        with pytest.raises(error, match=said):
            written.problem(text)
