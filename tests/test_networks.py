"""Networks as functions of one vector: against plain loops, on every library, alone, in batches, as a problem."""

from functools import partial

import array_api_strict
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

import zotheory as zo
from zotheory.oracles import Expected
from zotheory.problems.networks import (
    Autoencoder,
    Convolutional,
    Experts,
    Gaussian,
    Labelled,
    Lstm,
    Parameters,
    Perceptron,
    layers,
)
from zotheory.problems.networks.labelled import Rows
from zotheory.setting import require_samples

SHAPES = st.dictionaries(
    st.text("abc", min_size=1, max_size=3), st.lists(st.integers(1, 4), max_size=3).map(tuple), min_size=1, max_size=4
)
LEADS = st.lists(st.integers(1, 3), max_size=2).map(tuple)


def rng(seed=1):
    return np.random.default_rng(seed)


# --- parameters ------------------------------------------------------------------------------------------------------


@given(SHAPES, LEADS)
def test_join_is_the_inverse_of_split(shapes, lead):
    parameters = Parameters(shapes)
    x = np.arange(float(np.prod(lead, dtype=int) * parameters.count)).reshape(*lead, parameters.count)
    parts = parameters.split(x)
    assert {name: part.shape for name, part in parts.items()} == {name: lead + shape for name, shape in shapes.items()}
    np.testing.assert_array_equal(parameters.join(parts), x)
    np.testing.assert_array_equal(np.sort(np.concatenate([part.ravel() for part in parts.values()])), x.ravel())
    for name, where in parameters.slices.items():
        np.testing.assert_array_equal(parts[name].ravel(), x[..., where].ravel())


def test_each_gives_one_number_to_every_parameter_of_an_array():
    parameters = Parameters({"W": (2, 2), "b": (2,)})
    np.testing.assert_array_equal(parameters.each({"W": 3.0}), [3, 3, 3, 3, 0, 0])
    assert list(parameters) == ["W", "b"]


def test_parameters_say_what_does_not_fit():
    parameters = Parameters({"W": (2, 3), "b": (3,)})
    for wrong in (np.zeros(8), np.zeros((9, 8)), np.zeros(())):
        with pytest.raises(ValueError, match=r"x must have shape \(\.\.\., 9\), the parameters of this network, got"):
            parameters.split(wrong)
    with pytest.raises(ValueError, match=r"parts must have the names \['W', 'b'\], got \['W'\]"):
        parameters.join({"W": np.zeros((2, 3))})
    with pytest.raises(ValueError, match=r"parts\['W'\] must have shape \(\.\.\., \(2, 3\)\), got \(3, 2\)"):
        parameters.join({"W": np.zeros((3, 2)), "b": np.zeros(3)})
    with pytest.raises(ValueError, match=r"values must have names of \['W', 'b'\], got 'w'"):
        parameters.each({"w": 1.0})


# --- perceptrons -----------------------------------------------------------------------------------------------------


def plain(network, x, row):
    """The perceptron as it is printed, one sum after the other; x a list of numbers, row one input."""
    numbers, h = iter(x), list(row)
    scalar = {
        "relu": lambda s: max(s, 0),
        "tanh": np.tanh,
        "sigmoid": special.expit,
        "sign": lambda s: 1 if s >= 0 else -1,
    }
    for layer, width in enumerate(network.widths[1:], start=1):
        weights = [[next(numbers) for _ in range(width)] for _ in h]
        offsets = [next(numbers) if network.offsets else 0 for _ in range(width)]
        sums = [offsets[j] + sum(h[i] * weights[i][j] for i in range(len(h))) for j in range(width)]
        h = sums if layer == len(network.widths) - 1 else [scalar[network.activation](s) for s in sums]
    return h


@pytest.mark.parametrize("activation", layers.ACTIVATIONS)
@pytest.mark.parametrize(("widths", "offsets"), [((3, 2), True), ((3, 4, 2), False), ((3, 4, 1, 5), True)])
def test_a_perceptron_is_that_of_a_plain_loop(activation, widths, offsets):
    network = Perceptron(widths, activation, offsets=offsets)
    inputs, x = rng().standard_normal((6, 3)), rng(2).standard_normal(network.parameters.count)
    expected = [plain(network, x.tolist(), row) for row in inputs]
    np.testing.assert_allclose(network(x, inputs), expected, rtol=1e-12, atol=1e-12)


def test_normalised_sums_have_mean_0_and_deviation_1_whatever_the_offset():
    network = Perceptron((3, 4, 2), normalise=True)
    inputs, x = rng().standard_normal((50, 3)), rng(2).standard_normal(network.parameters.count)
    sums = layers.normalised(inputs @ network.parameters.split(x)["W1"])
    np.testing.assert_allclose(sums.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(sums.std(axis=0), 1, rtol=1e-4)
    moved = x + 7 * network.parameters.each({"b1": 1.0})
    np.testing.assert_allclose(network(moved, inputs), network(x, inputs), rtol=1e-9)
    other = Perceptron((3, 4, 2))
    assert not np.allclose(other(x, inputs), network(x, inputs))


@pytest.mark.parametrize("normalise", [False, True])
def test_replicas_are_each_as_if_alone(normalise):
    network = Perceptron((3, 4, 2), "tanh", normalise=normalise)
    x = rng().standard_normal((2, 5, network.parameters.count))
    shared, own = rng(2).standard_normal((7, 3)), rng(3).standard_normal((2, 5, 7, 3))
    for i, j in np.ndindex(2, 5):
        np.testing.assert_allclose(network(x, shared)[i, j], network(x[i, j], shared), rtol=1e-12)
        np.testing.assert_allclose(network(x, own)[i, j], network(x[i, j], own[i, j]), rtol=1e-12)


LIBRARIES = {"strict": lambda: array_api_strict, "jax": lambda: pytest.importorskip("jax").numpy}


@pytest.mark.parametrize(
    ("library", "activation"), [*(("strict", activation) for activation in layers.ACTIVATIONS), ("jax", "tanh")]
)
def test_every_library_gives_the_same_losses(library, activation):
    xp = LIBRARIES[library]()
    network = Perceptron((3, 4, 5), activation, normalise=activation == "tanh")
    x = rng().standard_normal((6, network.parameters.count)).astype(np.float32)
    inputs, labels = rng(2).standard_normal((9, 3)).astype(np.float32), rng(3).integers(0, 5, 9)
    targets = rng(4).standard_normal((9, 5)).astype(np.float32)
    for name, loss in layers.LOSSES.items():
        answer = targets if name == "squared_error" else labels
        expected = loss(network(x, inputs), answer)
        found = loss(network(xp.asarray(x), xp.asarray(inputs)), xp.asarray(answer))
        assert isinstance(found, type(xp.asarray(x)))
        assert found.shape == expected.shape == (6,)
        np.testing.assert_allclose(np.asarray(found), expected, rtol=2e-5)


def test_first_weights_have_the_deviation_of_their_inputs():
    for network, gain in ((Perceptron((400, 100, 10)), 2), (Perceptron((400, 100, 10), "tanh"), 1)):
        parts = network.parameters.split(network.start(3))
        assert not parts["b1"].any()
        assert not parts["b2"].any()
        for name, inputs in (("W1", 400), ("W2", 100)):
            ratio = parts[name].var() / (gain / inputs)
            assert abs(ratio - 1) < 5 * np.sqrt(2 / parts[name].size)
        np.testing.assert_array_equal(network.start(3), network.start(3))
        assert not np.array_equal(network.start(3), network.start(4))
    np.testing.assert_allclose(Perceptron((400, 10), gain=8.0).start(3), 2 * Perceptron((400, 10)).start(3), rtol=1e-12)


def test_a_perceptron_needs_inputs_and_outputs():
    with pytest.raises(ValueError, match=r"widths must name inputs and outputs at least, got \(3,\)"):
        Perceptron((3,))
    with pytest.raises(ValueError, match="widths"):
        Perceptron((3, 0, 2))
    with pytest.raises((TypeError, ValueError), match="activation"):
        Perceptron((3, 2), "gelu")


# --- losses ----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 5), st.integers(2, 6), st.sampled_from([1.0, 30.0, 1e4]))
def test_losses_are_those_of_scipy(n, classes, scale):
    logits = scale * rng(n).standard_normal((3, n, classes))
    labels = rng(classes).integers(0, classes, n)
    found = layers.log_softmax(logits)
    np.testing.assert_allclose(found, special.log_softmax(logits, axis=-1), rtol=1e-12, atol=1e-12)
    chosen = np.take_along_axis(found, np.broadcast_to(labels, (3, n))[..., None], axis=-1)[..., 0]
    np.testing.assert_allclose(layers.cross_entropy(logits, labels), -chosen.mean(axis=-1), rtol=1e-12)
    np.testing.assert_array_equal(layers.error_rate(logits, labels), (logits.argmax(axis=-1) != labels).mean(axis=-1))
    targets = rng(7).standard_normal((n, classes))
    away = np.linalg.norm(logits - targets, axis=-1) ** 2
    np.testing.assert_allclose(layers.squared_error(logits, targets), away.mean(axis=-1), rtol=1e-12)


def test_of_equal_logits_the_first_counts():
    assert layers.error_rate(np.zeros((2, 3)), np.array([0, 1])) == 0.5


def test_activations_are_those_of_scipy_and_numpy_far_out_too():
    x = np.array([-1e4, -2.0, -0.0, 0.0, 3.0, 1e4])
    np.testing.assert_allclose(layers.sigmoid(x), special.expit(x), atol=1e-16)
    np.testing.assert_array_equal(layers.relu(x), np.maximum(x, 0))
    np.testing.assert_array_equal(layers.sign(x), [-1, -1, 1, 1, 1, 1])


# --- labelled data ---------------------------------------------------------------------------------------------------

TRUE = Perceptron((4, 3))
INPUTS = rng(5).standard_normal((500, 4))
LABELS = TRUE(TRUE.start(1), INPUTS).argmax(axis=-1)  # a layer of this kind tells them all apart
PROBLEM = Labelled(Perceptron((4, 6, 3)), INPUTS, LABELS, batch=20)


def test_the_loss_over_all_rows_is_their_mean_however_they_are_cut():
    x = PROBLEM.x0 + 0.1 * rng().standard_normal((3, PROBLEM.d))
    expected = layers.cross_entropy(PROBLEM.network(x, INPUTS), LABELS)
    np.testing.assert_allclose(PROBLEM(x), expected, rtol=1e-12)
    cut = Labelled(PROBLEM.network, INPUTS, LABELS, batch=20, chunk=33)
    np.testing.assert_allclose(cut(x), expected, rtol=1e-12)
    np.testing.assert_allclose(cut.over(x, INPUTS[:7], LABELS[:7]), PROBLEM.value(x, Rows(INPUTS[:7], LABELS[:7])))


@pytest.mark.parametrize(
    ("inputs", "labels", "message"),
    [
        (np.ones((2, 4), dtype=np.uint8), LABELS[:2], "inputs must be an array of floats"),
        (np.full((2, 4), np.nan), LABELS[:2], "inputs must be finite"),
        (INPUTS[:2], LABELS[:2] + 3, "labels"),
        (INPUTS[:2], LABELS[:2] + 0.5, "labels"),
        (INPUTS[:2], LABELS[:3], "labels must be as many as inputs"),
        (INPUTS[:2], LABELS[:2, None], r"labels must have shape \(n\), a class each, got shape \(2, 1\)"),
        (INPUTS[:2, :3], LABELS[:2], "network must take"),
        (INPUTS[:0], LABELS[:0], "inputs must have shape"),
    ],
)
def test_other_data_are_checked_as_those_that_are_trained_on(inputs, labels, message):
    with pytest.raises((TypeError, ValueError), match=message):
        PROBLEM.over(PROBLEM.x0, inputs, labels)


def test_a_sample_is_rows_of_the_data_with_their_own_labels_for_each_replica():
    rows = PROBLEM.sample(zo.generator(1), (3, 2))
    assert rows.inputs.shape == (3, 2, 20, 4)
    places = {row.tobytes(): i for i, row in enumerate(INPUTS)}
    found = np.array([places[row.tobytes()] for row in rows.inputs.reshape(-1, 4)])
    np.testing.assert_array_equal(LABELS[found], rows.labels.ravel())
    assert len({tuple(batch) for batch in found.reshape(6, 20)}) == 6
    f, x = PROBLEM.at(rows), PROBLEM.x0 + np.zeros((3, 2, 1))
    expected = layers.cross_entropy(PROBLEM.network(x, rows.inputs), rows.labels)
    np.testing.assert_allclose(f(x), expected, rtol=1e-12)
    several = np.stack([x, x + 0.1], axis=-2)  # two points of each run, on its own batch
    np.testing.assert_allclose(f(several)[..., 0], expected, rtol=1e-12)


def test_the_mean_over_samples_is_the_loss_itself():
    x = np.tile(PROBLEM.x0, (20_000, 1))
    values = PROBLEM.at(PROBLEM.sample(zo.generator(2), (20_000,)))(x)
    assert abs(values.mean() - PROBLEM(PROBLEM.x0)) < 5 * values.std() / np.sqrt(len(values))


def test_all_evaluations_of_a_step_share_the_mini_batch():
    """A shared one leaves of a small difference what its own rows say: its deviation falls with the step, not else."""
    u = rng().standard_normal(PROBLEM.d)
    f = PROBLEM.at(PROBLEM.sample(zo.generator(1), (1000,)))
    g = PROBLEM.at(PROBLEM.sample(zo.generator(2), (1000,)))
    x = np.tile(PROBLEM.x0, (1000, 1))
    shared = [np.std(f(x + size * u) - f(x)) for size in (1e-2, 1e-4)]
    apart = [np.std(f(x + size * u) - g(x)) for size in (1e-2, 1e-4)]
    assert shared[0] / shared[1] == pytest.approx(100, rel=0.1)
    assert apart[0] / apart[1] == pytest.approx(1, rel=0.1)


SETTINGS = {
    "gld_search": partial(zo.gld_search, R=1.0, r=0.1),
    "gld_fast": partial(zo.gld_fast, R=0.5, Q=8.0, H=30),
    "two_point": partial(zo.two_point, h=lambda k: 0.02, delta=lambda k: 1e-3),
    "double_smoothing": partial(zo.double_smoothing, h=lambda k: 0.02, delta=lambda k: 1e-3, eta=lambda k: 1e-2),
    "random_gradient_free": partial(zo.random_gradient_free, h=lambda k: 0.02, delta=1e-3, average=False),
    "accelerated_random_search": partial(zo.accelerated_random_search, h=1e-2, theta=1e-3, tau=1e-2, delta=1e-3),
    "augmented_random_search": partial(zo.augmented_random_search, h=0.1, delta=0.1, directions=4, best=2),
    "three_point": partial(zo.three_point, radius=0.3, cached=False),
    "relative_loss": partial(zo.relative_loss, radius=0.3, cached=False),
    "relative_loss_ranked": partial(zo.relative_loss_ranked, alpha=0.3),
    "relative_loss_trial": partial(zo.relative_loss_trial, radius=0.3, beta=0.9, cached=False),
    "distance_over_gradients": partial(zo.distance_over_gradients, delta=lambda t: 1e-3, reach=0.1),
    "adaptive_monte_carlo": partial(zo.adaptive_monte_carlo, sigma=0.05, cached=False),
    "rso": partial(zo.rso, deviations=0.5, cycles=5),
}


@pytest.mark.parametrize("name", zo.methods.METHODS)
def test_every_method_trains_the_same_problem_unchanged(name):
    """On mini-batches, if it keeps no value of one for the next; and on all of the data else."""
    method = SETTINGS[name]()
    try:
        require_samples(PROBLEM, method)
        problem = PROBLEM
    except ValueError:
        assert name in ("gld_search", "gld_fast", "relative_loss_ranked")
        problem = Expected(PROBLEM)
    result = zo.run(method, problem, steps=200, replicas=3, seed=1)
    assert np.all(result.values[-1] < 0.9 * result.values[0])


def test_labelled_says_what_does_not_fit():
    network = Perceptron((4, 6, 3))
    labelled = partial(Labelled, network, batch=5)
    for inputs, labels, kind, said in (
        (INPUTS.astype(int), LABELS, TypeError, "inputs must be an array of floats"),
        (INPUTS.tolist(), LABELS, TypeError, "inputs must be an array of floats"),
        (np.where(INPUTS[3, 1] == INPUTS, np.nan, INPUTS), LABELS, ValueError, "inputs must be finite, got NaN"),
        (INPUTS, LABELS[1:], ValueError, r"labels must be as many as inputs, 500, got shape \(499,\)"),
        (INPUTS, LABELS + 1, ValueError, r"labels must be 0\.\.2, got 1\.\.3"),
        (INPUTS, LABELS - 1, ValueError, r"labels must be 0\.\.2, got -1\.\.1"),
        (INPUTS[:, :3], LABELS, ValueError, r"network must take parameters of shape .* and inputs of shape \(1, 3\)"),
        (INPUTS[:0], LABELS[:0], ValueError, r"inputs must have shape \(n, \.\.\.\), n >= 1, got shape \(0, 4\)"),
        (INPUTS, LABELS.tolist(), TypeError, "labels must be an array of numbers"),
        (INPUTS, LABELS + 0.5, TypeError, "labels must be an array of whole numbers"),
    ):
        with pytest.raises(kind, match=said):
            labelled(inputs, labels)
    with pytest.raises(TypeError, match="codes must be an array of whole numbers, got array"):
        layers.require_labels("codes", np.array([0.5]), 3)
    for loss, said in (
        (lambda outputs, labels: outputs, r"loss must return a float for some rows, got float64 of shape \(1, 3\)"),
        (len, r"loss must take outputs of shape \(1, 3\) and labels of shape \(1,\), got TypeError"),
    ):
        with pytest.raises(ValueError, match=said):
            labelled(INPUTS, LABELS, loss=loss)
    with pytest.raises(ValueError, match="batch"):
        Labelled(network, INPUTS, LABELS, batch=0)


def test_a_start_that_does_not_fit_the_network_is_refused():
    with pytest.raises(ValueError, match=r"x0 must have shape \(51,\), got \(50,\)"):
        zo.run(zo.relative_loss(radius=0.1, cached=False), PROBLEM, steps=3, x0=np.zeros(50))


class Broken(Perceptron):
    """No number anywhere but at its first parameters."""

    def __call__(self, x, inputs):
        at_home = np.all(x == self.start(0), axis=-1)[..., None, None]
        return super().__call__(x, inputs) * np.where(at_home, 1.0, np.nan)


class Edge(Perceptron):
    """No number far from its first parameters."""

    def __call__(self, x, inputs):
        far = np.linalg.norm(x - self.start(0), axis=-1)[..., None, None] > 0.35
        return super().__call__(x, inputs) + np.where(far, np.nan, 0.0)


@pytest.mark.parametrize("method", [zo.relative_loss(radius=0.3, cached=False), zo.rso(deviations=0.1, cycles=9)])
@pytest.mark.parametrize("replicas", [None, 3])
def test_what_was_computed_before_a_nan_is_kept(method, replicas):
    problem = Labelled(Edge((4, 6, 3)), INPUTS, LABELS, batch=20)
    with pytest.raises(zo.ObjectiveError, match="must return finite values, got nan") as caught:
        zo.run(method, problem, steps=400, replicas=replicas, record=range(401), seed=1)
    partial = caught.value.partial
    done = int(np.all(np.isfinite(np.reshape(partial.values, (401, -1))), axis=1).sum()) - 1
    before = zo.run(method, problem, steps=done, replicas=replicas, record=range(done + 1), seed=1)
    assert done > 0
    np.testing.assert_array_equal(partial.x, before.x)
    np.testing.assert_array_equal(partial.values[: done + 1], before.values)


@pytest.mark.parametrize(
    "build",
    [
        lambda n: Perceptron((n, n)),
        lambda n: Perceptron((2, n)),
        lambda n: Convolutional((8, 8, 1), (2, n)),
        lambda n: Convolutional((8, 8, n), (2,)),
        lambda n: Lstm(2, n, 1),
        lambda n: Autoencoder(n, Gaussian(n)),
        lambda n: Experts(Perceptron((2, 1)), 2, n),
    ],
)
def test_more_parameters_than_an_index_counts_are_refused(build):
    with pytest.raises(ValueError, match=r"at most 1e\+18( parameters)?, got [1-9]\d{18}"):
        build(10**18)
    build(10**4)


def test_a_network_that_returns_nan_stops_the_run_or_loses():
    problem = Labelled(Broken((4, 6, 3)), INPUTS, LABELS, batch=20)
    method = zo.relative_loss(radius=0.1, cached=False)
    with pytest.raises(zo.ObjectiveError, match="nan"):
        zo.run(method, problem, steps=3)
    worst = zo.run(method, problem, steps=3, nonfinite="worst")
    np.testing.assert_array_equal(worst.x, problem.x0)
