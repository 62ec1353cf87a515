"""The study of autoencoders in small: what its arms do, and that it says what can fail."""

import numpy as np
import pytest

import zotheory as zo
from zotheory.oracles import Expected
from zotheory.problems.networks import Autoencoder, Categorical, Elbo
from zotheory.problems.networks.elbo import independent_pixels

jax = pytest.importorskip("jax")
pytest.importorskip("optax")

from figures.networks import autoencoders, vae  # noqa: E402
from figures.networks.latent_gradients import GumbelSoftmax, Reinforced, StraightThrough  # noqa: E402

jnp = jax.numpy
NETWORK = Autoencoder(6, Categorical(1, 3))


def patterns(n, seed):
    """Images of three kinds, of which a tenth of the pixels is wrong: independent pixels tell them badly."""
    rng = zo.generator(seed)
    kinds = np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [1, 0, 1, 0, 1, 0]])[rng.integers(0, 3, n)]
    return np.abs(kinds - (rng.random((n, 6)) < 0.1)).astype(np.float32)


TRAIN, HELD_OUT = patterns(200, 1), patterns(100, 2)


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(autoencoders, "bits", lambda size: (TRAIN, HELD_OUT))
    monkeypatch.setitem(autoencoders.SIZES, "tiny", autoencoders.Size(NETWORK, 1))
    monkeypatch.setattr(autoencoders, "LOOPS", 4)
    monkeypatch.setattr(autoencoders, "RECORDS", 3)
    monkeypatch.setattr(autoencoders, "HELD", 200)
    monkeypatch.setattr(autoencoders, "MOST", 2)


def ran(job):
    """States and records of a job."""
    pieces = [job.begin()]
    for number in range(1, job.pieces + 1):
        pieces.append(job.piece(pieces[-1][0], number))
    return tuple(zip(*pieces, strict=True))


def run(name, evaluations, seed=0):
    return autoencoders.run("tiny", name, vae.ARMS[name], seed, evaluations)


def test_reinforce_is_the_gradient_of_the_exact_bound_on_average_and_a_soft_draw_is_not():
    x = np.asarray(0.5 * zo.generator(3).standard_normal(NETWORK.parameters.count), dtype=np.float32)
    images, free = TRAIN[:20], NETWORK.encoder.parameters.count
    exact = jax.jit(jax.grad(lambda x: NETWORK.exactly(x, jnp.asarray(images))))(jnp.asarray(x))[:free]
    noise = NETWORK.latent.noise(zo.generator(4), (400, 2, 20)).astype(np.float32)

    def estimates(network):
        one = jax.grad(lambda x, own: network.loss(x, jnp.asarray(images), own))
        return np.asarray(jax.jit(jax.vmap(one, (None, 0)))(jnp.asarray(x), jnp.asarray(noise)))[:, :free]

    found = estimates(Reinforced(6, NETWORK.latent))
    error = found.std(axis=0) / np.sqrt(400)
    assert np.all(np.abs(found.mean(axis=0) - exact) < 5 * error + 1e-6)
    found = estimates(Autoencoder(6, GumbelSoftmax(1, 3)))
    error = found.std(axis=0) / np.sqrt(400)
    assert np.max(np.abs(found.mean(axis=0) - exact) / error) > 8


def test_soft_draws_are_near_the_code_and_straight_through_ones_are_the_code():
    told, noise = jnp.asarray([[0.3, -1.0, 2.0]] * 50), np.float32(NETWORK.latent.noise(zo.generator(5), (50,)))
    laws = (NETWORK.latent, GumbelSoftmax(1, 3), StraightThrough(1, 3))
    code, soft, through = jax.jit(lambda told, noise: [law.draw(told, noise) for law in laws])(told, noise)
    np.testing.assert_allclose(soft.sum(axis=-1), 1, rtol=1e-6)
    np.testing.assert_array_equal(soft.argmax(axis=-1), code.argmax(axis=-1))
    assert 0.05 < float(jnp.abs(soft - code).max()) < 1
    np.testing.assert_allclose(through, code, atol=1e-6)


def test_without_noise_comparisons_get_below_independent_pixels():
    problem = Expected(Elbo(NETWORK, TRAIN.astype(float)))
    result = zo.run(zo.relative_loss(radius=zo.radii.one_fifth(1.0)), problem, steps=1500, replicas=3, seed=1)
    found = [float(Elbo(NETWORK, HELD_OUT.astype(float))(x)) for x in result.x]
    assert max(found) < independent_pixels(TRAIN, HELD_OUT) - 0.5


def test_draws_grow_with_the_share_of_steps(small):
    _, records = ran(run("falling radius, growing draws", 400))
    assert [(one["evaluations"], one["draws"]) for one in records[1:]] == [(100, 1), (200, 1), (400, 2)]
    assert records[-1]["loss"] < records[0]["loss"]


def test_on_held_noise_values_only_fall_and_each_loop_costs_one_evaluation_more(small):
    states, records = ran(run("1/5 rule, recurring noise", 800))  # 4 loops of 200 steps
    assert [one["evaluations"] for one in records[1:]] == [1 + 201, 1 + 2 * 201, 1 + 4 * 201]
    assert states[1].fx < states[0].fx


@pytest.mark.parametrize("name", ["Adam, REINFORCE", "1/5 rule, all codes"])
def test_each_arm_spends_what_it_was_given(small, name):
    _, records = ran(run(name, 480))
    assert records[-1]["evaluations"] == pytest.approx(480, abs=1)
    assert records[0]["independent"] == pytest.approx(independent_pixels(TRAIN, HELD_OUT))


def test_noise_is_shared_by_the_losses_of_a_step_unless_it_is_independent_or_none(small):
    x = 2 * zo.generator(6).standard_normal(NETWORK.parameters.count)
    for kind, same in (("shared", True), ("independent", False), ("all codes", True)):
        f = autoencoders.problem("tiny", 0, kind=kind)
        F = f.at(f.sample(zo.generator(7), ()))
        assert (F(x) == F(x)) == same, kind


def test_the_study_names_its_runs_once():
    names = [job.name for job in vae.JOBS]
    assert len(set(names)) == len(names)
    assert {name for plan in vae.PLANS for name in plan.arms} == set(vae.ARMS)
