"""How long experiments take on many workers, by a model.

One process sends messages and takes in what they give, a scheduler passes them on, and each keeps so many processor
seconds a message to itself. A message goes to the worker that is free first, and keeps it as long as its experiments
take. So many workers are of use as the slower of the two can keep busy.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np


class Costs(NamedTuple):
    """Seconds: of sender, scheduler with so many workers, and worker, a message; of store and start, once."""

    client: float
    scheduler: dict[int, float]
    worker: float
    write: float  # of the store, an experiment
    start: float  # of a worker, before its first experiment

    def serial(self, workers: int, batch: int = 1) -> float:
        """What no worker can take over, a task, where a message holds `batch` of them."""
        return max(self.client / batch + self.write, self.scheduler_with(workers) / batch)

    def scheduler_with(self, workers: int) -> float:
        """Of the scheduler with so many workers: a line through what was measured, in their logarithm, but no less."""
        slope, at_one = np.polyfit(np.log2(list(self.scheduler)), list(self.scheduler.values()), 1)
        return float(max(at_one + slope * np.log2(workers), min(self.scheduler.values())))


def makespan(tasks: Sequence[float], workers: int, costs: Costs, batch: int = 1) -> float:
    """Seconds from the start of the workers to the last answer: a message goes to the worker that is free first.

    Parameters
    ----------
    tasks : sequence of float
        Processor seconds of each, in the order in which they are sent.
    workers : int
    costs : Costs
    batch : int
        Tasks in a message.
    """
    serial = costs.serial(workers, batch) * batch
    messages = tasks if batch == 1 else [sum(tasks[start : start + batch]) for start in range(0, len(tasks), batch)]
    free, sent = [costs.start] * workers, 0.0
    for message in messages:
        sent += serial
        heapq.heapreplace(free, max(free[0], sent) + costs.worker + message)
    return max(free)


def useful(tasks: Sequence[float], costs: Costs, batch: int = 1) -> int:
    """The workers that can be kept busy: with more, the serial parts take longer than the experiments."""
    workers, each = 1, fmean(tasks)
    while (each + costs.worker / batch) / (workers + 1) >= costs.serial(workers + 1, batch):
        workers += max(1, workers // 100)
    return workers
