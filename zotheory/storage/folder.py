"""What a run gives, in a folder: arrays in files that `numpy.load` reads, and a journal of the chunks that are in them.

Chunks are written, and only once they are on disk entered in the journal, with checksums: the first at once, others
within a second, together, as a disk takes its time. So a run may be killed at any moment: chunks that are entered are
whole, and others are run again. A folder that holds another run, or whose files are not what was written, is refused
and left as it is.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from zotheory.interrupts import undisturbed
from zotheory.kinds import shown
from zotheory.recording import AXES, Kept, Part, Run
from zotheory.storage.array_file import ArrayFile, summed
from zotheory.storage.database import Damaged, Layout, Refused, checksum, connected, refusing

if TYPE_CHECKING:
    from zotheory.replicas import Replicas

TABLE = "CREATE TABLE entries (name TEXT PRIMARY KEY, value TEXT NOT NULL, checksum TEXT NOT NULL)"
LAYOUT = Layout("journal", int.from_bytes(b"zorn", "big"), 1, "entries", TABLE)
RUN = "run"  # the name of the entry that says which run it is; chunks are entered under their numbers
EVERY = 1.0  # seconds from entry to entry, and at most from the end of a chunk to its: what a kill may lose
PATIENCE = 2.0  # seconds to wait for another run


class Folder:
    """What the chunks of a run gave, in a folder; see `zotheory.recording.Outputs`, whose attributes it has.

    Parameters
    ----------
    path : str or path
        The folder; made if there is none.
    plan : Replicas
        The run.

    Raises
    ------
    TypeError
        If `path` is no path.
    ValueError
        If a later run could not tell that it is the same one; and `Refused`, one of them, if the folder holds another
        run or something else, is damaged, in use, or from a newer version.
    """

    def __init__(self, path: str | os.PathLike[str], plan: Replicas) -> None:
        self.plan, mine = plan, identity(plan)
        self.waiting: dict[str, Any] = {}
        self.due = 0.0
        self.lock = threading.RLock()
        self.later: threading.Timer | None = None
        self.path = _made(path)
        journal = self.path / "run.db"
        with refusing("journal", journal):
            self.connection = connected(journal, LAYOUT, PATIENCE)
        try:
            with refusing("journal", journal):
                entries = self._locked()
            self._require_run(entries, mine)
            with refusing("store", self.path):
                self._open(entries)
        except BaseException:
            self.connection.close()
            raise

    def _open(self, entries: dict[str, Any]) -> None:
        self.ended = {int(name): told for name, (_, _, told, _) in entries.items()}
        self.cost = max(((calls, looks) for calls, looks, _, _ in entries.values()), default=(0, 0))
        shapes = Kept.shapes(self.plan.total, len(self.plan.setting.start), len(self.plan.recorded))
        described = zip(Kept._fields, shapes, AXES, strict=True)
        open_ = ArrayFile.found if entries else ArrayFile.made  # anew, as long as none of them is used
        self.arrays = [open_(self.path / f"{name}.npy", shape, axis) for name, shape, axis in described]
        self._require_written(entries)

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, kind: object, *exception: object) -> None:
        with closing(self.connection), undisturbed(), suppress(OSError, sqlite3.Error):
            self.settle()  # or what waits is run again

    def room(self, rows: slice) -> Kept:
        """Memory for what a chunk of these replicas keeps."""
        return Kept.blank(rows.stop - rows.start, len(self.plan.setting.start), len(self.plan.recorded))

    def write(self, rows: slice, part: Part) -> None:
        """Write what a chunk gave."""
        for array, values in zip(self.arrays, part.kept, strict=True):
            array.write(rows, values)
        self.cost = max(self.cost, (part.calls, part.looks))

    def put(self, rows: slice, part: Part) -> None:
        """Write what a chunk gave that has come to its end, and enter it in the journal, by and by."""
        with self.lock:
            self.write(rows, part)
            self.waiting[str(part.number)] = [part.calls, part.looks, part.told, summed(part.kept)]
            self.ended[part.number] = part.told
            if monotonic() >= self.due:
                self.settle()
            elif self.later is None:  # the next chunk may end in an hour
                self.later = threading.Timer(EVERY, self._settle_later)
                self.later.daemon = True
                self.later.start()

    def settle(self) -> None:
        """Have on disk what was written, and enter it."""
        with self.lock:
            if self.later is not None:
                self.later.cancel()
                self.later = None
            if self.waiting:
                for array in self.arrays:
                    array.settle()
                self._enter(self.waiting)
            self.waiting, self.due = {}, monotonic() + EVERY

    def _settle_later(self) -> None:
        with suppress(OSError, sqlite3.Error):  # told when it is tried again
            self.settle()

    def result(self, alone: bool) -> Run:
        """All that was written so far, mapped into memory."""
        kept = Kept(*(np.load(array.path, mmap_mode="r") for array in self.arrays))
        return kept.result(self.plan.recorded, self.cost, alone)

    def _locked(self) -> dict[str, Any]:
        """Keep other runs out until this one ends; return the entries."""
        self.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.connection.execute("BEGIN EXCLUSIVE")
        self.connection.execute("COMMIT")
        return {name: json.loads(value) for name, value, _ in self.connection.execute("SELECT * FROM entries")}

    def _require_run(self, entries: dict[str, Any], mine: dict[str, str]) -> None:
        """Take the entry of the run out of these, or make it where there is none."""
        if RUN not in entries:
            self._enter({RUN: mine})
        theirs = entries.pop(RUN, mine)
        if apart := [name for name in mine if mine[name] != theirs.get(name)]:
            told = ", ".join(f"{name} {theirs.get(name)} there and {mine[name]} here" for name in apart)
            raise Refused(
                f"store {self.path} holds another run: {told}; it is left as it is: name another folder, or delete it"
            )

    def _require_written(self, entries: dict[str, Any]) -> None:
        for name, (_, _, _, total) in entries.items():
            rows = self.plan.rows(int(name))
            if summed(array.read(rows) for array in self.arrays) != total:
                raise Damaged(f"replicas {rows.start} to {rows.stop - 1} are not what was written")

    def _enter(self, values: dict[str, Any]) -> None:
        """Enter these together; again, where an interruption came between."""
        entries = [(name, json.dumps(value)) for name, value in values.items()]
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
        self.connection.execute("BEGIN")
        self.connection.executemany("REPLACE INTO entries VALUES (?, ?, ?)", [(*e, checksum(e)) for e in entries])
        self.connection.execute("COMMIT")


def _made(path: Any) -> Path:
    """The folder at a path, made if there is none; it holds a journal, or nothing.

    Raises
    ------
    TypeError, Refused
        Unless it does, or can be made.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"store must be the path of a folder, got {shown(path)}")
    try:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        names = sorted(each.name for each in folder.iterdir())
    except (OSError, TypeError, ValueError) as problem:
        raise Refused(
            f"store must be a folder that can be read and written to, got {shown(path)}: {problem}"
        ) from problem
    others = [name for name in names if not name.startswith(".run.db.")]  # left where a run was killed
    if others and "run.db" not in names:
        raise Refused(
            f"store must be a new or an empty folder, or that of a run that has begun, got {shown(path)}, which holds "
            f"{others[0]} and no run.db; it is left as it is: name another folder"
        )
    return folder


def identity(plan: Replicas) -> dict[str, str]:
    """What tells this run from others, in words.

    Raises
    ------
    ValueError
        If the method or the problem holds something of which a later run could not tell whether it is the same, or a
        random generator.
    """
    from zotheory.code.reach import reach  # which runs without a store need not load

    setting, sequence = plan.asked, plan.sequence
    method: Any = setting.method
    for name, given in (("method", method), ("problem", setting.given)):
        if not reach(given).lasting:
            raise ValueError(
                f"{name} must be such that a later run can tell it by code and values, for a store, got "
                f"{shown(given)}: define it in a file, and have it hold functions, numbers and arrays"
            )
    plan.require_handed("a store")
    return {
        "method": setting.method.name,
        "x0": checksum([setting.start.tobytes()])[:16],
        "steps": str(plan.steps),
        "replicas": str(plan.replicas),
        "record": checksum(plan.recorded.tolist())[:16],
        "seed": str(words) if isinstance(words := sequence.entropy, int) else checksum(sequence.generate_state(8))[:16],
        "spawn key": f"{sequence.spawn_key} of {sequence.pool_size}",
        "vectorised": str(setting.vectorised),
        "nonfinite": setting.nonfinite,
        "library": plan.where,
        "code": reach(*plan.code, method, setting.problem).code,
    }
