"""The methods that `figures.networks.kin` compares, the settings that were tried of each, and which was best."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil, sqrt
from typing import Any, NamedTuple

import numpy as np
import optax

import zotheory as zo
from figures.networks.backpropagation import backpropagation
from zotheory.problems.networks import Perceptron
from zotheory.problems.networks.parameters import first_deviation

FALL = 0.01  # of a radius that decays


class Run(NamedTuple):
    """What a method may know: the network, and the evaluations that there are."""

    network: Perceptron
    evaluations: int

    @property
    def d(self) -> int:
        """Number of weights."""
        return self.network.parameters.count


def one_fifth(run: Run, *, growth: float, **momentum: float) -> zo.Method:
    """The radius follows the share of steps that are accepted on their own batches."""
    return zo.relative_loss(radius=zo.radii.one_fifth(1.0, growth), cached=False, **momentum)


def decaying(run: Run, calls: int, *, first: float, fall: float) -> Callable[[Any], Any]:
    """A radius that falls to `fall` of the first one by the last step, by the same factor in every step."""
    steps = run.evaluations / calls
    return lambda t: first * fall ** (t / steps)


def falling(run: Run, *, first: float, fall: float, **momentum: float) -> zo.Method:
    """The radius is told how many steps there are."""
    return zo.relative_loss(radius=decaying(run, 2, first=first, fall=fall), cached=False, **momentum)


def three_point(run: Run, *, first: float, fall: float) -> zo.Method:
    """As `falling`, with a look back."""
    return zo.three_point(radius=decaying(run, 3, first=first, fall=fall), cached=False)


def monte_carlo(run: Run, *, length: float, rate: float) -> zo.Method:
    """sigma makes the first moves some `length` long."""
    return zo.adaptive_monte_carlo(sigma=length / sqrt(run.d), rate=rate, cached=False)


def mezo(run: Run, *, step: float) -> zo.Method:
    """MeZO is random gradient-free search with central differences: h = step/d, delta = 0.001."""
    return zo.random_gradient_free(h=lambda k: step / run.d, delta=1e-3, average=False, central=True)


def rso(run: Run, *, scale: float) -> zo.Method:
    """Weights of the last layer first; offsets, which start at 0, change as the weights of their layer do."""
    parameters = run.network.parameters
    slices = list(parameters.slices.values())
    each = {name: scale * first_deviation(parameters.shapes[f"W{name[1:]}"]) for name in parameters}
    cycles = ceil(run.evaluations / (3 * run.d))
    order = np.concatenate([np.arange(part.start, part.stop) for part in reversed(slices)])
    return zo.rso(deviations=parameters.each(each), order=order, cycles=cycles)


def sgd(run: Run, *, rate: float) -> zo.Method:
    """Plain stochastic gradient descent."""
    return backpropagation(optax.sgd(rate))


def adam(run: Run, *, rate: float) -> zo.Method:
    """Adam, with optax's defaults."""
    return backpropagation(optax.adam(rate))


# --- settings --------------------------------------------------------------------------------------------------------


def grid(**axes: tuple[float, ...]) -> tuple[dict[str, float], ...]:
    """Settings, one for each place of the tuples."""
    return tuple(dict(zip(axes, values, strict=True)) for values in zip(*axes.values(), strict=True))


DECAYING = grid(first=(0.3, 1.0, 1.0, 3.0), fall=(0.1, 0.1, 0.01, 0.01))
MOMENTUM = grid(beta=(0.9, 0.9, 0.99, 0.99), gain=(4.0,) * 4, clip=(1.0, 3.0, 1.0, 3.0))
METHODS: dict[str, tuple[Callable[..., zo.Method], tuple[dict[str, float], ...]]] = {
    "1/5 rule": (one_fifth, grid(growth=(1.02, 1.1, 1.2, 1.5))),
    "1/5 rule, momentum": (partial(one_fifth, growth=1.1), MOMENTUM),
    "decaying radius": (falling, DECAYING),
    "decaying radius, momentum": (partial(falling, first=1.0, fall=FALL), MOMENTUM),
    "adaptive Monte Carlo": (monte_carlo, grid(length=(0.1, 0.3, 0.1, 0.3), rate=(0.0, 0.0, 1e-3, 1e-3))),
    "three points": (three_point, DECAYING),
    "two points (MeZO)": (mezo, grid(step=(1.0, 3.0, 10.0, 30.0))),
    "RSO": (rso, grid(scale=(0.25, 0.5, 1.0, 2.0))),
    "SGD": (sgd, grid(rate=(0.1, 0.3, 1.0, 3.0))),
    "Adam": (adam, grid(rate=(1e-3, 3e-3, 1e-2, 3e-2))),
}
DIAGONAL, WHOLE = "CMA-ES, diagonal", "CMA-ES"  # on the small network alone
SLOW = 2  # seeds of CMA-ES with all covariances, whose own work is ten times that of the network
LENGTHS = grid(length=(0.3, 1.0, 3.0, 10.0))  # of its first steps, sigma sqrt(d)
FIFTH: dict[str, dict[str, dict[str, float]]] = {
    "970 weights": {
        "1/5 rule": {"growth": 1.01},
        "1/5 rule, momentum": {"beta": 0.5, "gain": 4.0, "clip": 1.0},
        "decaying radius": {"first": 0.6, "fall": 0.1},
        "decaying radius, momentum": {"beta": 0.99, "gain": 4.0, "clip": 3.0, "first": 0.3},
        "adaptive Monte Carlo": {"length": 0.17, "rate": 0.0},
        "three points": {"first": 0.6, "fall": 0.1},
        "two points (MeZO)": {"step": 100.0},
        "RSO": {"scale": 4.0},
        "SGD": {"rate": 6.0},
        "Adam": {"rate": 0.017},
        DIAGONAL: {"length": 5.0},
    },
    "25,450 weights": {
        "1/5 rule": {"growth": 1.01},
        "1/5 rule, momentum": {"beta": 0.5, "gain": 4.0, "clip": 1.0},
        "decaying radius": {"first": 0.6, "fall": 0.1},
        "decaying radius, momentum": {"beta": 0.99, "gain": 4.0, "clip": 3.0, "first": 0.6},
        "adaptive Monte Carlo": {"length": 0.5, "rate": 0.0},
        "three points": {"first": 0.6, "fall": 0.1},
        "two points (MeZO)": {"step": 60.0},
        "RSO": {"scale": 4.0},
        "SGD": {"rate": 0.6},
        "Adam": {"rate": 5e-3},
    },
}
CHOSEN: dict[str, dict[str, int]] = {  # places in the grids
    "970 weights": {
        "1/5 rule": 0,
        "1/5 rule, momentum": 0,
        "decaying radius": 4,
        "decaying radius, momentum": 3,
        "adaptive Monte Carlo": 1,
        "three points": 4,
        "two points (MeZO)": 3,
        "RSO": 3,
        "SGD": 3,
        "Adam": 3,
        "CMA-ES, diagonal": 2,
    },
    "25,450 weights": {
        "1/5 rule": 0,
        "1/5 rule, momentum": 4,
        "decaying radius": 1,
        "decaying radius, momentum": 3,
        "adaptive Monte Carlo": 4,
        "three points": 1,
        "two points (MeZO)": 4,
        "RSO": 4,
        "SGD": 4,
        "Adam": 4,
    },
}


def grids(size: str) -> dict[str, tuple[dict[str, float], ...]]:
    """The settings of each method that is tuned, the fifth last."""
    tuned = {name: settings for name, (_, settings) in METHODS.items()}
    tuned |= {DIAGONAL: LENGTHS} if size == "970 weights" else {}
    return {
        name: (*settings, *([FIFTH[size][name]] if name in FIFTH.get(size, {}) else []))
        for name, settings in tuned.items()
    }


def settings(size: str) -> dict[str, dict[str, float]]:
    """The chosen setting of each method."""
    every = grids(size)
    found = {name: every[name][place] for name, place in CHOSEN[size].items()}
    return found | ({WHOLE: found[DIAGONAL]} if DIAGONAL in found else {})
