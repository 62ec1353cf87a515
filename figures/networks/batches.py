"""What the 1/5 rule makes of mini-batches, whose noise it does not see, at equal numbers of rows.

Relative-loss descent on the network of 970 weights (`figures.networks.kin`): batches of 100, 1000 and 10,000 rows, all
of the data, and batches that double six times from 500 on, each for as many rows; all for fifty million rows that are
evaluated. Beside the 1/5 rule radii that fall a hundredfold over the run, from 1, and know how long it is.

At the end of a run 400 steps from where it is are tried, each on a batch of its own: `lower` is the share that is lower
there, which the rule sees; `truly` the share of those that is lower on all of the data, which it does not see; and
`change` their mean change of the loss on all of the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from math import sqrt
from typing import Any

import numpy as np

import zotheory as zo
from figures.networks import kin, training
from figures.networks.job import Job
from zotheory.problems.networks import Labelled

SIZE, ALL = "970 weights", 60_000
ROWS, SEEDS, LOOPS, RECORDS = 50_000_000, 3, 200, 14
BATCHES = (100, 1000, 10_000, ALL)
FIRST, DOUBLINGS = 500, 6
TRIED = 400
RULE, FALLING = "1/5 rule", "falling radius"
GROWTH, RADIUS, FALL = 1.2, 1.0, 0.01


def problem(batch: int, seed: int) -> Any:
    """The network on batches of this size, or on all of the data."""
    train, labels, _, _ = kin.rows(SIZE)
    made = Labelled(kin.SIZES[SIZE].network, train, labels, batch=batch, seed=seed, chunk=len(train))
    return made if batch < ALL else training.Whole(made)


def method(rule: str, steps: int, cached: bool = False) -> zo.Method:
    """Relative loss, its radius by this rule."""
    radius = zo.radii.one_fifth(RADIUS, GROWTH) if rule == RULE else partial(fallen, steps=steps)
    return zo.relative_loss(radius=radius, cached=cached)


def fallen(t: Any, steps: int) -> Any:
    """The radius in step t of so many."""
    return RADIUS * FALL ** (t / steps)


def radius(rule: str, steps: int, state: Any) -> Mapping[str, float]:
    """Radius of the step that comes next."""
    return {"radius": float(state.alpha) if rule == RULE else fallen(float(state.t), steps)}


def tried(made: Labelled, x: np.ndarray, alpha: float, rng: np.random.Generator) -> Mapping[str, float]:
    """What would become of steps of length alpha from x."""
    v = zo.directions.sphere.draw(rng, (TRIED,), made.d, alpha / sqrt(made.d)).astype(x.dtype)
    lower, change = np.zeros(TRIED, bool), np.zeros(TRIED)
    with np.errstate(over="ignore", invalid="ignore"):  # of what has walked away
        here = made(x)
        for i in range(TRIED):
            f = made.at(made.sample(rng, ()))
            lower[i], change[i] = f(x + v[i]) < f(x), made(x + v[i]) - here
    taken = change[lower] if lower.any() else np.array([np.nan])
    return {"lower": lower.mean(), "truly": (taken < 0).mean(), "change": taken.mean()}


def fixed(rule: str, batch: int, seed: int) -> Job:
    """A run on batches of one size, with steps `tried` after it."""
    calls = 1 if batch == ALL else 2
    steps = max(1, ROWS // (LOOPS * batch * calls))
    after = training.spaced(1, ROWS // (steps * batch * calls), RECORDS)
    whole = steps * after[-1]
    kind = "all of the data" if batch == ALL else f"batches of {batch}"
    job = training.job(
        f"{rule}/{kind}/seed {seed}", {"rule": rule, "rows of an evaluation": batch}, seed=seed, steps=steps,
        method=method(rule, whole, batch == ALL), problem=partial(problem, batch, seed),
        measure=partial(kin.measure, SIZE), after=after, also=partial(radius, rule, whole),
    )  # fmt: skip

    def piece(state: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        state, record = job.piece(state, number)
        if number < job.pieces or batch == ALL:
            return state, record
        made, rng = problem(batch, seed), np.random.default_rng((seed, number))
        return state, {**record, **tried(made, state.x, record["radius"], rng)}

    return Job(job.name, job.setting, job.begin, piece, job.pieces)


@cache
def phase(number: int, seed: int) -> training.Training:
    """Batches after so many doublings, for an equal part of the rows."""
    batch = FIRST * 2**number
    steps = ROWS // ((DOUBLINGS + 1) * 2 * batch)
    made, sequence = problem(batch, seed), np.random.SeedSequence((seed, number))
    measure, also = kin.measure(SIZE, made), partial(radius, RULE, steps)
    return training.Training(method(RULE, steps), made, sequence, steps, measure, (1,), also)


def growing(seed: int) -> Job:
    """A run on batches that double, piece by piece."""

    def piece(state: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        state, record = phase(number - 1, seed).piece(state, 1)
        return state, {**record, "batch": FIRST * 2 ** (number - 1), "rows": number * ROWS // (DOUBLINGS + 1)}

    told = {"rule": RULE, "first batch": FIRST, "doublings": DOUBLINGS, "rows": ROWS, "seed": seed}
    return Job(f"{RULE}/batches that double/seed {seed}", told, lambda: phase(0, seed).begin(), piece, DOUBLINGS + 1)


JOBS = tuple(
    job
    for seed in range(SEEDS)
    for job in (*(fixed(rule, batch, seed) for rule in (RULE, FALLING) for batch in BATCHES), growing(seed))
)
