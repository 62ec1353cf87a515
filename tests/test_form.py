"""The study of networks without derivatives: its estimators, its ties, its data, and a small setting of it."""

import itertools

import numpy as np
import pytest

import zotheory as zo
from zotheory.problems.networks import discrete, layers
from zotheory.problems.networks.layers import cross_entropy, log_softmax
from zotheory.problems.networks.strings import read

jax = pytest.importorskip("jax", reason="the extra jax is not installed")
jnp = jax.numpy

from figures.networks import form, strips  # noqa: E402
from figures.networks import straight_through as ste  # noqa: E402
from figures.networks.forms import METRICS, ctc, forms, unbalanced  # noqa: E402
from figures.networks.ties import counted  # noqa: E402

FORMS = forms()


# --- estimators -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FORMS if name not in METRICS])
def test_what_back_propagation_sees_has_the_values_of_the_hard_network_and_another_derivative(name):
    of = FORMS[name]
    data, x = of.data(), jnp.asarray(of.network.start(3), dtype=jnp.float32)
    inputs, labels = jnp.asarray(data.inputs[:50]), jnp.asarray(data.labels[:50])
    np.testing.assert_array_equal(of.network(x, inputs), of.smooth_network(x, inputs))
    first = slice(0, 16 * 16 if name != "routing" else 16 * 3)  # the weights before the step, or the router's
    hard, smooth = (
        jax.jit(jax.grad(lambda x, net=net: cross_entropy(net(x, inputs), labels)))(x)[first]
        for net in (of.network, of.smooth_network)
    )
    assert np.all(hard == 0)
    assert np.count_nonzero(smooth) > len(smooth) / 4


def test_estimators_are_the_shipped_functions_with_the_derivatives_they_say():
    x = jnp.asarray([-1.5, -0.5, 0.0, 0.5, 1.4])
    for ours, shipped, slopes in (
        (ste.sign, layers.sign, [0, 1, 1, 1, 0]),
        (ste.nearest, discrete.nearest, [1, 1, 1, 1, 1]),
    ):
        np.testing.assert_array_equal(ours(x), shipped(x))
        np.testing.assert_array_equal(jax.vmap(jax.grad(ours))(x), slopes)
    np.testing.assert_array_equal(ste.largest(x), layers.largest(x))
    softmax = np.exp(x) / np.exp(x).sum()
    np.testing.assert_allclose(
        jax.grad(lambda x: ste.largest(x)[1])(x), softmax[1] * (np.arange(5) == 1) - softmax[1] * softmax, rtol=1e-5
    )


# --- ties -------------------------------------------------------------------------------------------------------------


def stairs(x):
    """Constant in pieces."""
    return jnp.floor(3 * jnp.sum(x**2, axis=-1))


@pytest.mark.parametrize("ties", ["stay", "move"])
def test_ties_are_counted_as_a_plain_loop_does_it(ties):
    rule = zo.radii.one_fifth(1.0)
    method, rng = counted(zo.relative_loss(radius=rule, ties=ties)), np.random.default_rng(1)
    x0 = np.array([1.5, -0.7])
    state = method.init(stairs, jnp.asarray(x0[None]))
    x, alpha, equal, lower = x0, 1.0, 0, 0
    for t in range(60):
        drawn = method.draw(rng, state, 2)
        y = x + drawn.sigma[0] * drawn.u[0]
        state = method.step(stairs, state, drawn)
        here, there = np.floor(3 * np.sum(x**2)), np.floor(3 * np.sum(y**2))
        equal, lower = equal + (here == there), lower + (there < here)
        went = there < here or (ties == "move" and there == here)
        x, alpha = (y, alpha * 1.2) if went else (x, alpha / 1.2**0.25)
        assert state.inner.fx[0] == stairs(state.inner.x)[0], t
    np.testing.assert_allclose(method.output(state)[0], [*x, equal, lower, alpha], rtol=1e-4)
    assert min(equal, lower) > 1  # there was something to count


def test_ties_of_rso_are_of_its_two_candidates():
    method, rng = counted(zo.rso(deviations=0.5, cycles=3, decay=0.0)), np.random.default_rng(0)
    state = method.init(stairs, jnp.asarray([[1.5, -0.7]]))
    ties = lower = 0.0
    for _ in range(6):
        drawn = method.draw(rng, state, 2)
        at = [state.inner.x.at[:, drawn.i].add(sign * drawn.delta)[0] for sign in (0, 1, -1)]
        here, *there = (float(stairs(each)) for each in at)
        ties, lower = ties + np.mean(np.equal(there, here)), lower + np.mean(np.less(there, here))
        state = method.step(stairs, state, drawn)
    np.testing.assert_allclose(method.output(state)[0, 2:], [ties, lower, 0])
    assert ties > 0


# --- data and losses --------------------------------------------------------------------------------------------------


def test_a_strip_shows_its_digits_one_after_the_other():
    images, labels = np.random.default_rng(0).random((20, 4, 4)), np.arange(20) % 10
    found = strips.strips(images, labels, 30, seed=1)
    assert found.frames.shape == (30, 13, 16)
    where = []
    for frames, told in zip(found.frames, found.told, strict=True):
        seen = [
            (t, labels[i]) for t in range(13) for i in range(20) if np.array_equal(frames[t], images[i].reshape(-1))
        ]
        assert [label for _, label in seen] == told.tolist()
        where.append([t for t, _ in seen])
    assert np.diff(where).min() == 4  # they may touch
    assert np.ptp(where, axis=0).min() > 0  # and stand where nobody knows
    np.testing.assert_array_equal(strips.strips(images, labels, 30, seed=1).frames, found.frames)


def test_the_unbalanced_classes_become_fewer():
    counts = np.bincount(unbalanced().labels)
    assert counts[0] == 137  # all that there are
    assert counts[-1] == 10
    assert np.all(np.diff(counts) < 0)


@pytest.mark.slow
def test_the_ctc_loss_sums_over_all_that_reads_as_the_string():
    logits, told = np.random.default_rng(0).standard_normal((2, 1, 4, 11)), np.array([[3, 7]])
    chances = np.exp(log_softmax(logits))
    total = np.zeros(2)
    for path in itertools.product((3, 7, strips.BLANK), repeat=4):
        best, kept = read(np.eye(11)[list(path)])
        if best[kept].tolist() == [3, 7]:
            total += np.prod([chances[:, 0, t, c] for t, c in enumerate(path)], axis=0)
    np.testing.assert_allclose(
        ctc(jnp.asarray(logits, dtype=jnp.float32), jnp.asarray(told)), -np.log(total), rtol=1e-4
    )


# --- the study, small -------------------------------------------------------------------------------------------------


def last(name, method, evaluations, runs=2):
    job = form.one(name, FORMS[name], method, evaluations, 1, runs)
    state, first = job.begin()
    _, record = job.piece(state, 1)
    return {key: np.mean(value) for key, value in record.items()} | {"first": np.mean(first["error"])}


def test_on_a_lattice_the_1_5_rule_ends_its_own_run_unless_ties_move():
    stuck, free = (last("ternary weights", method, 800) for method in ("1/5 rule", "1/5 rule, ties move"))
    assert stuck["evaluations"] == free["evaluations"] == 801
    assert stuck["ties"] > 0.7 * 800
    assert stuck["radius"] < 1e-6 < 1e-2 < free["radius"]
    assert free["ties"] < 0.3 * 800


@pytest.mark.slow
def test_hard_thresholds_are_trained_both_ways():
    for method, bound in (("RSO", 0.6), ("back-propagation", 0.2)):
        record = last("thresholds", method, 1350)
        assert record["first"] > 0.8
        assert record["held-out error"] < bound


def test_jobs_are_one_for_each_form_and_method():
    names = [job.name for job in form.JOBS]
    assert len(set(names)) == len(names) == len(FORMS) * (len(form.METHODS) - 1) + len(METRICS)
