"""The steps of a run, one after the other: what a method draws, what it sees, and when that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np

from zotheory.looks import Understood
from zotheory.objective import Objective
from zotheory.oracles import during, is_fresh, is_stochastic
from zotheory.setting import Setting, frame_of
from zotheory.watch import Watch


def watching(setting: Setting, found: Understood, objective: Objective, tell: Callable[[str, str], Any]) -> Watch:
    """Have the objective be what was found before the first step; what is to look at the others."""
    objective.f = found.f
    objective.looks += found.looks
    watch = Watch(
        found.f,
        found.scale,
        fresh=is_fresh(setting.problem),
        lasting=not is_stochastic(setting.problem),
        grows=not setting.method.compares,
        tell=tell,
    )
    watch.follow(objective)
    return watch


def walk(setting: Setting, objective: Objective, rng: Any, watch: Watch) -> Iterator[tuple[Any, Objective]]:
    """Yield (state, objective) at the start and after every step, for ever."""
    method, problem, batch = setting.method, setting.problem, objective.batch
    x0 = np.tile(setting.start, (*batch, 1)) if batch else setting.start
    stochastic = is_stochastic(problem)
    frame = frame_of(problem)
    if frame is not None:
        rng = frame.generator(rng, batch)
        from zotheory.reduced.watch import watch as equivariance  # which plain runs need not load

        watched = equivariance(method, problem, frame)
        watched.start(x0)
    state = method.init(objective, x0)
    for t in count(1):
        yield state, objective
        now: Any = during(problem, t) if stochastic else problem
        if frame is not None:
            watched.step(t, now, state)
        u = method.draw(rng, state, problem.d)
        if stochastic:
            objective.f = now.at(now.sample(rng, batch))
        if t == watch.next:
            watch.begin(None if method.value is None else method.value(state))
            state = method.step(objective, state, u)
            watch.end(t)
        else:
            state = method.step(objective, state, u)
        if frame is not None:
            state = watched.forget(frame.settle(state))
            rng.rewind()
