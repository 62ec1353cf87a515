"""A run of hours, piece by piece: what it begins with, what a piece does, and the checkpoint in between."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

Record = Mapping[str, Any]


class Progress(NamedTuple):
    """Where a job is: its state after so many pieces, what they recorded, and the processor seconds that they took."""

    done: int
    state: Any
    records: list[Record]
    seconds: float


@dataclass(frozen=True)
class Job:
    """An independent run.

    Parameters
    ----------
    name : such as "relative loss, 1/5 rule/seed 0"
    setting : what it depends on, as JSON: a checkpoint of another setting is refused
    begin : callable ``() -> (state, record)``
        `state` can be pickled and holds all that goes on, the generator of random numbers too.
    piece : callable ``(state, number) -> (state, record)``
        The work of piece `number`, from 1 on, and what it measured, as JSON.
    pieces : int
        How many there are.
    """

    name: str
    setting: Mapping[str, Any]
    begin: Callable[[], tuple[Any, Record]] = field(repr=False)
    piece: Callable[[Any, int], tuple[Any, Record]] = field(repr=False)
    pieces: int = 1

    def path(self, folder: Path) -> Path:
        """Its checkpoint."""
        digest = hashlib.sha256(self.name.encode()).hexdigest()[:8]
        plain = "".join(c if c.isalnum() else "-" for c in self.name)[:60]
        return folder / f"{plain}-{digest}.checkpoint"

    @property
    def identity(self) -> str:
        """What a checkpoint has to agree with: its name, its setting and its pieces."""
        return json.dumps([self.name, dict(self.setting), self.pieces], sort_keys=True)

    def progress(self, folder: Path) -> Progress | None:
        """Return where the checkpoint in this folder is; None if there is none.

        Raises
        ------
        ValueError
            If it is of another setting or damaged: it is left as it is.
        """
        path = self.path(folder)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        digest, body = content[:32], content[32:]
        if hashlib.sha256(body).digest() != digest:
            raise ValueError(f"the checkpoint {path} is damaged: remove it to begin {self.name!r} anew")
        identity, progress = pickle.loads(body)
        if identity != self.identity:
            raise ValueError(
                f"the checkpoint {path} must be of this setting, {self.identity}, got {identity}: "
                "remove it, or name another folder by --checkpoints"
            )
        return Progress(*progress)

    def keep(self, folder: Path, progress: Progress) -> None:
        """Write a checkpoint, so that at any moment there is the one before or this one, whole."""
        body = pickle.dumps((self.identity, tuple(progress)))
        path = self.path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        with beside.open("wb") as file:
            file.write(hashlib.sha256(body).digest() + body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)

    def go_on(self, folder: Path, every: float = 30.0) -> Iterator[int]:
        """Go on from the checkpoint, or begin; yield how many pieces are done, first those of the checkpoint.

        A checkpoint is written each `every` seconds, after the last piece, and where whoever asks stops asking.
        """
        here, began = self.progress(folder), time.process_time()  # other programs on the machine do not count
        if here is None:
            state, record = self.begin()
            here = Progress(0, state, [record], 0.0)
        before, kept, written = here.seconds, here.done, time.monotonic()
        try:
            yield here.done
            while here.done < self.pieces:
                state, record = self.piece(here.state, here.done + 1)
                spent = before + time.process_time() - began
                here = Progress(here.done + 1, state, [*here.records, record], spent)
                if time.monotonic() - written > every:
                    self.keep(folder, here)
                    kept, written = here.done, time.monotonic()
                yield here.done
        finally:
            if here.done > kept:
                self.keep(folder, here)
