"""SQLite files of this package: made at once, read through before they are used, and refused where they do not fit.

A file that is damaged, belongs to another program, or comes from a newer version is left as it is.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

PATIENCE = 60.0  # seconds to wait for another run that is writing
MAGIC = b"SQLite format 3\0"
LEFT = "it is left as it is: move it away, or name another file"


class Refused(ValueError):
    """A file cannot serve; the message names it, says why, and what to do. The file is left as it is."""


class Damaged(Exception):
    """What a file holds cannot be what was written."""


class Layout(NamedTuple):
    """What makes a database one of a kind: a number in its header, a version, and its one table with its definition.

    The last column of a row is the `checksum` of the others.
    """

    kind: str
    application: int
    version: int
    table: str
    definition: str


def connected(path: Path, layout: Layout, patience: float = PATIENCE) -> sqlite3.Connection:
    """Open a file, or make an empty one, within `refusing`.

    Raises
    ------
    Refused, Damaged, sqlite3.DatabaseError, OSError
        If it is damaged, of another kind, from a newer version, in use or not to be written to.
    """
    if not path.exists():
        _make(path, layout)
    _require_header(path, layout)
    uri = f"{path.resolve().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        _require_sound(connection, layout)
    except BaseException:
        connection.close()
        raise
    return connection


def checksum(parts: Any) -> str:
    """The digest of texts, numbers and bytes, in this order."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


@contextmanager
def refusing(kind: str, path: Path) -> Iterator[None]:
    """Turn whatever keeps a file from being used into `Refused`."""
    try:
        yield
    except (Damaged, sqlite3.DatabaseError, OSError) as problem:
        raise Refused(f"{kind} {path} {_why(problem)}") from problem


def _why(problem: Exception) -> str:
    if getattr(problem, "sqlite_errorname", "") in ("SQLITE_BUSY", "SQLITE_LOCKED"):
        return "is in use by another program; name another file, or try again later"
    if isinstance(problem, sqlite3.ProgrammingError):
        return f"cannot be used ({problem}); open it again"
    if isinstance(problem, OSError | sqlite3.OperationalError):
        return f"cannot be opened and written to ({getattr(problem, 'strerror', problem)}); name another file"
    return f"is damaged ({problem}); {LEFT}"


def _make(path: Path, layout: Layout) -> None:
    """Make an empty file, all at once: no run ever sees, and no kill ever leaves, a part of one."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and not path.exists():
        raise Refused(f"{layout.kind} {path} is gone, and {log} is left of it: move that back beside it, or delete it")
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        made = Path(folder) / "new"
        with closing(sqlite3.connect(made)) as connection:
            connection.execute(f"PRAGMA application_id = {layout.application}")
            connection.execute(f"PRAGMA user_version = {layout.version}")
            connection.execute("PRAGMA journal_mode = WAL")  # a commit is one write, and survives a kill
            connection.execute(layout.definition)
        try:
            os.link(made, path)
        except FileExistsError:
            pass  # another run was quicker
        except OSError:  # a file system without links
            made.rename(path)


def _require_header(path: Path, layout: Layout) -> None:
    """Say what is wrong with a file before SQLite, which might repair or fill it, is let near it."""
    kind = layout.kind
    if not path.is_file():
        raise Refused(f"{kind} {path} is no file; name another one")
    with path.open("rb") as file:
        head = file.read(100)
    application, version = (int.from_bytes(head[at : at + 4], "big") for at in (68, 60))
    if not head:
        raise Refused(f"{kind} {path} is empty: delete it, or name another file")
    if not head.startswith(MAGIC) or len(head) < 100:
        raise Refused(f"{kind} {path} is no {kind}, and no SQLite database; {LEFT}")
    if application != layout.application:
        raise Refused(f"{kind} {path} is a database of another program; {LEFT}")
    if version != layout.version:
        raise Refused(
            f"{kind} {path} has layout {version}, and this version of zotheory reads {layout.version}; {LEFT}"
        )


def _require_sound(connection: sqlite3.Connection, layout: Layout) -> None:
    """Read everything once, pages, table and rows, and see whether it can be written to."""
    if (found := connection.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
        raise Damaged(found.partition("\n")[0])
    tables = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    if tables != [(layout.definition,)]:
        raise Damaged(f"its table is not that of a {layout.kind}")
    for *parts, written in connection.execute(f"SELECT * FROM {layout.table}"):
        if written != checksum(parts):
            raise Damaged("a row is not what was written")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("ROLLBACK")
