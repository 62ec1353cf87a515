"""Runs on PyTorch: the steps as they stand, in double precision, with the law that NumPy's have."""

import numpy as np
import pytest
from scipy import stats

import zotheory as zo
from tests import test_docs
from tests.backends import FAMILY, METHODS, NOT_PLAIN, STARTS, STOCHASTIC, UNKEPT, on, refuted
from zotheory.problems.instances import instance
from zotheory.problems.named import INSTANCES
from zotheory.problems.networks import (
    Autoencoder,
    Categorical,
    Convolutional,
    Elbo,
    Experts,
    Gaussian,
    Labelled,
    Lstm,
    Perceptron,
    Quantised,
)

torch = pytest.importorskip("torch")
pytest.importorskip("array_api_compat")
from zotheory.backends import eager, find  # noqa: E402
from zotheory.backends.torch import Torch, generator  # noqa: E402

STEPS, REPLICAS = 40, 3000
BUDGET = 1e-4  # of one false alarm in all of the comparisons of a test together


class Replayed(Torch):
    """PyTorch on the CPU, with the numbers that NumPy draws."""

    stream = eager.Eager.stream


@pytest.mark.parametrize("name", METHODS)
def test_every_method_takes_the_steps_that_it_takes_on_numpy(name):
    options = {"steps": 20, "seed": 1, "replicas": 3, "record": range(21), "x0": STARTS.get(name)}
    expected = zo.run(METHODS[name], FAMILY, **options)
    found = on(Replayed(torch.device("cpu")), METHODS[name], FAMILY, **options)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9)
    np.testing.assert_allclose(found.best, expected.best, rtol=1e-9)


@pytest.mark.parametrize("name", STOCHASTIC)
def test_every_stochastic_problem_draws_the_samples_that_it_draws_on_numpy(name):
    options = {"steps": 20, "seed": 1, "replicas": 3, "record": range(21)}
    expected = zo.run(UNKEPT, STOCHASTIC[name], **options)
    found = on(Replayed(torch.device("cpu")), UNKEPT, STOCHASTIC[name], **options)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9)


@pytest.mark.parametrize("name", INSTANCES)
def test_every_named_problem_has_its_values(name):
    f = instance(name, 30, **NOT_PLAIN.get(name, {}))
    x = f.x0 + 0.3 * np.random.default_rng(0).standard_normal((2, 3, 30))
    value = f(torch.tensor(x))
    assert value.dtype == torch.float64
    np.testing.assert_allclose(value.numpy(), f(x), rtol=1e-11)


NETWORKS = {
    "perceptron": (Perceptron((12, 5, 3), "tanh", normalise=True), (12,)),
    "thresholds": (Perceptron((12, 5, 3), "sign"), (12,)),
    "ternary weights": (Quantised(Perceptron((12, 5, 3)), 1, 3.0), (12,)),
    "experts": (Experts(Perceptron((12, 3)), 12, 3), (12,)),
    "convolutions": (Convolutional((8, 8, 1), (4, 4), pooled=(2,)), (8, 8, 1)),
    "LSTM": (Lstm(3, 4, 2), (6, 3)),
    "LSTM of symbols": (Lstm(5, 4, 5), (6,)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_has_its_values(name):
    network, shape = NETWORKS[name]
    rng = np.random.default_rng(1)
    inputs = rng.standard_normal((4, *shape)) if name != "LSTM of symbols" else rng.integers(0, 5, (4, *shape))
    x = network.start(2) + 0.1 * rng.standard_normal((3, network.parameters.count))
    found = network(torch.tensor(x), torch.tensor(inputs))
    assert found.dtype == torch.float64
    np.testing.assert_allclose(found.numpy(), network(x, inputs), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("latent", [Gaussian(2), Categorical(2, 3)])
def test_an_autoencoder_has_its_bound(latent):
    images = (np.random.default_rng(3).random((9, 6)) < 0.4).astype(float)
    f = Elbo(Autoencoder(6, latent, (4,)), images, batch=5, samples=2)
    x = f.x0 + 0.1 * np.random.default_rng(4).standard_normal((3, f.d))
    xi = f.sample(zo.generator(5), (3,))
    there = type(xi)(*map(torch.tensor, xi))
    np.testing.assert_allclose(f.at(there)(torch.tensor(x)).numpy(), f.at(xi)(x), rtol=1e-10)
    np.testing.assert_allclose(f(torch.tensor(x)).numpy(), f(x), rtol=1e-10)


@pytest.mark.parametrize(
    "method", [zo.relative_loss(radius=0.3, cached=False), zo.rso(deviations=0.5, cycles=5)], ids=lambda made: made.name
)
def test_mini_batches_train_a_network(method):
    rng = np.random.default_rng(5)
    inputs = rng.standard_normal((300, 4))
    f = Labelled(Perceptron((4, 6, 3)), inputs, (inputs @ rng.standard_normal((4, 3))).argmax(axis=-1), batch=20)
    result = zo.run(method, f, steps=200, replicas=3, seed=1, backend="torch")
    assert np.all(result.values[-1] < 0.9 * result.values[0])


def test_a_run_is_one_of_doubles_that_its_seed_determines():
    first, again, other = (
        zo.run(METHODS["relative_loss"], FAMILY, steps=20, seed=seed, replicas=4, backend="torch") for seed in (1, 1, 2)
    )
    assert np.array_equal(first.values, again.values)
    assert not np.any(first.x == other.x)
    assert first.x.dtype == np.float64
    assert first.calls - first.looks == 21
    np.testing.assert_allclose(first.value, FAMILY(first.x), rtol=1e-14)


def test_an_objective_with_parameters_keeps_no_gradients():
    net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).double()
    result = zo.run(METHODS["relative_loss"], lambda x: net(x)[:, 0], x0=np.zeros(3), steps=30, backend="torch")
    assert result.value < result.values[0]
    assert torch.is_grad_enabled()


def test_what_goes_wrong_is_said():
    def go(f):
        zo.run(METHODS["relative_loss"], f, x0=np.ones(3), steps=3, backend="torch")

    with pytest.raises(zo.ObjectiveError, match=r"in single precision at least, got dtype torch\.float16"):
        go(lambda x: torch.sum(x * x, dim=-1).half())
    with pytest.raises(zo.ObjectiveError, match="must not write into its argument"):
        go(lambda x: torch.sum(x.mul_(2), dim=-1))
    with pytest.raises(ValueError, match="device must be one of PyTorch's with doubles, got 'nowhere'"):
        find("torch", "nowhere")


def test_the_source_draws_the_laws_that_it_names():
    """One sample against the exact law, by Holm; 10^5 draws see a distance of 0.01."""
    source, n = generator(11), 100_000
    drawn = {"norm": source.standard_normal(n), "uniform": source.random(n), "expon": source.standard_exponential(n)}
    counts = np.bincount(source.integers(2, 9, n).numpy(), minlength=12)
    chances = {name: stats.kstest(x.numpy(), name).pvalue for name, x in drawn.items()}
    assert counts[:2].sum() == counts[9:].sum() == 0
    chances["integers"] = stats.chisquare(counts[2:9]).pvalue
    assert refuted(chances, BUDGET) == []


def test_every_method_has_the_law_that_it_has_on_numpy():
    """Kolmogorov and Smirnov's test of two samples, by Holm: a distance of 0.06 in one of the laws would be seen."""
    chances = {}
    for name, method in METHODS.items():
        options = {"steps": STEPS, "replicas": REPLICAS, "record": [STEPS], "x0": STARTS.get(name), "seed": 7}
        ends = (zo.run(method, FAMILY, **options, backend=backend).values[-1] for backend in ("numpy", "torch"))
        chances[name] = stats.ks_2samp(*ends).pvalue
    assert refuted(chances, BUDGET) == []


def test_the_page_shows_what_its_code_prints():
    pairs = test_docs.printed("backends.md", "torch")
    assert len(pairs) == 2
    assert all(shown == found for shown, found in pairs)
