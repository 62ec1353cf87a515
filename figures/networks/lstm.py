"""An LSTM trained in the forward pass: relative-loss descent, whole and online, beside back-propagation through time.

Tasks: the adding problem (8 units, 361 weights), its running sum, the copying memory problem and letters of a text, 27
symbols (16 units). Mini-batches are of 64 sequences, fresh in every step, shared by its two losses; online they are of
so many more sequences as windows are shorter, so that every evaluation is the mean loss of as many time steps. A
gradient by back-propagation counts 3 evaluations. Held-out losses are those of the last weights, on 1,000 sequences, or
on the last tenth of the text, cut into sequences. `seconds` are those of the processor, of one core, for each piece.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

import zotheory as zo
from figures.networks.backpropagation import backpropagation
from figures.networks.job import Job, Record
from figures.networks.peak import memory
from figures.networks.through_time import truncated
from figures.networks.training import job
from zotheory.methods.relative_loss_online import relative_loss_online
from zotheory.problems.datasets import text
from zotheory.problems.networks import Lstm, Sequences
from zotheory.problems.networks.sequences import Sample
from zotheory.problems.networks.tasks import Adding, Characters, Copying, Task

BATCH, PIECES = 64, 20
LETTERS = 27  # a space and the letters


# --- tasks -----------------------------------------------------------------------------------------------------------


def letters(codes: np.ndarray, alphabet: str) -> np.ndarray:
    """A text as letters 1..26, whatever their case, and 0 for what stands between them, however much it is."""
    plain = [ord(c) - ord("a") + 1 if c.isascii() and c.isalpha() else 0 for c in alphabet.lower()]
    found = np.array(plain, dtype=np.int32)[codes]
    return found[(found > 0) | (np.roll(found, 1) > 0)]


@cache
def texts() -> tuple[np.ndarray, np.ndarray]:
    """Letters to train on, and held out."""
    found = text()
    return letters(found.train, found.alphabet), letters(found.held_out, found.alphabet)


class Setting(NamedTuple):
    """A task of some length, the units of the network, evaluations of a run, seeds, methods, and a window's length."""

    task: Callable[[int], Task]
    length: int
    units: int
    evaluations: int
    seeds: int
    arms: tuple[str, ...]
    window: int | None = None


OURS, PUSHED = "relative loss", "relative loss, momentum"
ONLINE, FALLING = "relative loss online", "relative loss online, falling radius"
ADAM, SGD, TRUNCATED = "Adam", "SGD", "Adam, truncated"
WINDOWED = (ONLINE, FALLING, TRUNCATED)
BOTH = (OURS, *WINDOWED, ADAM)


def copying(delay: int, evaluations: int) -> Setting:
    """Ten symbols, to be said again after a delay."""
    task = Copying(delay)
    return Setting(lambda length: task, task.length, 16, evaluations, 3, BOTH, 10)


SETTINGS = {
    "adding, 50": Setting(Adding, 50, 8, 40_000, 5, (OURS, PUSHED, ADAM, SGD)),
    "adding, 100": Setting(Adding, 100, 8, 40_000, 3, (OURS, PUSHED, ADAM, SGD)),
    "adding, 200": Setting(Adding, 200, 8, 40_000, 3, (PUSHED, ADAM)),
    "running sum, 100": Setting(partial(Adding, running=True), 100, 8, 30_000, 3, BOTH, 10),
    "copying, 20": copying(20, 40_000),
    "copying, 50": copying(50, 40_000),
    "copying, 200": copying(200, 40_000),
    "copying, 1000": copying(1000, 12_000),
    "letters": Setting(lambda length: Characters(texts()[0], LETTERS, length), 100, 16, 40_000, 3, BOTH, 20),
    "adding, 1000": Setting(Adding, 1000, 8, 24_000, 3, (PUSHED, ADAM)),
}


def held_out(problem: Sequences) -> Callable[[Any], Mapping[str, float]]:
    """Loss on sequences that nobody trained on; bits a letter, for a text."""
    xi, unit = problem.examples, 1.0
    if isinstance(problem.task, Characters):
        length = problem.task.length
        starts = np.arange(0, len(texts()[1]) - length, length)[:, None]
        problem = replace(problem, task=Characters(texts()[1], LETTERS, length))
        xi, unit = Sample(starts, np.zeros((len(starts), 0))), float(np.log(2))
    loss = jax.jit(lambda x: problem.over(x, xi) / unit)
    return lambda x: {"loss": float(loss(jnp.asarray(x)))}


# --- methods ---------------------------------------------------------------------------------------------------------

RULE = zo.radii.one_fifth(1.0)


def falling(t: int) -> float:
    """A radius that no comparison has a part in: 1/sqrt(1 + t/200)."""
    return (1 + t / 200) ** -0.5


# Rates are the best on the adding problem at length 50, seed 100, of 0.003, 0.01, 0.03 and of 0.03, 0.1, 0.3.
CLIPPED = optax.clip_by_global_norm(1.0)
ADAPTIVE = optax.chain(CLIPPED, optax.adam(0.03))
PLAIN = optax.chain(CLIPPED, optax.sgd(0.3, momentum=0.9))
ARMS: dict[str, Callable[[Callable[[Any], Any]], zo.Method]] = {
    OURS: lambda empty: zo.relative_loss(radius=RULE, cached=False),
    PUSHED: lambda empty: zo.relative_loss(radius=RULE, beta=0.5, cached=False),
    ADAM: lambda empty: backpropagation(ADAPTIVE),
    SGD: lambda empty: backpropagation(PLAIN),
    ONLINE: lambda empty: relative_loss_online(radius=RULE, empty=empty),
    FALLING: lambda empty: relative_loss_online(radius=falling, empty=empty),
    TRUNCATED: partial(truncated, ADAPTIVE),
}


def timed(whole: Job) -> Job:
    """The job with the processor's seconds in its records."""

    def piece(state: Any, number: int) -> tuple[Any, Record]:
        began = time.process_time()
        state, record = whole.piece(state, number)
        return state, {**record, "seconds": time.process_time() - began}

    return replace(whole, piece=piece)


def run(name: str, setting: Setting, arm: str, seed: int) -> Job:
    """One method with one seed on one task."""
    window = setting.window if arm in WINDOWED else None
    batch = BATCH * setting.length // (window or setting.length)

    @cache
    def problem() -> Sequences:
        task = setting.task(setting.length)
        network = Lstm(task.inputs, setting.units, task.outputs)
        return Sequences(network, task, batch=batch, window=window, seed=seed)

    method = ARMS[arm](lambda x: problem().empty(x))
    steps = setting.evaluations // (PIECES * method.calls[1])
    told = {"units": setting.units, "batch": batch, "length": setting.length, "window": window}
    whole = job(
        f"{name}/{arm}/seed {seed}", told, method=method, problem=problem, seed=seed, steps=steps, pieces=PIECES,
        measure=held_out,
    )  # fmt: skip
    return timed(whole)


# --- what letters cost without a network -----------------------------------------------------------------------------


def entropies() -> dict[str, float]:
    """Bits a held-out letter, from counts in the training text plus one: of letters, and of letters after another."""
    train, test = texts()
    counts = np.ones((LETTERS, LETTERS))
    np.add.at(counts, (train[:-1], train[1:]), 1)
    single = counts.sum(axis=0) / counts.sum()
    after = counts / counts.sum(axis=1, keepdims=True)
    return {
        "unigram": float(-np.log2(single[test[1:]]).mean()),
        "bigram": float(-np.log2(after[test[:-1], test[1:]]).mean()),
    }


def counted() -> Job:
    """The entropies, as a job of one piece."""
    return Job("letters/counts", {"symbols": LETTERS}, lambda: (None, {}), lambda state, number: (None, entropies()))


def jobs() -> Iterator[Job]:
    """What is counted, and what memory a step takes; then all methods with one seed, then with the next."""
    yield counted()
    yield from memory()
    for seed in range(max(setting.seeds for setting in SETTINGS.values())):
        for name, setting in SETTINGS.items():
            yield from (run(name, setting, arm, seed) for arm in setting.arms if seed < setting.seeds)


JOBS = tuple(jobs())
