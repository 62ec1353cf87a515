"""What runs on every array library: the methods, a problem of each kind, and what an objective may do wrong."""

import numpy as np

import zotheory as zo
from zotheory.backends.running import on_library
from zotheory.oracles import Batches, Expected, Fresh, Noisy
from zotheory.recording import Outputs
from zotheory.replicas import Replicas, gather
from zotheory.setting import Setting


def shrinking(t):
    """A function of the step that no library could trace."""
    return 0.02 / max(t, 1) ** 0.5 if t < 10_000 else 1e-4


D = 10
FAMILY = zo.problems.golovin_family(1, 8, D, minimiser=0.3, f_star=-2.0)
METHODS = {
    "gld_search": zo.gld_search(R=3.0, r=1e-2),
    "gld_search, signs": zo.gld_search(R=3.0, r=1e-2, law=zo.directions.rademacher),
    "gld_fast": zo.gld_fast(R=0.4, Q=8, H=7),
    "two_point": zo.two_point(h=shrinking, delta=lambda t: 1e-3 / t),
    "two_point, pairs, p-norm": zo.two_point(
        h=shrinking, delta=lambda t: 1e-3, pairs=3, mirror=zo.geometry.p_norm(4.0, D), law=zo.directions.ball
    ),
    "two_point, entropy": zo.two_point(
        h=shrinking, delta=lambda t: 1e-3, mirror=zo.geometry.entropy(), law=zo.directions.coordinates
    ),
    "double_smoothing": zo.double_smoothing(h=shrinking, delta=lambda t: 1e-3 / t, eta=lambda t: 1e-2 / t),
    "double_smoothing, two laws": zo.double_smoothing(
        h=shrinking, delta=shrinking, eta=shrinking, first=zo.directions.ball
    ),
    "random_gradient_free": zo.random_gradient_free(
        h=lambda k: 0.002 + 0.002 / (k + 1), delta=1e-3, mirror=zo.geometry.euclidean_ball(1.0, np.full(D, 0.5))
    ),
    "random_gradient_free, central": zo.random_gradient_free(h=lambda k: 0.002, delta=0.1, average=False, central=True),
    "accelerated_random_search": zo.accelerated_random_search(h=2e-3, theta=5e-4, tau=1, delta=1e-3),
    "three_point": zo.three_point(radius=lambda t: 1 / t),
    "relative_loss": zo.relative_loss(radius=zo.radii.one_fifth(1.0)),
    "relative_loss, momentum": zo.relative_loss(
        radius=zo.radii.log_uniform(1.0, 6), beta=0.9, law=zo.directions.gaussian
    ),
    "relative_loss, weighted": zo.relative_loss(radius=0.1, h=0.01),
    "augmented_random_search": zo.augmented_random_search(h=0.01, delta=1e-3, directions=4, best=3),
    "rso": zo.rso(deviations=np.linspace(0.1, 0.5, D), cycles=5, order=np.arange(D)[::-1]),
    "relative_loss_ranked": zo.relative_loss_ranked(alpha=1.0, kept=3, patience=0.3),
    "relative_loss_trial": zo.relative_loss_trial(radius=zo.radii.one_fifth(1.0), beta=0.9, explore=0.2, window=9.0),
    "adaptive_monte_carlo": zo.adaptive_monte_carlo(sigma=0.3, rate=0.1, patience=4),
    "distance_over_gradients": zo.distance_over_gradients(delta=lambda t: 0.1 / t, reach=0.1),
}
STARTS = {"two_point, entropy": np.full(D, 1 / D), "two_point, pairs, p-norm": np.full(D, 0.3)}
STOCHASTIC = {
    "noise": Noisy(FAMILY, 0.1),
    "fresh noise": Fresh(Noisy(FAMILY, 0.1)),
    "rows": zo.problems.breast_cancer(),
    "batches of rows": Batches(zo.problems.cell_nuclei(), 4),
    "mean": Expected(zo.problems.cell_nuclei()),
    "linear": zo.problems.NoisyLinear(np.linspace(1, 2, D), 0.3, radius=1.0),
    "signs": zo.problems.SignLinear(0.3 * np.eye(1, D)[0]),
    "targets": zo.problems.Targets(0.3, D),
    "bent": zo.problems.Bent(D),
}
NOT_PLAIN = {"tight linear": {"k": 100}, "noisy linear": {"ratio": 1.0}, "targets": {"p": 0.3}}  # options of instances
UNKEPT = zo.relative_loss(radius=0.1, cached=False)  # asks for nothing but what a sample has


def on(library, method, problem, *, steps, seed=1, replicas=None, x0=None, record=None, nonfinite="error"):
    """Run on a library as `zotheory.run` does."""
    setting = Setting.of(method, problem, x0=x0, vectorised=None, nonfinite=nonfinite)
    plan = on_library(Replicas.of(setting, steps, record, seed, replicas), library)
    return gather(plan, Outputs(plan.total, len(setting.start), plan.recorded), None)


def refuted(chances, budget):
    """Names of hypotheses that Holm's procedure refutes, all together at the budget, by their p-values."""
    found = []
    for i, name in enumerate(sorted(chances, key=chances.get)):
        if chances[name] > budget / (len(chances) - i):
            break
        found.append(name)
    return found
