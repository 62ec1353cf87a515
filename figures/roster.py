"""What is compared at equal evaluations: methods, each with one setting for all problems, and the problems.

``benchmarks/comparison.py`` counts evaluations on them, ``figures/relative_loss_comparison.py`` draws the gap. Who is
told what: GLD-Search, adaptive Monte Carlo and the relative-loss steps a distance R to start from, GLD-Fast also the
condition number, the two gradient-free methods L1, ARS L1 and mu. None is told the number of evaluations but relative
loss with a fixed radius, whose best radius depends on it. Adaptive Monte Carlo has the defaults of its authors'
program, and once the middle one of the patiences 10, 20 and 100, which were tried.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import zotheory as zo
from figures import runs
from zotheory.oracles import Expected, Fresh, Noisy
from zotheory.theorems.random_gradient_free import smooth_step

SMALLEST = 1e-6  # radius of GLD-Search, and of a log-uniform grid, over R
COUNT = 20  # radii of that grid: 2^-20 is 1e-6
FEW = 30  # variables of the problems that are no quadratics; the data of `logistic` have as many
NOISE = 1e-2  # deviation of a value where there is noise


def quadratic(d: int, Q: float) -> zo.problems.Quadratic:
    """Curvatures evenly spaced from 1 to Q; neither the minimiser nor the least value is 0."""
    return zo.problems.golovin_family(1, Q, d, minimiser=0.3, f_star=-1.0)


def logistic() -> Expected:
    """Mean logistic loss of the breast-cancer data, 30 variables."""
    return Expected(zo.problems.breast_cancer())


def kinks(d: int = FEW) -> zo.problems.Norm:
    """The mean of |x_i|, moved."""
    return zo.problems.Norm("l1", np.full(d, 0.1), np.full(d, 0.1) + np.linspace(-1, 1, d) / np.sqrt(d), 4.0)


def wavy(d: int = FEW) -> zo.problems.Wavy:
    """Not convex."""
    return zo.problems.Wavy(d, c=0.3, f_star=-1.0)


def noisy(d: int = FEW) -> tuple[Fresh, zo.problems.Quadratic]:
    """A quadratic of condition 10 whose every value has noise of its own, and that quadratic."""
    f = quadratic(d, 10.0)
    return Fresh(Noisy(f, NOISE)), f


def momentum(d: int) -> dict[str, float]:
    """Memory of some 3 d steps; 4 times the average, as long as three deviations of a coordinate at most."""
    return {"beta": 1 - 0.3 / max(d, 1), "gain": 4.0, "clip": 3.0}


def schedules(R: float, fixed: float) -> dict[str, Any]:
    """Radius rules by name, from R on."""
    return {
        "fixed radius": zo.radii.fixed(fixed),
        "R/√t": zo.radii.decaying(lambda t: R / np.sqrt(t)),
        "log-uniform": zo.radii.log_uniform(R, COUNT),
        "1/5 rule": zo.radii.one_fifth(R),
    }


def roster(problem: Any, evaluations: int, told: Any = None, *, cached: bool = True) -> dict[str, zo.Method]:
    """Return the methods by name, with the constants that `told` (the problem itself) states: R, Q, L1, mu."""
    told = problem if told is None else told
    d, R = problem.d, told.R
    gap = float(told(told.x0)) - told.f_star
    alpha = R / np.sqrt(evaluations) if told.L1 is None else 2 * np.sqrt(gap / (told.L1 * evaluations))
    methods: dict[str, zo.Method] = {}
    for name, radius in schedules(R, alpha).items():
        methods[name] = zo.relative_loss(radius=radius, cached=cached)
        methods[f"{name}, momentum"] = zo.relative_loss(radius=radius, cached=cached, **momentum(d))
    methods["(1+1)-ES"] = zo.relative_loss(radius=zo.radii.one_fifth(R), law=zo.directions.gaussian, cached=cached)
    methods["three points, R/√k"] = zo.three_point(radius=lambda t: R / np.sqrt(t))
    methods["three points, 1/5 rule"] = zo.three_point(radius=zo.radii.one_fifth(R))
    sigma = R / np.sqrt(d)
    methods["adaptive Monte Carlo"] = zo.adaptive_monte_carlo(sigma=sigma, cached=cached)
    methods["adaptive Monte Carlo, patience 20"] = zo.adaptive_monte_carlo(sigma=sigma, patience=20, cached=cached)
    methods["GLD-Search"] = zo.gld_search(R=2 * R, r=SMALLEST * R)
    if told.Q is not None:
        methods["GLD-Fast, told Q"] = runs.gld_fast(problem, diameter=2 * R, Q=told.Q)
    if told.L1 is not None:
        h = smooth_step(L1=told.L1, d=d)
        delta = 1e-6 * R / np.sqrt(d)
        methods["two points, told L"] = zo.random_gradient_free(h=lambda k: h, delta=delta, average=False)
    if told.L1 is not None and told.mu:
        methods["ARS, told L and μ"] = runs.ars(d, mu=told.mu, L1=told.L1)
    return methods
