"""How often verifications err, counted: laws at their bounds and beyond, through every test and every kind of support.

A cell is a law, a number of samples, a ratio mean/bound, an observation and a side. In each cell thousands of
verifications are simulated, and the number of errors is held against the level by the exact binomial test. The budget
of all cells of a run together is 1e-6 (`ALLOWED`): so often would a correct package fail. Student's t test is sent
through the same cells, and fails.

The slow runs (`pytest -m slow tests/test_error_rates.py`) take about three minutes on one idle core, the rest seconds.
"""

import doctest
import runpy
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import zotheory as zo
from zotheory.evidence import statistics

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8")
GENERATOR = runpy.run_path(str(ROOT / "docs" / "make_verdicts.py"))
LAWS = GENERATOR["LAWS"]
LEVELS = (0.05, 0.005)
ALLOWED = 1e-6
ROOM, BOUNDARY, FALSE = (0.5, 0.8), 1.0, (1.02, 1.1, 1.5, 2.0)


def mean(law, x, ratio, **declared):
    return zo.Mean(x, law.floor + 1 / ratio, floor=law.floor, **declared)


def at_least(law, x, ratio):
    return zo.AtLeast(x, law.floor + ratio, law.floor + law.ceiling, floor=law.floor)


# how an experiment declares the law, whether it can, and the same p-values for many samples at once
OBSERVED = {
    "mean": (mean, lambda law: True),
    "mean, ceiling": (lambda law, x, r: mean(law, x, r, ceiling=law.floor + law.ceiling), lambda law: law.ceiling),
    "mean, V": (lambda law, x, r: mean(law, x, r, variance=law.variance), lambda law: law.variance),
    "mean, twice V": (lambda law, x, r: mean(law, x, r, variance=2 * law.variance), lambda law: law.variance),
    "mean, ceiling and V": (
        lambda law, x, r: mean(law, x, r, ceiling=law.floor + law.ceiling, variance=law.variance, because="known"),
        lambda law: law.ceiling,
    ),
    "at least": (at_least, lambda law: law.ceiling),
}


def refuting(kind, law, x, ratio):
    if kind == "at least":
        return statistics.mean_below(x, law.floor + ratio, law.floor + law.ceiling)
    return statistics.mean_above(x, law.floor + 1 / ratio, law.floor)


def supporting(kind, law, x, ratio):
    bound = law.floor + 1 / ratio
    ceiling = law.floor + (law.ceiling or np.inf)
    if kind == "mean":
        return np.ones(len(x))
    if kind == "mean, ceiling":
        p = statistics.mean_below(x, bound, ceiling)
    elif kind == "mean, V":
        p = statistics.mean_below_by_variance(x, bound, law.variance, law.floor)
    elif kind == "mean, twice V":
        p = statistics.mean_below_by_variance(x, bound, 2 * law.variance, law.floor)
    elif kind == "mean, ceiling and V":
        p = 2 * np.minimum(
            statistics.mean_below(x, bound, ceiling),
            statistics.mean_below_by_variance(x, bound, law.variance, law.floor),
        )
    else:
        p = statistics.mean_above(x, law.floor + ratio, law.floor)
    return np.where(np.ptp(x, axis=-1) == 0, 1.0, np.minimum(p, 1))  # frozen samples support nothing


def cells(verifications, sizes):
    """Yield each cell's name and its p-values of the error that can be made there."""
    for number, (name, law) in enumerate(LAWS.items()):
        for n in sizes:
            x = law.floor + law.draw(np.random.default_rng([7, number, n]), (verifications, n))
            for kind, (_, possible) in OBSERVED.items():
                if not possible(law):
                    continue
                for ratio in (*ROOM, BOUNDARY):
                    if kind in ("mean", "at least"):  # what else is declared does not enter refutation
                        yield (name, n, kind, ratio, "refuting"), refuting(kind, law, x, ratio)
                for ratio in (BOUNDARY, *FALSE):
                    if kind != "at least" or ratio <= law.ceiling:
                        yield (name, n, kind, ratio, "supporting"), supporting(kind, law, x, ratio)


def surplus(p_values, level):
    """Probability of at least as many p-values <= level as there are, if each has probability `level`."""
    return stats.binom.sf(int(np.sum(p_values <= level)) - 1, len(p_values), level)


def broken(verifications, sizes):
    counted = [((*cell, level), surplus(p, level)) for cell, p in cells(verifications, sizes) for level in LEVELS]
    assert len(counted) > 500
    return [cell for cell, chance in counted if chance < ALLOWED / len(counted)]


@pytest.mark.slow
@pytest.mark.parametrize("n", [20, 200])
def test_no_law_breaks_a_level(n):
    assert broken(4000, (n,)) == []


def test_no_law_breaks_a_level_quickly():
    assert broken(400, (40,)) == []


def test_students_t_breaks_its_level_in_these_cells():
    """It supports "the mean is below 0.91" of laws with mean 1, in most verifications."""
    for name in ("1000 with probability 0.001, else 0", "about 1/2, and 5000 with probability 0.0001"):
        x = LAWS[name].draw(np.random.default_rng(1), (400, 200))
        x[:, 0] += 1e-9  # not frozen
        p = stats.ttest_1samp(x, 1 / 1.1, axis=-1, alternative="less").pvalue
        assert np.mean(p <= 0.005) > 0.7
        assert surplus(p, 0.005) < ALLOWED / 1000


@pytest.mark.parametrize("kind", OBSERVED)
def test_the_cells_are_those_of_the_observations(kind):
    """The p-values of many samples at once are those that each observation gives."""
    observe, possible = OBSERVED[kind]
    for name, law in LAWS.items():
        if not possible(law):
            continue
        for ratio in (0.8, 1.1):
            x = law.floor + law.draw(np.random.default_rng(2), (4, 30))
            seen = [observe(law, sample, ratio) for sample in x]
            np.testing.assert_allclose(
                [s.refuting for s in seen], refuting(kind, law, x, ratio), rtol=1e-9, err_msg=name
            )
            trivial = [s.basis.startswith("trivial") for s in seen]
            expected = np.where(trivial, 0.0, supporting(kind, law, x, ratio))
            np.testing.assert_allclose([s.supporting for s in seen], expected, rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("name", LAWS)
def test_the_laws_are_what_they_declare(name):
    law = LAWS[name]
    y = law.draw(np.random.default_rng(3), (1000, 1000))
    assert y.min() >= 0
    assert law.ceiling is None or y.max() <= law.ceiling
    if law.variance is None:  # its mean, cut off at c, is 1 - sqrt(4/27 / c) * ... : too slow to check by samples
        assert 0.8 < y.mean() < 1.3
        return
    assert abs(y.mean() - 1) < 6 * np.sqrt(law.variance / y.size)
    if name not in ("Pareto, index 2.5", "log-normal"):  # theirs converge slowly
        assert y.var() == pytest.approx(law.variance, rel=0.35)


# --- events: every outcome is enumerated ----------------------------------------------------------------------------


def chance(truth, errs):
    """Exact probability of the outcomes that err; `errs` says of each number of hits whether it does."""
    n = len(errs) - 1
    return float(stats.binom.pmf(np.arange(n + 1), n, truth) @ np.asarray(errs))


EVENTS = {
    "quantile": lambda n, k, bound: zo.Quantile(np.arange(n) < k, 0.5, bound),
    "frequency": lambda n, k, bound: zo.Frequency(n - k, n, 1 - bound),
}


@pytest.mark.parametrize("n", [2, 20, 200])
@pytest.mark.parametrize("kind", EVENTS)
def test_no_event_breaks_a_level(kind, n):
    """`bound` is that on the probability of the bad event."""
    for bound in (0.001, 0.05, 0.3, 0.5, 0.9):
        seen = [EVENTS[kind](n, k, bound) for k in range(n + 1)]
        refuting, supporting = np.array([(s.refuting, s.supporting) for s in seen]).T
        for level in LEVELS:
            for ratio in (*ROOM, BOUNDARY):
                assert chance(bound * ratio, refuting <= level) <= level * (1 + 1e-9)
            for ratio in (BOUNDARY, *FALSE):
                assert chance(min(1.0, bound * ratio), supporting <= level) <= level * (1 + 1e-9)


@pytest.mark.parametrize("n", [2, 200, 1000])
def test_always_breaks_no_level(n):
    """Support is an error where a violation has probability 1 % or more; a true claim is never refuted."""
    held, violated = zo.Always(np.ones(n)), zo.Always(np.r_[np.ones(n - 1), 1.1])
    assert (held.refuting, violated.refuting, violated.supporting) == (1, 0, 1)
    for level in LEVELS:
        for truth in (0.01, 0.011, 0.02):
            assert (held.supporting <= level) * (1 - truth) ** n <= level


# --- whole verifications --------------------------------------------------------------------------------------------


def claims(ratio, kinds):
    """One claim for each law and declaration, all at this ratio."""

    def experiment(name, kind, law, observe):
        def measure(bound, replicas, seed):
            return observe(law, law.floor + law.draw(np.random.default_rng(seed), replicas), ratio)

        return zo.Experiment(f"{kind} of {name}", d=2, measure=measure, replicas=60)

    made = []
    for number, (name, law) in enumerate(LAWS.items()):
        for kind in kinds:
            observe, possible = OBSERVED[kind]
            if possible(law):
                words, on = f"The mean of {name} keeps its bound.", [experiment(name, kind, law, observe)]
                made.append(zo.Claim(f"law{number}.kind{kinds.index(kind)}", bound=lambda: 1.0, says=words, on=on))
    return made


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ratio", "error", "kinds"),
    [
        (BOUNDARY, "refuted", ("mean", "at least")),
        (FALSE[0], "supported", ("mean, V", "mean, ceiling", "at least")),
    ],
)
def test_a_verification_keeps_its_budget(ratio, error, kinds):
    """Over 2000 runs of about 20 claims, at most alpha/2 of the runs make an error on any of them."""
    made, alpha, runs = claims(ratio, kinds), 0.2, 2000
    wrong = 0
    for seed in range(runs):
        verdicts = {v.verdict for v in zo.verify(made, alpha=alpha, seed=seed).verdicts}
        assert "failed" not in verdicts
        wrong += error in verdicts
    assert stats.binom.sf(wrong - 1, runs, alpha / 2) >= ALLOWED


# --- what the page says ---------------------------------------------------------------------------------------------


def promised(p_values, level):
    """Whether the power may be 0.8 or more: exact binomial test at 1e-6."""
    return stats.binom.cdf(int(np.sum(p_values <= level)), len(p_values), 0.8) >= 1e-6


@pytest.mark.parametrize("name", [name for name in LAWS if LAWS[name].variance])
def test_a_ratio_guaranteed_by_the_variance_is_refuted(name):
    law, level = LAWS[name], 1e-3
    n = 300 if law.variance < 100 else 30_000
    ratio = statistics.detectable_mean(n, level, variance=law.variance)
    y = law.draw(np.random.default_rng(4), (400 if n == 300 else 60, n))
    assert promised(statistics.mean_above(ratio * y, 1.0), level)


@pytest.mark.parametrize("ceiling", [1.5, 4.0, 20.0])
def test_a_ratio_guaranteed_by_the_ceiling_is_refuted(ceiling):
    level, shape, rng = 1e-3, (400, 300), np.random.default_rng(5)
    ratio = statistics.detectable_mean(shape[1], level, ceiling=ceiling)
    share = ratio / ceiling
    for x in (rng.random(shape) < share, rng.beta(share, 1 - share, shape), rng.beta(5 * share, 5 - 5 * share, shape)):
        assert promised(statistics.mean_above(ceiling * x, 1.0), level)
        below = statistics.mean_below(1 - x, 1 - 1 / ceiling, 1.0)  # the same, mirrored
        assert promised(below, level)


@pytest.mark.parametrize("variance", [0.1, 1.0, 5.0])
def test_the_guarantee_is_not_far_from_the_least_favourable_law(variance):
    """On {0, (1 + V) r} a ratio whose excess is a third smaller is refuted less often than 0.8."""
    level, n, tries = 1e-3, 300, 2000
    ratio = statistics.detectable_mean(n, level, variance=variance)
    hit = np.random.default_rng(6).random((tries, n)) < 1 / (1 + variance)
    for r, enough in ((ratio, True), (1 + 0.6 * (ratio - 1), False)):
        share = np.mean(statistics.mean_above((1 + variance) * r * hit, 1.0) <= level)
        assert (share >= 0.77) == enough


def test_a_false_variance_supports_a_false_claim():
    """The page says so; no test can tell, and that is why an assumed V stands beside the verdict."""
    law = LAWS["about 1/2, and 5000 with probability 0.0001"]
    x = law.draw(np.random.default_rng(8), (200, 1000))
    seen = [zo.Mean(sample, 0.9, variance=5) for sample in x]
    assert np.mean([s.supporting <= 1e-5 for s in seen]) > 0.8
    assert all(s.assumed and s.basis == "if Var X <= 5 (E X)^2" for s in seen)


def test_the_tables_that_are_computed_are_those_of_the_page():
    assert GENERATOR["insert"](PAGE, ("needed", "guaranteed")) == PAGE


@pytest.mark.slow
def test_the_tables_that_are_simulated_are_those_of_the_page():
    assert GENERATOR["insert"](PAGE) == PAGE


def test_the_example_of_the_page_runs():
    example = doctest.DocTestParser().get_doctest(PAGE, {}, "verdicts.md", "docs/verdicts.md", 0)
    assert example.examples
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0
