"""Networks without a derivative are trained by RSO; losses without one hardly train any.

Networks that back-propagation cannot train, on scikit-learn's digits pooled to 4 x 4, 442 to 561 weights: hard
thresholds; ternary weights; integer weights; argmax routing to one of three experts; and three losses that have no
derivative: the error rate, 1 less the macro F1 where classes have 137 to 10 images, and the edit distance of strings
read from strips of three digits. Marks: held-out error of single runs, five of each method, after 30,000 evaluations of
all the training data, some sixty a weight, of which a gradient by back-propagation counts 3.

Relative loss takes steps of all weights at once. It stays where the candidate has the very same loss, or, with "ties
move", goes there; its radius obeys the 1/5 rule or falls from 1 to 0.03; "momentum" is 0.9 with gain 5. Adaptive Monte
Carlo (Whitelam et al. 2022) moves on ties by its definition. RSO (Tripathi, Singh 2020) changes one weight at a time.
Adam has what replaces the derivative: a straight-through estimator for the first four forms, the cross-entropy or CTC
loss for the three losses; "smooth loss" is RSO with that loss.

At the lower right, the share of candidates that have the very loss of the point, of runs under the radius that falls
whose ties move. The 1/5 rule takes ties for failures, and shortens its radius where short steps change nothing: if
ties stay, its runs on ternary and integer weights and on losses without derivative end about where they began. On the
smooth loss RSO does as well as Adam; the same network does not learn from its error rate.
`python -m figures.networks form` takes the record.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures import style
from figures.networks.results import RECORDS, done
from figures.style import Look

RECORD = RECORDS / "form.json"
FORMS = ("thresholds", "ternary weights", "integer weights", "routing", "error rate", "F1", "edit distance")
RULE, FALLING = Look(style.BLUE, "o", ""), Look(style.VERMILLION, "s", "")
METHODS = {
    "1/5 rule": RULE,
    "1/5 rule, ties move": RULE,
    "falling radius": FALLING,
    "falling radius, ties move": FALLING,
    "falling radius, ties move, momentum": FALLING,
    "adaptive Monte Carlo": Look(style.PURPLE, "^", ""),
    "RSO": Look(style.GREEN, "D", ""),
    "RSO, smooth loss": Look(style.GREEN, "d", ""),
    "back-propagation": Look(style.INK, "v", ""),
}
NAMES = {
    "falling radius, ties move": "ties move",
    "1/5 rule, ties move": "ties move",
    "falling radius, ties move, momentum": "momentum, ties move",
    "back-propagation": "Adam",
}
TIED = "falling radius, ties move"
SEEDS = 5


class Data(NamedTuple):
    """F forms, M methods, S seeds, T points; NaN where a method is not for a form.

    `error` (F, M, S): held-out errors in the end; `evaluations` (T,), `ties` (F, T - 1): mean shares of `TIED`'s
    candidates between two points.
    """

    error: np.ndarray
    evaluations: np.ndarray
    ties: np.ndarray


def data(record: Path = RECORD) -> Data:
    """Read what was measured."""
    runs = {name: run["records"] for name, run in done(record).items()}
    every = [[runs.get(f"{form}/{method}") for method in METHODS] for form in FORMS]
    error = [[run[-1]["held-out error"] if run else [np.nan] * SEEDS for run in row] for row in every]
    tied = [runs[f"{form}/{TIED}"] for form in FORMS]
    evaluations = np.array([one["evaluations"] for one in tied[0]])
    ties = np.array([[np.mean(one["ties"]) for one in run] for run in tied])
    return Data(np.array(error), evaluations, np.diff(ties) / np.diff(evaluations))


def draw(data: Data) -> Figure:
    """A panel a form, and one of ties."""
    figure, panels = style.grid(__doc__, 2, 4, 7)
    for f, (form, axes) in enumerate(zip(FORMS, panels.flat, strict=False)):
        ends(axes, data.error[f])
        axes.set_title(form.capitalize() if form != "F1" else "1 less F1")
    for axes in panels[:, 0]:
        axes.set_yticks(range(len(METHODS)), [NAMES.get(method, method) for method in METHODS])
    ties(panels[1, 3], data)
    style.foot(figure, "Held-out errors: each mark a run; the less, the better.")
    return figure


def ends(axes: Axes, error: np.ndarray) -> None:
    """Where runs ended, a row a method."""
    for row, look in enumerate(METHODS.values()):
        axes.plot(error[row], np.full(SEEDS, row), look.marker, color=look.color, markersize=5)
    axes.set(ylim=(len(METHODS) - 0.5, -0.5), xlim=(0, 1), xticks=[0, 0.5, 1], yticks=range(len(METHODS)))
    axes.set_yticklabels([])
    axes.tick_params(axis="y", length=0)


def ties(axes: Axes, data: Data) -> None:
    """Shares of ties against evaluations."""
    for f, form in enumerate(FORMS):
        look = (*style.LOOKS, Look(style.ORANGE, "P", "-"), Look(style.INK, "v", "-"), Look(style.QUIET, "X", "-"))[f]
        shown = {**look._asdict(), "markersize": 4, "markevery": (f % 4, 5)}
        axes.plot(data.evaluations[1:] / 1000, data.ties[f], label=form, **shown)
    axes.set(title="Ties", xlabel="evaluations, thousands", ylim=(0, 1))
    axes.legend(fontsize=9)
