"""The study of depth: what is accounted to each layer, the step that is predicted, and runs by the shipped step."""

from functools import partial

import numpy as np
import pytest

pytest.importorskip("jax", reason="the extra jax is not installed")
pytest.importorskip("optax", reason="the extra jax is not installed")
pytest.importorskip("sklearn", reason="the extra data is not installed")

import jax
import jax.numpy as jnp

from figures.networks import best_step, depth
from figures.networks.layered import Layered, by_gradient, by_value, layers
from zotheory.backends.jax import Source, generator
from zotheory.problems.networks import Perceptron
from zotheory.problems.networks.labelled import Rows

NETWORK = depth.perceptron(depth.KINDS[0], 2, 4)


def test_as_many_parameters_at_every_depth():
    deepest = depth.perceptron(depth.KINDS[0], 64).parameters.count
    for layer_count in depth.WIDE:
        width = depth.wide(layer_count)
        here, more = (depth.perceptron(depth.KINDS[0], layer_count, w).parameters.count for w in (width, width + 1))
        assert here <= deepest < more


def test_rso_goes_from_the_output_to_the_input():
    order = depth.rso(NETWORK, 1.0).draw.keywords["order"]
    seen = layers(NETWORK.parameters)[order]
    assert np.all(np.diff(seen[: len(seen)]) <= 0)
    assert (seen[0], seen[-1]) == (1, 0)


def test_falls_by_layer_on_a_quadratic():
    """Whose gradient half way makes the account exact, and whose layers do not touch one another."""
    H, layer = jnp.array([1.0, 2.0, 5.0]), np.array([0, 0, 1], dtype="int32")
    x, y = jnp.array([1.0, -2.0, 0.5]), jnp.array([0.5, -1.0, 2.0])
    f = lambda x: (H * x**2).sum(-1) / 2  # noqa: E731
    parts = H * (x**2 - y**2) / 2
    np.testing.assert_allclose(by_gradient(f, x, y, layer), [parts[:2].sum(), parts[2]], rtol=1e-5)
    one = x.at[2].set(2.0)
    np.testing.assert_allclose(by_value(f, x, one, layer), [0, parts[2]], rtol=1e-5)


@pytest.fixture(scope="module")
def point():
    problem = depth.problem(NETWORK, 3)
    return problem, problem.x0


@pytest.mark.slow  # JAX compiles operation by operation
def test_curvature_and_gradient_against_differences(point):
    problem, x = point
    ways = np.random.default_rng(1).standard_normal((best_step.CURVED, problem.d))
    found = best_step.derivatives(problem, x, ways)
    ahead, here, back = problem(x + 1e-4 * ways), problem(x), problem(x - 1e-4 * ways)
    np.testing.assert_allclose(ways @ found.gradient, (ahead - back) / 2e-4, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.curvatures, (ahead - 2 * here + back) / 1e-8, rtol=1e-3, atol=1e-4)
    own = found.gradient / found.slope
    assert found.steepest == pytest.approx(
        (problem(x + 1e-3 * own) - 2 * here + problem(x - 1e-3 * own)) / 1e-6, rel=1e-3
    )


@pytest.mark.slow
def test_a_step_is_predicted_on_a_shallow_network(point):
    found = best_step.best_step(*point, seed=4)
    assert found["predicted"] == pytest.approx(found["at predicted length"], abs=2.5 * found["fall error"])
    assert found["predicted"] > 5 * found["fall error"] / 2  # which is no small print
    assert sum(np.square(found["layers"])) == pytest.approx(found["gradient"] ** 2, rel=1e-2)
    assert 0 < found["blur"] < 1e-6 < found["fall"] < found["fall along gradient"]


def test_runs_take_the_shipped_steps():
    """A loop of single steps comes to the same point; falls by layer add up to what the loss fell by."""
    way, steps = depth.METHODS["1/5 rule"], 210
    run = Layered(way.make, partial(depth.problem, NETWORK), way.account, evaluations=steps, looks=1, threshold=0)
    x, record = run.train(2, 1.0)
    with jax.enable_x64(True):
        problem, method = depth.problem(NETWORK, 2), way.make(NETWORK, 1.0)
        f = problem.at(Rows(jnp.asarray(problem.inputs), jnp.asarray(problem.labels)))
        state = method.init(f, jnp.asarray(problem.x0))
        step = jax.jit(lambda t, s: method.step(f, s, method.draw(Source(generator(2).key).at(t), s, problem.d)))
        for t in range(steps):
            state = step(t, state)
        np.testing.assert_allclose(method.output(state), x, rtol=1e-9, atol=1e-12)
    assert sum(record["falls"]) == pytest.approx(record["fall"], rel=0.1)
    assert record["fall"] > 0
    assert record["evaluations"] == steps


def test_a_run_ends_where_it_is_trained():
    """RSO, whose account is exact, on a network without hidden layers."""
    way, network = depth.METHODS["RSO"], Perceptron((16, 10))
    run = Layered(way.make, partial(depth.problem, network), way.account, evaluations=9000, looks=50, threshold=0.5)
    x, record = run.train(0, 1.0)
    wrong = (network(x, depth.rows()[0]).argmax(-1) != depth.rows()[1]).mean()
    assert record["error"] == pytest.approx(wrong)
    assert wrong < 0.5
    assert record["evaluations"] < 9000
    assert record["falls"] == [record["fall"]]
    assert record["fall"] > 0
