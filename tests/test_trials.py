"""Trials and comparisons: budgets are kept, points are those of `zotheory.run`, and tables say what was found."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

import zotheory as zo
from tests.test_verdicts import conform
from zotheory import cli
from zotheory.trials import record, tables, written
from zotheory.trials.comparison import Comparison, compare
from zotheory.trials.curves import Case, Trial, quantile
from zotheory.trials.picture import drawn
from zotheory.trials.trial import grid, trial

F = zo.problems.golovin_family(1, 8, 5, minimiser=0.3, f_star=-1.0)
CHASER = zo.relative_loss(radius=zo.radii.one_fifth(1.0))
DESCENT = zo.random_gradient_free(h=lambda k: 1 / (4 * 9 * 8), delta=1e-6, average=False)
METHODS = {
    "kept values": CHASER,
    "values asked for": DESCENT,
    "many candidates": zo.gld_search(R=3.0, r=1e-2),
    "a domain": zo.two_point(h=lambda t: 0.1, delta=lambda t: 1e-3, mirror=zo.geometry.euclidean_ball(3.0)),
}


class Counted:
    """|x - 1|^2, least at f = 0, that counts the points it was asked for."""

    def __init__(self):
        self.points = 0

    def __call__(self, x):
        self.points += int(np.prod(x.shape[:-1]))
        return np.sum((x - 1) ** 2, axis=-1)


# --- the budget ------------------------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(METHODS)), st.integers(60, 700), st.integers(0, 3), st.sampled_from([2, 3]))
def test_no_more_evaluations_are_made_than_are_allowed(name, budget, seed, d):
    """Counted by the function itself."""
    f = Counted()
    found = trial(METHODS[name], Case.of(f, x0=np.zeros(d)), evaluations=budget, seed=seed)
    assert f.points == found.calls <= budget
    assert found.evaluations[-1] == found.calls
    assert budget - found.calls < METHODS[name].calls[1] + 5


WRITTEN = (
    "gld_search(R=3.0, r=1e-2)",
    "gld_fast(R=3.0, Q=2.0, H=10)",
    "two_point(h=lambda t: 0.1/t, delta=lambda t: 1e-3, pairs=2)",
    "double_smoothing(h=lambda t: 0.1/t, delta=lambda t: 1e-3, eta=lambda t: 1e-3)",
    "random_gradient_free(h=lambda k: 0.01, delta=1e-3, central=True)",
    "accelerated_random_search(h=0.001, theta=0.01, tau=1.0, delta=1e-3)",
    "three_point(radius=one_fifth(1.0))",
    "relative_loss(radius=1.0, cached=False)",
    "augmented_random_search(h=0.01, delta=0.1, directions=4, best=2)",
    "rso(deviations=0.1, cycles=1000)",
    "adaptive_monte_carlo(sigma=0.1)",
    "relative_loss_ranked(alpha=1.0)",
    "relative_loss_trial(radius=one_fifth(1.0), beta=0.9)",
    "distance_over_gradients(delta=lambda t: 0.1/t, reach=0.1)",
)


@pytest.mark.parametrize("text", WRITTEN)
def test_every_method_keeps_to_its_budget(text):
    f, method = Counted(), written.method(text)
    found = trial(method, Case.of(f, x0=np.zeros(5)), evaluations=333, replicas=2, seed=1)
    assert found.calls <= 333
    assert 333 - found.calls < method.calls[1] + 5
    assert f.points <= 2 * found.calls


def test_these_are_all_methods():
    assert {text.partition("(")[0] for text in WRITTEN} == set(zo.METHODS)


@pytest.mark.parametrize("one", [lambda x: float(x @ x), lambda x: (x * x).sum()])
def test_a_function_of_one_point_is_found_out_within_the_budget(one):
    calls = []

    def f(x):
        calls.append(x)
        return one(x)

    with pytest.warns(zo.ObjectiveWarning, match="vectorised"):
        found = trial(CHASER, Case.of(f, x0=np.ones(2)), evaluations=60)
    assert len(calls) <= 60
    assert found.calls <= 60


@pytest.mark.parametrize("name", METHODS)
def test_the_points_are_those_of_a_run(name):
    found = trial(METHODS[name], Case.of(F), evaluations=400, replicas=3, seed=7)
    steps = found.steps.tolist()
    run = zo.run(METHODS[name], F, steps=steps[-1], record=steps, replicas=3, seed=7)
    assert np.array_equal(run.values, found.values)
    if METHODS[name].domain == "R^d":
        assert np.array_equal(run.best_value, found.best_value)
        assert np.array_equal(run.best, found.best)


def test_steps_may_stand_in_the_place_of_evaluations():
    found = trial(CHASER, Case.of(F), steps=250, seed=3)
    run = zo.run(CHASER, F, steps=250, seed=3)
    assert np.array_equal(run.values, found.values[:, 0])
    assert (found.calls, found.looks) == (run.calls, run.looks)
    assert found.steps.tolist() == run.steps.tolist()


def test_what_a_run_comes_to_is_free_of_noise_where_the_mean_is_known():
    noisy = zo.oracles.Noisy(F, 5.0)
    found = trial(zo.relative_loss(radius=0.1, cached=False), Case.of(noisy), evaluations=200, replicas=4, seed=1)
    assert np.array_equal(found.best_value, F(found.best))
    assert found.measured[0] == pytest.approx(float(F(F.x0)) + 1.0)


def test_it_is_told_how_far_it_is():
    told = []
    trial(CHASER, Case.of(F), evaluations=300, tell=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert {total for _, total in told} == {300}
    assert told[-1][0] == 300


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"evaluations": 10}, "evaluations must be at least 45"),
        ({"evaluations": 100, "steps": 3}, "one of evaluations and steps"),
        ({}, "one of evaluations and steps"),
        ({"steps": 0}, "steps must be"),
        ({"steps": 3, "replicas": 0}, "replicas must be"),
    ],
)
def test_what_a_trial_is_given_is_checked(given, said):
    with pytest.raises(ValueError, match=said):
        trial(CHASER, Case.of(F), **given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((F, {"x0": [0.0, 1.0]}), "x0 must be None for a problem that has a start"),
        ((abs, {}), "x0 must be given"),
        ((abs, {"x0": [[1.0]]}), r"x0 must have shape \(d,\)"),
        ((F, {"f_star": float("nan")}), "f_star must be finite"),
    ],
)
def test_what_a_case_is_given_is_checked(given, said):
    with pytest.raises(ValueError, match=said):
        Case.of(given[0], **given[1])


def test_a_problem_may_state_its_start_and_nothing_else():
    def f(x):
        return np.sum(x * x, axis=-1)

    f.x0 = np.ones(4)
    case = Case.of(f)
    assert (case.d, case.f_star) == (4, None)
    assert trial(CHASER, case, evaluations=60).calls == 60


def test_a_least_value_that_is_none_is_found_out():
    with pytest.raises(ValueError, match=r"f_star must be the least value of f, got 0\.5") as error:
        trial(CHASER, Case.of(Counted(), x0=np.zeros(3), f_star=0.5), evaluations=500, seed=1)
    assert error.value.partial.calls > 0


@pytest.mark.parametrize("raised", [OverflowError, KeyboardInterrupt])
def test_what_was_found_is_kept_when_f_fails(raised):
    f = Counted()

    def failing(x):
        if f.points > 300:
            raise raised("far enough")
        return f(x)

    with pytest.raises((zo.ObjectiveError, KeyboardInterrupt)) as error:
        trial(CHASER, Case.of(failing, x0=np.zeros(3)), evaluations=1000, seed=1)
    found = error.value.partial
    assert "far enough" in found.ended
    assert 250 < found.evaluations[-1] <= 301
    assert found.best_value[0] == pytest.approx(np.sum((found.best[0] - 1) ** 2))
    assert np.isinf(found.at(np.array([900]))).all()
    assert not np.isinf(found.at(np.array([200]))).any()


# --- reading ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 1) | st.just(np.inf), min_size=1, max_size=30), st.sampled_from([0.25, 0.5, 0.75]))
def test_a_quantile_is_the_least_sample_that_so_many_do_not_exceed(samples, share):
    found = float(quantile(np.array(samples), share))
    assert found == min(x for x in samples if sum(y <= x for y in samples) >= share * len(samples) - 1e-9)


def test_between_records_a_run_is_read_at_the_last_one():
    found = Trial(
        np.array([5, 10, 20]), np.arange(3), np.array([[3.0], [2.0], [1.0]]), np.zeros((1, 2)), np.ones(1), 20, 5, 0.5
    )
    assert found.at(np.array([1, 5, 9, 10, 19, 20, 99]))[:, 0].tolist() == [2.5, 2.5, 2.5, 1.5, 1.5, 0.5, 0.5]


def made(first, second, replicas=20, targets=(0.1,), f_star=0.0):
    """A comparison of two methods that end at these gaps after 100 evaluations, from 1, having halved the way at 50."""

    def one(ends):
        ends = np.asarray(ends, dtype=float)
        values = np.stack([np.ones_like(ends), np.sqrt(ends), ends]) + (f_star or 0.0)
        return Trial(np.array([1, 50, 100]), np.arange(3), values, np.zeros((len(ends), 2)), ends, 100, 1, f_star)

    trials = {("p", "a"): one(first), ("p", "b"): one(second)}
    return Comparison(100, replicas, 0, np.array([1, 50, 100]), targets, ("a", "b"), ("p",), trials)


def test_a_target_is_reached_by_half_of_the_runs_or_there_is_no_median():
    ends = np.repeat([1e-4, 1e-2, 0.5], [7, 3, 10])  # at 50 evaluations 1e-2, 0.1, 0.7
    found = made(ends, ends)
    assert found.reached("p", "a", 0.1) == (10, 50)
    assert found.reached("p", "a", 0.01) == (10, 100)
    assert found.reached("p", "a", 1e-3) == (7, None)
    assert tables.reached_words(found.reached("p", "a", 1e-3), 20) == "- (7 of 20)"
    assert tables.reached_words(found.reached("p", "a", 0.01), 20) == "100 (10 of 20)"
    assert tables.reached_words(found.reached("p", "a", 0.9), 20) == "50"


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=25))
def test_signs_are_weighed_exactly(pairs):
    first, second = np.array(pairs).T / 10
    [sign] = made(first, second, len(pairs)).signs()
    assert (sign.lower, sign.higher) == (int((first < second).sum()), int((first > second).sum()))
    untied = sign.lower + sign.higher
    expected = scipy.stats.binomtest(sign.lower, untied).pvalue if untied else 1.0
    assert sign.p == pytest.approx(expected)


def test_gaps_below_rounding_are_one():
    [sign] = made(np.full(20, 1e-18), np.full(20, 3e-18)).signs()
    assert (sign.lower, sign.higher, sign.p) == (0, 0, 1.0)


# --- comparing -------------------------------------------------------------------------------------------------------

PAIR = {"chaser": CHASER, "descent": DESCENT}


def same(first, second):
    return all(np.array_equal(first.trials[cell].values, second.trials[cell].values) for cell in second.trials)


def test_what_is_found_depends_on_names_and_seed_only():
    both = compare(PAIR, {"F": F, "round": zo.problems.golovin_family(1, 1, 3)}, evaluations=200, replicas=4, seed=5)
    alone = compare({"descent": DESCENT}, {"F": F}, evaluations=200, replicas=4, seed=5)
    assert same(both, alone)
    assert same(both, compare(PAIR, {"F": F}, evaluations=200, replicas=4, seed=5, executor=2))
    assert not same(both, compare(PAIR, {"F": F}, evaluations=200, replicas=4, seed=6))


def test_one_method_under_two_names_is_not_told_apart():
    twins = dict.fromkeys("abcd", CHASER)
    found = compare(twins, {"F": F}, evaluations=300, replicas=20, seed=2)
    assert len(found.signs()) == 6
    assert min(sign.p for sign in found.signs()) > 0.05


def test_a_method_that_fails_is_part_of_what_is_found():
    long = zo.random_gradient_free(h=lambda k: 1e200, delta=1e-6, average=False)
    found = compare({"chaser": CHASER, "long": long}, {"F": F}, evaluations=300, replicas=5, seed=1)
    assert "ObjectiveError" in found.trials["F", "long"].ended
    assert found.reached("F", "long", 0.1) == (0, None)
    assert found.complete
    assert found.signs() == []  # that one run failed ended the others: they are not independent
    assert any(note.startswith("long on F ended after") for note in tables.notes(found))
    assert "- (0 of 5)" in tables.text(found)


def test_a_method_may_depend_on_the_problem():
    told = []

    def chosen(case):
        told.append(case.d)
        return zo.relative_loss(radius=1 / case.d)

    compare({"m": chosen}, {"F": F, "G": zo.problems.golovin_family(1, 1, 3)}, evaluations=60, replicas=2)
    assert told == [5, 3]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"problems": {"noisy": zo.oracles.Noisy(F, 1.0)}}, "chaser on noisy: problem must not be stochastic"),
        ({"problems": {}}, "at least one method and one problem"),
        ({"seed": -1}, "seed must be"),
        ({"replicas": 0}, "replicas must be"),
        ({"evaluations": 5}, "evaluations must be at least"),
        ({"problems": {"f": abs}}, "x0 must be given"),
    ],
)
def test_what_a_comparison_is_given_is_checked(given, said):
    with pytest.raises(ValueError, match=said):
        compare(**{"methods": PAIR, "problems": {"F": F}, "evaluations": 100} | given)


def test_an_interrupted_comparison_carries_what_was_finished():
    f = Counted()

    def stopping(x):
        if f.points > 2500:
            raise KeyboardInterrupt
        return f(x)

    with pytest.raises(KeyboardInterrupt) as error:
        compare(PAIR, {"F": F, "f": Case.of(stopping, x0=np.zeros(2))}, evaluations=100, replicas=30)
    found = error.value.partial
    assert not found.complete
    assert list(found.trials) == [("F", "chaser"), ("F", "descent"), ("f", "chaser")]
    assert found.cut == ("f", "chaser")
    assert len(tables.text(found).splitlines()) > 8


def test_runs_that_are_interrupted_are_kept_until_then():
    """Also where they are the last ones: then all is there, and not complete."""
    f = Counted()

    def stopping(x):
        if f.points > 250:
            raise KeyboardInterrupt
        return f(x)

    with pytest.raises(KeyboardInterrupt) as error:
        compare({"chaser": CHASER}, {"f": Case.of(stopping, x0=np.zeros(2))}, evaluations=1000, replicas=2, seed=1)
    found = error.value.partial
    (kept,) = found.trials.values()
    assert 100 < kept.evaluations[-1] <= 126
    assert not found.complete
    assert found.signs() == []
    assert any("ended after" in note and "KeyboardInterrupt" in note for note in tables.notes(found))


def test_what_f_breaks_at_once_does_not_lose_what_was_finished():
    def broken(x):
        raise ZeroDivisionError("no")

    with pytest.raises(zo.ObjectiveError) as error:
        compare({"chaser": CHASER}, {"F": F, "f": Case.of(broken, x0=np.zeros(2))}, evaluations=100, replicas=2)
    assert list(error.value.partial.trials) == [("F", "chaser")]
    assert error.value.partial.cut is None


# --- what is printed, written and drawn ------------------------------------------------------------------------------


def test_records_are_as_the_schema_says():
    schema = record.schema()
    rules = {**schema, "$ref": "#/$defs/run"}
    one = record.of_trial(trial(CHASER, Case.of(F), evaluations=100, replicas=2), "m", "p", 0)
    conform(one, {"$ref": rules["$ref"]}, schema)
    found = record.of_comparison(compare(PAIR, {"F": F}, evaluations=100, replicas=3))
    conform(found, {"$ref": "#/$defs/comparison"}, schema)
    failed = compare({"long": zo.random_gradient_free(h=lambda k: 1e200, delta=1.0)}, {"F": F}, evaluations=100)
    conform(record.of_comparison(failed), {"$ref": "#/$defs/comparison"}, schema)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_figure_has_a_panel_a_problem_and_a_curve_a_method():
    problems = {"F": F, "own": Case.of(Counted(), x0=np.zeros(3)), "at rest": Case.of(F, f_star=-1.0)}
    found = compare(PAIR, problems, evaluations=100, replicas=3)
    figure = drawn({name: found.of(name) for name in problems}, found.grid)
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert [panel.get_title(loc="left") for panel in panels] == list(problems)
    for panel in panels:
        assert [line.get_label() for line in panel.lines] == list(PAIR)
    assert [panel.get_yscale() for panel in panels] == ["log", "linear", "log"]
    medians = quantile(found.measured("F", "chaser"), 0.5)
    assert np.array_equal(panels[0].lines[0].get_ydata(), medians)


def test_the_grid_ends_at_the_budget_and_leaves_room_between_looks():
    for budget in (45, 100, 10**4, 10**7):
        points = grid(budget)
        assert points[-1] == budget
        assert (np.diff(points) > 0).all()
        assert len(points) <= max(2, budget / 20)


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def zotheory(capsys, tmp_path, monkeypatch):
    """Run the command line in a folder of its own: arguments -> exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine_trials.py").write_text(MINE, encoding="utf-8")

    def call(*arguments):
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
        return SimpleNamespace(code=code, **capsys.readouterr()._asdict())

    return call


MINE = """
import os

calls = []

def f(x):
    return ((x - 1) ** 2).sum(-1)

def point(x):
    return float((x[0] - 1) ** 2)

def loud(x):
    os.write(1, b"loud\\n")
    return f(x)

def pressed(x):
    calls.append(x)
    if len(calls) == 200:
        os.kill(os.getpid(), 2)
    return f(x)

def stopped(x):
    raise KeyboardInterrupt

def stopping(x):
    calls.append(x)
    if len(calls) > 200:
        raise KeyboardInterrupt
    return f(x)

def broken(x):
    raise ZeroDivisionError("at once")

def leaving(x):
    raise SystemExit(3)

def raising(x):
    calls.append(x)
    if len(calls) > 200:
        raise ZeroDivisionError("far enough")
    return f(x)
"""
RULE = "relative_loss(radius=one_fifth(1.0))"


def test_run_tells_how_the_value_fell(zotheory):
    found = zotheory("run", RULE, "golovin_family(1, 8, 5)", "--evaluations", 500, "--replicas", 5, "--plot", "r.png")
    assert (found.code, found.err) == (0, "")
    assert "5 independent runs of 500 evaluations each" in found.out
    assert Path("r.png").read_bytes().startswith(b"\x89PNG")
    expected = trial(CHASER, Case.of(zo.problems.golovin_family(1, 8, 5)), evaluations=500, replicas=5)
    assert f"{expected.best_value.min():.10g}" in found.out
    assert max(map(len, found.out.splitlines())) <= 80


def test_run_prints_json_and_nothing_else(zotheory):
    found = zotheory("run", RULE, "mine_trials.py:f", "--dimension", 3, "--steps", 50, "--seed", 4, "--json")
    told = json.loads(found.out)
    conform(told, {"$ref": "#/$defs/run"}, record.schema())
    run = zo.run(CHASER, lambda x: ((x - 1) ** 2).sum(-1), x0=np.zeros(3), steps=50, seed=4)
    assert told["values"][-1] == [run.value]
    assert (told["seed"], told["f_star"], told["measure"], told["calls"]) == (4, None, "value", run.calls)


@pytest.mark.parametrize("command", [["run", RULE], ["compare", RULE, "--workers", "1", "--on"]])
def test_what_f_writes_to_standard_output_is_no_part_of_the_answer(command, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine_trials.py").write_text(MINE, encoding="utf-8")
    given = "mine_trials.py:loud", "--dimension", "2", "--evaluations", "100", "--json"
    assert cli.main([*command, *given]) == 0
    found = capfd.readouterr()
    assert json.loads(found.out)["complete"]
    assert found.err.startswith("loud\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((RULE, "mine_trials.py:f"), "--x0 or --dimension must be given for mine_trials.py:f"),
        ((RULE, "golovin_famly(1, 8, 5)"), "did you mean 'golovin_family'"),
        (("relative_lost(radius=1)", "golovin_family(1, 8, 5)"), "did you mean 'relative_loss'"),
        (("gld_search(R=1, r=2)", "golovin_family(1, 8, 5)"), "r must be smaller than R"),
        ((RULE, "Noisy(golovin_family(1, 8, 5), 1.0)"), "problem must not be stochastic for relative_loss"),
        ((RULE, "golovin_family(1, 8, 5)", "--evaluations", "9"), "evaluations must be at least 45"),
        ((RULE, "golovin_family(1, 8, 5)", "--evaluations", "many"), "must be a positive integer, got many"),
        ((RULE, "golovin_family(1, 8, 5)", "--plot", "r.doc"), "--plot must end in one of"),
        ((RULE, "golovin_family(1, 8, 5)", "--plot", "mine_trials.py/r.png"), "--plot must name a file in a folder"),
        ((RULE, "mine_trials.py:f", "--x0=1,nan"), "finite numbers between commas"),
        ((RULE, "golovin_family(1, 8, 5)", "--dimension", "5"), "are for functions that state no start of their own"),
        ((RULE, "golovin_family(1, 8, 5)", "--f-star", "0"), "are for functions that state no start of their own"),
        ((RULE, "mine_trials.py:f", "--dimension", "2", "--x0=1,2"), "not allowed with argument"),
        ((RULE, "mine_trials.py:g", "--dimension", "2"), "no attribute 'g'"),
        ((RULE, "mine_trials.py", "--dimension", "2"), "problem mine_trials.py: write mine_trials.py:NAME"),
        (("./mine_trials.py:", "mine_trials.py:f", "--dimension", "2"), "write ./mine_trials.py:NAME, with the name"),
        ((RULE, "none.py:g", "--dimension", "2"), "none.py: no such file"),
    ],
)
def test_wrong_usage_is_told_in_a_line(zotheory, arguments, said):
    found = zotheory("run", *arguments)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert "Traceback" not in found.err


def test_run_tells_what_was_found_until_f_failed(zotheory):
    found = zotheory("run", RULE, "mine_trials.py:raising", "--dimension", 2)
    assert found.code == 1
    assert "Ended early, by ObjectiveError: the objective raised ZeroDivisionError" in " ".join(found.out.split())
    assert "Lowest value found: " in found.out


def test_what_fails_at_once_is_no_wrong_usage(zotheory):
    for arguments in (
        ["run", RULE],
        ["compare", RULE, "--workers", 1, "--on"],
        ["compare", RULE, "--workers", 2, "--on"],
    ):
        found = zotheory(*arguments, "mine_trials.py:broken", "--dimension", 2)
        assert (found.code, found.out) == (1, "")
        assert found.err.startswith("zotheory: error: the objective raised ZeroDivisionError: at once")
        found = zotheory(*arguments, "mine_trials.py:leaving", "--dimension", 2)
        assert (found.code, found.out) == (1, "")
        assert "SystemExit" in found.err


def test_compare_ends_with_1_where_a_method_failed_on_the_way(zotheory):
    failing = "long = random_gradient_free(h=lambda k: 1e200, delta=1e-6, average=False)"
    given = "--on", "golovin_family(1, 1, 5)", "--evaluations", 300, "--replicas", 3, "--workers", 1
    found = zotheory("compare", RULE, failing, *given)
    assert (found.code, found.err) == (1, "")
    assert "long on golovin_family(1, 1, 5) ended after" in " ".join(found.out.split())
    assert zotheory("compare", RULE, *given).code == 0


def test_compare_prints_what_was_finished_before_f_failed(zotheory):
    given = "--on", "golovin_family(1, 1, 2)", "--on", "mine_trials.py:broken", "--dimension", 2, "--workers", 1
    found = zotheory("compare", RULE, *given, "--evaluations", 300, "--replicas", 3)
    assert found.code == 1
    assert found.err.startswith("zotheory: error: the objective raised ZeroDivisionError: at once")
    assert found.out.startswith("golovin_family(1, 1, 2)\n")


def test_run_tells_what_was_found_until_ctrl_c(zotheory):
    found = zotheory("run", RULE, "mine_trials.py:stopping", "--dimension", 2, "--json", "--plot", "r.svg")
    assert (found.code, found.err) == (130, "interrupted\n")
    told = json.loads(found.out)
    assert not told["complete"]
    assert 150 < told["calls"] <= 210
    assert "<svg" in Path("r.svg").read_text(encoding="utf-8")


@pytest.mark.filterwarnings("always")
def test_a_function_of_one_point_can_be_said_to_be_one(zotheory):
    found = zotheory("run", RULE, "mine_trials.py:point", "--x0=-1,2", "--evaluations", 100, "--one-point")
    assert (found.code, found.err) == (0, "")
    found = zotheory("run", RULE, "mine_trials.py:point", "--x0=-1,2", "--evaluations", 100)
    assert found.err.startswith("zotheory: warning: f does not take points")


def test_compare_writes_tables_figure_and_record(zotheory):
    found = zotheory(
        "compare", f"rule = {RULE}", "gld_search(R=3.0, r=1e-2)", "--on", "bowl = golovin_family(1, 1, 5)", "--on",
        "golovin_family(1, 20, 5)", "--evaluations", 300, "--replicas", 5, "--workers", 1, "--out", "made",
    )  # fmt: skip
    assert (found.code, found.err) == (0, "")
    assert sorted(path.name for path in Path("made").iterdir()) == [f"comparison.{x}" for x in ("json", "md", "png")]
    told = json.loads(Path("made/comparison.json").read_text(encoding="utf-8"))
    conform(told, {"$ref": "#/$defs/comparison"}, record.schema())
    assert told["methods"][0] == {"name": "rule", "written": RULE}
    page = Path("made/comparison.md").read_text(encoding="utf-8")
    for result in told["results"]:
        assert f"## {result['problem']}".replace("_", "\\_") in page
        row = next(line for line in page.split(f"## {result['problem']}".replace("_", "\\_"))[1].splitlines()
                   if line.startswith(f"| {result['method']}".replace("_", "\\_")))  # fmt: skip
        assert f"{sorted(result['last'])[2]:.3g}" in row
        assert all(max(run) <= 300 for run in [result["evaluations"]])
    assert "bowl\n\nmethod" in found.out


def test_compare_refuses_two_of_one_name_and_what_cannot_be_run(zotheory):
    for arguments, said in (
        ((RULE, RULE, "--on", "golovin_family(1, 1, 5)"), "must differ in name"),
        ((RULE, "--on", "mine_trials.py:f"), "--x0 or --dimension"),
        ((RULE,), "--on"),
        ((RULE, "--on", "Noisy(golovin_family(1, 1, 5), 1.0)"), "must not be stochastic"),
        ((RULE, "--on", "golovin_family(1, 1, 5)", "--out", "mine_trials.py"), "--out must name a folder"),
        ((RULE, "--on", "golovin_family(1, 1, 5)", "--targets", "a"), "finite numbers"),
    ):
        found = zotheory("compare", *arguments)
        assert (found.code, found.out) == (2, "")
        assert said in found.err


def test_compare_delivers_runs_that_ctrl_c_interrupts(zotheory):
    given = "--on", "mine_trials.py:stopping", "--dimension", 2, "--workers", 1
    found = zotheory("compare", RULE, *given, "--out", "made")
    assert (found.code, found.err) == (130, "interrupted\n")
    assert "mine_trials.py:stopping\n" in found.out
    assert Path("made/comparison.partial.md").exists()


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_one_worker_is_this_process_and_keeps_runs_that_ctrl_c_interrupts(zotheory):
    given = "--on", "mine_trials.py:pressed", "--dimension", 2, "--workers", 1
    found = zotheory("compare", RULE, *given)
    assert (found.code, found.err) == (130, "interrupted: SIGINT\n")
    assert "mine_trials.py:pressed\n" in found.out


@pytest.mark.parametrize(
    "arguments", [["run", RULE], ["compare", RULE, "--workers", 1, "--on"], ["compare", RULE, "--workers", 2, "--on"]]
)
def test_ctrl_c_before_anything_is_found_is_told(zotheory, arguments):
    found = zotheory(*arguments, "mine_trials.py:stopped", "--dimension", 2)
    assert (found.code, found.out, found.err) == (130, "", "interrupted\n")


def test_compare_delivers_what_was_finished_until_ctrl_c(zotheory):
    found = zotheory(
        "compare", RULE, "--on", "golovin_family(1, 1, 2)", "--on", "mine_trials.py:stopping", "--dimension", 2,
        "--evaluations", 300, "--replicas", 3, "--workers", 1, "--out", "made",
    )  # fmt: skip
    assert found.code == 130
    assert Path("made/comparison.partial.md").exists()
    assert "golovin_family(1, 1, 2)\n" in found.out
