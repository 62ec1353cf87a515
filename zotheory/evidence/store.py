"""Results that outlive the run that found them: one SQLite file, a row for each part of an experiment.

A row is found again by its `Key`: the statement, the experiment, the random numbers, and the code that ran
(`zotheory.code.reach`). It holds what was observed, not what follows from it: p-values and verdicts are computed
from the observation each time. Nothing is unpickled (`zotheory.evidence.written`).

Each row is committed when it is handed over, so that a run which is killed keeps what it had finished. Several runs may
share one file: they wait for each other, and of two equal keys the values are equal. A file that is damaged, belongs to
another program, or comes from a newer version is refused and left as it is.
"""

from __future__ import annotations

import os
import sqlite3
import warnings
from pathlib import Path
from typing import Any, NamedTuple

from zotheory.evidence.observations import Observation
from zotheory.evidence.written import is_shipped, made_again, plain
from zotheory.kinds import shown
from zotheory.storage.database import Damaged, Layout, checksum, connected, refusing


class NotKept(UserWarning):
    """Results are not kept, and the message says why; the run goes on without."""


class Key(NamedTuple):
    """What a result is found again by; all of it decides what is observed."""

    claim: str  # digest of what is stated
    owner: str  # id of the claim or control
    label: str  # of the experiment
    d: int
    rung: str
    seed: int
    part: str  # which one of how many, and its replicas
    code: str  # digest of all that ran


TABLE = f"""CREATE TABLE results (
    {", ".join(f"{name} TEXT NOT NULL" for name in Key._fields)},
    kind TEXT NOT NULL, fields TEXT NOT NULL, samples BLOB NOT NULL, checksum TEXT NOT NULL,
    PRIMARY KEY ({", ".join(Key._fields)})
)"""
LAYOUT = Layout("store", int.from_bytes(b"zoth", "big"), 1, "results", TABLE)
WHERE = " AND ".join(f"{name} = ?" for name in Key._fields)
MARKS = ", ".join("?" * (len(Key._fields) + 4))


class Store:
    """A file of results, open until `close` or the end of a ``with`` statement.

    Parameters
    ----------
    path : str or path
        The file; made if there is none.

    Raises
    ------
    TypeError
        If `path` is no path.
    Refused
        A ValueError, if the file is damaged, not a store, from a newer version, or cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/results.db") as store:
    ...     len(store)
    0
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if not isinstance(path, str | os.PathLike):
            raise TypeError(f"store must be the path of a file, got {shown(path)}")
        self.path = Path(path)
        self.stopped = False  # whether results are no longer kept
        with refusing("store", self.path):
            self.connection = connected(self.path, LAYOUT)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __len__(self) -> int:
        return self.connection.execute("SELECT count(*) FROM results").fetchone()[0]

    def close(self) -> None:
        """Close the file; whatever was handed over is in it."""
        self.connection.close()

    def get(self, key: Key) -> Observation | None:
        """Return what was observed under this key; None where nothing was.

        Raises
        ------
        Refused
            If the row is damaged.
        """
        with refusing("store", self.path):
            found = self.connection.execute(f"SELECT * FROM results WHERE {WHERE}", tuple(map(str, key))).fetchone()
            return None if found is None else _observation(found)

    def put(self, key: Key, observation: Observation, *, fresh: bool = False) -> None:
        """Keep an observation, in the place of an older one only if `fresh`.

        On return it is committed, and outlives this program, however that ends; a loss of power soon after may take it.
        Observations of classes that are not shipped are not kept. Where the file cannot be written, because the disk
        is full for one, the warning `NotKept` says so once, and this and later ones are not kept.
        """
        if self.stopped or not is_shipped(observation):
            return
        verb = "REPLACE" if fresh else "IGNORE"
        try:
            self.connection.execute(f"INSERT OR {verb} INTO results VALUES ({MARKS})", _row(key, observation))
        except (sqlite3.Error, OSError) as problem:
            self.stopped = True
            warnings.warn(
                f"{self.path} cannot be written: {problem}; it keeps what it has, and no later results",
                NotKept,
                stacklevel=2,
            )


# --- rows ------------------------------------------------------------------------------------------------------------


def _row(key: Key, observation: Observation) -> tuple[Any, ...]:
    parts = (*map(str, key), *plain(observation))
    return (*parts, checksum(parts))


def _observation(row: tuple[Any, ...]) -> Observation:
    *parts, written = row
    if written != checksum(parts):
        raise Damaged("a row is not what was written")
    try:
        return made_again(*parts[len(Key._fields) :])
    except (KeyError, TypeError, ValueError) as problem:
        raise Damaged(f"a row is no observation: {problem}") from problem
