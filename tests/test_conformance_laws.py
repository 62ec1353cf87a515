"""Laws of optimizers that are stated in numbers: exact ones are seldom doubted, those that are a tenth off are found.

The optimizers here have laws that are known exactly. On |x - c|^2, the least value along a random line through x is
below f(x) by a share cos^2 of the gap, which has the law Beta(1/2, (d - 1)/2), of mean 1/d, whatever came before.
"""

import re
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import beta, binom

import zotheory as zo
from zotheory.testing import Coverage, Decrease, check_method, parametrize_with_checks
from zotheory.testing.conformance import checking, weighing
from zotheory.testing.conformance.checking import PROPERTIES, laws_of
from zotheory.testing.conformance.ground import MISSTATED
from zotheory.testing.conformance.laws import BETTER, LAWS, LEVEL, RUNS, TOLERATED
from zotheory.testing.conformance.properties import CLOSE, FIRST
from zotheory.testing.conformance.stated import STATED, tolerated_of
from zotheory.testing.conformance.subjects import Broken, Undecided, subject_of
from zotheory.testing.conformance.trying import outcome
from zotheory.testing.conformance.weighing import event, mean, runs_of


@cache
def least_share(level, d):
    """The share that a random line takes of the gap, or more, with this probability."""
    return beta.ppf(1 - level, 0.5, (d - 1) / 2)


def lines(f, x0, budget, seed, *, of=1.0, level=0.95, off=0, apart=1.0):
    """Goes `of` the way to the minimum along random lines, of three evaluations each.

    From the first line it certifies how large the gap was before, and with it the least value and, after one line, the
    gap. `level` is that of the certificates; `off` is added to the dimension that they are computed for. It looks
    at two points of the line that lie so far `apart` from the one where it is.
    """
    rng, x, d = np.random.default_rng(seed), np.array(x0), len(x0)
    minimum, left = (-np.inf, np.inf), (0.0, np.inf)
    for k in range(budget // 3):
        u = rng.standard_normal(d)
        u /= np.linalg.norm(u)
        here, before, after = f(x), f(x - apart * u), f(x + apart * u)
        bend = (before + after - 2 * here) / apart**2
        way = (before - after) / (2 * apart * bend)
        if k == 0:
            drop = bend * way**2 / 2
            most = drop / least_share(level, d + off)
            minimum, left = (here - most, here - drop), (0.0, most - drop)
        x = x + of * way * u
    return SimpleNamespace(x=x, minimum=minimum, left=left)


def averaging(f, x0, budget, seed, *, luckiest=False, astray=False):
    """Steps along differences over a wide radius; returns the mean of later points. `astray` begins at NaN."""
    rng, x, d = np.random.default_rng(seed), np.array(x0), len(x0)
    seen, points = [], []
    budget -= astray and not np.isfinite(f(x + np.nan))
    for k in range(budget // 2):
        u = rng.standard_normal(d)
        u *= 0.5 / np.linalg.norm(u)
        pair = [(f(x + u), x + u), (f(x - u), x - u)]
        seen += pair
        x = x - (pair[0][0] - pair[1][0]) * u * d / (2 + 2 * k / d)
        points.append(x)
    if luckiest:
        return min(seen, key=lambda each: each[0])[1]
    return np.mean(points[len(points) // 2 :], axis=0) if points else x


def share(d, budget):
    """What `lines` leaves, exactly."""
    return (1 - 1 / d) ** (budget // 3)


def interval(**more):
    """What `lines` certifies of the least value, in five variables."""
    return Coverage(lambda result: result.minimum, budget=3, dimensions=[5], **more)


GAP = Coverage(lambda result: result.left, of="gap", budget=3, dimensions=[5])
NOISY = Decrease(lambda d, budget: 0.2, budget=60, noise=0.5, dimensions=[4])
PLANTED = {  # what is wrong, where it is right, and the law that tells them apart
    "a rate that is 10 % lower": (partial(lines, of=1 - 0.1**0.5), lines, Decrease(share, dimensions=[5])),
    "an interval of level 0.9 in place of 0.95": (partial(lines, level=0.9), lines, interval()),
    "an interval of level 0.98 in place of 0.99": (
        partial(lines, level=0.98),
        partial(lines, level=0.99),
        interval(probability=0.99),
    ),
    "an interval for two variables": (partial(lines, off=-3), lines, GAP),
    "the luckiest point, by its gap": (partial(averaging, luckiest=True), averaging, NOISY),
    "the luckiest point": (partial(averaging, luckiest=True), averaging, "recommends"),
    "the luckiest point, after NaN": (
        partial(averaging, luckiest=True, astray=True),
        partial(averaging, astray=True),
        "recommends",
    ),
}


def found(stated, method, seed=0):
    """What becomes of a law."""
    subject = subject_of(method)
    law = LAWS[stated] if isinstance(stated, str) else stated.law(subject, LEVEL)
    return outcome(subject, law, 1, seed)


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * ("0.99" in n)) for n in PLANTED])
def test_a_law_that_is_broken_is_found_and_one_that_is_exact_holds(name):
    wrong, right, stated = PLANTED[name]
    holds, seen = found(stated, wrong)
    assert holds is False
    assert re.search(r"where (a probability of )?0\.\d+ is stated \(p = ", seen)
    holds, seen = found(stated, right)
    assert holds, seen
    assert re.search(r"[(n] ?\d+ (of \d+ )?runs", seen) or re.search(r"% of \d+ runs", seen)


@pytest.mark.parametrize("name", ["translation", "shifts_of_values"])
def test_differences_over_short_distances_magnify_rounding(name):
    """As the page says."""
    for apart, holds in ((1.0, True), (0.001, True), (0.000001, False)):
        subject = subject_of(partial(lines, apart=apart))
        assert [outcome(subject, PROPERTIES[name], 30, seed).holds for seed in range(3)] == [holds] * 3


# --- error rates -----------------------------------------------------------------------------------------------------

TRIALS, ERROR = 400, 0.02  # repetitions, and the level of each


def at_most(level):
    """Errors in so many repetitions that a chance of `level` explains, but once in 10^6."""
    return binom.isf(1e-6, TRIALS, level)


def weigh(test):
    """Whether a statement is supported (True), refuted (False), or neither."""
    try:
        test()
    except Broken:
        return False
    except Undecided:
        return None
    return True


@pytest.mark.slow
@pytest.mark.parametrize(("stated", "tolerated"), [(0.5, 0.35), (0.95, 0.85), (1.0, 0.95)])
def test_events_are_decided_with_the_errors_that_are_stated(stated, tolerated):
    rng = np.random.default_rng(1)

    def refuted(probability):
        return [
            not weigh(lambda: event(lambda i: rng.random() < probability, stated, tolerated, ERROR))
            for _ in range(TRIALS)
        ]

    assert sum(refuted(stated)) <= at_most(ERROR)
    assert TRIALS - sum(refuted(tolerated)) <= at_most(ERROR)


def test_as_many_runs_are_made_as_decide_and_no_more():
    for stated, tolerated, level in [(0.5, 1 / 3, 1e-3), (0.95, 0.9, 1e-3), (0.99, 0.98, 3e-4), (1.0, 0.99, 1e-3)]:
        n = runs_of(stated, tolerated, level)

        def decided(n, stated=stated, tolerated=tolerated, level=level):
            hits = np.arange(n + 1)
            return np.all((binom.cdf(hits, n, stated) <= level) | (binom.sf(hits - 1, n, tolerated) <= level))

        assert decided(n)
        assert not decided(n - 1)


@pytest.mark.slow
@pytest.mark.parametrize("law", [lambda rng: 2 * (rng.random() < 0.125), lambda rng: rng.random() / 2])
def test_means_are_decided_with_the_errors_that_are_stated(law):
    rng = np.random.default_rng(2)  # both laws have the mean 1/4

    def weighed(times):
        return [
            weigh(lambda: mean(lambda i: times * law(rng), 0.25, 0.3, 2.0 * times, ERROR, ERROR)) for _ in range(TRIALS)
        ]

    exact, off = weighed(1.0), weighed(1.2)
    assert exact.count(False) <= at_most(ERROR)
    assert off.count(True) <= at_most(ERROR)
    assert exact.count(True) + off.count(False) > 1.9 * TRIALS


def test_what_no_number_of_runs_decides_is_undecided(monkeypatch):
    monkeypatch.setattr(weighing, "MOST", 200)
    holds, seen = found(Decrease(share, dimensions=[2]), lines)
    assert holds is None
    assert re.fullmatch(r"d = 2, budget 6: .* on average of 200 runs, where 0.25 is stated: too near to decide", seen)


EXACT = ["a rate that is 10 % lower", "an interval of level 0.9 in place of 0.95", "an interval for two variables"]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*EXACT, "the luckiest point"])
def test_laws_that_are_kept_are_seldom_found_broken(name):
    """Each errs once in 1000 at most: of 200 checks 3 false alarms have a chance of 1.1e-3."""
    _, right, stated = PLANTED[name]
    assert sum(not found(stated, right, 10**8 * (1 + k)).holds for k in range(200)) <= 3


# --- what authors hand over ------------------------------------------------------------------------------------------


def test_what_is_stated_in_numbers_is_declared_beside_names(monkeypatch):
    monkeypatch.setattr(checking, "PROPERTIES", {"anytime": checking.PROPERTIES["anytime"]})
    stated = [
        Decrease(share, dimensions=[2]),
        Decrease(lambda d, n: share(d, n) ** 1.5, dimensions=[2]),
        interval(probability=0.8),
    ]
    report = check_method(lines, declares=["anytime", *stated], examples=1, apart=False)
    rows = {row.name: row for row in report.rows if row.status == "declared"}
    assert {name: row.holds for name, row in rows.items()} == {
        "anytime": True, "decrease": True, "decrease 2": False, "coverage": True,
    }  # fmt: skip
    assert re.fullmatch(r"d = 2, budget 6: 0\.2\d* is left, 0\.25 is stated \(\d+ runs\)", rows["decrease"].seen)
    levels = {law.level for law in laws_of(stated, subject_of(lines)).values()}
    assert levels == {LEVEL / 3}
    assert sum(law.level for law in LAWS.values()) + 3 * LEVEL / 3 == pytest.approx(0.004)


@parametrize_with_checks([lines], declares=[interval(probability=0.8)], examples=1)
def test_a_law_in_numbers_can_be_a_test_of_its_own(check):
    check()


def test_a_test_of_a_law_that_is_broken_says_what_was_measured():
    mark = parametrize_with_checks([partial(lines, level=0.9)], declares=interval(), examples=1)
    assert mark.args[1][-1].id.endswith("-coverage")
    with pytest.raises(
        AssertionError, match=r"not true that it certifies an interval .*: d = 5, budget 3: in 9\d\d of"
    ):
        mark.args[1][-1].values[0]()


class Asked:
    """Asks for the start, and knows that nothing is known."""

    def __init__(self, x0, seed):
        self.x0, self.known = x0, (-np.inf, np.inf)

    def ask(self):
        return self.x0

    def tell(self, point, value):
        self.known = (-np.inf, value)


def test_what_asks_and_tells_may_certify_too():
    assert found(Coverage(lambda result: result.search.known, 1.0, dimensions=[2], budget=2), Asked).holds


def test_a_problem_of_ones_own():
    on = lambda d: zo.problems.Quadratic(np.full(d, 2.0), np.ones(d), np.zeros(d), f_star=3.0)  # noqa: E731
    pair = lambda d: (on(d), np.zeros(d), 3.0)  # noqa: E731
    for given in (on, pair):
        holds, seen = found(Decrease(share, dimensions=[5], on=given), lines)
        assert holds, seen
    wrong = lambda d: (on(d), np.zeros(d), 4.0)  # noqa: E731
    holds, seen = found(Decrease(share, dimensions=[5], on=wrong), lines)
    assert holds is None
    assert "the least value 4 was stated, and f is 3." in seen
    bad = {
        "on must give a problem, or (f, x0, least value of f), got 7": lambda d: 7,
        "it must start a finite gap above the least value 3, got f = 3 there": lambda d: (on(d), np.ones(d), 3.0),
        "above the least value 3, got f = nan there": lambda d: (on(d), np.full(d, np.nan), 3.0),
        "above the least value -inf, got f = 8": lambda d: (on(d), np.zeros(d), -np.inf),
        "on must give a start of shape (5,) for d = 5, got one of shape (2,)": lambda d: (norm(1.0), np.ones(2), 0.0),
        "it could not be tried: ZeroDivisionError": lambda d: 1 / 0,
    }
    for said, given in bad.items():
        assert found(Decrease(share, dimensions=[5], on=given), lines).holds is None
        assert said in found(Decrease(share, dimensions=[5], on=given), lines).seen


def searching(f, x0, budget, seed):
    """Keeps the lowest point; certifies that the least value is no higher, and nothing of the gap."""
    rng, best, lowest = np.random.default_rng(seed), x0, f(x0)
    for _ in range(budget - 1):
        x = best + 0.3 * rng.standard_normal(len(x0))
        if (value := f(x)) < lowest:
            best, lowest = x, value
    return SimpleNamespace(x=best, minimum=(-np.inf, lowest), gap=(0.0, np.inf), lie=(-0.6, -0.4))


@pytest.mark.parametrize("read", ["minimum", "lie"])
@pytest.mark.parametrize("of", ["minimum", "gap"])
def test_a_least_value_that_is_stated_too_high_makes_no_certificate_right_or_wrong(of, read):
    on = lambda d: (lambda x: float((x - 1) @ (x - 1)) - 1.0, np.zeros(d), -0.5)  # noqa: E731
    stated = Coverage(lambda result: getattr(result, read), of=of, on=on, dimensions=[2])
    holds, seen = found(stated, searching)
    assert holds is None
    assert re.fullmatch(r"d = 2, budget 60: the least value -0.5 was stated, and f is -0\.[5-9]\d* at \[.*\]", seen)


def test_every_evaluation_tells_that_the_least_value_is_stated_too_high():
    def visits(f, x0, budget, seed):
        f(x0 * np.nan)
        f(0 * x0)
        return SimpleNamespace(x=x0, minimum=(0.5, np.inf))

    on = lambda d: (norm(1.0), np.ones(d), 0.5)  # noqa: E731
    for stated in (
        Coverage(lambda result: result.minimum, 1.0, on=on, dimensions=[1], budget=2),
        Decrease(lambda d, n: 0.5, on=on, dimensions=[1], budget=2, noise=0.1),
    ):
        holds, seen = found(stated, visits)
        assert holds is None
        assert seen == "d = 1, budget 2: the least value 0.5 was stated, and f is 0 at [0.]"


def test_noise_below_the_least_value_tells_nothing_of_it():
    stated = Coverage(lambda result: (-np.inf, np.inf), 1.0, noise=100.0, dimensions=[2])
    assert found(stated, searching).holds


def test_a_certificate_may_be_as_low_as_what_was_seen():
    """A least value is known up to rounding: who saw a lower one by less may certify either."""

    def exact(f, x0, budget, seed):
        return SimpleNamespace(x=x0, high=f(0 * x0))

    on = lambda d: (norm(1.0), np.ones(d), 1e-11)  # noqa: E731
    for certificate, right in {(-1.0, 0.0): True, (1e-11, 1.0): True, (-1.0, -1e-11): False}.items():
        stated = Coverage(lambda result, it=certificate: it, 1.0, on=on, dimensions=[1], budget=1)
        assert found(stated, exact).holds is right


def norm(unit):
    """The function unit |x|^2, in any dimension."""
    return lambda x: unit * float(x @ x)


def home(f, x0, budget, seed):
    """Knows that the minimum is at 0."""
    return SimpleNamespace(x=0 * x0)


@pytest.mark.parametrize("x", [np.nan, 1e200])
def test_a_gap_that_is_infinite_is_in_no_finite_interval(x):
    def lost(f, x0, budget, seed):
        return x0 + x

    for high, right in ((0.1, False), (np.inf, True)):
        with np.errstate(over="ignore"):
            holds, seen = found(Coverage(lambda result, high=high: (0, high), 1.0, of="gap", dimensions=[2]), lost)
        assert holds is right, seen


@pytest.mark.parametrize("unit", [1e-13, 1.0, 1e13])
def test_what_is_rounding_is_the_same_in_all_units(unit):
    """A tenth of the gap at the start is no rounding, whatever that gap is."""
    on = lambda d: (norm(unit), np.ones(d), 0.0)  # noqa: E731
    for low, right in ((0.1, False), (1e-16, True)):
        stated = Coverage(lambda result, low=low: (low * unit, unit), 1.0, on=on, dimensions=[1])
        assert found(stated, home)[0] is right
    wrong = lambda d: (norm(unit), np.ones(d), 0.9 * unit)  # noqa: E731
    holds, seen = found(Decrease(lambda d, n: 0.25, on=wrong, dimensions=[1]), home)
    assert holds is None
    assert re.search(r"the least value .* was stated, and f is 0 at", seen)


def test_a_law_is_broken_where_the_budget_is():
    def spends(f, x0, budget, seed):
        return lines(f, x0, 9 * budget, seed)

    for stated in (Decrease(share, dimensions=[2]), GAP):
        holds, seen = found(stated, spends)
        assert holds is False
        assert re.search(r"budget \d: (27|54) evaluations were made with a budget of \d$", seen)


def test_populations_and_dimensions_are_those_that_the_optimizer_takes():
    law = Decrease(lambda d, n: 0.2, dimensions=[1, 2, 3]).law(subject_of(lines, None, 30, 3), LEVEL)
    assert outcome(subject_of(lines), law, 1, 0).seen.startswith("d = 3, budget 30: ")


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda result: result.bound, "no certificate (low, high) could be read: AttributeError"),
        (lambda result: 3.0, "no certificate (low, high) could be read: TypeError"),
        (lambda result: (np.nan, np.nan), "in 0 of 688 runs"),
    ],
)
def test_what_certifies_nothing_is_told(read, said):
    holds, seen = found(Coverage(read, 1.0, dimensions=[2], budget=3), lines)
    assert holds is False
    assert said in seen


def test_where_nothing_is_evaluated_nothing_is_luckiest():
    for method in (lambda f, x0, budget, seed: x0, lambda f, x0, budget, seed: f(x0 * np.nan) * x0):
        assert found("recommends", method) == (False, "none of its evaluations gave a number")


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Decrease(0.9), TypeError, "share must be a function of d and of the budget, .*, got 0.9"),
        (lambda: Decrease(share, budget=0), ValueError, "budget must be .*, got 0"),
        (lambda: Decrease(share, dimensions=3), TypeError, "dimensions must be a list, got 3"),
        (lambda: Decrease(share, dimensions=[]), ValueError, "dimensions must hold one or more"),
        (lambda: Decrease(share, ceiling=0.5), ValueError, "ceiling must be .* 1, got 0.5"),
        (lambda: Decrease(share, noise=-1), ValueError, "noise must be .*, got -1"),
        (lambda: Decrease(share, on=3), TypeError, "on must be a function of the dimension, .* got 3"),
        (lambda: Coverage(None), TypeError, "certificate must be a function of the result, .* got None"),
        (lambda: Coverage(len, 0.4), ValueError, "probability must .* got 0.4"),
        (lambda: Coverage(len, of="value"), ValueError, "of must be .* got 'value'"),
        (
            lambda: found(Decrease(lambda d, n: 0.5), lines),
            ValueError,
            "share must be at most 0.25 for some budget up to 10000, or budget be given, got 0.5 at d = 2",
        ),
        (lambda: found(Decrease(lambda d, n: 2, budget=3), lines), ValueError, "share must be below 1, got 2 at d = 2"),
        (
            lambda: found(Decrease(lambda d: 0.9), lines),
            ValueError,
            "share must take d = 2 and budget = 1, got TypeErr",
        ),
        (lambda: found(Decrease(lambda d, n: -1), lines), ValueError, "share must be positive and finite, got -1.0"),
    ],
)
def test_wrong_statements_are_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_the_page_lists_what_can_be_stated_in_numbers():
    page = (Path(__file__).parent.parent / "docs" / "check-an-optimizer.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| `(\w+)\(.*\)` \| (.*) \|$", page, re.MULTILINE)) == {
        kind.__name__: kind.says for kind in STATED
    }
    assert f"counts in {runs_of(BETTER, TOLERATED, LEVEL)} runs on a noisy sphere" in page
    assert f"{RUNS} runs with {RUNS} others" in page
    assert f"up to {weighing.MOST:,}; where neither" in Decrease.__doc__
    assert "laws cause 4 false alarms at most" in page
    assert f"by more than {({1e-9: 'a billionth'})[MISSTATED]} of the first gap" in page
    assert f"the first {FIRST} are compared, to {({1e-6: 'a millionth'})[CLOSE]} of" in page
    assert (len(LAWS) + 1) * LEVEL == 4 / 1000
    for probability, wrong in ((0.95, 0.1), (0.9, 0.2), (0.99, 0.02), (1.0, 0.01)):
        assert 1 - tolerated_of(probability) == pytest.approx(wrong)
