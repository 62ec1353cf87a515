"""On mini-batches the 1/5 rule keeps its radius long, and on small ones it walks away.

Relative-loss descent on MNIST pooled to 7 x 7, by a perceptron of 970 weights. Left is the accuracy on test images,
right the radius of the steps, both against the rows that were evaluated: an evaluation on a batch of 1000 costs 1000.
Lines are means of 3 runs, bands go from the least to the largest of them. Solid lines are of the 1/5 rule, which makes
the radius longer after an accepted step and shorter after a rejected one; dashed lines of radii that fall a hundredfold
over the run, from 1, whatever happens.

Both losses of a step are of one batch, so a step that is lower there is accepted, and a fifth of the steps is lower
there at a radius at which the batch has something to learn by heart. On batches of 1000 the rule ends at radius 0.7 and
at accuracy 0.82: of the accepted steps a third is lower on all 60,000 images, and on average they raise their loss. A
radius that falls ends at 0.87 on the same batches. On batches of 100 the rule has no radius at which to stay: it grows
with the weights, a thousandfold within a million rows, until there are no such numbers. Far out the loss of a network
only scales with its weights, so that the share of accepted steps is the same at the same ratio of the two. In double
precision and on softmax regression, which is convex, the same is seen on batches that are small enough
(`tests/test_kin.py`). Batches that double, from 500 to 32,000, help the rule, to 0.85; on 10,000 rows and on all of the
data it leads, and there are too few steps to get far.

The rule is Rechenberg's, the method ours; `python -m figures.networks batches` takes the measurements.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from figures import style
from figures.networks.results import RECORDS
from figures.style import Look

RECORD = RECORDS / "batches.json"
RULE, FALLING = "1/5 rule", "falling radius"  # as in figures/networks/batches.py, which needs JAX
COLOURS = {"batches of 100": style.BLUE, "batches of 1000": style.VERMILLION, "batches of 10000": style.GREEN}
COLOURS |= {"all of the data": style.INK}
MARKERS = dict(zip(COLOURS, "osDv", strict=True))
OPEN = {"markerfacecolor": "white"}
LOOKS: dict[tuple[str, str], tuple[Look, dict[str, str]]] = {
    **{(RULE, kind): (Look(colour, MARKERS[kind], "-"), {}) for kind, colour in COLOURS.items()},
    **{(FALLING, kind): (Look(colour, MARKERS[kind], style.DASHED), OPEN) for kind, colour in COLOURS.items()},
    (RULE, "batches that double"): (Look(style.PURPLE, "^", "-"), {}),
}
FAR = 1e4  # radii beyond are not drawn


class Data(NamedTuple):
    """Rows evaluated (K, T), accuracies and radii (K, T, seeds) of the curves of `LOOKS`; NaN beyond a curve's end."""

    rows: np.ndarray
    accuracy: np.ndarray
    radius: np.ndarray


def data(record: Path = RECORD) -> Data:
    """Read what was measured."""
    known = json.loads(record.read_text(encoding="utf-8"))["runs"]
    every = [[run for name, run in known.items() if name.startswith(f"{rule}/{kind}/")] for rule, kind in LOOKS]
    longest = max(len(run["records"]) for runs in every for run in runs)
    table = np.full((3, len(LOOKS), longest, max(map(len, every))), np.nan)
    for i, runs in enumerate(every):
        for k, run in enumerate(runs):
            for t, point in enumerate(run["records"][1:]):
                rows = (
                    point["rows"] if "rows" in point else point["evaluations"] * run["setting"]["rows of an evaluation"]
                )
                table[:, i, t, k] = rows, point["accuracy"], point["radius"]
    return Data(table[0, :, :, 0], *table[1:])


def draw(data: Data) -> Figure:
    """Accuracy and radius against rows."""
    figure, *panels = style.page(__doc__, 5.4)
    lost = np.logical_or.accumulate(data.radius.max(axis=-1) > FAR, axis=-1)[..., None]
    for panel, part in zip(panels, (data.accuracy, np.where(lost, np.nan, data.radius)), strict=True):
        for i, ((rule, kind), (look, more)) in enumerate(LOOKS.items()):
            at = ~np.isnan(data.rows[i])
            marks = slice(i % 3, None, 3)
            style.band(
                panel,
                data.rows[i, at],
                part[i, at],
                look,
                f"{rule}, {kind.replace('0000', '0,000')}",
                marks=marks,
                linewidth=1.4,
                **more,
            )
        panel.set(xscale="log", xlabel="rows evaluated", xlim=(1e5, None))
        panel.minorticks_off()
    panels[0].set_title("Test accuracy")
    panels[1].set(yscale="log", title="Radius of a step", ylim=(5e-3, 100))
    style.foot(figure, style.spread("Lines: means", data.accuracy.shape[-1]), panels[0], columns=3)
    return figure
