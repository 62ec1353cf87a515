"""Networks that have no derivative, and losses that have none, against loops that do the same entry by entry."""

import itertools
from functools import cache

import array_api_strict
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

import zotheory as zo
from zotheory.problems.networks import Experts, Framewise, Labelled, Perceptron, Quantised
from zotheory.problems.networks.layers import cross_entropy, error_rate, f1_error, largest
from zotheory.problems.networks.strings import edit_distance, read, string_error

jax = pytest.importorskip("jax", reason="the extra jax is not installed")
jnp = jax.numpy
SMALL = Perceptron((3, 4, 2))
NETWORKS = {
    "thresholds": Perceptron((3, 4, 2), "sign"),
    "ternary": Quantised(SMALL, spacing=1.3),
    "integers": Quantised(SMALL, levels=3, spacing=0.5),
    "experts": Experts(SMALL, 3, 4),
    "frames": Framewise(SMALL),
}
by_network = pytest.mark.parametrize("name", NETWORKS)


def inputs_of(name, seed=0):
    return np.random.default_rng(seed).standard_normal((6, 5, 3) if name == "frames" else (6, 3))


def points(network, *lead):
    start = np.stack([network.start(seed) for seed in range(int(np.prod(lead)))])
    return start.reshape(*lead, network.parameters.count)


# --- networks ---------------------------------------------------------------------------------------------------------


def test_the_network_sees_the_nearest_whole_numbers_of_a_spacing():
    for network in (NETWORKS["ternary"], NETWORKS["integers"]):
        x, inputs = 2 * network.start(1), inputs_of("ternary")
        first = [network.spacing / 3**0.5] * (3 * 4 + 4)
        rounded = []
        for value, s in zip(x, first + [network.spacing / 4**0.5] * (4 * 2 + 2), strict=True):
            candidates = [k * s for k in range(-network.levels, network.levels + 1)]
            rounded.append(min(candidates, key=lambda w, value=value: abs(w - value)))
        assert len(set(np.sign(rounded))) == 3
        np.testing.assert_allclose(network(x, inputs), SMALL(np.array(rounded), inputs), rtol=1e-12)


def test_on_whole_numbers_a_rounded_network_computes_with_whole_numbers():
    network, inputs = Quantised(SMALL, levels=7, spacing=0.25), np.arange(12.0).reshape(4, 3)
    x = network.start(0)
    scale = (0.25 / 3**0.5) * (0.25 / 4**0.5)
    x = np.where(SMALL.parameters.each({"b2": 1.0}) > 0, 0.0, x)  # whose spacing has one factor alone
    answers = network(x, inputs) / scale
    np.testing.assert_allclose(answers, np.round(answers), atol=1e-9)
    assert np.abs(answers).max() > 1


def test_the_loss_is_constant_within_a_cell_and_changes_beyond():
    network = NETWORKS["ternary"]
    problem = Labelled(network, inputs_of("ternary"), np.array([0, 1, 0, 1, 1, 0]), batch=3)
    x = network.spacings * network.whole(problem.x0)
    inside = x + np.random.default_rng(0).uniform(-0.49, 0.49, (20, problem.d)) * network.spacings
    np.testing.assert_array_equal(problem(inside), problem(x))
    assert problem(x + 0.51 * network.spacings) != problem(x)


def test_the_expert_with_the_largest_score_answers():
    network, inputs = NETWORKS["experts"], inputs_of("experts", 3)
    x = network.start(2)
    parts = network.parameters.split(x)
    chosen = [int(np.argmax(row @ parts["R"] + parts["r"])) for row in inputs]
    assert len(set(chosen)) > 1
    expected = [SMALL(parts["experts"][e], row[None])[0] for e, row in zip(chosen, inputs, strict=True)]
    np.testing.assert_allclose(network(x, inputs), expected, rtol=1e-12)


def test_every_frame_goes_through_the_same_network():
    network, inputs = NETWORKS["frames"], inputs_of("frames")
    x = points(network, 2)
    for k in range(5):
        np.testing.assert_allclose(network(x, inputs)[:, :, k], SMALL(x, inputs[:, k]), rtol=1e-12)


@by_network
def test_replicas_are_each_alone_and_libraries_agree(name):
    network, inputs = NETWORKS[name], inputs_of(name)
    x = points(network, 2, 3)
    together = network(x, inputs)
    for i, j in itertools.product(range(2), range(3)):
        np.testing.assert_allclose(together[i, j], network(x[i, j], inputs), rtol=1e-12)
    strict = network(array_api_strict.asarray(x), array_api_strict.asarray(inputs))
    np.testing.assert_allclose(np.asarray(strict), together, rtol=1e-12)
    with jax.enable_x64(True):
        np.testing.assert_allclose(network(jnp.asarray(x), jnp.asarray(inputs)), together, rtol=1e-12)


@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "frames"])
def test_a_sample_of_each_replica_is_its_own(name):
    problem = Labelled(NETWORKS[name], inputs_of(name), np.array([0, 1, 0, 1, 1, 0]), batch=4)
    x, rows = points(problem.network, 2), problem.sample(zo.generator(1), (2,))
    alone = [problem.at(type(rows)(*(part[i] for part in rows)))(x[i]) for i in range(2)]
    np.testing.assert_allclose(problem.at(rows)(x), alone, rtol=1e-12)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: Quantised(SMALL, levels=0), "levels must"),
        (lambda: Quantised(SMALL, spacing=0.0), "spacing must"),
        (lambda: Experts(SMALL, 3, 1), "count must"),
        (lambda: Experts(SMALL, 0, 2), "inputs must"),
        (lambda: Experts(SMALL, 3, 2)(np.zeros(5), np.zeros((1, 3))), r"x must have shape \(..., 60\)"),
    ],
)
def test_wrong_values_are_named(build, words):
    with pytest.raises(ValueError, match=words):
        build()


# --- losses -----------------------------------------------------------------------------------------------------------


def test_the_first_of_the_largest_is_chosen():
    np.testing.assert_array_equal(largest(np.array([[1.0, 3.0, 3.0], [0.0, -1.0, -2.0]])), [[0, 1, 0], [1, 0, 0]])


@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(2, 6))
def test_f1_is_that_of_scikit_learn(seed, n, classes):
    rng = np.random.default_rng(seed)
    logits, labels = rng.standard_normal((2, n, classes)), rng.integers(0, classes, n)
    expected = [1 - f1_score(labels, each.argmax(axis=-1), average="macro") for each in logits]
    np.testing.assert_allclose(f1_error(logits, labels), expected, atol=1e-12)
    array = array_api_strict.asarray
    np.testing.assert_allclose(np.asarray(f1_error(array(logits), array(labels))), expected, atol=1e-12)


@cache
def levenshtein(first, second):
    """The distance by its definition."""
    if not first or not second:
        return len(first) + len(second)
    same = levenshtein(first[1:], second[1:])
    if first[0] == second[0]:
        return same
    return 1 + min(same, levenshtein(first[1:], second), levenshtein(first, second[1:]))


symbols = st.lists(st.integers(0, 2), min_size=1, max_size=6)


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=7), symbols)
def test_edit_distance_is_that_of_its_definition(first, second):
    ours, kept = (np.array(part) for part in zip(*first, strict=True))
    string = tuple(int(symbol) for symbol, keep in first if keep)
    assert edit_distance(ours, kept, np.array(second)) == levenshtein(string, tuple(second))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8))
def test_a_string_is_read_without_repetitions_and_blanks(frames):
    best, kept = read(np.eye(4)[np.array(frames)])
    string = [symbol for symbol, _ in itertools.groupby(frames) if symbol != 3]
    np.testing.assert_array_equal(best[kept], string)


def test_the_error_of_strings_is_their_distance_by_symbol_in_every_library():
    rng = np.random.default_rng(0)
    logits, told = rng.standard_normal((2, 4, 7, 4)), rng.integers(0, 3, (4, 2))
    expected = np.zeros(2)
    for i, row in itertools.product(range(2), range(4)):
        string = tuple(s for s, _ in itertools.groupby(logits[i, row].argmax(axis=-1).tolist()) if s != 3)
        expected[i] += levenshtein(string, tuple(told[row].tolist())) / (4 * 2)
    assert expected.min() > 0
    np.testing.assert_allclose(string_error(logits, told), expected)
    array = array_api_strict.asarray
    np.testing.assert_allclose(np.asarray(string_error(array(logits), array(told))), expected)
    np.testing.assert_allclose(string_error(jnp.asarray(logits), jnp.asarray(told)), expected, rtol=1e-6)


def test_any_method_trains_on_an_error_rate():
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((60, 3))
    labels = (inputs[:, 0] * inputs[:, 1] > 0).astype(int)  # which no linear rule tells: half would be wrong
    problem = Labelled(Perceptron((3, 8, 2), "sign"), inputs, labels, batch=60, loss=error_rate)
    method = zo.adaptive_monte_carlo(sigma=0.2)
    result = zo.run(method, zo.oracles.Expected(problem), steps=1500, replicas=4, seed=1)
    assert np.all(result.values[-1] < 0.2), result.values[-1]
    assert np.all(Labelled(problem.network, inputs, labels, batch=1, loss=cross_entropy)(result.x) > 0)
