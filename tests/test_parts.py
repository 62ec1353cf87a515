"""An experiment in parts gives what its parts give, one after the other, whoever measures them."""

import random
import time
from functools import partial

import numpy as np
import pytest

import zotheory as zo
from tests.test_sweep import DATA, Counting, running
from tests.test_verdicts import Fixed, claim, uniform
from zotheory.claims import claims, find
from zotheory.evidence.outcomes import Failed, outcome
from zotheory.evidence.parts import Part, joined, observe, parts, stream
from zotheory.evidence.running import tasks
from zotheory.evidence.verdicts import verify
from zotheory.streams import child


def test_the_full_level_is_cut_into_parts_of_the_quick_one():
    made = zo.Experiment("uniform", d=3, measure=uniform(0.5), replicas=400, full=1000)
    assert parts(made, "quick") == [Part(0, 1, 400)]
    assert parts(made, "full") == [Part(0, 3, 400), Part(1, 3, 400), Part(2, 3, 200)]
    for full in (400, 7):
        made = zo.Experiment("uniform", d=3, measure=uniform(0.5), replicas=400, full=full)
        assert parts(made, "full") == [Part(0, 1, full)]


def test_each_part_has_a_stream_of_its_own_and_one_alone_that_of_the_names():
    made = claim("tiny", lambda bound, replicas, seed: seed.spawn_key)
    own = stream(7, "tiny", "measured", made.on[0].label, str(made.on[0].d))
    assert observe(made, made.on[0], Part(0, 1, 400), 7) == own.spawn_key
    assert [observe(made, made.on[0], Part(k, 2, 400), 7) for k in range(2)] == [
        child(own, k).spawn_key for k in range(2)
    ]


def test_the_full_level_gives_the_samples_of_its_parts():
    made = claim("tiny", uniform(0.3))
    found = verify([made], level="full", seed=3).verdicts[0].evidence[0].observation
    each = [observe(made, made.on[0], part, 3) for part in parts(made.on[0], "full")]
    assert len(each) == 3
    assert np.array_equal(found.samples, np.concatenate([part.samples for part in each]))
    assert (found.bound, found.ceiling, found.calls, found.replicas) == (1.0, 1.6, 2, 1000)


def test_workers_change_nothing_at_the_full_level():
    made = [claim(f"c{i}", uniform(0.3 + i / 10), controls=[uniform(2)]) for i in range(3)]
    assert verify(made, level="full", executor=2).as_dict() == verify(made, level="full").as_dict()


def test_large_claims_are_sent_to_a_worker_once():
    data = DATA

    def measure(bound, replicas, seed):
        time.sleep(0.01)
        return uniform(len(data) / 1e6)(bound, replicas, seed)

    made = [claim(f"c{i}", *[measure] * 20) for i in range(2)]
    with running(2) as inner:
        executor = Counting(inner)
        assert verify(made, executor=executor).as_dict() == verify(made).as_dict()
    assert 1 <= executor.large <= 6


SAMPLES = np.array([0.1, 0.2, 0.3]), np.array([0.4])
TOGETHER = {  # three replicas, and one
    "Mean": (lambda x, calls: zo.Mean(x, 0.7, 1.0, floor=-1.0, calls=calls), zo.Mean),
    "AtLeast": (lambda x, calls: zo.AtLeast(x, 0.1, 1.0, calls=calls), zo.AtLeast),
    "Quantile": (lambda x, calls: zo.Quantile(x, 0.7, 0.1, calls=calls), zo.Quantile),
    "Always": (lambda x, calls: zo.Always(x, calls=calls), zo.Always),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_samples_stand_one_after_the_other_and_calls_are_those_of_a_replica(name):
    make, kind = TOGETHER[name]
    found = joined([make(x, calls) for x, calls in zip(SAMPLES, (4, 8), strict=True)])
    assert type(found) is kind
    assert found.samples.tolist() == [0.1, 0.2, 0.3, 0.4]
    assert found.calls == 5  # (3 * 4 + 8)/4


def test_counts_are_added():
    found = joined([zo.Frequency(3, 10, 0.2, calls=1), zo.Frequency(5, 30, 0.2, calls=1)])
    assert (found.successes, found.trials, found.bound, found.calls) == (8, 40, 0.2, 1)


def test_a_number_is_the_same_in_every_part():
    assert joined([zo.Value(1.0, 2.0)] * 3).measured == 1
    with pytest.raises(ValueError, match=r"2 parts of an experiment must agree in measured, got 1\.0, 1\.5"):
        joined([zo.Value(1.0, 2.0), zo.Value(1.5, 2.0)])


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("bound", zo.Mean(SAMPLES[0], 0.8, 1.0)),
        ("ceiling", zo.Mean(SAMPLES[0], 0.7, 2.0)),
        ("variance", zo.Mean(SAMPLES[0], 0.7, 1.0, variance=2.0)),
        ("because", zo.Mean(SAMPLES[0], 0.7, 1.0, because="it is so")),
        ("floor", zo.Mean(SAMPLES[0], 0.7, 1.0, floor=-1.0)),
    ],
)
def test_parts_must_agree_in_what_they_declare(name, other):
    with pytest.raises(ValueError, match=f"must agree in {name}, got .* neither on the replicas nor on chance"):
        joined([zo.Mean(SAMPLES[0], 0.7, 1.0), other])


@pytest.mark.parametrize("other", [Fixed(), zo.Quantile(SAMPLES[0], 0.7, 0.1)])
def test_parts_must_be_of_one_shipped_class(other):
    with pytest.raises(ValueError, match="2 parts must be observations of one class of zotheory"):
        joined([other, zo.Mean(SAMPLES[0], 0.7, 1.0)])


def test_one_part_may_be_of_any_class():
    assert joined([Fixed()]) == Fixed()


def test_what_does_not_join_fails_and_says_so():
    """A bound that depends on the replicas."""

    def measure(bound, replicas, seed):
        return zo.Mean(np.random.default_rng(seed).random(replicas), 1 + 1 / replicas, 1.0)

    made = zo.Experiment("uniform", d=3, measure=measure, replicas=400, full=1000)
    owner = zo.Claim("tiny", bound=lambda: 1.0, says="!", on=[made])
    assert verify([owner]).verdicts[0].verdict == "supported"
    found = verify([owner], level="full").verdicts[0]
    assert found.verdict == "failed"
    assert "parts of an experiment must agree in bound" in found.evidence[0].reason


def test_parts_that_drew_the_same_fail_and_say_so():
    """A measure that drops the spawn key: its parts at the full level are the quick one, ten times counted."""

    def seeded(bound, replicas, seed, few=0.26):
        return 4.0 * (np.random.default_rng(seed.entropy).random(replicas) < few)

    measures = {
        "mean": lambda bound, replicas, seed: zo.Mean(seeded(bound, replicas, seed), bound(), ceiling=4.0),
        "number": lambda bound, replicas, seed: zo.Frequency(
            int(seeded(bound, replicas, seed).sum() / 4), replicas, 0.3
        ),
    }
    for measure in measures.values():
        made = zo.Experiment("uniform", d=3, measure=measure, replicas=400)
        own = zo.Claim("tiny", bound=lambda: 1.0, says="!", on=[made])
        assert verify([own]).verdicts[0].verdict != "failed"
        found = verify([own], level="full").verdicts[0]
        assert found.verdict == "failed"
        assert "must be independent, and drew the same: measure must draw from the seed" in found.evidence[0].reason


RNG = np.random.default_rng(4)


class Drawing:
    def __init__(self):
        self.rng = random.Random(1)

    def __call__(self, bound, replicas, seed):
        return zo.Frequency(round(replicas * self.rng.random()), replicas, 0.3)


def drawing():
    """Measures whose parts, in processes of their own, would draw the same numbers."""
    rng = np.random.default_rng(3)
    yield (
        lambda bound, n, seed: zo.Frequency(int(rng.binomial(n, 0.2)), n, 0.3),
        "another generator: closes over",
    )
    yield lambda bound, n, seed: zo.Frequency(int(RNG.binomial(n, 0.2)), n, 0.3), "another generator: RNG"
    yield Drawing(), "another generator: "
    state = np.random.RandomState(1)
    yield partial(lambda s, bound, n, seed: zo.Mean(s.rand(n), 1.0), state), "another generator: argument 0"
    yield lambda bound, n, seed: zo.Mean(np.random.rand(n), 1, 1), "another generator: np.random.rand"  # noqa: NPY002
    yield (
        lambda bound, n, seed: zo.Frequency(random.randint(0, n), n, 0.9),
        "another generator: random.randint",
    )


@pytest.mark.parametrize(
    ("measure", "words"), list(drawing()), ids=["closure", "global", "object", "partial", "NumPy's", "Python's"]
)
def test_a_measure_draws_from_its_seed_alone(measure, words):
    own = zo.Claim("t", bound=lambda: 1.0, says="!", on=[zo.Experiment("x", d=3, measure=measure, replicas=40)])
    found = verify([own]).verdicts[0]
    assert found.verdict == "failed"
    assert f"measure must draw from the seed that it is handed, and draws from {words}" in found.evidence[0].reason


def test_two_parts_that_drew_the_same_are_enough():
    """As in two processes that began with one state of a generator that is everybody's."""
    rng = np.random.default_rng(3)
    each = [zo.Mean(rng.random(20), 0.7, 1.0) for _ in range(10)]
    assert joined(each).replicas == 200
    with pytest.raises(ValueError, match="10 parts of an experiment must be independent, and drew the same"):
        joined([*each[:7], each[2], *each[8:]])


@pytest.mark.parametrize("few", [0.0, 0.001, 0.01, 0.5, 1.0])
def test_parts_that_are_independent_may_agree(few):
    """Rare events, and what always happens: no agreement of so many has a chance below one in a million."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        hits = rng.random((10, 30)) < few
        assert joined([zo.Always(2.0 * part) for part in hits]).replicas == 300
        assert joined([zo.Frequency(int(part.sum()), 30, 0.1) for part in hits]).trials == 300


def test_the_first_part_that_fails_is_told():
    parts = [zo.Value(1.0, 2.0), Failed("Traceback: one"), Failed("Traceback: two")]
    assert outcome(parts, 0.01).failure == "Traceback: one"
    assert "measure must return an observation" in outcome(["words"], 0.01).failure


def _join(name, most):
    """Measure each experiment of a claim and its controls in two small parts."""
    cut = [(owner, made) for owner, made in tasks([find(name)]) if made.full > made.replicas]
    for owner, made in cut[:most]:
        few = max(2, made.replicas // 40)
        each = [observe(owner, made, Part(k, 2, few + k), 3) for k in range(2)]
        assert joined(each).replicas == sum(part.replicas for part in each)


@pytest.mark.slow
@pytest.mark.parametrize("name", claims())
def test_every_shipped_experiment_can_be_cut(name):
    _join(name, None)


@pytest.mark.parametrize("name", ["two_point.second_moment", "one_fifth.tail", "lower_bounds.linear_family"])
def test_some_shipped_experiments_can_be_cut(name):
    """Whose bound once depended on chance; whose replicas are pairs."""
    _join(name, 1)
