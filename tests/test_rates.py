"""Exponents: exact on power laws, with intervals that hold; and refused where nothing is varied alone."""

import re
from functools import partial

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import zotheory as zo
from zotheory.evidence.exponents import exponents
from zotheory.evidence.limits import limits
from zotheory.evidence.observations import Observation
from zotheory.evidence.rates import Point, Rate, Rates

DIMENSIONS = (10, 30, 100)


def reported(*made: zo.Claim, seed: int = 0) -> zo.Report:
    return zo.verify(made, seed=seed)


def claim(measure, values=DIMENSIONS, bound=lambda *, d: 2.0 / d, replicas=400, name="mine.fall"):
    """A claim whose experiments differ in d."""
    on = [zo.Experiment("a fall", d=int(d), measure=partial(measure, d=int(d)), replicas=replicas) for d in values]
    return zo.Claim(name, bound=bound, says="It falls.", on=on)


def value(bound, replicas, seed, d, power=-1.0):
    return zo.Value(3.0 * d**power, bound(d=d))


def frequency(bound, replicas, seed, d):
    hits = np.random.default_rng(seed).random(replicas) < 5 / d
    return zo.Frequency(int(hits.sum()), replicas, bound(d=d))


def bounded(bound, replicas, seed, d):
    """Between 0 and 2/d, of mean 1/d."""
    return zo.Mean(2 / d * np.random.default_rng(seed).random(replicas), bound(d=d), ceiling=2 / d)


# --- exponents -------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.floats(-3, 3), st.lists(st.integers(2, 10**6), min_size=3, max_size=6, unique=True))
def test_the_exponent_of_a_power_law_is_exact(power, values):
    [rate] = reported(claim(partial(value, power=power), values)).rate("d")
    assert rate.measured == pytest.approx(power, abs=1e-9)
    assert rate.bound == pytest.approx(-1)
    low, high = rate.interval
    assert low <= rate.measured <= high
    assert high - low < 1e-6
    assert [point.x for point in rate.points] == sorted(values)
    assert rate.between == pytest.approx((power, power), abs=1e-6)


def test_what_is_no_power_law_shows_between_neighbours():
    [rate] = reported(claim(lambda bound, n, seed, d: zo.Value(1 / d + 0.01, bound(d=d)))).rate("d")
    assert rate.between[0] < -0.8 < -0.7 < rate.between[1]


def test_of_is_what_the_exponent_is_of():
    def left(bound, replicas, seed, d):
        return zo.Mean(1 - 2 / d * np.random.default_rng(seed).random(replicas), bound(d=d), ceiling=1.0)

    report = reported(claim(left, bound=lambda *, d: 1 - 1 / (2 * d)))
    [fall] = report.rate("d", of=lambda left: 1 - left)
    assert fall.bound == pytest.approx(-1)
    assert fall.measured == pytest.approx(-1, abs=0.1)
    low, high = fall.interval
    assert low < -1 < high
    [plain] = report.rate("d")
    assert abs(plain.measured) < 0.05
    with pytest.raises(ValueError, match="of must rise or fall from limit to limit"):
        report.rate("d", of=lambda left: (left - report.verdicts[0].evidence[0].observation.measured) ** 2)


def left(bound, replicas, seed, d):
    """A share that is left, near 1: a step takes 1/d of it."""
    return zo.Mean(1 - 2 / d * np.random.default_rng(seed).random(replicas), bound(d=d), ceiling=1.0)


def shares(rate_of, measure=left):
    on = [
        zo.Experiment("a step", d=d, measure=partial(measure, d=d), replicas=400, rate_of=rate_of(d))
        for d in (100, 300, 1000)
    ]
    return zo.Claim("mine.share", bound=lambda *, d: 1 - 1 / (2 * d), says="It shrinks.", on=on)


def taken(d):
    return "what a step takes", lambda left: 1 - left  # a function for each


def test_an_experiment_says_of_what_its_rates_are(tmp_path):
    report = reported(shares(taken))
    [rate] = report.rate("d")
    assert (rate.of, rate.bound) == ("what a step takes", pytest.approx(-1))
    low, high = rate.interval
    assert low < -1 < high
    assert list(exponents(report.verdicts)) == [rate]
    rates = report.rate("d")
    assert "of what a step takes" in str(rates)
    assert rates.as_dict()["series"][0]["of"] == "what a step takes"
    assert rates.figure().axes[0].get_ylabel() == "what a step takes"
    [asked] = report.rate("d", of=lambda left: left)
    assert asked.of == ""
    assert abs(asked.measured) < 0.05


def test_experiments_of_which_different_things_are_followed_are_no_series():
    with pytest.raises(ValueError, match=r"1 experiment; .*2 experiments"):
        reported(shares(lambda d: taken(d) if d > 100 else None)).rate("d")


def test_what_is_flat_is_told_where_it_is_asked_for_and_left_out_of_all():
    report = reported(shares(lambda d: None))
    [rate] = rates = report.rate("d")
    assert rate.is_flat
    assert "all numbers lie within a factor 1.05 of one" in " ".join(str(rates).split())
    assert list(exponents(report.verdicts)) == []
    flat = lambda bound, n, seed, d: zo.Value(0.3, bound(d=d))  # noqa: E731
    [level] = exponents(reported(claim(flat)).verdicts)  # beside a bound that falls it is a finding
    assert (level.measured, level.is_flat) == (pytest.approx(0, abs=1e-9), False)


def test_what_has_no_power_is_left_out_of_all():
    for wrong in (lambda left: -left, lambda left: (left - 0.99) ** 2):
        report = reported(shares(lambda d, of=wrong: ("of nothing", of)))
        assert list(exponents(report.verdicts)) == []
        with pytest.raises(ValueError, match=r"measured must be positive|rate_of must rise or fall"):
            report.rate("d")


# --- intervals -------------------------------------------------------------------------------------------------------


def coverage(measure, runs, replicas, values=DIMENSIONS):
    """How often the interval of a rate held -1, and how long it was on average."""
    held, lengths = 0, []
    for seed in range(runs):
        [rate] = reported(claim(measure, values, replicas=replicas), seed=seed).rate("d", confidence=0.9)
        low, high = rate.interval
        held += low <= -1 <= high
        lengths.append(high - low)
    return held / runs, float(np.mean(lengths))


def test_intervals_hold_the_true_exponent():
    """9 of 10 must hold it; that fewer than 32 of 40 do has probability 0.02 then, and they are cautious."""
    held, length = coverage(frequency, 40, 2000)
    assert held >= 0.8
    assert length < 0.6


@pytest.mark.slow
@pytest.mark.parametrize("measure", [frequency, bounded])
def test_intervals_hold_the_true_exponent_in_a_thousand_runs(measure):
    held, length = coverage(measure, 1000, 300)
    assert held >= 0.9
    assert length < 1.5


def test_an_interval_is_that_of_the_limits_at_their_worst():
    """By trying all corners of the box of limits."""
    [rate] = reported(claim(frequency, (10, 20, 50, 100), replicas=500)).rate("d")
    logs = np.log([point.x for point in rate.points])
    corners = np.stack(np.meshgrid(*[(p.low, p.high) for p in rate.points]), axis=-1).reshape(-1, 4)
    slopes = [np.polyfit(logs, np.log(corner), 1)[0] for corner in corners]
    assert rate.interval == pytest.approx((min(slopes), max(slopes)))
    level = (1 - rate.confidence) / (2 * 4)
    for point in rate.points:
        exact = scipy.stats.binomtest(round(point.measured * 500), 500).proportion_ci(1 - 2 * level, method="exact")
        assert (point.low, point.high) == pytest.approx(tuple(exact), abs=1e-9)


@pytest.mark.parametrize(
    ("measure", "why"),
    [
        (
            lambda b, n, seed, d: zo.Mean(np.random.default_rng(seed).random(n) / d, b(d=d)),
            "no ceiling and no variance",
        ),
        (lambda b, n, seed, d: zo.Mean(np.full(n, 1 / d), b(d=d), ceiling=1.0), "all samples are equal"),
        (
            lambda b, n, seed, d: zo.Always(np.random.default_rng(seed).random(n) / b(d=d)),
            "the samples of Always estimate no number",
        ),
    ],
)
def test_where_there_is_no_interval_it_says_why(measure, why):
    rates = reported(claim(measure, replicas=50)).rate("d")
    [rate] = rates
    assert rate.interval is None
    assert why in rate.why_not
    assert f"no interval: {rate.why_not}" in " ".join(str(rates).split())
    assert rates.as_dict()["series"][0]["interval"] is None


def test_a_number_that_may_be_zero_has_no_interval():
    def wavering(bound, replicas, seed, d):
        samples = np.random.default_rng(seed).uniform(-1, 1 + 1 / d, replicas)
        return zo.Mean(abs(samples.mean()) - samples.mean() + samples, bound(d=d), ceiling=3.0, floor=-3.0)

    [rate] = reported(claim(wavering, replicas=20)).rate("d")
    assert rate.interval is None
    assert "do not show that it is positive" in rate.why_not


# --- limits ----------------------------------------------------------------------------------------------------------

RNG = np.random.default_rng(5)
LAWS: dict[str, tuple[float, object]] = {
    "a ceiling": (0.5, lambda: zo.Mean(RNG.random(60), 0.7, ceiling=1.0)),
    "a variance with a reason": (1.0, lambda: zo.Mean(RNG.standard_exponential(60), 2.0, variance=1, because="e")),
    "a floor": (-1.0, lambda: zo.Mean(RNG.random(60) * 2 - 2, 0.0, ceiling=0.0, floor=-2.0)),
    "both": (0.5, lambda: zo.Mean(RNG.random(60), 0.7, ceiling=1.0, variance=0.4, because="uniform")),
    "at least": (0.3, lambda: zo.AtLeast((RNG.random(60) < 0.3) * 1.0, 0.2, 1.0)),
    "a quantile": (0.8, lambda: zo.Quantile(RNG.random(60), 0.9, 0.2)),
}


@pytest.mark.parametrize("law", LAWS)
def test_limits_err_as_seldom_as_they_say(law):
    """At the level 0.2, in 20 draws: 10 errors on one side have probability 0.003."""
    truth, draw = LAWS[law]
    found = [limits(draw(), 0.2) for _ in range(20)]
    assert sum(low > truth for low, _, _ in found) <= 9
    assert sum(high < truth for _, high, _ in found) <= 9
    assert all(low < high for low, high, _ in found)


def test_limits_are_where_the_tests_of_the_observation_turn():
    """A bound just below the lower limit is refuted, one just above it not; the same of support above."""
    samples = np.random.default_rng(1).random(80)

    def at(bound) -> Observation:
        return zo.Mean(samples, bound, ceiling=1.0)

    low, high, basis = limits(at(0.6), 0.01)
    assert basis == "finite-sample, bounded"
    for edge, p in ((low, lambda b: at(b).refuting), (high, lambda b: at(b).supporting)):
        inner, outer = (edge + 1e-4, edge - 1e-4) if edge == low else (edge - 1e-4, edge + 1e-4)
        assert p(outer) <= 0.01 < p(inner)


def test_a_variance_that_holds_at_the_bound_only_is_not_used_below_it():
    """E X^2 <= B^2 gives V = 0 where E X = B, which the rare value makes false of the true mean, far below B."""
    rng, bound, missed = np.random.default_rng(2), 1.03, 0
    for _ in range(30):
        samples = rng.uniform(0.1, 0.2, 40) + 20 * (rng.random(40) < 0.0025)  # E X = 0.2, E X^2 < 1.05
        seen = zo.Mean(samples, bound, variance=1e-9, because="E X^2 <= 1.06 where E X reaches the bound")
        missed += limits(seen, 0.05).high < 0.2
    assert missed <= 5


# --- series ----------------------------------------------------------------------------------------------------------


def grid(label="gap after {k} steps", over=((1, 2, 4), (1, 5)), d=10):
    """Experiments at each k and Q, whose means are Q/k."""

    def measure(bound, replicas, seed, k, Q):
        return zo.Value(Q / k, bound(k=k, Q=Q, d=d))

    on = [
        zo.Experiment(label.format(k=k) + f", Q = {Q}", d=d, measure=partial(measure, k=k, Q=Q), replicas=1)
        for k in over[0]
        for Q in over[1]
    ]
    return zo.Claim("mine.grid", bound=lambda *, k, Q, d: 2 * Q / k, says="It falls.", on=on)


def test_one_argument_is_varied_and_the_others_are_held():
    rates = reported(grid()).rate("k")
    assert len(rates) == 2  # Q = 1 and Q = 5
    for rate in rates:
        assert rate.measured == pytest.approx(-1)
        assert rate.beside == ()
        assert [point.x for point in rate.points] == [1, 2, 4]
    with pytest.raises(ValueError, match="Q takes 2 values, 1, 5"):
        reported(grid()).rate("Q")
    assert reported(grid(over=((1, 2), (1, 3, 9)))).rate("Q")[0].measured == pytest.approx(1)


def test_arguments_that_differ_with_it_are_refused_unless_they_are_named():
    def measure(bound, replicas, seed, d):
        return zo.Value(1 / d, bound(d=d, s=d + 2))

    report = reported(claim(measure, bound=lambda *, d, s: 2 / s))
    with pytest.raises(ValueError, match=r"s varies with d; along=\('s',\) says that this is meant"):
        report.rate("d")
    [rate] = report.rate("d", along=["s"])
    assert rate.beside == ("s",)
    assert rate.measured == pytest.approx(-1)
    assert "s differs with d" in str(report.rate("d", along=["s"]))


def test_the_dimension_may_have_another_name_in_the_bound():
    """And a number that is the dimension at one point by chance is not it."""

    def measure(bound, replicas, seed, d):
        return zo.Value(1 / d, bound(n=d, k=30))

    [rate] = reported(claim(measure, bound=lambda *, n, k: 2 / n)).rate("d")
    assert rate.beside == ("n",)
    [same] = reported(claim(measure, bound=lambda *, n, k: 2 / n)).rate("n")
    assert same.measured == rate.measured


def test_some_are_left_out_and_told():
    def other(bound, replicas, seed, d):
        return zo.Value(1 / d, bound(d=d, k=2 * d))

    def fine(bound, replicas, seed, d):
        return zo.Value(1 / d, bound(d=d, k=7))

    on = [
        zo.Experiment(label, d=d, measure=partial(measure, d=d), replicas=1)
        for label, measure in (("of one kind", fine), ("of another kind", other))
        for d in DIMENSIONS
    ]
    rates = reported(zo.Claim("mine.two", bound=lambda *, d, k: 2 / d, says="It falls.", on=on)).rate("d")
    assert [rate.label for rate in rates] == ["of one kind"]
    assert "'of another kind': k varies with d" in rates.left_out[0]
    assert "left out: mine.two" in str(rates)


def test_numbers_of_numpy_are_numbers_and_several_are_none():
    def measure(bound, replicas, seed, d):
        kind = np.int64 if d == 10 else float
        return zo.Value(1 / d, bound(d=d, k=kind(7)) if replicas == 1 else bound(d=d, k=7))

    two = claim(measure, bound=lambda *, d, k: 2 / d, replicas=1)
    assert reported(two).rate("d")[0].beside == ()

    def twice(bound, replicas, seed, d):
        return zo.Value(1 / d, max(bound(d=d, k=1), bound(d=d, k=d)))

    with pytest.raises(ValueError, match="k varies with d"):
        reported(claim(twice, bound=lambda *, d, k: 2 / d)).rate("d")
    with pytest.raises(ValueError, match="k is not one number"):
        reported(claim(twice, bound=lambda *, d, k: 2 / d)).rate("k")


def test_an_experiment_that_cannot_be_run_once_is_known_by_its_dimension():
    def measure(bound, replicas, seed, d):
        if replicas < 2:
            raise ValueError("two at least")
        return zo.Value(1 / d, bound(d=d))

    [rate] = reported(claim(measure)).rate("d")
    assert rate.measured == pytest.approx(-1)


@pytest.mark.parametrize(
    ("arguments", "said", "error"),
    [
        (("q",), r"mine\.fall has the arguments d", ValueError),
        ((3,), "argument must be the name", TypeError),
        (("d", {"claim": "his"}), r"claim must be one of mine\.fall, got 'his'", ValueError),
        (("d", {"along": "s"}), "along must hold names", TypeError),
        (("d", {"of": 2}), "of must be a function", TypeError),
        (("d", {"confidence": 1.0}), "confidence must", ValueError),
        (("d", {"of": lambda x: -x}), "measured must be positive and finite for an exponent", ValueError),
    ],
)
def test_what_a_rate_is_asked_for_is_checked(arguments, said, error):
    name, *options = arguments
    with pytest.raises(error, match=said):
        reported(claim(value)).rate(name, **(options[0] if options else {}))


def test_two_values_are_too_few():
    with pytest.raises(ValueError, match=r"argument must take 3 values or more.*'a fall': 2 experiments"):
        reported(claim(value, (10, 100))).rate("d")


def test_claims_stand_side_by_side_or_alone():
    report = reported(claim(value), claim(partial(value, power=-2.0), name="mine.faster"))
    assert [rate.claim for rate in report.rate("d")] == ["mine.fall", "mine.faster"]
    assert [round(rate.measured, 6) for rate in report.rate("d", claim="mine.faster")] == [-2]


def test_a_bound_that_does_not_change_is_pointed_out():
    def units(bound, replicas, seed, d):
        return zo.Value(0.5 / d / bound(d=d), 1.0)

    rates = reported(claim(units)).rate("d")
    assert rates[0].in_units_of_the_bound
    assert "may be in units of it" in " ".join(str(rates).split())
    assert not reported(claim(value)).rate("d")[0].in_units_of_the_bound


def test_no_argument_of_a_shipped_claim_is_lost():
    from zotheory.claims import find
    from zotheory.evidence.series import arguments

    shipped = find("two_point.bias")
    for experiment in shipped.on[:2]:
        assert arguments(shipped, experiment).keys() == {"delta", "L1", "third"}


def test_a_series_has_words_in_which_its_numbers_differ():
    on = [
        zo.Experiment(f"after {k} steps of 2, r = {k / 10}", d=5, measure=partial(value, d=k), replicas=1)
        for k in (30, 3, 300)
    ]
    [rate] = reported(zo.Claim("mine", bound=lambda *, d: 9 / d, says="It falls.", on=on)).rate("d")
    assert rate.label == "after 3 to 300 steps of 2, r = 0.3 to 30.0"


# --- all exponents ---------------------------------------------------------------------------------------------------


def found(*claims):
    return [(rate.argument, round(rate.measured, 6), rate.beside) for rate in exponents(reported(*claims).verdicts)]


def several(*points, measured=lambda d, k: k**2 / d, says=lambda d, k: f"after {k} steps"):
    """A claim at these points (d, k)."""

    def measure(bound, replicas, seed, d, k):
        return zo.Value(measured(d, k), bound(d=d, k=k))

    on = [zo.Experiment(says(d, k), d=d, measure=partial(measure, d=d, k=k), replicas=1) for d, k in points]
    return zo.Claim("mine.two", bound=lambda *, d, k: 5 * k**2 / d, says="It falls.", on=on)


def test_every_argument_that_varies_alone_has_its_exponent():
    grid = several(*((d, k) for d in (10, 100, 1000) for k in (1, 2, 4)))
    assert found(grid) == [("d", -1, ())] * 3 + [("k", 2, ())] * 3
    assert found(several((10, 3), (20, 3), (40, 3), (10, 6), (10, 12))) == [("d", -1, ()), ("k", 2, ())]


def test_what_differs_with_the_dimension_is_told_and_has_no_exponent_of_its_own():
    """Where the words are the same; where they differ, nobody said that it is one experiment."""
    points = (10, 1), (100, 2), (1000, 4)
    (rate,) = exponents(reported(several(*points, says=lambda d, k: "a fall")).verdicts)
    assert (rate.argument, rate.beside) == ("d", ("k",))
    assert found(several(*points)) == []


def test_what_has_no_exponent_is_left_out():
    points = (1, 1), (10, 1), (100, 1)
    assert found(several(*points)) == [("d", -1, ())]
    assert found(several(*points, measured=lambda d, k: 0.0 if d == 1 else 1 / d)) == []
    assert found(several(*points[:2])) == []

    def always(bound, replicas, seed, d):
        return zo.Always(np.full(replicas, 0.5) / bound(d=d))

    assert found(claim(always)) == []

    def failing(bound, replicas, seed, d):
        raise ValueError("nothing")

    assert found(claim(failing)) == []


@given(st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=6, unique=True), st.floats(-2, 2), st.randoms())
def test_a_slope_is_that_of_least_squares(x, power, random):
    y = [value**power * random.uniform(0.5, 2) for value in x]
    assume(np.ptp(np.log(x)) > 0.1)
    points = tuple(Point(a, b, b, b, 1.0, "exact", "", 1) for a, b in zip(x, y, strict=True))
    slope = np.polyfit(np.log(x), np.log(y), 1)[0]
    assert Rate("", "", "x", 0.95, points).measured == pytest.approx(slope, rel=1e-6, abs=1e-6)


# --- text and figure -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rates() -> Rates:
    return reported(claim(bounded), claim(value, name="mine.exact")).rate("d")


def test_the_text_says_what_is_fitted_on_which_points(rates):
    lines = str(rates).splitlines()
    assert max(map(len, lines)) <= 80
    said = " ".join(str(rates).split())
    low, high = rates[0].interval
    assert f"measured: d^{rates[0].measured:+.3f}, between {low:+.3f} and {high:+.3f} with confidence 0.95" in said
    assert "bound: d^-1.000 fitted by least squares of logarithms at d = 10, 30, 100" in said
    assert "(finite-sample, bounded)" in said


def test_the_figure_shows_points_limits_and_both_lines(rates, tmp_path):
    panels = rates.figure().axes
    assert len(panels) == 2
    for panel, rate in zip(panels, rates, strict=True):
        x, y = panel.lines[0].get_data()
        assert np.array_equal(x, [point.x for point in rate.points])
        assert np.array_equal(y, [point.measured for point in rate.points])
        bars = panel.collections[0].get_segments()
        assert np.allclose([bar[:, 1] for bar in bars], [(point.low, point.high) for point in rate.points])
        assert [re.match(r"\w+", text.get_text())[0] for text in panel.get_legend().get_texts()] == [
            "measured",
            "bound",
        ]
    rates.plot(tmp_path / "rate.svg")
    assert "<svg" in (tmp_path / "rate.svg").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="path must end in one of"):
        rates.plot(tmp_path / "rate.doc")
