"""Relative loss and its kin on networks: the study in small."""

import json

import numpy as np
import pytest

pytest.importorskip("jax")
pytest.importorskip("optax")
pytest.importorskip("sklearn")

import zotheory as zo
from figures.networks import batches, kin, tuned
from figures.networks.__main__ import RECORDS
from zotheory.problems import datasets
from zotheory.problems.networks import Labelled, Perceptron

TINY = kin.Size(Perceptron((16, 8, 10)), 2, 100, 6000, 1, datasets.digits)


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setitem(kin.SIZES, "tiny", TINY)


def run(name, setting, evaluations):
    job = kin.trained("tiny", name, setting, 0, evaluations, "run")
    state, first = job.begin()
    records = [first]
    for number in range(1, job.pieces + 1):
        state, record = job.piece(state, number)
        records.append(record)
    return records


def test_all_methods_have_equal_evaluations_and_comparisons_learn_digits():
    found = {
        "Adam": run("Adam", {"rate": 0.01}, 6000),
        "decaying radius": run("decaying radius", {"first": 1.0, "fall": 0.1}, 6000),
    }
    for records in found.values():
        assert records[-1]["evaluations"] == 6000
        assert records[0] == found["Adam"][0]
    last = {name: records[-1] for name, records in found.items()}
    assert last["decaying radius"]["accuracy"] > 0.5
    assert last["Adam"]["accuracy"] > 0.85 > last["decaying radius"]["accuracy"]
    assert 0.1 < last["decaying radius"]["moved"] < 0.6


def test_offsets_change_as_the_weights_of_their_layer_and_the_last_layer_comes_first():
    method = tuned.rso(tuned.Run(TINY.network, 3000), scale=2.0)
    d, order, moves = TINY.network.parameters.count, [], {}
    for k in range(d):
        move = method.draw(np.random.default_rng(0), method.init(None, np.zeros(d))._replace(k=k), d)
        order.append(move.i)
        moves[move.i] = abs(float(move.delta))
    parts = TINY.network.parameters.slices
    layers = [next(name[1:] for name, part in parts.items() if part.start <= i < part.stop) for i in order]
    assert layers == ["2"] * 90 + ["1"] * 136
    same = np.abs(np.random.default_rng(0).standard_normal())
    for name, inputs in (("b1", 16), ("W1", 16), ("b2", 8), ("W2", 8)):
        assert moves[parts[name].start] == pytest.approx(2 * same * np.sqrt(2 / inputs), rel=0.1)


@pytest.mark.parametrize(
    ("radius", "grows"), [(zo.radii.one_fifth(1.0), True), (zo.radii.decaying(lambda t: 0.01 ** (t / 1500)), False)]
)
def test_on_small_batches_the_one_fifth_rule_walks_away_and_a_radius_that_falls_does_not(radius, grows):
    """In double precision, and where the loss is convex: a batch of five has less to say than there are weights."""
    train, labels = (np.asarray(part) for part in kin.rows("tiny")[:2])
    f = Labelled(Perceptron((16, 10)), train.astype(float), labels, batch=5)
    result = zo.run(zo.relative_loss(radius=radius, cached=False), f, steps=1500, replicas=5, seed=1, record=[0, 1500])
    first, last = result.values
    lengths = np.linalg.norm(result.x, axis=-1) / np.linalg.norm(f.x0)
    if grows:
        assert np.all(last > 1e3 * first)
        assert np.all(lengths > 1e3)
    else:
        assert np.all(last < first)
        assert np.all(lengths < 3)


def test_the_record_of_batches_is_of_the_settings_that_stand_in_the_study_and_complete():
    runs = json.loads((RECORDS / "batches.json").read_text(encoding="utf-8"))["runs"]
    assert list(runs) == [job.name for job in batches.JOBS]
    for job in batches.JOBS:
        assert runs[job.name]["setting"] == json.loads(json.dumps(job.setting)), job.name
        assert runs[job.name]["done"] == job.pieces, job.name


def test_accepted_steps_of_the_one_fifth_rule_raise_the_loss_of_all_of_the_data_in_the_end():
    runs = json.loads((RECORDS / "batches.json").read_text(encoding="utf-8"))["runs"]
    last = [run["records"][-1] for name, run in runs.items() if name.startswith("1/5 rule/batches of 1000/")]
    assert len(last) == batches.SEEDS
    assert 0.2 < np.mean([record["truly"] for record in last]) < 0.45
    assert all(record["change"] > 0 for record in last)


def test_trials_tell_a_step_that_is_lower_on_its_batch_from_one_that_is_lower_on_all():
    """A short step at the start is lower on both alike; a long one at a minimum is lower on small batches alone."""
    train, labels = (np.asarray(part) for part in kin.rows("tiny")[:2])
    made = Labelled(Perceptron((16, 10)), train, labels, batch=20)
    near = batches.tried(made, made.x0, 1e-3, np.random.default_rng(1))
    assert 0.4 < near["lower"] < 0.6
    assert near["truly"] > 0.6
    assert near["change"] < 0
    x = made.x0
    for _ in range(300):  # gradient descent in closed form
        logits = made.network(x, train)
        residual = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True) - np.eye(10)[labels]
        x = x - made.network.parameters.join({"W1": train.T @ residual / len(train), "b1": residual.mean(axis=0)})
    far = batches.tried(made, x, 1.0, np.random.default_rng(1))
    assert far["truly"] < 0.5 < near["truly"]
    assert far["change"] > 0


def test_the_settings_are_those_that_were_best_in_the_record():
    known = json.loads((RECORDS / "kin.json").read_text(encoding="utf-8"))["runs"]
    for size in ("970 weights", "25,450 weights"):
        for name, places in tuned.grids(size).items():
            runs = [known[f"grid/{size}/{name}/{setting}"] for setting in places]
            losses = [run["records"][-1]["loss"] for run in runs]
            assert all(run["done"] == run["pieces"] for run in runs)
            assert np.nanargmin(losses) == tuned.CHOSEN[size][name], (size, name, losses)
