"""Verdicts under one error budget, on claims made up here."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import Mean, Value
from zotheory.evidence.verdicts import LEVELS, Evidence, observe, overall, stream, tasks, verify, weigh
from zotheory.report.tables import page


@dataclass(frozen=True)
class Fixed:
    """An observation whose p-values are given."""

    refuting: float
    supporting: float
    measured: float = 0.5
    bound: float = 1.0
    ratio: float = 0.5
    replicas: int = 10
    calls: int = 3
    basis: str = "exact"

    def detectable(self, level):
        return 2.0


def constant(observation):
    return lambda replicas, seed: observation


def exponential(mean):
    """Measures exponential samples of this mean against E X <= 1."""
    return lambda replicas, seed: Mean(mean * np.random.default_rng(seed).standard_exponential(replicas), 1.0, calls=2)


def interrupted(replicas, seed):
    raise KeyboardInterrupt


def experiment(measure, label="made up", d=7):
    return Experiment("measured", label, d, measure, replicas=400, full=1000)


def claim(name, *measures, controls=()):
    experiments = tuple(experiment(m, f"experiment {i}", 7 + i) for i, m in enumerate(measures))
    planted = tuple(Control(f"{name}.control{i}", name, "a falsehood", experiment(m)) for i, m in enumerate(controls))
    return Claim(name, "X is small.", "made up", "expectation", "ours", (), lambda: 1.0, {}, experiments, planted)


def verdicts(*claims, **options):
    return {v.claim.id: v.verdict for v in verify(claims, **options).verdicts}


# --- verdicts --------------------------------------------------------------------------------------------------------


def test_true_false_and_uninformative_claims():
    report = verify(
        [claim("true", exponential(0.5)), claim("false", exponential(2.0)), claim("open", exponential(1.0))]
    )
    assert [(v.claim.id, v.verdict) for v in report.verdicts] == [
        ("true", "supported"),
        ("false", "refuted"),
        ("open", "undecided"),
    ]
    assert report.refuted
    assert not verify([claim("true", exponential(0.5))]).refuted


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["supported", "supported"], "supported"),
        (["supported", "undecided"], "undecided"),
        (["supported", "refuted"], "refuted"),
        (["undecided", "refuted"], "refuted"),
    ],
)
def test_a_claim_stands_or_falls_with_its_experiments(kinds, expected):
    p_values = {"supported": (1.0, 0.0), "undecided": (1.0, 1.0), "refuted": (0.0, 1.0)}
    measures = [constant(Fixed(*p_values[kind])) for kind in kinds]
    report = verify([claim("tiny", *measures)])
    assert [e.verdict for e in report.verdicts[0].evidence] == kinds
    assert report.verdicts[0].verdict == expected
    assert overall(report.verdicts[0].evidence) == expected


def test_tightest_evidence_has_the_largest_ratio():
    measures = [constant(Value(x, 1.0)) for x in (0.2, 0.9, 0.4)]
    assert verify([claim("tiny", *measures)]).verdicts[0].tightest.observation.ratio == 0.9


def test_nan_is_undecided():
    assert verdicts(claim("tiny", constant(Mean(np.full(400, np.nan), 1.0)))) == {"tiny": "undecided"}


# --- one budget ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "others", "refuted"), [(0.005, 0, True), (0.005, 1, False), (0.0005, 9, True), (0.0005, 10, False)]
)
def test_the_budget_is_shared_by_all_experiments_of_the_run(p, others, refuted):
    """Half of alpha = 0.01, split by Holm over all experiments of all claims."""
    unrefuted = [claim(f"other{i}", constant(Fixed(1.0, 1.0))) for i in range(others)]
    found = verdicts(claim("against", constant(Fixed(p, 1.0))), *unrefuted, alpha=0.01)
    assert found["against"] == ("refuted" if refuted else "undecided")
    unsupported = [claim(f"other{i}", constant(Fixed(1.0, 1.0))) for i in range(others)]
    found = verdicts(claim("for", constant(Fixed(1.0, p))), *unsupported, alpha=0.01)
    assert found["for"] == ("supported" if refuted else "undecided")


def test_the_error_level_is_holms():
    measures = [constant(Fixed(1.0, p)) for p in (0.0001, 0.001, 0.002)]
    verdict = verify([claim("tiny", *measures)], alpha=0.01).verdicts[0]
    assert [e.error_level for e in verdict.evidence] == pytest.approx([0.0003, 0.002, 0.002])
    assert verdict.error_level == pytest.approx(0.002)
    refuted = verify([claim("tiny", constant(Fixed(0.001, 1)), constant(Fixed(1, 1)))], alpha=0.01).verdicts[0]
    assert refuted.error_level == pytest.approx(0.002)
    assert verify([claim("tiny", constant(Fixed(1, 1)))]).verdicts[0].error_level == 1


@pytest.mark.parametrize("side", ["refuting", "supporting"])
def test_the_run_keeps_its_error_level(side):
    """2000 runs of 10 uniform p-values: an error in alpha/2 of them at most, exact binomial test at 1e-6."""
    rng, alpha, runs = np.random.default_rng(0), 0.1, 2000
    todo = [(c, c.experiments[0]) for c in (claim(f"c{i}", constant(None)) for i in range(10))]
    wrong = 0
    for _ in range(runs):
        seen = [Fixed(**{"refuting": 1.0, "supporting": 1.0, side: u}) for u in rng.random(10)]
        wrong += any(v.verdict != "undecided" for v in weigh(todo, seen, alpha, 0, "quick").verdicts)
    assert stats.binom.sf(wrong - 1, runs, alpha / 2) >= 1e-6
    assert stats.binom.cdf(wrong, runs, alpha / 2) >= 1e-6  # Holm spends the budget on independent p-values


# --- controls --------------------------------------------------------------------------------------------------------


def test_controls_are_caught_or_missed_and_never_change_a_verdict():
    report = verify([claim("tiny", exponential(0.5), controls=[exponential(3.0), exponential(0.5)])])
    assert [(c.id, c.of, caught) for c, _, caught in report.controls] == [
        ("tiny.control0", "tiny", True),
        ("tiny.control1", "tiny", False),
    ]
    assert report.verdicts[0].verdict == "supported"
    assert not report.refuted


def test_controls_have_a_budget_of_their_own():
    caught = Fixed(0.009, 1.0)
    one = verify([claim("tiny", *[constant(Fixed(1, 1))] * 9, controls=[constant(caught)])], alpha=0.01)
    assert [c for *_, c in one.controls] == [True]
    two = verify([claim("tiny", constant(Fixed(1, 1)), controls=[constant(caught), constant(Fixed(1, 1))])], alpha=0.01)
    assert [c for *_, c in two.controls] == [False, False]


# --- randomness ------------------------------------------------------------------------------------------------------


def test_same_seed_same_report():
    made = [claim("a", exponential(0.5), exponential(0.9), controls=[exponential(2)]), claim("b", exponential(1.2))]
    first = verify(made, seed=3).as_dict()
    assert verify(made, seed=3).as_dict() == first
    other = verify(made, seed=4).as_dict()
    assert all(x["measured"] != y["measured"] for x, y in zip(first["claims"], other["claims"], strict=True))


def test_what_else_is_selected_leaves_the_stream_alone():
    a, b = claim("a", exponential(0.5), exponential(0.6), controls=[exponential(2)]), claim("b", exponential(0.7))

    def measured(*claims):
        report = verify(claims)
        return {
            (v.claim.id, e.experiment.label): e.observation.measured for v in report.verdicts for e in v.evidence
        } | {c.id: o.measured for c, o, _ in report.controls}

    everything = measured(a, b)
    assert measured(b, a) == everything
    assert measured(a).items() <= everything.items()
    assert measured(b).items() <= everything.items()
    assert len(set(everything.values())) == len(everything)


def test_streams_differ_in_seed_owner_rung_label_and_dimension():
    def state(seed, owner, rung="measured", label="one", d=3):
        made = Experiment(rung, label, d, lambda replicas, stream: stream.generate_state(4))
        return tuple(observe(owner, made, seed, "quick"))

    states = {
        state(0, "a"),
        state(1, "a"),
        state(0, "b"),
        state(0, "a", rung="reduced"),
        state(0, "a", label="two"),
        state(0, "a", d=4),
    }
    assert len(states) == 6
    assert state(0, "a") == tuple(stream(0, "a", "measured", "one", "3").generate_state(4))


def test_level_decides_the_number_of_replicas():
    made = experiment(lambda replicas, seed: replicas)
    assert [observe("tiny", made, 0, level) for level in LEVELS] == [400, 1000]


# --- progress and interruption ---------------------------------------------------------------------------------------


def test_progress_counts_every_experiment_and_control():
    seen = []
    made = [claim("a", exponential(0.5), exponential(0.5), controls=[exponential(2)]), claim("b", exponential(0.5))]
    verify(made, progress=lambda *state: seen.append(state))
    assert seen == [(0, 4, "a"), (1, 4, "a"), (2, 4, "b"), (3, 4, "a.control0"), (4, 4, "")]
    assert len(list(tasks(made))) == 4


def test_an_interrupted_run_reports_the_claims_it_finished():
    made = [
        claim("done", exponential(0.5), controls=[exponential(2)]),
        claim("half done", exponential(0.5), interrupted),
        claim("not begun", exponential(0.5)),
    ]
    with pytest.raises(KeyboardInterrupt) as caught:
        verify(made, seed=5)
    partial = caught.value.partial
    assert [v.claim.id for v in partial.verdicts] == ["done"]
    assert partial.controls == ()
    alone = verify(made[:1], seed=5).verdicts[0]
    assert partial.as_dict()["claims"][0]["measured"] == alone.evidence[0].observation.measured


def test_interrupted_among_the_controls_every_claim_is_reported():
    made = [claim("a", exponential(0.5), controls=[exponential(2), interrupted]), claim("b", exponential(0.5))]
    with pytest.raises(KeyboardInterrupt) as caught:
        verify(made)
    partial = caught.value.partial
    assert [v.verdict for v in partial.verdicts] == ["supported", "supported"]
    assert [(c.id, hit) for c, _, hit in partial.controls] == [("a.control0", True)]


@pytest.mark.parametrize("measures", [[interrupted], [exponential(0.5), interrupted]])
def test_interrupted_before_the_first_claim_is_complete_there_is_no_report(measures):
    with pytest.raises(KeyboardInterrupt) as caught:
        verify([claim("tiny", *measures)])
    assert caught.value.partial is None


# --- arguments and output --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0}, r"alpha .* got 0"),
        ({"alpha": 1}, r"alpha .* got 1"),
        ({"alpha": -0.5}, r"alpha .* got -0\.5"),
        ({"alpha": float("nan")}, r"alpha .* got nan"),
        ({"alpha": float("inf")}, r"alpha .* got inf"),
        ({"seed": -1}, r"seed .* got -1"),
        ({"level": "thorough"}, r"level .* got 'thorough'"),
        ({"level": ""}, r"level .* got ''"),
    ],
)
def test_bad_arguments_are_named_before_anything_runs(options, message):
    with pytest.raises(ValueError, match=message):
        verify([claim("tiny", interrupted)], **options)


def test_the_record_has_the_promised_keys_and_is_plain_json():
    infinite = constant(Fixed(1.0, 1.0, ratio=np.inf, measured=np.nan))
    made = [claim("a", exponential(0.5), exponential(0.7), controls=[exponential(3)]), claim("b", infinite)]
    record = verify(made, alpha=0.02, seed=9).as_dict()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert {"alpha", "seed", "claims", "controls"} <= record.keys()
    assert (record["alpha"], record["seed"]) == (0.02, 9)
    first, second = record["claims"]
    keys = {"id", "verdict", "measured", "bound", "ratio", "replicas", "calls", "error_level", "detectable", "evidence"}
    assert keys <= first.keys()
    assert (first["id"], first["verdict"], first["bound"]) == ("a", "supported", 1.0)
    assert (first["replicas"], first["calls"]) == (800, 1600)
    assert first["ratio"] == max(e["ratio"] for e in first["evidence"])
    assert [e["d"] for e in first["evidence"]] == [7, 8]
    assert all({"rung", "d", "measured", "bound", "ratio", "verdict"} <= e.keys() for e in first["evidence"])
    assert (second["measured"], second["ratio"]) == (None, None)
    (control,) = record["controls"]
    assert (control["id"], control["of"], control["refuted"]) == ("a.control0", "a", True)


def test_a_report_on_anyones_claims_can_be_printed():
    text = page(verify([claim("anyone.claim", exponential(0.5), controls=[exponential(3)])]))
    for part in ("anyone.claim", "X is small.", "supported", "a falsehood", "refuted"):
        assert part in text


def test_an_empty_selection_gives_an_empty_report():
    report = verify([])
    assert (report.verdicts, report.controls, report.refuted) == ((), (), False)


def test_evidence_keeps_what_it_weighed():
    evidence = verify([claim("tiny", constant(Fixed(1.0, 0.0)))]).verdicts[0].evidence[0]
    assert isinstance(evidence, Evidence)
    assert evidence.observation == Fixed(1.0, 0.0)
    assert evidence.detectable == 2.0
