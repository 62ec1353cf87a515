"""Common random numbers: measurements.

A shipped step is made with a direction that is chosen, and what it compares is looked at. The draws of one latent are
of three kinds, as it is 0 at both points, 1 at both, or jumps: all that can be drawn is gone through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from zotheory.elementary import Array
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Frequency, Mean, Value
from zotheory.measurements.experiments import Seed, exact
from zotheory.methods.relative_loss import Move, State, step
from zotheory.oracles import Fresh
from zotheory.problems import NoisyLinear, Targets
from zotheory.problems.networks import Autoencoder, Categorical, Elbo, OneLatent
from zotheory.problems.networks.elbo import Drawn
from zotheory.problems.networks.layers import sigmoid
from zotheory.streams import generator

Step = Callable[..., State]


@dataclass(frozen=True, eq=False)
class Pair:
    """Two points x and y of a problem, and all samples of so many draws that differ, with their probabilities."""

    problem: Any
    x: np.ndarray
    y: np.ndarray
    cases: Callable[[int], Iterator[tuple[float, Any]]]

    @property
    def alpha(self) -> float:
        """|y - x|."""
        return float(np.linalg.norm(self.y - self.x))

    @property
    def change(self) -> float:
        """f(y) - f(x)."""
        return float(self.problem(self.y) - self.problem(self.x))

    @property
    def square(self) -> float:
        """E D^2 of one draw."""
        found = self.compared(1)
        return float(found.chances @ found.differences**2)

    def compared(self, m: int, step: Step = step) -> Compared:
        """What becomes of each sample of m draws."""
        chances, samples = zip(*self.cases(m), strict=True)
        found = [compare(self.problem.at(sample), self.x, self.y, step) for sample in samples]
        return Compared(np.array(chances), *map(np.array, zip(*found, strict=True)))

    def sampled(self, problem: Any, replicas: int, seed: Seed, fresh: bool) -> tuple[np.ndarray, np.ndarray]:
        """The same of samples that a problem draws; or anew for each loss."""
        seen = Fresh(problem) if fresh else problem
        F = seen.at(seen.sample(generator(seed), (replicas,)))
        x, y = (np.tile(point, (replicas, 1)) for point in (self.x, self.y))
        return compare(F, x, y, step)


class Compared(NamedTuple):
    """Of each sample its probability, F(y; X) - F(x; X) as the step asks for it, and whether it goes to y."""

    chances: np.ndarray
    differences: np.ndarray
    moved: np.ndarray


def compare(f: Any, x: np.ndarray, y: np.ndarray, step: Step) -> tuple[np.ndarray, np.ndarray]:
    """F(y; X) - F(x; X) at points (..., d), and whether a step from x towards y is taken."""
    values = []

    def look(point: Array) -> Array:
        values.append(f(point))
        return values[-1]

    alpha = np.linalg.norm(y - x, axis=-1)
    start = State(x, 0 * alpha, 0 * x, alpha, 1)
    after = step(look, start, Move((y - x) / alpha[..., None], alpha), cached=False)
    return values[1] - values[0], np.any(after.x != x, axis=-1)


# --- pairs of points -------------------------------------------------------------------------------------------------


def drawn(shares: np.ndarray, values: np.ndarray, m: int) -> Iterator[tuple[float, np.ndarray]]:
    """All counts of m draws from these values, with their probabilities."""
    from scipy.stats import multinomial

    for counts in np.ndindex(*(m + 1,) * (len(shares) - 1)):
        if (last := m - sum(counts)) >= 0:
            yield float(multinomial.pmf([*counts, last], m, shares)), np.repeat(values, [*counts, last], axis=0)


def thirds(logits: np.ndarray) -> np.ndarray:
    """Probabilities that a latent is 1 at both of these logits, that it jumps, and that it is 0 at both."""
    low, high = np.sort(sigmoid(logits))
    return np.array([low, high - low, 1 - high])


def latent(gain: float, first: float, last: float) -> Pair:
    """`OneLatent` from one logit to another, U in the middle of each of the three ranges."""
    shares = thirds(np.array([first, last]))
    middles = np.cumsum(shares) - shares / 2
    return Pair(OneLatent(gain), np.array([first]), np.array([last]), partial(drawn, shares, middles))


def small_elbo(reach: float) -> Pair:
    """An autoencoder of one image and one latent of two values, whose encoder moves, in one direction for all reaches.

    The better of the two codes is the likelier, and not yet as likely as it should be. Gumbel's noise of two values
    enters by its difference, which is logistic.
    """
    image = np.array([[1.0, 0.0, 1.0, 1.0, 0.0, 1.0]])
    problem = Elbo(Autoencoder(6, Categorical(1, 2)), image, seed=3)
    encoder = np.arange(problem.d) < problem.network.encoder.parameters.count
    x = 3 * problem.x0 * np.where(encoder, -1, 1)
    way = np.random.default_rng(4).standard_normal(problem.d) * encoder
    y = x + reach * way / np.linalg.norm(way)
    logits = np.sort(
        [float(told[0, 0] - told[0, 1]) for told in (problem.network.tell(each, image) for each in (x, y))]
    )
    middles = np.array([logits[0] - 9, np.mean(logits), logits[1] + 9])
    noise = np.stack([-middles, 0 * middles], axis=-1)

    def cases(m: int) -> Iterator[tuple[float, Drawn]]:
        for chance, sample in drawn(thirds(logits), noise, m):
            yield chance, Drawn(image, sample[:, None, :])

    return Pair(problem, x, y, cases)


def targets(p: float, reach: float) -> Pair:
    """`Targets` on the line, from 0 to the right: F depends on the share of hits, but for a constant."""

    def cases(m: int) -> Iterator[tuple[float, Any]]:
        for chance, hits in drawn(np.array([1 - p, p]), np.array([0.0, 1.0]), m):
            yield chance, np.mean(hits)

    return Pair(Targets(p, 1), np.array([0.0]), np.array([reach]), cases)


# --- how far apart ---------------------------------------------------------------------------------------------------


def constants(gain: float, first: float, last: float) -> dict[str, float]:
    """alpha, ell, kappa and B of one latent between two logits."""
    x = np.linspace(first, last, 2001)
    slopes = sigmoid(x) * (1 - sigmoid(x))
    steepest = {"ell": float(np.max(abs(slopes * x))), "kappa": float(np.max(slopes))}
    return {"alpha": abs(last - first), "B": gain, **steepest}


def apart(gain: float, first: float, last: float) -> Experiment:
    """E D^2 on one latent."""
    pair = latent(gain, first, last)

    def value(bound: Bound) -> Value:
        return Value(pair.square, float(bound(**constants(gain, first, last))), error=1e-9)

    return exact(f"mean square of the difference on one latent of gain {gain:g} from {first:g} to {last:g}", 1, value)


def apart_drawn(gain: float, first: float, last: float, fresh: bool = False) -> Experiment:
    """The same, sampled by the shipped problem; `fresh`: drawn anew for each of the two losses."""
    pair = latent(gain, first, last)

    def measure(bound: Bound, replicas: int, seed: Seed) -> Mean:
        differences, _ = pair.sampled(pair.problem, replicas, seed, fresh)
        given = constants(gain, first, last)
        most = (given["ell"] * given["alpha"] + gain) ** 2 * (1 + 1e-9)
        return Mean(differences**2, float(bound(**given)), None if fresh else most, calls=2)

    label = f"square of the difference on one latent of gain {gain:g} from {first:g} to {last:g}, drawn"
    return Experiment(label, d=1, measure=measure, replicas=40_000)


# --- what a comparison is worth --------------------------------------------------------------------------------------


def wrong_exactly(label: str, pair: Pair, m: int = 1, step: Step = step) -> Experiment:
    """How often a step of m draws goes to the higher of f, or does not go to the lower."""

    def value(bound: Bound) -> Value:
        found = pair.compared(m, step)
        often = float(found.chances @ (found.moved != (pair.change < 0)))
        return Value(often, float(bound(change=abs(pair.change), square=pair.square, m=m)), error=1e-9)

    return exact(f"probability that {draws(m)} of {label} are compared wrongly", pair.problem.d, value)


def draws(m: int) -> str:
    """In words."""
    return "means of " + (f"{m} draws" if m > 1 else "one draw")


def wrong_on_a_line(d: int, alpha: float, m: int, fresh: bool = False) -> Experiment:
    """How often a step is taken downhill, at an angle to the slope, of a noisy linear function, which does not jump."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Frequency:
        sigma, x = 2.0, np.ones(d)
        problem = NoisyLinear(np.linspace(1, 2, d) / np.sqrt(d), sigma / np.sqrt(m), 1.0)  # the mean of m draws
        pair = Pair(problem, x, x - alpha / np.sqrt(d), partial(drawn, np.ones(1), np.zeros(1)))
        _, moved = pair.sampled(problem, replicas, seed, fresh)
        square = pair.change**2 + (sigma * alpha) ** 2
        allowed = float(bound(change=abs(pair.change), square=square, m=m))
        return Frequency(int(np.sum(moved)), replicas, 1 - allowed, calls=2)

    label = f"steps of length {alpha:g} downhill that are taken, {draws(m)} of a noisy linear function"
    return Experiment(label, d=d, measure=measure, replicas=4000)


def lost_exactly(label: str, pair: Pair, m: int = 1, step: Step = step) -> Experiment:
    """Mean loss after a step, less the lower of the two."""

    def value(bound: Bound) -> Value:
        found = pair.compared(m, step)
        excess = float(found.chances @ np.where(found.moved, pair.change, 0.0)) - min(pair.change, 0.0)
        error = float(found.chances @ abs(found.differences - pair.change))
        return Value(excess, float(bound(error=error)), error=1e-9)

    return exact(f"mean loss by wrong comparisons, {draws(m)} of {label}", pair.problem.d, value)


def right_exactly(gain: float, first: float, last: float, m: int) -> Experiment:
    """How often a step of m draws on one latent is right."""
    pair = latent(gain, first, last)

    def value(bound: Bound) -> Value:
        found = pair.compared(m)
        often = float(found.chances @ (found.moved == (pair.change < 0)))
        return Value(often, float(bound(m=m, kappa=0.25, alpha=pair.alpha)))

    label = (
        f"probability that {draws(m)} of one latent of gain {gain:g} from {first:g} to {last:g} are compared rightly"
    )
    return exact(label, 1, value)


def right_drawn(gain: float, first: float, last: float, m: int, fresh: bool = False) -> Experiment:
    """How often it is wrong, sampled by the shipped problem; `fresh`: drawn anew for each of the two losses."""
    pair = latent(gain, first, last)

    def measure(bound: Bound, replicas: int, seed: Seed) -> Frequency:
        _, moved = pair.sampled(OneLatent(gain, m), replicas, seed, fresh)
        wrong = int(np.sum(moved != (pair.change < 0)))
        return Frequency(wrong, replicas, 1 - float(bound(m=m, kappa=0.25, alpha=pair.alpha)), calls=2)

    label = f"wrong comparisons of {draws(m)} of one latent of gain {gain:g} from {first:g} to {last:g}, drawn"
    return Experiment(label, d=1, measure=measure, replicas=20_000)
