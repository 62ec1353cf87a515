"""RSO layer by layer, beside the loop that the paper describes with whole forward passes; needs the extra ``jax``."""

import pickle
import re
from dataclasses import replace

import numpy as np
import pytest

import zotheory as zo
from zotheory.problems.networks import Convolutional
from zotheory.problems.networks.images import moments
from zotheory.problems.networks.layers import cross_entropy

jax = pytest.importorskip("jax")
from zotheory.backends.jax import generator  # noqa: E402
from zotheory.problems.networks.layer_by_layer import LayerByLayer  # noqa: E402

NETWORK = Convolutional((5, 4, 1), (2, 3), pooled=(2,), classes=3)
SEED, N, BATCH = 3, 20, 6


def small():
    """Random images of three classes, in double precision."""
    rng = np.random.default_rng(0)
    method = zo.rso(deviations=NETWORK.deviations(), order=NETWORK.order(), cycles=2, decay=1e-2)
    images, labels = rng.standard_normal((N, *NETWORK.images)), rng.integers(0, 3, N)
    return LayerByLayer(NETWORK, images, labels, method, lambda cycle: BATCH, SEED, reference=8)


def by_whole_passes(run, cycles):
    """The released procedure: every candidate by a forward pass of the whole network, from the images."""
    first, count, source = run.begin(), NETWORK.parameters.count, generator(SEED)
    drawn = jax.jit(lambda k: run.method.draw(source.at(k), first._replace(k=k), count))
    state = first
    for k in range(cycles * count):
        cycle, at = divmod(k, count)
        name = next(part.name for part in run.parts if part.first <= at < part.last)
        block = NETWORK.block(name)
        if name in ("out", f"W{block}") and at in {part.first for part in run.parts}:
            begun, known = k, NETWORK.statistics(state.x, run.images[:8])
            order = np.random.default_rng([SEED, cycle, block]).permutation(N)
        rows = order[((k - begun) * BATCH + np.arange(BATCH)) % N]

        def loss(x, rows=rows, known=known, block=block):
            def mixed(what, u):
                return known[what] if NETWORK.block(what) < block else moments(u)

            logits = NETWORK(x, run.images[rows], mixed)
            return cross_entropy(logits, run.labels[rows])

        move = jax.tree.map(np.asarray, drawn(k))
        state = run.method.step(loss, state, move)
    return state


def test_a_run_takes_the_steps_of_the_loop_with_whole_passes_and_goes_on_to_the_same_bits():
    with jax.enable_x64(True):
        expected = by_whole_passes(small(), 2)
    run = small()
    states = [run.begin()]
    for number in range(2 * len(run.parts)):
        states.append(run.advance(states[-1], number))
    assert int(states[-1].k) == int(expected.k) == 2 * NETWORK.parameters.count
    np.testing.assert_allclose(states[-1].x, expected.x, rtol=1e-9, atol=1e-12)
    state = pickle.loads(pickle.dumps(states[5]))  # within the second block: what is below it is computed anew
    for number in range(5, len(run.parts)):
        state = run.advance(state, number)
    np.testing.assert_array_equal(state.x, states[len(run.parts)].x)
    with pytest.raises(
        ValueError, match=r"losses must be finite, got NaN or an infinity in cycle 0, steps 0..8, on 'out'"
    ):
        run.advance(states[0]._replace(x=np.nan * states[0].x), 0)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (
            {"images": np.zeros((4, 5, 5, 1))},
            "images must have shape (N, 5, 4, 1), got (4, 5, 5, 1)",
        ),
        ({"images": np.zeros((4, 5, 4, 1), dtype=np.uint8)}, "images must be an array of floats"),
        ({"images": [[0.0]]}, "images must be an array of floats"),
        ({"images": np.full((4, 5, 4, 1), np.inf)}, "images must be finite"),
        ({"labels": np.zeros(3, dtype=int)}, "labels must be as many as images, 4, got shape (3,)"),
        ({"labels": np.array([0, 1, 2, 3])}, "labels must be 0..2, got 0..3"),
        ({"labels": [0, 1, 2, 2]}, "labels must be an array of whole numbers, got [0, 1, 2, 2]"),
        ({"method": zo.three_point(radius=0.1)}, "method must be zotheory.rso with the network's order, got"),
        ({"method": zo.rso(deviations=0.1, cycles=1)}, "method must be zotheory.rso with the network's order, got"),
        ({"batch": 6}, "batch must be a function, got 6"),
        ({"seed": -1}, "seed must be a whole number, at least 0"),
        ({"reference": 0}, "reference must be a whole number, at least 1"),
    ],
)
def test_errors_name_what_is_wrong(what, told):
    given = {"images": np.zeros((4, 5, 4, 1)), "labels": np.zeros(4, dtype=int), "method": small().method}
    given |= {"batch": lambda cycle: BATCH, "seed": SEED} | what
    with pytest.raises((TypeError, ValueError), match=re.escape(told)):
        LayerByLayer(NETWORK, **given)


def test_a_batch_without_images_is_refused():
    run = replace(small(), batch=lambda cycle: 0)
    with pytest.raises(ValueError, match=re.escape("batch(0) must be a whole number, at least 1")):
        run.advance(run.begin(), 0)
