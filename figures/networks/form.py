"""Networks that back-propagation cannot train, on scikit-learn's digits: comparisons of values beside what replaces it.

Forms: hard thresholds; ternary weights; integer weights; argmax routing to one of three linear experts; and, for a
network that has a derivative, a loss that has none: the error rate, 1 less the macro F1 (where the classes to train on
have 137 to 10 images), the edit distance of strings read from strips of three digits. Images are pooled to 4 x 4;
networks have 442 to 561 weights.

Every evaluation sees all of the training data, so that a run is deterministic but for its moves, and equal losses are
exactly equal. 5 runs of each method, with the same 5 starts, 30,000 evaluations each, some sixty a weight. A
gradient counts 3 evaluations. Radii and step sizes were chosen on thresholds and ternary weights, in runs with another
start, and are the same for all forms; RSO's deviation is that of first weights of ReLUs, or the spacing of a lattice.

Methods: relative loss with the 1/5 rule, or with a radius that falls from 1 to 0.03, each as it is and with ties taken
for lower; momentum with the last of these; adaptive Monte Carlo, which moves on ties; RSO; and back-propagation by
Adam, through a straight-through estimator where the network is hard, with the cross-entropy or CTC loss in the place of
a loss without derivative. RSO has that loss, too, which tells the method from the loss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import zotheory as zo
from figures.networks.backpropagation import backpropagation
from figures.networks.forms import METRICS, Form, forms
from figures.networks.job import Job
from figures.networks.ties import counted
from figures.networks.training import Whole, job
from zotheory.methods.relative_loss import Ties
from zotheory.problems.networks import Labelled, Quantised

RUNS, EVALUATIONS, PIECES, SEED = 5, 30_000, 20, 1


# --- methods ----------------------------------------------------------------------------------------------------------


def falling(evaluations: int) -> zo.radii.Radius:
    """From 1 in the first step to 0.03 in the last."""
    return zo.radii.decaying(lambda t: 0.03 ** (t / evaluations))


def relative_loss(evaluations: int, radius: str, *, ties: Ties, momentum: bool = False) -> zo.Method:
    """Relative-loss descent, its ties counted."""
    rule = zo.radii.one_fifth(1.0) if radius == "1/5 rule" else falling(evaluations)
    return counted(zo.relative_loss(radius=rule, beta=0.9 * momentum, gain=5.0, ties=ties))


def rso(form: Form, evaluations: int) -> zo.Method:
    """RSO from the last weight to the first; on a lattice, whose cells do not shrink, deviations do not fall."""
    d = form.network.parameters.count
    least = 1.0 if isinstance(form.network, Quantised) else 0.1
    order, cycles = np.arange(d)[::-1].copy(), max(1, evaluations // (3 * d))
    return counted(zo.rso(deviations=form.deviation, cycles=cycles, order=order, least=least, decay=0.0))


def adam(form: Form, evaluations: int) -> zo.Method:
    """Back-propagation."""
    import optax

    return backpropagation(optax.adam(1e-2))


METHODS: dict[str, Callable[[Form, int], zo.Method]] = {
    "1/5 rule": lambda form, n: relative_loss(n, "1/5 rule", ties="stay"),
    "1/5 rule, ties move": lambda form, n: relative_loss(n, "1/5 rule", ties="move"),
    "falling radius": lambda form, n: relative_loss(n, "falling", ties="stay"),
    "falling radius, ties move": lambda form, n: relative_loss(n, "falling", ties="move"),
    "falling radius, ties move, momentum": lambda form, n: relative_loss(n, "falling", ties="move", momentum=True),
    "adaptive Monte Carlo": lambda form, n: counted(zo.adaptive_monte_carlo(sigma=0.03)),
    "RSO": rso,
    "RSO, smooth loss": rso,
    "back-propagation": adam,
}
SMOOTH = ("back-propagation", "RSO, smooth loss")


# --- runs -------------------------------------------------------------------------------------------------------------


def problem(form: Form, smooth: bool, straight: bool, runs: int) -> Whole:
    """The loss that a method has, at the starts of its runs: those of seeds 1, 2, ..., which all methods share."""
    data = form.data()
    network, loss = form.smooth_network if straight else form.network, form.smooth_loss if smooth else form.loss
    labelled = Labelled(network, data.inputs, data.labels, batch=len(data.labels), loss=loss)
    return Whole(labelled, np.stack([form.network.start(SEED + run) for run in range(runs)]))


def measure(form: Form, whole: Whole) -> Callable[[Any], Mapping[str, Any]]:
    """Loss, error on the training data and on what is held out, of each run; the counts behind its point."""
    data, p = form.data(), whole.d

    def measured(out: Any) -> Mapping[str, Any]:
        x = np.asarray(out)[..., :p].astype(np.float32)
        told = {
            "error": form.error(form.network(x, data.inputs), data.labels),
            "held-out error": form.error(form.network(x, data.test_inputs), data.test_labels),
            **dict(zip(("ties", "lower", "radius"), np.moveaxis(np.asarray(out)[..., p:], -1, 0), strict=False)),
        }
        return {name: [float(each) for each in values] for name, values in told.items()}

    return measured


def jobs(evaluations: int = EVALUATIONS, pieces: int = PIECES, runs: int = RUNS) -> tuple[Job, ...]:
    """One job for each form and method: all of its runs."""
    return tuple(
        one(name, form, method, evaluations, pieces, runs)
        for name, form in forms().items()
        for method in METHODS
        if method != "RSO, smooth loss" or name in METRICS
    )


def one(name: str, form: Form, method: str, evaluations: int, pieces: int, runs: int) -> Job:
    """All runs of a method on a form."""
    bound, smooth = METHODS[method](form, evaluations), method in SMOOTH
    return job(
        f"{name}/{method}",
        {"form": name, "method": method, "weights": form.network.parameters.count, "runs": runs},
        method=bound,
        problem=lambda: problem(form, smooth, method == "back-propagation", runs),
        seed=SEED,
        steps=evaluations // (bound.calls[1] * pieces),
        pieces=pieces,
        measure=lambda whole: measure(form, whole),
    )


JOBS = jobs()
