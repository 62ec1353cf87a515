"""Write into docs/verdicts.md what the tests of a verification can see: samples needed, guarantees, power.

python docs/make_verdicts.py          (half a minute: the last two tables are simulated)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zotheory.evidence import statistics
from zotheory.report.tables import markdown

PAGE = Path(__file__).parent / "verdicts.md"
PART = re.compile(r"<!-- table: ([\w ]+) -->\n.*?<!-- end -->", re.DOTALL)
LEVEL = 1e-5  # of one experiment, where a run of 500 shares a budget of 0.005
VERIFICATIONS = 400  # simulated for an entry of the power tables
SAMPLES = (200, 2000)


class Law(NamedTuple):
    """A law of Y >= 0 with mean 1: X = floor + Y. `variance` is that of Y, None where it is infinite."""

    draw: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
    variance: float | None
    ceiling: float | None = None
    floor: float = 0.0


def _three(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.choice([0.0, 0.5, 3.0], shape, p=[0.25, 0.5, 0.25])


def _jump(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(0.45, 0.55, shape) + 5000.0 * (rng.random(shape) < 1e-4)


def _mixture(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.where(rng.random(shape) < 0.7, rng.random(shape), rng.exponential(0.65 / 0.3, shape))


LAWS = {
    "nearly constant": Law(lambda rng, shape: rng.uniform(0.9995, 1.0005, shape), 1e-6 / 12, 1.0005),
    "beta(2, 6)": Law(lambda rng, shape: 4 * rng.beta(2, 6, shape), 1 / 3, 4.0),
    "half-normal": Law(lambda rng, shape: math.sqrt(math.pi / 2) * abs(rng.standard_normal(shape)), math.pi / 2 - 1),
    "Pareto, index 2.5": Law(lambda rng, shape: 0.6 * (1 + rng.pareto(2.5, shape)), 0.8),
    "exponential": Law(lambda rng, shape: rng.standard_exponential(shape), 1.0),
    "0 or 2, a coin": Law(lambda rng, shape: 2.0 * rng.integers(0, 2, shape), 1.0, 2.0),
    "0, 1/2 or 3": Law(_three, 1.375, 3.0),
    "log-normal": Law(lambda rng, shape: np.exp(rng.standard_normal(shape) - 0.5), math.e - 1),
    "mixture above -2": Law(_mixture, 0.7 / 3 + 0.6 * (0.65 / 0.3) ** 2 - 1, None, -2.0),
    "1000 with probability 0.001, else 0": Law(lambda rng, shape: 1e3 * (rng.random(shape) < 1e-3), 999.0, 1e3),
    "about 1/2, and 5000 with probability 0.0001": Law(_jump, 0.01 / 12 + 2500 * (1 - 1e-4), 5000.55),
    "Pareto, index 1.5": Law(lambda rng, shape: (1 + rng.pareto(1.5, shape)) / 3, None),
}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _share(hits: np.ndarray) -> str:
    return f"{100 * np.mean(hits):.0f}"


def needed() -> str:
    """Return how many samples support a bound, for each V and ratio."""
    ratios = (0.9, 0.8, 0.7, 0.5, 0.3)
    rows = [
        [f"{v:g}", *(f"{statistics.samples_to_support(v, ratio, LEVEL):,}" for ratio in ratios)]
        for v in (0.1, 1.0, 2.0, 5.0, 10.0, 100.0)
    ]
    return markdown(["V", *(f"mean/bound {ratio:g}" for ratio in ratios)], rows)


def guaranteed() -> str:
    """Return the smallest ratio that is refuted with probability 0.8 for every law, for each V or ceiling."""
    sizes = (50, 200, 1000, 4000)
    rows = [
        [f"V = {v:g}", *(_number(statistics.detectable_mean(n, LEVEL, variance=v)) for n in sizes)]
        for v in (0.1, 1.0, 5.0, 100.0)
    ] + [
        [f"X <= {c:g} bounds", *(_number(statistics.detectable_mean(n, LEVEL, ceiling=c)) for n in sizes)]
        for c in (1.5, 2.0, 10.0, 100.0)
    ]
    return markdown(["declared", *(f"{n:,} samples" for n in sizes)], rows)


def refutations() -> str:
    """Return how often a mean above its bound is refuted."""
    ratios = (1.05, 1.2, 1.5, 2.0)
    rows = []
    for number, (name, law) in enumerate(LAWS.items()):
        cells = []
        for n in SAMPLES:
            y = law.draw(np.random.default_rng([number, n]), (VERIFICATIONS, n))
            cells += [_share(statistics.mean_above(y, 1 / ratio) <= LEVEL) for ratio in ratios]
        rows.append([name, *cells])
    return markdown(["law", *(f"{n:,}: {ratio:g}" for n in SAMPLES for ratio in ratios)], rows)


def supports() -> str:
    """Return how often a mean below its bound is supported, by the ceiling and by the variance."""
    ratios = (0.9, 0.7, 0.4)
    rows = []
    for number, (name, law) in enumerate(LAWS.items()):
        drawn = {n: law.draw(np.random.default_rng([number, n]), (VERIFICATIONS, n)) for n in SAMPLES}
        if law.ceiling is not None:
            cells = [
                _share(statistics.mean_below(y, 1 / ratio, max(law.ceiling, 1.001 / ratio)) <= LEVEL)
                for y in drawn.values()
                for ratio in ratios
            ]
            rows.append([name, f"ceiling {law.ceiling:g}", *cells])
        if law.variance is not None:
            cells = [
                _share(statistics.mean_below_by_variance(y, 1 / ratio, law.variance) <= LEVEL)
                for y in drawn.values()
                for ratio in ratios
            ]
            rows.append([name, f"V = {law.variance:.3g}", *cells])
    return markdown(["law", "declared", *(f"{n:,}: {ratio:g}" for n in SAMPLES for ratio in ratios)], rows)


TABLES = {"needed": needed, "guaranteed": guaranteed, "refutations": refutations, "supports": supports}


def insert(text: str, names: tuple[str, ...] = tuple(TABLES)) -> str:
    """Return the text of the page with these tables written anew."""
    return PART.sub(lambda m: f"<!-- table: {m[1]} -->\n{TABLES[m[1]]()}<!-- end -->" if m[1] in names else m[0], text)


if __name__ == "__main__":
    PAGE.write_text(insert(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
