"""Results that outlive the run that found them: one SQLite file, a row for each part of an experiment.

A row is found again by its `Key`: the statement, the experiment, the random numbers, and the code that ran
(`zotheory.evidence.reach`). It holds what was observed, not what follows from it: p-values and verdicts are computed
from the observation each time. Nothing is unpickled (`zotheory.evidence.written`).

Each row is committed when it is handed over, so that a run which is killed keeps what it had finished. Several runs may
share one file: they wait for each other, and of two equal keys the values are equal. A file that is damaged, belongs to
another program, or comes from a newer version is refused and left as it is.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from zotheory.evidence.observations import Observation
from zotheory.evidence.written import is_shipped, made_again, plain
from zotheory.kinds import shown

APPLICATION = int.from_bytes(b"zoth", "big")  # says in a file's header whose it is
VERSION = 1  # of the layout
PATIENCE = 60.0  # seconds to wait for another run that is writing
MAGIC = b"SQLite format 3\0"


class Refused(ValueError):
    """A file cannot serve as a store; the message names it, says why, and what to do. The file is left as it is."""


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
    >>> folder = tempfile.TemporaryDirectory()
    >>> with Store(f"{folder.name}/results.db") as store:
    ...     len(store)
    0
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if not isinstance(path, str | os.PathLike):
            raise TypeError(f"store must be the path of a file, got {shown(path)}")
        self.path = Path(path)
        self.stopped = False  # whether results are no longer kept
        with _refusing(self.path):
            if not self.path.exists():
                _make(self.path)
            _require_header(self.path)
            uri = f"{self.path.resolve().as_uri()}?mode=rw"
            self.connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
            try:
                _require_sound(self.connection)
            except BaseException:
                self.connection.close()
                raise

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
        with _refusing(self.path):
            found = self.connection.execute(f"SELECT * FROM results WHERE {WHERE}", tuple(map(str, key))).fetchone()
            return None if found is None else _observation(found)

    def put(self, key: Key, observation: Observation, *, fresh: bool = False) -> None:
        """Keep an observation, and have it on disk on return; in the place of an older one only if `fresh`.

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
    return (*parts, _checksum(parts))


def _observation(row: tuple[Any, ...]) -> Observation:
    *parts, checksum = row
    if checksum != _checksum(parts):
        raise _Damaged("a row is not what was written")
    try:
        return made_again(*parts[len(Key._fields) :])
    except (KeyError, TypeError, ValueError) as problem:
        raise _Damaged(f"a row is no observation: {problem}") from problem


def _checksum(parts: Any) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


# --- the file --------------------------------------------------------------------------------------------------------


LEFT = "it is left as it is: move it away, or name another file"


class _Damaged(Exception):
    """What a file holds cannot be what was written."""


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn whatever keeps a file from being used into `Refused`."""
    try:
        yield
    except (_Damaged, sqlite3.DatabaseError, OSError) as problem:
        raise Refused(f"store {path} {_why(problem)}") from problem


def _why(problem: Exception) -> str:
    if getattr(problem, "sqlite_errorname", "") in ("SQLITE_BUSY", "SQLITE_LOCKED"):
        return f"was in use by another program for {PATIENCE:g} s; name another file, or try again later"
    if isinstance(problem, OSError | sqlite3.OperationalError):
        return f"cannot be opened and written to ({getattr(problem, 'strerror', problem)}); name another file"
    return f"is damaged ({problem}); {LEFT}"


def _make(path: Path) -> None:
    """Make an empty store, all at once: no run ever sees, and no kill ever leaves, a part of one."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and not path.exists():
        raise Refused(f"store {path} is gone, and {log} is left of it: move that back beside it, or delete it")
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        made = Path(folder) / "new"
        with closing(sqlite3.connect(made)) as connection:
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("PRAGMA journal_mode = WAL")  # a commit is one write, and survives a kill
            connection.execute(TABLE)
        try:
            os.link(made, path)
        except FileExistsError:
            pass  # another run was quicker
        except OSError:  # a file system without links
            made.rename(path)


def _require_header(path: Path) -> None:
    """Say what is wrong with a file before SQLite, which might repair or fill it, is let near it."""
    with path.open("rb") as file:
        head = file.read(100)
    application, version = (int.from_bytes(head[at : at + 4], "big") for at in (68, 60))
    if not head:
        raise Refused(f"store {path} is empty: delete it, or name another file")
    if not head.startswith(MAGIC) or len(head) < 100:
        raise Refused(f"store {path} is no store, and no SQLite database; {LEFT}")
    if application != APPLICATION:
        raise Refused(f"store {path} is a database of another program; {LEFT}")
    if version != VERSION:
        raise Refused(f"store {path} has layout {version}, and this version of zotheory reads {VERSION}; {LEFT}")


def _require_sound(connection: sqlite3.Connection) -> None:
    """Read everything once, pages, table and rows, and see whether it can be written to."""
    if (found := connection.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
        raise _Damaged(found.partition("\n")[0])
    if connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall() != [(TABLE,)]:
        raise _Damaged("its table is not that of a store")
    for *parts, checksum in connection.execute("SELECT * FROM results"):
        if checksum != _checksum(parts):
            raise _Damaged("a row is not what was written")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("ROLLBACK")
