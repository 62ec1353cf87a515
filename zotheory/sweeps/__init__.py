"""Work over many items, by whatever executes it: this process, others, or the workers of a cluster.

>>> from zotheory.sweeps import sweep
>>> dict(sweep(abs, [-1, -2]))
{0: 1, 1: 2}

Anything that follows PEP 3148 will do: `concurrent.futures.ProcessPoolExecutor`, ``client.get_executor()`` of Dask,
the pools of joblib's loky and of mpi4py. What comes back is the same whoever does the work; only the order in which it
comes depends on it.
"""

from __future__ import annotations

from zotheory.sweeps.failures import Died, Unsendable, Unusable
from zotheory.sweeps.sweeping import MOST, answers, in_order, opened, sweep

__all__ = ["MOST", "Died", "Unsendable", "Unusable", "answers", "in_order", "opened", "sweep"]
