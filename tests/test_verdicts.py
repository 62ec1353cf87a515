"""Verdicts under one error budget, on claims made up here."""

import json
import os
import re
import signal
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy import stats

import zotheory as zo
from zotheory.evidence.claim import Claim, Experiment
from zotheory.evidence.findings import Report
from zotheory.evidence.outcomes import Outcome, outcome
from zotheory.evidence.parts import Part, observe, parts, stream
from zotheory.evidence.running import tasks
from zotheory.evidence.verdicts import LEVELS, VERDICTS, overall, verify, weigh
from zotheory.report.lines import width
from zotheory.report.record import schema
from zotheory.report.tables import page


@dataclass(frozen=True)
class Fixed:
    """An observation whose p-values are given."""

    refuting: float = 1.0
    supporting: float = 1.0
    measured: float = 0.5
    bound: float = 1.0
    ratio: float = 0.5
    replicas: int = 10
    calls: int = 3
    basis: str = "given"
    assumed: bool = False
    exact: bool = False
    caveat: str = ""

    def detectable_ratio(self, level):
        return 2.0

    def detectable_probability(self, level):
        return None


class Unreadable(Fixed):
    """Can be sent, and not be read."""

    def __reduce__(self):
        return int, ("no number",)


SUPPORTED, REFUTED, UNDECIDED = Fixed(supporting=0.0), Fixed(refuting=0.0), Fixed()
UNSUPPORTABLE = Fixed(basis="none: no ceiling and no variance is declared")


def one():
    return 1.0


def constant(observation):
    return lambda bound, replicas, seed: observation


def uniform(mean):
    """Measures uniform samples on [0, 2 mean] against E X <= bound; the ceiling declared is larger by 1."""
    return lambda bound, replicas, seed: zo.Mean(
        2 * mean * np.random.default_rng(seed).random(replicas), bound(), ceiling=2 * mean + 1, calls=2
    )


def raising(error):
    def measure(bound, replicas, seed):
        raise error

    return measure


interrupted = raising(KeyboardInterrupt())


def experiment(measure, label="made up", d=7):
    return Experiment(label, d=d, measure=measure, replicas=400, full=1000)


def claim(name, *measures, controls=()):
    on = [experiment(m, f"experiment {i}", 7 + i) for i, m in enumerate(measures)]
    but = {f"control{i}": ("a falsehood", None, experiment(m, f"control {i}")) for i, m in enumerate(controls)}
    return Claim(name, bound=one, says="X is small.", on=on, but=but)


def verdicts(*claims, **options):
    return {v.claim.id: v.verdict for v in verify(claims, **options).verdicts}


# --- verdicts --------------------------------------------------------------------------------------------------------


def test_true_false_and_uninformative_claims():
    true, false, open_ = claim("true", uniform(0.5)), claim("false", uniform(2.0)), claim("open", uniform(1.0))
    report = verify([true, false, open_])
    assert [(v.claim.id, v.verdict) for v in report.verdicts] == [
        ("true", "supported"),
        ("false", "refuted"),
        ("open", "undecided"),
    ]
    assert not report.sound
    assert verify([true, open_]).sound


@pytest.mark.parametrize(
    ("observation", "expected"),
    [
        (SUPPORTED, "supported"),
        (REFUTED, "refuted"),
        (UNDECIDED, "undecided"),
        (UNSUPPORTABLE, "not refuted"),
        (0.5, "failed"),
        (None, "failed"),
        (Fixed(supporting=np.nan), "failed"),
        (Fixed(refuting=1.5), "failed"),
    ],
)
def test_an_experiment_has_one_of_five_verdicts(observation, expected):
    assert verdicts(claim("tiny", constant(observation))) == {"tiny": expected}
    assert expected in VERDICTS


@pytest.mark.parametrize(
    ("observations", "expected"),
    [
        ([SUPPORTED, SUPPORTED], "supported"),
        ([SUPPORTED, UNDECIDED], "undecided"),
        ([SUPPORTED, UNSUPPORTABLE], "not refuted"),
        ([UNDECIDED, UNSUPPORTABLE], "undecided"),
        ([SUPPORTED, None], "failed"),
        ([UNDECIDED, None], "failed"),
        ([SUPPORTED, REFUTED], "refuted"),
        ([UNDECIDED, REFUTED], "refuted"),
        ([None, REFUTED], "refuted"),
    ],
)
def test_a_claim_stands_or_falls_with_its_experiments(observations, expected):
    (verdict,) = verify([claim("tiny", *map(constant, observations))]).verdicts
    assert verdict.verdict == overall(verdict.evidence) == expected


def test_one_bad_experiment_is_named_with_its_traceback_and_the_others_go_on():
    made = [claim("bad", raising(ZeroDivisionError("by zero")), uniform(0.5)), claim("good", uniform(0.5))]
    report = verify(made)
    assert [v.verdict for v in report.verdicts] == ["failed", "supported"]
    broken, fine = report.verdicts[0].evidence
    assert (broken.verdict, broken.reason, broken.observation) == ("failed", "ZeroDivisionError: by zero", None)
    assert "Traceback" in broken.outcome.failure
    assert "in measure" in broken.outcome.failure
    assert fine.verdict == "supported"
    assert not report.sound


@pytest.mark.parametrize(
    ("measure", "told"),
    [
        (constant(0.5), r"TypeError: measure must return an observation, such as zotheory.Mean, got 0.5"),
        (constant(np.ones(3)), "TypeError: measure must return an observation"),
        (raising(SystemExit(3)), "SystemExit: 3"),
        (constant(Fixed(refuting=0.004, exact=True)), "p-values of what is exact must be 0 or 1"),
        (lambda bound, replicas, seed: zo.Mean(np.full(replicas, 2.0), bound(), ceiling=1.0), "ceiling"),
        (lambda bound, replicas, seed: zo.Mean(np.full(replicas, np.nan), bound()), ""),
    ],
)
def test_what_is_no_observation_or_contradicts_itself_fails(measure, told):
    (verdict,) = verify([claim("tiny", measure)]).verdicts
    assert verdict.verdict == "failed"
    assert told in verdict.evidence[0].reason


def test_tightest_evidence_has_the_largest_ratio_of_the_claims_own_experiments():
    measures = [constant(zo.Value(x, 1.0)) for x in (0.2, 0.9, 0.4)]
    (verdict,) = verify([claim("tiny", *measures, controls=[constant(zo.Value(7.0, 1.0))])]).verdicts
    assert verdict.tightest.observation.ratio == 0.9
    assert verify([claim("tiny", constant(None))]).verdicts[0].tightest is None


def test_the_bound_flows_from_the_claim_and_from_its_control():
    seen = []

    def measure(bound, replicas, seed):
        seen.append(bound())
        return zo.Value(0.5, bound())

    on = experiment(measure)
    made = Claim("tiny", bound=one, says="X <= 1.", on=[on], but={"half": ("half of it", lambda: 0.25, on)})
    report = verify([made])
    assert seen == [1.0, 0.25]
    assert [c.refuted for c in report.controls] == [True]


def test_what_must_be_said_stands_beside_the_verdict():
    rare = replace(SUPPORTED, caveat="violated with probability below 1 %")
    assumed = replace(SUPPORTED, basis="if Var X <= 5 (E X)^2", assumed=True)
    report = verify([claim("rare", constant(rare), constant(rare)), claim("assumed", constant(assumed))])
    assert [v.caveats for v in report.verdicts] == [
        ("violated with probability below 1 %",),
        ("if Var X <= 5 (E X)^2",),
    ]
    assert [v.bases for v in report.verdicts] == [("given",), ()]
    text = page(report)
    assert "supported (violated with probability below 1 %)" in text
    assert "supported, if Var X <= 5 (E X)^2" in text


# --- why, and what would decide --------------------------------------------------------------------------------------


def reason(observation):
    return verify([claim("tiny", constant(observation))]).verdicts[0].evidence[0].reason


def test_a_verdict_at_an_error_level_needs_no_reason():
    assert reason(SUPPORTED) == reason(REFUTED) == ""


def test_an_undecided_experiment_says_how_many_replicas_would_decide_it():
    """Support grows by one factor with each replica: p = 0.1 with 10 is 0.005 with 10 log(0.005)/log(0.1) = 23.01."""
    assert reason(Fixed(supporting=0.1)) == "needs about 24 replicas, has 10; level full takes 1000"
    assert "too near the bound" in reason(Fixed(supporting=0.9))
    assert "exceeds the bound (1.2 of it)" in reason(Fixed(ratio=1.2))
    assert "needs more than 1e12 replicas" in reason(Fixed(supporting=1 - 1e-13, basis="binomial"))


def test_an_event_too_rare_for_so_few_trials_says_how_many_would_do():
    """0.99^n reaches 0.005 at n = log(0.005)/log(0.99) = 527.2, whatever the ratio."""
    assert reason(zo.Always(np.linspace(0, 1, 20))) == "needs about 530 replicas, has 20; level full takes 1000"


def test_what_no_number_of_trials_shows_is_not_left_undecided():
    (verdict,) = verify([claim("tiny", constant(zo.Frequency(400, 400, 1)))]).verdicts
    assert verdict.verdict == "not refuted"
    assert "no number of trials shows that a probability is 1; a probability of 0.9" in verdict.evidence[0].reason


def test_so_many_replicas_do_decide_it():
    """Twice as many, as the estimate is from one sample."""
    measure = uniform(0.93)
    count = int(verify([claim("tiny", measure)]).verdicts[0].evidence[0].reason.split()[2])
    assert count > 400
    enough = Experiment("enough", d=1, measure=measure, replicas=2 * count)
    made = Claim("tiny", bound=one, says="!", on=[enough])
    assert [verify([made], seed=seed).verdicts[0].verdict for seed in range(3)] == ["supported"] * 3


def test_what_cannot_be_supported_says_why_and_what_would_have_been_seen():
    told = "no ceiling and no variance is declared; a violation by a factor 2 would have been refuted"
    assert reason(UNSUPPORTABLE) == told


# --- one budget ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "others", "reached"), [(0.005, 0, True), (0.005, 1, False), (0.0005, 9, True), (0.0005, 10, False)]
)
def test_the_budget_is_shared_by_all_experiments_of_the_run(p, others, reached):
    """Half of alpha = 0.01, split by Holm over all experiments of all claims."""
    company = [claim(f"other{i}", constant(UNDECIDED)) for i in range(others)]
    found = verdicts(claim("against", constant(Fixed(refuting=p))), *company, alpha=0.01)
    assert found["against"] == ("refuted" if reached else "undecided")
    found = verdicts(claim("for", constant(Fixed(supporting=p))), *company, alpha=0.01)
    assert found["for"] == ("supported" if reached else "undecided")


def test_exact_checks_do_not_spend_the_budget_of_the_others():
    exact = [claim(f"exact{i}", constant(zo.Value(0.5, 1.0))) for i in range(100)]
    report = verify([claim("for", constant(Fixed(supporting=0.005))), *exact], alpha=0.01)
    assert {v.verdict for v in report.verdicts} == {"supported"}
    assert (report.planned, report.sharing) == ((101, 0), 1)
    controls = [constant(Fixed(refuting=0.01)), *[constant(zo.Value(2.0, 1.0))] * 9]
    assert verify([claim("tiny", constant(SUPPORTED), controls=controls)], alpha=0.01).sound


def test_the_error_level_is_holms():
    measures = [constant(Fixed(supporting=p)) for p in (0.0001, 0.001, 0.002)]
    verdict = verify([claim("tiny", *measures)], alpha=0.01).verdicts[0]
    assert [e.error_level for e in verdict.evidence] == pytest.approx([0.0003, 0.002, 0.002])
    assert verdict.error_level == pytest.approx(0.002)
    refuted = verify([claim("tiny", constant(Fixed(refuting=0.001)), constant(UNDECIDED))], alpha=0.01).verdicts[0]
    assert refuted.error_level == pytest.approx(0.002)
    assert verify([claim("tiny", constant(UNDECIDED))]).verdicts[0].error_level == 1


@pytest.mark.parametrize("side", ["refuting", "supporting"])
def test_the_run_keeps_its_error_level(side):
    """2000 runs of 10 uniform p-values: an error in alpha/2 of them at most, exact binomial test at 1e-6."""
    rng, alpha, runs = np.random.default_rng(0), 0.1, 2000
    todo = list(tasks([claim(f"c{i}", constant(None)) for i in range(10)]))
    wrong = 0
    for _ in range(runs):
        done = {i: Outcome(UNDECIDED, **{side: u}) for i, u in enumerate(rng.random(10))}
        wrong += any(v.verdict != "undecided" for v in weigh(todo, done, alpha, 0, "quick").verdicts)
    assert stats.binom.sf(wrong - 1, runs, alpha / 2) >= 1e-6
    assert stats.binom.cdf(wrong, runs, alpha / 2) >= 1e-6  # Holm spends the budget on independent p-values


# --- controls --------------------------------------------------------------------------------------------------------


def test_controls_are_caught_or_missed_and_never_change_a_verdict():
    report = verify([claim("tiny", uniform(0.5), controls=[uniform(3.0), uniform(0.5), raising(ValueError("no"))])])
    assert [(c.control.id, c.control.of, c.refuted, c.failed) for c in report.controls] == [
        ("tiny.control0", "tiny", True, False),
        ("tiny.control1", "tiny", False, False),
        ("tiny.control2", "tiny", False, True),
    ]
    assert report.verdicts[0].verdict == "supported"
    assert not report.sound


def test_controls_have_a_budget_of_their_own():
    caught = constant(Fixed(refuting=0.009))
    nine = verify([claim("tiny", *[constant(UNDECIDED)] * 9, controls=[caught])], alpha=0.01)
    assert [c.refuted for c in nine.controls] == [True]
    two = verify([claim("tiny", constant(UNDECIDED), controls=[caught, constant(UNDECIDED)])], alpha=0.01)
    assert [c.refuted for c in two.controls] == [False, False]


# --- randomness and processes ----------------------------------------------------------------------------------------


def test_same_seed_same_report():
    made = [claim("a", uniform(0.5), uniform(0.9), controls=[uniform(2)]), claim("b", uniform(1.2))]
    first = verify(made, seed=3).as_dict()
    assert verify(made, seed=3).as_dict() == first
    other = verify(made, seed=4).as_dict()
    assert all(x["measured"] != y["measured"] for x, y in zip(first["claims"], other["claims"], strict=True))


def test_what_else_is_selected_leaves_the_stream_alone():
    a, b = claim("a", uniform(0.5), uniform(0.6), controls=[uniform(2)]), claim("b", uniform(0.7))

    def measured(*claims):
        report = verify(claims)
        return {
            (v.claim.id, e.experiment.label): e.observation.measured for v in report.verdicts for e in v.evidence
        } | {c.control.id: c.observation.measured for c in report.controls}

    everything = measured(a, b)
    assert measured(b, a) == everything
    assert measured(a).items() <= everything.items()
    assert measured(b).items() <= everything.items()
    assert len(set(everything.values())) == len(everything)


def test_streams_differ_in_seed_owner_rung_label_and_dimension():
    def state(seed, owner, rung="measured", label="one", d=3):
        made = Experiment(label, d=d, measure=lambda b, n, stream: stream.generate_state(4), replicas=1, rung=rung)
        return tuple(observe(Claim(owner, bound=one, says="!", on=[made]), made, Part(0, 1, 1), seed))

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
    made = experiment(uniform(0.5))
    assert [sum(part.replicas for part in parts(made, level)) for level in LEVELS] == [400, 1000]


@pytest.mark.parametrize("executor", [1, 2, 4])
def test_processes_change_nothing(executor):
    made = [claim(f"c{i}", uniform(0.3 + i / 10), raising(ValueError("no")), controls=[uniform(2)]) for i in range(5)]
    alone = verify(made, seed=1)
    together = verify(made, seed=1, executor=executor)
    without = "failure"  # its lines name the files that ran it
    strip = json.JSONDecoder(object_hook=lambda d: {k: v for k, v in d.items() if k != without})
    assert strip.decode(json.dumps(together.as_dict())) == strip.decode(json.dumps(alone.as_dict()))


def test_a_process_that_dies_takes_only_its_own_experiment_with_it():
    def dies(bound, replicas, seed):
        os.kill(os.getpid(), signal.SIGKILL)

    unsendable = constant(Fixed(measured=lambda: None))
    found = verdicts(claim("a", uniform(0.5)), claim("b", dies, dies, unsendable), claim("c", uniform(0.5)), executor=2)
    assert found == {"a": "supported", "b": "failed", "c": "supported"}
    assert verdicts(claim("b", constant(Unreadable())), claim("c", uniform(0.5)), executor=1)["c"] == "supported"
    report = verify([claim("b", dies)], executor=1)
    assert report.verdicts[0].evidence[0].reason == "its process died (exit code -9)"


# --- progress and interruption ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["quick", "full"])
@pytest.mark.parametrize("executor", [None, 1])
def test_progress_counts_every_experiment_and_control(executor, level):
    """Once, also where it is measured in parts."""
    seen = []
    made = [claim("a", uniform(0.5), uniform(0.5), controls=[uniform(2)]), claim("b", uniform(0.5))]
    verify(made, progress=lambda *state: seen.append(state), executor=executor, level=level)
    assert seen == [(0, 4, "a"), (1, 4, "a"), (2, 4, "a.control0"), (3, 4, "b"), (4, 4, "")]


def partial(made, **options):
    with pytest.raises(KeyboardInterrupt) as caught:
        verify(made, **options)
    return caught.value.partial


def test_an_interrupted_run_reports_the_claims_and_controls_it_finished():
    made = [
        claim("done", uniform(0.5), controls=[uniform(2)]),
        claim("half_done", uniform(0.5), interrupted),
        claim("not_begun", uniform(0.5), controls=[uniform(2)]),
    ]
    found = partial(made, seed=5)
    assert [v.claim.id for v in found.verdicts] == ["done"]
    assert [(c.control.id, c.refuted) for c in found.controls] == [("done.control0", True)]
    record = found.as_dict()
    assert (record["complete"], record["interrupted_after"], record["selected"]) == (False, 1, 3)
    alone = verify(made[:1], seed=5)
    assert record["claims"][0]["measured"] == alone.verdicts[0].evidence[0].observation.measured
    assert (alone.complete, alone.as_dict()["interrupted_after"]) == (True, None)
    assert str(found).startswith("Interrupted: 1 of 3 claims were finished.")


def test_what_an_interrupted_run_reports_stands_in_the_complete_one():
    """Unfinished experiments keep their share of the budget."""
    one_of_two = claim("for", constant(Fixed(supporting=0.003)))
    assert verdicts(one_of_two, alpha=0.01) == {"for": "supported"}
    found = partial([one_of_two, claim("next", interrupted)], alpha=0.01)
    assert [v.verdict for v in found.verdicts] == ["undecided"]


@pytest.mark.parametrize("measures", [[interrupted], [uniform(0.5), interrupted]])
def test_interrupted_before_the_first_claim_is_complete_the_report_is_empty(measures):
    found = partial([claim("tiny", *measures)])
    assert (found.verdicts, found.controls, found.complete) == ((), (), False)
    assert "0 of 1 claims were finished" in str(found)


def test_interrupted_processes_hand_in_what_they_have():
    def progress(done, total, name):
        if done == 3:
            raise KeyboardInterrupt

    made = [claim(f"c{i}", uniform(0.5)) for i in range(9)]
    assert 3 <= len(partial(made, executor=2, progress=progress).verdicts) <= 5


# --- arguments and output --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0}, r"alpha .* got 0"),
        ({"alpha": 1}, r"alpha .* got 1"),
        ({"alpha": -0.5}, r"alpha .* got -0\.5"),
        ({"alpha": float("nan")}, r"alpha .* got nan"),
        ({"alpha": float("inf")}, r"alpha .* got inf"),
        ({"alpha": 1e-310}, r"alpha must be at least 1e-300, got 1e-310"),
        ({"seed": -1}, r"seed .* got -1"),
        ({"level": "thorough"}, r"level .* got 'thorough'"),
        ({"level": ""}, r"level .* got ''"),
        ({"executor": 0}, r"executor .* got 0"),
    ],
)
def test_bad_arguments_are_named_before_anything_runs(options, message):
    with pytest.raises(ValueError, match=message):
        verify([claim("tiny", interrupted)], **options)


@pytest.mark.parametrize(
    "options", [{"alpha": "0.1"}, {"alpha": None}, {"seed": 1.5}, {"seed": True}, {"executor": "2"}]
)
def test_what_is_no_number_is_named_before_anything_runs(options):
    (name,) = options
    with pytest.raises(TypeError, match=f"{name} must be"):
        verify([claim("tiny", interrupted)], **options)


@pytest.mark.parametrize(
    ("claims", "error", "message"),
    [
        ([], ValueError, "claims must hold at least one zotheory.Claim, got none"),
        (iter(()), ValueError, "claims must hold at least one zotheory.Claim, got none"),
        (claim("a", uniform(0.5)), TypeError, "claims must be a list of zotheory.Claim, got Claim"),
        (3, TypeError, "claims must be a list of zotheory.Claim, got 3"),
        ([one], TypeError, r"claims must hold zotheory.Claim only, got <function one .*\(function\)"),
        (
            ["a.b"],
            TypeError,
            r"claims must hold zotheory.Claim only, got 'a.b' \(str\)",
        ),
        ([claim("a", uniform(0.5)), claim("a", uniform(0.6))], ValueError, "must differ in id, got a more than once"),
        (
            [claim("a", uniform(0.5), controls=[uniform(2)]), claim("a.control0", uniform(0.5))],
            ValueError,
            "must differ in id, got a.control0 more than once",
        ),
    ],
)
def test_what_is_no_list_of_claims_is_named(claims, error, message):
    with pytest.raises(error, match=message):
        verify(claims)


def test_any_iterable_of_claims_will_do():
    made = [claim("a", uniform(0.5)), claim("b", uniform(0.5))]
    for claims in (made, tuple(made), iter(made), (c for c in made), {c.id: c for c in made}.values()):
        assert [v.claim.id for v in verify(claims).verdicts] == ["a", "b"]


def every_verdict():
    infinite = Fixed(ratio=np.inf, measured=np.nan)
    rare = replace(SUPPORTED, caveat="violated with probability below 1 %")
    return [
        claim("a", uniform(0.5), uniform(0.7), controls=[uniform(3)]),
        claim("infinite", constant(infinite)),
        claim("rare", constant(rare)),
        claim("refuted", constant(REFUTED)),
        claim("failed", raising(ValueError("no")), controls=[raising(ValueError("no")), constant(UNDECIDED)]),
        claim("unsupportable", constant(UNSUPPORTABLE)),
        claim("long." + 60 * "x", constant(zo.Value(0.5, 1.0))),
    ]


def conform(value, rule, whole):
    """Check a value against a JSON Schema, as far as ours goes; every property that is there must be described."""
    rule = whole["$defs"][rule["$ref"].rpartition("/")[2]] if "$ref" in rule else rule
    known = "description title type properties required additionalProperties items minItems enum const $schema $defs "
    known += "minimum maximum exclusiveMinimum exclusiveMaximum"
    assert rule.keys() <= set(known.split())
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
    if "type" in rule:
        types = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
        allowed = tuple(kind for t in types for kind in ([int, float] if t == "number" else [kinds[t]]))
        assert isinstance(value, allowed)
        assert not isinstance(value, bool) or "boolean" in types
    assert value in rule.get("enum", [value])
    assert value == rule.get("const", value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        assert rule.get("minimum", value) <= value <= rule.get("maximum", value)
        assert value > rule.get("exclusiveMinimum", value - 1)
        assert value < rule.get("exclusiveMaximum", value + 1)
    if isinstance(value, list):
        assert len(value) >= rule.get("minItems", 0)
        for item in value:
            conform(item, rule["items"], whole)
    if isinstance(value, dict):
        assert value.keys() == rule["properties"].keys() == set(rule["required"])
        for name, item in value.items():
            conform(item, rule["properties"][name], whole)


def test_the_record_is_plain_json_as_its_schema_says():
    report = verify(every_verdict(), alpha=0.02, seed=9)
    record = report.as_dict()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    conform(record, schema(), schema())
    conform(partial([claim("done", uniform(0.5)), claim("not", interrupted)]).as_dict(), schema(), schema())
    assert {e["verdict"] for c in record["claims"] for e in c["evidence"]} == set(VERDICTS)
    with pytest.raises(AssertionError):
        conform(record | {"seed": -1}, schema(), schema())


def test_the_record_holds_what_was_found():
    record = verify(every_verdict(), alpha=0.02, seed=9).as_dict()
    assert (record["alpha"], record["seed"], record["level"], record["complete"]) == (0.02, 9, "quick", True)
    assert record["budget"] == {"experiments": 8, "sharing": 7, "controls": 3}
    first, second = record["claims"][:2]
    assert (first["id"], first["verdict"], first["bound"], first["proof"]) == ("a", "supported", 1.0, "none")
    assert (first["replicas"], first["calls"]) == (800, 1600)
    assert first["ratio"] == max(e["ratio"] for e in first["evidence"])
    assert [e["d"] for e in first["evidence"]] == [7, 8]
    assert all(e["adjusted"]["supporting"] >= e["p"]["supporting"] for e in first["evidence"])
    assert (second["measured"], second["ratio"]) == (None, None)
    controls = [(c["id"], c["of"], c["refuted"], c["failed"]) for c in record["controls"]]
    assert controls == [
        ("a.control0", "a", True, False),
        ("failed.control0", "failed", False, True),
        ("failed.control1", "failed", False, False),
    ]


def test_a_report_prints_what_a_reader_needs():
    text = str(verify(every_verdict()))
    assert all(len(line) <= width() for line in text.splitlines())
    text = re.sub(r"\s+", " ", text)
    for part in (
        *(c.id for c in every_verdict()),
        "violated with probability below 1 %",
        "infinite is undecided",
        "refuted is refuted",
        "failed, ValueError: no",
        "a violation by a factor 2 would have been refuted",
        "Controls that were not refuted",
        "a falsehood (failed, ValueError: no): failed.control0",
        "a falsehood: failed.control1",
        "7 claims: 3 supported",
        "1 of 3 controls refuted",
        "shared by 7 experiments (exact ones, which cannot err: 1)",
        "Seed 0, level quick.",
    ):
        assert part in text


def test_a_budget_is_printed_as_it_is():
    assert "Error budget 0.9999999, shared by" in str(verify(every_verdict(), alpha=0.9999999))


def test_a_report_on_anyones_claims_is_a_page():
    text = page(verify(every_verdict()))
    for part in ("## unsupportable", "X is small.", "supported", "a falsehood", "NOT REFUTED", "FAILED", "Traceback"):
        assert part in text
    assert "**Interrupted**" in page(partial([claim("a", uniform(0.5)), claim("b", interrupted)]))


def test_an_outcome_keeps_what_it_weighed():
    found = outcome([SUPPORTED], 0.01)
    assert found == Outcome(SUPPORTED, supporting=0.0, detectable_ratio=2.0)
    assert isinstance(verify([claim("tiny", constant(SUPPORTED))]), Report)
