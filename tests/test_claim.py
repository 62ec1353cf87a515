"""A claim is checked when it is made, and its label belongs to what its bound computes."""

import importlib.util
import json
from functools import partial

import numpy as np
import pytest

import zotheory as zo
from zotheory.code.fingerprint import fingerprint
from zotheory.evidence import labels
from zotheory.evidence.claim import Claim, Misstated


def measure(bound, replicas, seed):
    return zo.Mean(np.random.default_rng(seed).random(replicas), bound(), ceiling=1.0)


def one():
    return 1.0


def two():
    return 2.0


def experiment(label="uniform samples", d=1, **options):
    return zo.Experiment(label, **{"d": d, "measure": measure, "replicas": 10} | options)


def claim(**options):
    return zo.Claim(options.pop("id", "mine.rate"), **{"bound": one, "says": "X <= 1.", "on": [experiment()]} | options)


# --- experiments -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"replicas": None}, TypeError, "replicas must be given"),
        ({"replicas": 0}, ValueError, "replicas must be at least 1, got 0"),
        ({"replicas": 10.0}, TypeError, r"replicas must be an integer, got 10\.0"),
        ({"replicas": True}, TypeError, "replicas must be an integer, got True"),
        ({"full": 0}, ValueError, "full must be at least 1, got 0"),
        ({"d": 0}, ValueError, "d must be at least 1, got 0"),
        ({"d": 10**400}, ValueError, r"d must be at most 1e\+300, got 10{79}$"),
        ({"d": 2.5}, TypeError, r"d must be an integer, got 2\.5"),
        ({"rung": "guessed"}, ValueError, "rung must be one of .*, got 'guessed'"),
        ({"rate_of": lambda left: 1 - left}, TypeError, r"rate_of must be \(in words; a function of a number\)"),
        ({"rate_of": ("what is left", 1.0)}, TypeError, r"rate_of must be .*, got \('what is left', 1\.0\)"),
        ({"rate_of": (" ", float)}, TypeError, "rate_of must be"),
        ({"measure": 3}, TypeError, r"measure must take \(bound, replicas, seed\), got 3"),
        ({"measure": lambda replicas, seed: None}, TypeError, r"measure must take \(bound, replicas, seed\)"),
    ],
)
def test_an_experiment_names_itself_and_what_is_wrong(options, error, told):
    with pytest.raises(error, match=f"experiment 'uniform samples': {told}"):
        experiment(**options)


@pytest.mark.parametrize("label", ["", "  ", 3, None])
def test_an_experiment_says_what_is_measured(label):
    with pytest.raises(TypeError, match="label must say in words what is measured, got"):
        experiment(label)


def test_replicas_have_no_default_and_the_full_level_takes_ten_times_as_many():
    with pytest.raises(TypeError, match="replicas must be given"):
        zo.Experiment("uniform samples", d=1, measure=measure)
    assert experiment().full == 100
    assert experiment(full=30).full == 30
    assert experiment(d=np.int64(3)).d == 3


# --- claims ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"on": []}, ValueError, "claim 'mine.rate' must have at least one experiment, got none"),
        ({"on": experiment()}, TypeError, "claim 'mine.rate': on must be a list or tuple"),
        ({"on": [measure]}, TypeError, "claim 'mine.rate': an experiment must be a zotheory.Experiment, got <function"),
        (
            {"on": [experiment(), experiment()]},
            ValueError,
            "claim 'mine.rate': two experiments are called 'unifor",
        ),
        ({"bound": 1.0}, TypeError, r"claim 'mine.rate': bound must be a function, got 1\.0"),
        ({"says": ""}, TypeError, "claim 'mine.rate': says must hold the statement in a sentence, got ''"),
        ({"kind": "sometimes"}, ValueError, "claim 'mine.rate': kind must be one of .*, got 'sometimes'"),
        ({"provenance": "heard"}, ValueError, "claim 'mine.rate': provenance must be one of .*, got 'heard'"),
        ({"assumptions": "d >= 2"}, TypeError, "claim 'mine.rate': assumptions must be a list or tuple"),
        ({"but": [("false", two, experiment())]}, TypeError, "claim 'mine.rate': but must map a name to"),
        ({"id": "my rate"}, ValueError, "id must be a name without spaces, got 'my rate'"),
        ({"id": ""}, ValueError, "id must be a name without spaces, got ''"),
        ({"id": 3}, ValueError, "id must be a name without spaces, got 3"),
    ],
)
def test_a_claim_names_itself_and_what_is_wrong(options, error, told):
    with pytest.raises(error, match=told):
        claim(**options)


@pytest.mark.parametrize(
    ("entry", "error", "told"),
    [
        (two, TypeError, r"must be \(what is false, in words; the false bound or None; experiment\)"),
        (("half", two), TypeError, r"must be \(what is false, in words; the false bound or None; experiment\)"),
        (("", two, experiment()), TypeError, "must say in words what is false, got ''"),
        (
            ("half", 2.0, experiment()),
            TypeError,
            r"its bound must be a function, or None for the claim's own, got 2",
        ),
        (("half", two, 3), TypeError, "its experiment must be a zotheory.Experiment or a list, got 3"),
        (("half", two, []), ValueError, "must have at least one experiment, got none"),
        (("half", two, [measure]), TypeError, "an experiment must be a zotheory.Experiment"),
        (("half", two, [experiment("a"), experiment("b")]), ValueError, r"its experiments must differ in dimension"),
        (("half", two, [experiment("a", 10), experiment("b", 12)]), ValueError, "two controls would have one id"),
    ],
)
def test_a_control_names_itself_and_its_claim(entry, error, told):
    with pytest.raises(error, match=told) as caught:
        claim(but={"half": entry})
    assert "mine.rate" in str(caught.value)


def test_counts_of_numpy_are_whole_numbers_that_do_not_overflow():
    made = zo.Experiment("uniform", d=np.int8(100), measure=measure, replicas=np.int8(100))
    assert (made.d, made.replicas, made.full) == (100, 100, 1000)
    assert {type(made.d), type(made.replicas), type(made.full)} == {int}


@pytest.mark.parametrize("name", ["", "half of it", 3])
def test_the_name_of_a_control_is_part_of_an_id(name):
    with pytest.raises(ValueError, match=r"of claim 'mine\.rate': its name must be without spaces"):
        claim(but={name: ("half", two, experiment())})


def test_claims_are_equal_to_themselves_only():
    made = [claim(), claim()]
    assert made[0] != made[1]
    assert set(made) == {*made}


@pytest.mark.parametrize(("states", "told"), [(lambda bound: 1 / 0, "division by zero"), (lambda bound: 3, "got 3")])
def test_a_statement_that_cannot_be_made_names_its_claim_and_loses_no_measurement(states, told):
    on = zo.Experiment("exact", d=1, measure=lambda bound, replicas, seed: zo.Value(0.5, bound()), replicas=1)
    made = claim(on=[on], states=states)
    with pytest.raises(Misstated, match=f"claim 'mine.rate': .*{told}"):
        made.statement  # noqa: B018
    (found,) = zo.verify([made]).as_dict()["claims"]
    assert (found["verdict"], found["proof"]) == ("supported", "none")


@pytest.mark.parametrize("bound", [None, one])
def test_a_control_that_is_the_claim_itself_is_refused(bound):
    on = experiment()
    with pytest.raises(ValueError, match=r"control 'same' of claim 'mine\.rate' must have a false bound or a spoiled"):
        claim(on=[on], but={"same": ("nothing", bound, on)})


def test_controls_belong_to_their_claim_and_carry_its_bound_where_the_method_is_spoiled():
    made = claim(
        but={
            "half": ("half of it", two, experiment()),
            "power": ("a wrong power", two, [experiment(d=10**3), experiment(d=10**6)]),
            "spoiled": ("another step", None, experiment("spoiled")),
        }
    )
    expected = ["mine.rate.half", "mine.rate.power_1e03", "mine.rate.power_1e06", "mine.rate.spoiled"]
    assert [c.id for c in made.controls] == expected
    assert {c.of for c in made.controls} == {"mine.rate"}
    assert [c.bound for c in made.controls] == [two, two, two, one]


def test_a_bound_out_of_its_range_is_an_error_that_names_the_argument():
    from zotheory.quantities import Dimension

    @zo.bound
    def rate(*, d: Dimension):
        return 1 - 1 / d

    on = zo.Experiment("uniform", d=1, measure=lambda bound, replicas, seed: zo.Value(0.0, bound(d=1.5)), replicas=1)
    (verdict,) = zo.verify([claim(bound=rate, on=[on])]).verdicts
    assert verdict.verdict == "failed"
    assert verdict.evidence[0].reason == "ValueError: d must be a whole number, at least 1, got 1.5"


# --- fingerprints: what a label belongs to ---------------------------------------------------------------------------

SOURCE = '''
"""A module."""

FACTOR = 2

def inner(d):
    return FACTOR * d

def rate(*, d, power=0.5):
    """What it is."""
    return 1 - 1 / inner(d) ** power  # a comment
'''


def module(tmp_path, text):
    """Import this text; every time as a file of its own, under one name."""
    path = tmp_path / f"module{len(list(tmp_path.iterdir()))}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("bounds", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  # a comment", ""),
        ('"""What it is."""', '"""What it was once."""'),
        ('    """What it is."""\n', "\n\n"),
        ("1 - 1 / inner(d) ** power", "(1 -\n            1 / (inner(d)**power))"),
        ("FACTOR = 2\n", "\n\nFACTOR = 2\nOTHER = 7\n"),
        ('"""A module."""', '"""Another."""'),
    ],
)
def test_comments_docstrings_and_layout_leave_the_fingerprint(tmp_path, old, new):
    assert old in SOURCE
    changed = module(tmp_path, SOURCE.replace(old, new))
    assert fingerprint(changed.rate) == fingerprint(module(tmp_path, SOURCE).rate)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1 - 1 /", "1 - 2 /"),  # the bound
        ("return FACTOR * d", "return FACTOR + d"),  # what it calls
        ("FACTOR = 2", "FACTOR = 3"),  # a constant of what it calls
        ("FACTOR = 2", "FACTOR = 2.0"),
        ("power=0.5", "power=0.25"),  # a default
    ],
)
def test_another_formula_callee_constant_or_default_has_another_fingerprint(tmp_path, old, new):
    assert old in SOURCE
    changed = module(tmp_path, SOURCE.replace(old, new))
    assert fingerprint(changed.rate) != fingerprint(module(tmp_path, SOURCE).rate)


def closing_over(factor):
    return lambda *, d: factor * d


def test_closures_partials_and_borders_are_seen_through():
    assert fingerprint(closing_over(2)) == fingerprint(closing_over(2)) != fingerprint(closing_over(3))
    assert fingerprint(partial(max, 2)) == fingerprint(partial(max, 2)) != fingerprint(partial(max, 3))
    assert fingerprint(zo.bound(one)) == fingerprint(one) != fingerprint(two)


def test_two_lambdas_on_one_line_differ():
    a, b = (lambda *, d: 1 / d), (lambda *, d: 2 / d)
    assert fingerprint(a) != fingerprint(b)


def test_where_there_is_no_source_the_compiled_code_stands_for_it():
    def typed(text):
        names = {"np": np}
        exec(text, names)
        return names["rate"]

    rate = "rate = lambda *, d: np.sqrt(d)"
    assert fingerprint(typed(rate)) == fingerprint(typed(f"\n{rate}  # typed again"))
    assert fingerprint(typed(rate)) != fingerprint(typed(rate.replace("sqrt", "cbrt")))


# --- labels ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """Record a label for a claim, as its derivation would."""

    def record(made):
        path = tmp_path / "proofs.jsonl"
        entry = {"claim": made.id, "digest": made.digest, "code": made.code, "status": "steps checked"}
        path.write_text(json.dumps(entry) + "\n", encoding="utf-8")
        monkeypatch.setattr(labels, "RECORD", path)
        labels.records.cache_clear()

    yield record
    labels.records.cache_clear()


def test_a_label_belongs_to_the_statement_and_the_bound_in_it(recorded):
    own = claim()
    assert own.proof == "none"
    recorded(own)
    assert claim().proof == "steps checked"
    assert claim(on=[experiment("measured otherwise")]).proof == "steps checked"
    assert claim(bound=two).proof == "none"  # a borrowed id
    assert claim(says="X <= 1 always.").proof == "none"
    assert claim(assumptions=["d is even"]).proof == "none"


def test_a_claim_with_a_formula_is_identified_by_it_and_its_words():
    from zotheory.kernel.statement import Statement
    from zotheory.kernel.terms import Le

    def states(bound):
        return Statement([], Le(1, bound()))

    def other(bound):
        return Statement([], Le(2, bound()))

    made = Claim("mine.formula", bound=lambda: 3, says="1 <= 3.", on=[experiment()], states=states)
    same = {"bound": made.bound, "says": made.says, "on": made.on, "states": states}
    assert made.digest == Claim("mine.copy", **same).digest
    assert made.digest != Claim("mine.formula", **same | {"states": other}).digest
    assert made.digest != Claim("mine.formula", **same | {"says": "1 < 3."}).digest  # the sentence is a promise too


# --- the names that outsiders are told -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", zo.__all__)
def test_every_public_name_is_there(name):
    assert getattr(zo, name) is not None
    assert name in dir(zo)


def test_another_name_is_an_error():
    with pytest.raises(AttributeError, match="module 'zotheory' has no attribute 'prove'"):
        zo.prove  # noqa: B018
