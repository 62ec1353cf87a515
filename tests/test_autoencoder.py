"""Autoencoders and their evidence bound against integrals, enumerations, plain loops; what shared noise is worth."""

import itertools

import numpy as np
import pytest
from scipy import integrate, stats

import zotheory as zo
from zotheory.oracles import Batches
from zotheory.problems.networks import Autoencoder, Categorical, Elbo, Gaussian, OneLatent
from zotheory.problems.networks.elbo import independent_pixels

NORMAL, VALUES = Autoencoder(9, Gaussian(2), (4,)), Autoencoder(9, Categorical(2, 3))
BOTH = pytest.mark.parametrize("network", [NORMAL, VALUES], ids=["Gaussian", "categorical"])
IMAGES = (zo.generator(0).random((40, 9)) < 0.4).astype(float)


def points(network, *lead, scale=2.0):
    return scale * zo.generator(1).standard_normal((*lead, network.parameters.count))


# --- latents ---------------------------------------------------------------------------------------------------------


def test_divergence_of_normal_latents_is_the_integral():
    told = np.array([0.7, -1.2, 0.3, -0.5])
    expected = 0.0
    for mean, log_deviation in ((0.7, 0.3), (-1.2, -0.5)):
        q, p = stats.norm(mean, np.exp(log_deviation)), stats.norm()
        expected += integrate.quad(lambda z, q=q, p=p: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), -12, 12)[0]
    assert Gaussian(2).divergence(told) == pytest.approx(expected, rel=1e-9)


def test_divergence_of_categorical_latents_is_the_entropy_relative_to_uniform():
    told = np.array([0.3, -2.0, 1.0, 0.0, 5.0, 0.1])
    shares = np.exp(told.reshape(2, 3)) / np.exp(told.reshape(2, 3)).sum(axis=1, keepdims=True)
    expected = sum(stats.entropy(q, np.full(3, 1 / 3)) for q in shares)
    assert Categorical(2, 3).divergence(told) == pytest.approx(expected, rel=1e-12)


def test_draws_have_the_law_that_was_told():
    latent, told, n = Categorical(2, 3), np.array([0.3, -2.0, 1.0, 0.0, 2.0, 0.1]), 30_000
    codes = latent.draw(told, latent.noise(zo.generator(2), (n,)))
    assert set(np.unique(codes)) == {0.0, 1.0}
    assert (latent.apart(codes).sum(axis=-1) == 1).all()
    shares = np.exp(latent.apart(told)) / np.exp(latent.apart(told)).sum(axis=-1, keepdims=True)
    for found, expected in zip(latent.apart(codes.sum(axis=0)), shares, strict=True):
        assert stats.chisquare(found, n * expected).pvalue > 1e-4
    z = Gaussian(1).draw(np.array([1.5, -0.7]), Gaussian(1).noise(zo.generator(3), (n,)))
    assert stats.kstest(z[:, 0], stats.norm(1.5, np.exp(-0.7)).cdf).pvalue > 1e-4


def test_noise_is_finite_where_a_generator_draws_zero():
    class Zero:
        def standard_exponential(self, size):
            return np.zeros(size, dtype=np.float32)

    noise = Categorical(2, 3).noise(Zero(), (4,))
    assert noise.dtype == np.float32
    np.testing.assert_allclose(noise, 87.3, atol=0.1)


def test_codes_are_all_of_them():
    assert len({tuple(code) for code in Categorical(3, 4).codes}) == 4**3
    assert (Categorical(3, 4).apart(Categorical(3, 4).codes).sum(axis=-1) == 1).all()


# --- the loss --------------------------------------------------------------------------------------------------------


def by_hand(network, x, image, noise):
    """Minus the bound of one image and one draw, from parts by name."""
    parts, hidden = network.parameters.split(x), len(network.hidden)

    def through(part, h):
        for layer in range(1, hidden + 2):
            h = h @ parts[f"{part}.W{layer}"] + parts[f"{part}.b{layer}"]
            h = np.tanh(h) if layer <= hidden else h
        return h

    told, latent = through("encoder", image), network.latent
    if isinstance(latent, Gaussian):
        code = told[: latent.size] + np.exp(told[latent.size :]) * noise
    else:
        code = np.zeros(latent.code)
        for i in range(latent.size):
            own = slice(i * latent.values, (i + 1) * latent.values)
            code[i * latent.values + np.argmax(told[own] + noise[own])] = 1
    share = 1 / (1 + np.exp(-through("decoder", code)))
    return latent.divergence(told) - stats.bernoulli(share).logpmf(image).sum()


@BOTH
def test_the_loss_is_the_mean_over_images_and_draws_one_by_one(network):
    x, noise = points(network, scale=0.7), network.latent.noise(zo.generator(4), (3, 5))
    each = [by_hand(network, x, IMAGES[i], noise[m, i]) for m, i in itertools.product(range(3), range(5))]
    assert network.loss(x, IMAGES[:5], noise) == pytest.approx(np.mean(each), rel=1e-12)


def test_the_exact_bound_is_the_sum_over_codes_one_by_one():
    x = points(VALUES, scale=0.7)
    told, total = VALUES.tell(x, IMAGES[:4]), 0.0
    for image, logits in zip(IMAGES[:4], told, strict=True):
        shares = [np.exp(row) / np.exp(row).sum() for row in logits.reshape(2, 3)]
        for first, second in itertools.product(range(3), repeat=2):
            pixels = 1 / (1 + np.exp(-VALUES(x, np.r_[np.eye(3)[first], np.eye(3)[second]][None])[0]))
            total -= shares[0][first] * shares[1][second] * stats.bernoulli(pixels).logpmf(image).sum()
    expected = total / 4 + np.mean(VALUES.latent.divergence(told))
    assert VALUES.exactly(x, IMAGES[:4]) == pytest.approx(expected, rel=1e-12)


def test_draws_average_to_the_exact_bound():
    x, problem = points(VALUES, scale=1.0), Elbo(VALUES, IMAGES)
    values = np.array([problem.at(problem.sample(zo.generator(500 + i), ()))(x) for i in range(400)])
    assert abs(values.mean() - problem(x)) < 4 * values.std() / 20


@BOTH
@pytest.mark.parametrize("batch", [None, 7])
def test_replicas_are_each_as_alone_and_samples_are_shared(network, batch):
    problem = Elbo(network, IMAGES, batch=batch, samples=2)
    x, xi = points(network, 3), problem.sample(zo.generator(6), (3,))
    values = problem.at(xi)(x)
    np.testing.assert_array_equal(values, problem.at(xi)(x))
    for i in range(3):
        alone = type(xi)(xi.images if batch is None else xi.images[i], xi.noise[i])
        np.testing.assert_allclose(problem.at(alone)(x[i]), values[i], rtol=1e-12)
    pairs = problem.at(xi)(np.stack([x, x], axis=1))
    np.testing.assert_allclose(pairs, np.stack([values, values], axis=1), rtol=1e-12)
    np.testing.assert_allclose(problem(x)[1], problem(x[1]), rtol=1e-12)


@BOTH
def test_jax_and_the_array_api_give_the_same(network):
    problem, x = Elbo(network, IMAGES, batch=7, samples=2), points(network, 3)
    xi = problem.sample(zo.generator(6), (3,))
    xp = pytest.importorskip("array_api_strict")
    strict = problem.at(type(xi)(*map(xp.asarray, xi)))(xp.asarray(x))
    np.testing.assert_allclose(np.asarray(strict), problem.at(xi)(x), rtol=1e-12)
    np.testing.assert_allclose(np.asarray(problem(xp.asarray(x))), problem(x), rtol=1e-12)
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        np.testing.assert_allclose(jax.jit(problem.at(xi))(x), problem.at(xi)(x), rtol=1e-12)
        np.testing.assert_allclose(jax.jit(problem)(x), problem(x), rtol=1e-12)


def test_independent_pixels_are_those_of_the_shares():
    train, held_out = IMAGES[:30], IMAGES[30:]
    share = (train.sum(axis=0) + 1) / 32
    assert independent_pixels(train, held_out) == pytest.approx(-stats.bernoulli(share).logpmf(held_out).sum(1).mean())


# --- shared noise ----------------------------------------------------------------------------------------------------


def differences(network, alpha, *, common):
    """F(y) - F(x) of 3000 replicas in one direction, at a distance alpha."""
    problem = Elbo(network, IMAGES[:10])
    x = points(network, scale=1.0)
    y = x + alpha * zo.directions.sphere.draw(zo.generator(7), (), problem.d) / np.sqrt(problem.d)
    first = problem.at(problem.sample(zo.generator(8), (3000,)))
    second = first if common else problem.at(problem.sample(zo.generator(9), (3000,)))
    x, y = (np.broadcast_to(each, (3000, problem.d)) for each in (x, y))
    return second(y) - first(x)


@BOTH
def test_common_random_numbers_beat_independent_ones(network):
    shared, apart = (differences(network, 0.1, common=common) for common in (True, False))
    assert shared.std() < apart.std() / 3
    assert abs(shared.mean() - apart.mean()) < 5 * apart.std() / np.sqrt(3000)  # of the same mean
    right, by_chance = (np.mean((each < 0) == (shared.mean() < 0)) for each in (shared, apart))
    assert right > by_chance + 0.05


@pytest.mark.parametrize(
    ("network", "common", "power"), [(NORMAL, True, 2), (VALUES, True, 1), (VALUES, False, 0), (NORMAL, False, 0)]
)
def test_the_variance_of_a_difference_falls_with_the_power_of_the_distance(network, common, power):
    distances = np.array([0.3, 0.1, 0.03])
    variances = [differences(network, alpha, common=common).var() for alpha in distances]
    assert np.polyfit(np.log(distances), np.log(variances), 1)[0] == pytest.approx(power, abs=0.15)


# --- one latent, exactly ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("common", [True, False])
@pytest.mark.parametrize(("draws", "alpha"), [(1, 0.5), (7, -0.4), (50, 0.2), (50, 1.0)])
def test_the_probability_of_the_right_sign_is_exact(draws, alpha, common):
    problem, n, x = OneLatent(2.0, draws), 20_000, 0.5
    first = problem.at(problem.sample(zo.generator(10), (n,)))
    second = first if common else problem.at(problem.sample(zo.generator(11), (n,)))
    lower = second(np.full((n, 1), x + alpha)) < first(np.full((n, 1), x))
    downhill = problem(np.array([x + alpha])) < problem(np.array([x]))
    hits = int(np.sum(lower == downhill))
    assert stats.binomtest(hits, n, problem.right(x, x + alpha, common=common)).pvalue > 1e-4


def test_one_latent_knows_its_minimum_and_its_mean():
    problem = OneLatent(2.0, 3)
    x = np.linspace(-4, 6, 1001)[:, None]
    assert x[np.argmin(problem(x)), 0] == pytest.approx(2, abs=0.011)
    assert problem(problem.minimiser) == pytest.approx(problem.f_star, rel=1e-12)
    values = problem.at(problem.sample(zo.generator(12), (20_000,)))(np.full((20_000, 1), 0.7))
    assert abs(values.mean() - problem(np.array([0.7]))) < 4 * values.std() / np.sqrt(20_000)


def test_a_short_step_sees_the_divergence_alone_and_a_longer_one_the_loss():
    q = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    for alpha in (1e-2, 1e-3, 1e-4):
        jumps = 10 * (q(0.5 + alpha) - q(0.5))
        assert 0.8 * jumps < OneLatent(2.0, 10).right(0.5, 0.5 + alpha, common=True) <= jumps
        assert 0.4 < OneLatent(2.0, 10).right(0.5, 0.5 + alpha, common=False) < 0.42
    for draws, alpha in ((1000, 0.03), (10_000, 0.01), (10**5, 0.01)):
        jumps = draws * (q(0.5 + alpha) - q(0.5))
        rho = (0.5 + alpha) / 2  # KL undoes this share of what jumps gain, at most
        found = OneLatent(2.0, draws).right(0.5, 0.5 + alpha, common=True)
        assert found >= 1 - np.exp(-jumps * (1 - rho) ** 2 / 2)  # Chernoff
        assert found > OneLatent(2.0, draws).right(0.5, 0.5 + alpha, common=False) + 0.1


def test_runs_by_short_steps_collapse_to_the_prior_unless_draws_are_many():
    method = zo.relative_loss(radius=0.04, cached=False)
    few, many = (zo.run(method, OneLatent(2.0, n), steps=600, replicas=8, seed=1).x for n in (5, 3000))
    assert abs(few).max() < 0.2  # q = 1/2, though the minimum is at 2
    assert abs(many - 2).max() < 0.5


# --- arguments -------------------------------------------------------------------------------------------------------


def test_growing_batches_average_over_draws():
    problem = Elbo(VALUES, IMAGES)
    many = Batches(problem, 3)
    xi = many.sample(zo.generator(13), ())
    x = points(VALUES)
    each = [problem.at(type(xi[0])(IMAGES, xi[0].noise[i]))(x) for i in range(3)]
    assert many.at(xi)(x) == pytest.approx(np.mean(each), rel=1e-12)


@pytest.mark.parametrize(("size", "values", "exact"), [
    (14, 2, True), (15, 2, False), (7, 4, True), (8, 3, True), (9, 3, False), (2, 128, True), (2, 129, False),
    (1, 2**14, True), (1, 2**14 + 1, False), (10**15, 2, False),
])  # fmt: skip
def test_few_codes_are_counted_exactly_and_many_not_at_all(size, values, exact):
    assert Autoencoder(9, Categorical(size, values)).is_exact == exact


@pytest.mark.parametrize("images", [IMAGES.astype(np.uint8), IMAGES * 255, IMAGES[:, :8], IMAGES[:0]])
def test_other_images_are_checked_as_those_that_are_trained_on(images):
    problem = Elbo(VALUES, IMAGES)
    with pytest.raises((TypeError, ValueError), match="images must"):
        problem.over(problem.x0, images)


def test_bad_arguments_are_named():
    with pytest.raises(TypeError, match="images must be an array of floats"):
        Elbo(VALUES, IMAGES.astype(int))
    with pytest.raises(ValueError, match=r"images must have shape \(n, 9\), n >= 1, got \(40, 8\)"):
        Elbo(VALUES, IMAGES[:, :8])
    with pytest.raises(ValueError, match="images must be of 0 and 1 alone"):
        Elbo(VALUES, IMAGES / 2)
    with pytest.raises(ValueError, match="latent must be categorical with at most"):
        NORMAL.exactly(points(NORMAL), IMAGES)
    with pytest.raises(ValueError, match="latent must be categorical with at most"):
        Autoencoder(9, Categorical(8, 8)).exactly(points(Autoencoder(9, Categorical(8, 8))), IMAGES)
    with pytest.raises(ValueError, match="values"):
        Categorical(2, 1)
    with pytest.raises(ValueError, match=r"x must have shape"):
        Elbo(VALUES, IMAGES)(np.zeros(5))
