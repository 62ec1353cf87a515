"""Every shipped method as its constructor binds it: alone, in batches of any shape, counted as it says."""

from functools import partial

import numpy as np
import pytest

import zotheory as zo
from zotheory.methods import METHODS
from zotheory.objective import Objective

D = 4
SMALL = {"h": lambda k: 0.01, "delta": lambda k: 0.1}
ROSTER = {
    "gld_search": zo.gld_search(R=2.0, r=0.1),
    "gld_fast": zo.gld_fast(R=0.5, Q=4.0, H=3),
    "two_point": zo.two_point(**SMALL),
    "double_smoothing": zo.double_smoothing(**SMALL, eta=lambda k: 0.2),
    "random_gradient_free": zo.random_gradient_free(h=lambda k: 0.01, delta=0.1),
    "accelerated_random_search": zo.accelerated_random_search(h=0.01, theta=0.001, tau=1.0, delta=0.1),
    "three_point": METHODS["three_point"](radius=0.3),
    "relative_loss": zo.relative_loss(radius=0.3, beta=0.5),
    "relative_loss, weighted": zo.relative_loss(radius=0.3, h=0.01),
    "augmented_random_search": zo.augmented_random_search(h=0.01, delta=0.1, directions=4, best=2),
    "rso": zo.rso(deviations=0.3, cycles=10),
    "relative_loss_ranked": zo.relative_loss_ranked(alpha=0.3),
    "relative_loss_trial": zo.relative_loss_trial(radius=0.3, beta=0.5),
    "adaptive_monte_carlo": zo.adaptive_monte_carlo(sigma=0.02, rate=0.3, patience=3),
    "distance_over_gradients": zo.distance_over_gradients(delta=lambda t: 0.1, reach=0.1),
}
every = pytest.mark.parametrize("name", ROSTER)
SAYS = {  # vectors, whether a step selects, compares and keeps a value, and the directions that it uses together
    "gld_search": (("x",), True, True, True, 1),
    "gld_fast": (("x",), True, True, True, 1),
    "two_point": (("x", "mean"), False, False, False, 1),
    "double_smoothing": (("x", "mean"), False, False, False, 2),
    "random_gradient_free": (("x", "mean"), False, False, False, 1),
    "accelerated_random_search": (("x", "v"), False, False, False, 1),
    "three_point": (("x",), False, True, True, 1),
    "relative_loss": (("x", "b"), False, True, True, 1),
    "relative_loss, weighted": (("x", "b"), False, False, False, 1),
    "augmented_random_search": (("x",), False, False, False, 4),
    "rso": (("x",), False, True, False, 1),
    "relative_loss_ranked": (("x", "m", "path", "way"), False, True, True, 1),
    "relative_loss_trial": (("x", "b"), False, True, True, 1),
    "adaptive_monte_carlo": (("x", "mu"), False, True, True, 1),
    "distance_over_gradients": (("x", "first", "mean"), False, False, False, 1),
}


def f(x):
    z = x - 0.3
    return np.vecdot(np.array([1.0, 2.0, 4.0, 7.0]) * z, z) / 2


def starts(*batch):
    return 0.3 + np.random.default_rng(2).standard_normal((*batch, D))


def test_the_roster_is_whole():
    assert {name.partition(",")[0] for name in ROSTER} == set(METHODS)


@every
def test_a_method_says_what_its_step_does(name):
    """And means it: what compares is the same under a transform, what keeps a value has it."""
    method = ROSTER[name]
    assert (method.vectors, method.selects, method.compares, method.value is not None, method.draws) == SAYS[name]
    assert method.domain == "R^d"

    def cubed(x):
        return f(x) ** 3

    state = method.init(f, starts(3))
    u = method.draw(zo.generator(5), state, D)
    after, other = method.step(f, state, u), method.step(cubed, method.init(cubed, starts(3)), u)
    assert np.array_equal(after.x, other.x) == method.compares
    if method.value is not None:
        np.testing.assert_array_equal(method.value(after), f(method.output(after)))


@every
@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
def test_a_batch_of_any_shape_is_drawn_stepped_and_counted(name, batch):
    method, rng = ROSTER[name], zo.generator(5)
    counted = Objective(f, batch)
    state = method.init(counted, starts(*batch))
    assert counted.calls == method.calls[0]
    begun = {name: getattr(state, name) for name in ("t", "k") if hasattr(state, name)}
    for t in (1, 2, 3):
        u = method.draw(rng, state, D)
        state = method.step(counted, state, u)
        assert counted.calls == method.calls[0] + t * method.calls[1]
        assert method.output(state).shape == (*batch, D)
        assert {name: getattr(state, name) - first for name, first in begun.items()} == dict.fromkeys(begun, t)
        for vector in method.vectors:
            assert getattr(state, vector).shape == (*batch, D)


def row(value, index):
    """What of a tree of arrays belongs to one replica; numbers belong to all."""
    if isinstance(value, tuple):
        parts = [row(part, index) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value[index] if np.ndim(value) >= len(index) and np.ndim(value) else value


@every
def test_a_replica_does_what_it_does_alone(name):
    method, rng, x0 = ROSTER[name], zo.generator(5), starts(3)
    state = method.init(f, x0)
    alone = [method.init(f, x) for x in x0]
    for _ in range(4):
        u = method.draw(rng, state, D)
        state = method.step(f, state, u)
        alone = [method.step(f, one, row(u, (i,))) for i, one in enumerate(alone)]
    for i, one in enumerate(alone):
        np.testing.assert_allclose(method.output(one), method.output(state)[i], rtol=1e-13)
        for vector in method.vectors:
            np.testing.assert_allclose(getattr(one, vector), getattr(state, vector)[i], rtol=1e-13, atol=1e-15)


def directions(u):
    """The vectors of a draw, a row for each replica; or the lengths along the axis that they share."""
    parts = [part for part in (u if isinstance(u, tuple) else (u,)) if np.shape(part)[-1:] == (D,)] or [u.delta]
    return np.concatenate([np.reshape(part, (2, -1)) for part in parts], axis=-1)


@every
def test_draws_of_replicas_and_steps_differ(name):
    method, rng = ROSTER[name], zo.generator(5)
    state = method.init(f, np.ones((2, D)))
    first, second = (directions(method.draw(rng, state, D)) for _ in range(2))
    assert not np.any(first == second)
    assert not np.any(first[0] == first[1])


@every
@pytest.mark.parametrize("replicas", [None, 3])
def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(name, replicas):
    problem = zo.problems.golovin_family(1, 8, D, minimiser=0.3)
    results = [zo.run(ROSTER[name], problem, steps=20, seed=seed, replicas=replicas).x for seed in (1, 1, 2)]
    assert results[0].shape == ((D,) if replicas is None else (3, D))
    np.testing.assert_array_equal(results[0], results[1])
    assert not np.any(results[0] == results[2])


RECORDED = {  # of seed 5, NumPy's normals: the mean of the last values, and the first coordinate of the first replica
    ("gld_search", 3): (0.000156449315, 0.30054897),
    ("gld_search", 90): (0.0209144715, 0.368945966),
    ("gld_fast", 3): (0.00126271406, 1.00121644),
    ("gld_fast", 90): (0.0216897481, 0.351478051),
    ("two_point", 3): (0.0221798349, 0.79950865),
    ("two_point", 90): (0.0243106202, 0.353416735),
    ("double_smoothing", 3): (0.0222179259, 0.798472214),
    ("double_smoothing", 90): (0.0243621761, 0.382623398),
    ("random_gradient_free", 3): (0.0222008963, 0.799505624),
    ("random_gradient_free", 90): (0.0243361677, 0.356886044),
    ("accelerated_random_search", 3): (0.0216826848, 0.799003027),
    ("accelerated_random_search", 90): (0.0355241036, 0.348446828),
    ("three_point", 3): (0.000485076335, 0.445824021),
    ("three_point", 90): (0.0224283221, 0.357735027),
    ("relative_loss", 3): (0.00184900214, 0.246558568),
    ("relative_loss", 90): (0.0224574735, 0.357735027),
    ("relative_loss, weighted", 3): (0.0218981607, 0.79902914),
    ("relative_loss, weighted", 90): (0.0222824821, 0.353275975),
    ("augmented_random_search", 3): (0.00512645776, 0.721919843),
    ("augmented_random_search", 90): (0.0239683847, 0.367089934),
    ("rso", 3): (0.000133236782, 0.344097491),
    ("rso", 90): (0.022416536, 0.357699253),
    ("relative_loss_ranked", 3): (0.00314888727, 0.5548186),
    ("relative_loss_trial", 3): (0.003051126761, 0.847658527),
    ("relative_loss_ranked", 90): (0.0223724841, 0.357735027),
    ("relative_loss_trial", 90): (0.0224589661, 0.342630389),
    ("adaptive_monte_carlo", 3): (0.0105441682, 0.683825694),
    ("adaptive_monte_carlo", 90): (0.0224530869, 0.357735027),
    ("distance_over_gradients", 3): (0.00365167643, 0.691287979),
    ("distance_over_gradients", 90): (0.0213124761, 0.343924377),
}
MANY_NORMALS = {  # the same of 90 replicas in 300 dimensions, whose normals are this package's
    "gld_search": (0.020788304, 0.345384378),
    "gld_fast": (0.0216548659, 0.359130593),
    "two_point": (0.0242888899, 0.360550076),
    "double_smoothing": (0.0242039208, 0.367535534),
    "random_gradient_free": (0.0243600915, 0.361116035),
    "accelerated_random_search": (0.0356640243, 0.35936676),
    "three_point": (0.0224302218, 0.357735027),
    "relative_loss": (0.0224655748, 0.357735027),
    "relative_loss, weighted": (0.0222708124, 0.354186773),
    "augmented_random_search": (0.0237380329, 0.39710777),
    "rso": (0.022416536, 0.357699253),
    "relative_loss_ranked": (0.0223469089, 0.356207809),
    "relative_loss_trial": (0.0224550688, 0.357735027),
    "adaptive_monte_carlo": (0.0224601345, 0.357735027),
    "distance_over_gradients": (0.021243174, 0.342532201),
}


def outcome(name, replicas, d):
    problem = zo.problems.golovin_family(0.01, 0.08, d, minimiser=0.3)
    found = zo.run(ROSTER[name], problem, steps=20, seed=5, replicas=replicas)
    return float(np.mean(found.values[-1])), float(found.x[0, 0])


@every
@pytest.mark.parametrize(("replicas", "d"), [(3, 4), (90, 300)])  # one chunk of replicas, and several
@pytest.mark.parametrize("normals", ["zotheory", "numpy"])
def test_what_a_seed_gives_stays_what_it_was(name, replicas, d, normals, monkeypatch):
    """Results are recorded by their seeds; a few normals are NumPy's in any case."""
    monkeypatch.setattr("zotheory.replicas.generator", partial(zo.generator, normals=normals))
    ours = normals == "zotheory" and replicas == 90
    recorded = MANY_NORMALS[name] if ours else RECORDED[name, replicas]
    assert outcome(name, replicas, d) == pytest.approx(recorded, rel=1e-6)
