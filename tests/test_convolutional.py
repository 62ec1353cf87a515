"""Convolutional networks beside loops, and losses that share all but one weight beside whole forward passes."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate

from zotheory.problems.networks import Convolutional, cifar10_network, mnist_network
from zotheory.problems.networks.images import averaging, convolution, halved, moments, spread
from zotheory.problems.networks.layers import log_softmax
from zotheory.problems.networks.one_weight import Above, cached
from zotheory.values import along, replaced

PLAIN = Convolutional((8, 8, 1), (3, 4, 3, 4), pooled=(2,), classes=3)
RESIDUAL = Convolutional((9, 8, 2), (3, 3, 3, 4, 5, 5, 4), pooled=(3, 5), residual=(3, 5, 7), classes=3, pool="average")
NETWORKS = {"plain": PLAIN, "residual": RESIDUAL}
by_network = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
ARRAYS = [(network, name) for network in NETWORKS.values() for name in network.parameters]


def example(network, seed=0, images=12, dtype=float):
    """Parameters that are nowhere special, images and labels."""
    rng = np.random.default_rng(seed)
    x = network.start(seed) + 0.1 * rng.standard_normal(network.parameters.count)
    return x, rng.standard_normal((images, *network.images)).astype(dtype), rng.integers(0, network.classes, images)


def by_loops(network, x, images):
    """Logits of the paper's network, image by image and channel by channel."""
    parts, z, relu = network.parameters.split(x), [images], lambda a: np.maximum(a, 0)

    def normal(u, name):
        means, variances = u.mean(axis=(0, 1, 2)), u.var(axis=(0, 1, 2))
        return (u - means) / np.sqrt(variances + 1e-5) * parts[f"gamma{name}"] + parts[f"beta{name}"]

    for block in range(1, network.blocks + 1):
        weights, below = parts[f"W{block}"], z[-1] if block == 1 else relu(z[-1])
        pairs = [(i, o) for i in range(weights.shape[2]) for o in range(weights.shape[3])]
        u = np.zeros((*below.shape[:3], weights.shape[3]))
        for n, (i, o) in [(n, pair) for n in range(len(images)) for pair in pairs]:
            u[n, ..., o] += correlate(below[n, ..., i], weights[..., i, o], mode="same")
        if block in network.residual:
            way = f"skip{block}" in parts
            u = u + (
                normal(np.einsum("nhwi,io->nhwo", z[-2], parts[f"skip{block}"][0, 0]), f"_skip{block}")
                if way
                else z[-2]
            )
        if block in network.pooled:
            n, height, width, channels = u.shape
            u = u[:, : height // 2 * 2].reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
        z.append(normal(u, block))
    last = z[-1].max(axis=(1, 2)) if network.pool == "max" else z[-1].mean(axis=(1, 2))
    return last @ parts["out"]


@by_network
def test_the_network_is_what_its_equations_say(network):
    x, images, _ = example(network)
    np.testing.assert_allclose(network(x, images), by_loops(network, x, images), atol=1e-11)


def test_the_papers_networks_have_the_papers_numbers_of_parameters():
    mnist, cifar10 = mnist_network(), cifar10_network()
    assert mnist.parameters.count == 11_664 + 192 + 160 == 12_016
    assert cifar10.parameters.count == 55_728 + 512 + 544 + 320 == 57_104
    rng = np.random.default_rng(0)
    for network in (mnist, cifar10):
        assert network(network.start(1), rng.random((2, *network.images))).shape == (2, 10)


@by_network
def test_parameters_with_leading_axes_are_many_networks(network):
    xs, images = np.stack([example(network, seed)[0] for seed in (1, 2)]), example(network)[1]
    for together, each in ((images, [images] * 2), (several := np.stack([images, 2 * images]), several)):
        alone = [network(x, own) for x, own in zip(xs, each, strict=True)]
        np.testing.assert_allclose(network(xs, together), alone, atol=1e-12)


@pytest.mark.parametrize("size", [1, 3, 4])
def test_jax_has_a_convolution_of_its_own_and_it_is_the_same(size):
    jax = pytest.importorskip("jax")
    rng = np.random.default_rng(0)
    images, weights = rng.standard_normal((2, 3, 6, 7, 2)), rng.standard_normal((2, size, size, 2, 3))
    with jax.enable_x64(True):
        for some, those in ((images, weights), (images[0], weights), (images, weights[0])):
            found = convolution(jax.numpy.asarray(some), jax.numpy.asarray(those))
            np.testing.assert_allclose(found, convolution(some, those), atol=1e-12)


def test_convolution_and_average_are_one_convolution():
    rng = np.random.default_rng(0)
    for size in (6, 7):
        images, weights = rng.standard_normal((2, size, size, 3)), rng.standard_normal((3, 3, 3, 4))
        np.testing.assert_allclose(
            convolution(images, averaging(weights)), halved(convolution(images, weights)), atol=1e-12
        )
        one = convolution(images[..., :1], weights[:, :, :1]), spread(images[..., 0], weights[:, :, 0])
        np.testing.assert_allclose(*one, atol=1e-12)


@by_network
def test_moments_of_a_batch_normalise_it_as_the_batch_does(network):
    x, images, _ = example(network)
    known = network.statistics(x, images)
    np.testing.assert_allclose(network(x, images, lambda name, u: known[name]), network(x, images), atol=1e-12)
    assert len(known) == network.blocks + sum(name.startswith("skip") for name in network.parameters)


def test_the_order_is_that_of_the_released_loops():
    network, expected = RESIDUAL, []

    def visit(name, *index):
        shape, where = network.parameters.shapes[name], network.parameters.slices[name]
        expected.append(where.start + np.ravel_multi_index(index, shape))

    for o in range(3):
        for i in range(4):
            visit("out", i, o)
    channels = (2, *network.filters)
    for block in range(network.blocks, 0, -1):
        for o in range(channels[block]):
            for i in range(channels[block - 1]):
                for a in range(3):
                    for b in range(3):
                        visit(f"W{block}", a, b, i, o)
        way = [f"_skip{block}"] if block in (5, 7) else []
        for name in ("", *way):
            if name:
                for o in range(channels[block]):
                    for i in range(channels[block - 2]):
                        visit(f"skip{block}", 0, 0, i, o)
            for kind in ("beta", "gamma"):
                for o in range(channels[block]):
                    visit(f"{kind}{name or block}", o)
    assert network.order().tolist() == expected


def test_changes_are_as_large_as_first_weights():
    network = cifar10_network()
    parts = network.parameters.split(network.deviations())
    first = network.parameters.split(np.array([network.start(seed) for seed in range(40)]))
    for name in network.parameters:
        assert len(set(parts[name].flat)) == 1
    for name in ("W1", "W5", "W9", "out"):
        assert first[name].std() == pytest.approx(parts[name].flat[0], rel=0.05)
    assert parts["W9"].flat[0] == pytest.approx((2 / (9 * 32)) ** 0.5)
    assert {*parts["gamma3"], *parts["beta_skip5"]} == {0.167}
    assert parts["skip5"].flat[0] == parts["W5"].flat[0] != pytest.approx(first["skip5"].std(), rel=0.5)
    assert (first["gamma_skip5"] == 1).all()
    assert (first["beta4"] == 0).all()


@st.composite
def changes(draw):
    """A network, one of its arrays, a number of it and what it may be instead."""
    network, name = draw(st.sampled_from(ARRAYS))
    i = draw(st.sampled_from(network.places(name).ravel().tolist()))
    return network, name, i, draw(st.lists(st.floats(-2, 2), min_size=1, max_size=4)), draw(st.integers(0, 9))


@given(changes())
def test_losses_along_a_weight_are_those_of_whole_forward_passes(change):
    network, name, i, w, seed = change
    for dtype, close in ((float, 1e-10), (np.float32, 2e-5)):
        x, images, labels = example(network, seed, dtype=dtype)
        known = network.statistics(x.astype(dtype), example(network, seed + 1, dtype=dtype)[1])
        block = network.block(name)

        def mixed(what, u, known=known, block=block):
            return known[what] if network.block(what) < block else moments(u)

        points = replaced(x, i, np.array(w))
        logits = np.array([network(point, images.astype(float), mixed) for point in points])
        losses = -log_softmax(logits)[:, np.arange(len(labels)), labels].mean(axis=-1)
        f = Above(network, name, cached(network, x.astype(dtype), block, images, known), labels)
        np.testing.assert_allclose(along(f, x, i, np.array(w)), losses, rtol=close, atol=close)
        np.testing.assert_allclose(f(points), losses, rtol=close, atol=close)


def test_a_shift_on_the_way_of_a_residual_changes_nothing():
    """The normalisation after it takes it away: the network for CIFAR-10 has 32 such among its 57,104."""
    x, images, _ = example(RESIDUAL)
    moved = replaced(x, RESIDUAL.parameters.slices["beta_skip5"].start, np.array([3.0]))[0]
    np.testing.assert_allclose(RESIDUAL(moved, images), RESIDUAL(x, images), atol=1e-12)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"images": (8, 8)}, "images must be height, width and channels"),
        ({"images": (3, 8, 1), "pooled": (1, 2)}, "images must be height, width and channels, with a pixel left"),
        ({"pooled": (5,)}, "pooled must name blocks of 1..4"),
        ({"residual": (5,)}, "residual must name blocks of 1..4"),
        ({"pooled": (2, 2)}, "pooled must name blocks of 1..4, each once, got"),
        ({"residual": (3,), "pooled": (2,)}, "residual must not name the block after a pooled one, got 3"),
        ({"residual": (2,)}, "residual"),
        ({"pool": "mean"}, "pool must be"),
    ],
)
def test_errors_name_what_is_wrong(what, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        Convolutional(**({"images": (8, 8, 1), "filters": (3, 3, 3, 3)} | what))
