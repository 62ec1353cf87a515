"""What was found of an optimizer: a row for each property, and the table of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

REQUIRED, DECLARED, OBSERVED = "required", "declared", "observed"


class Outcome(NamedTuple):
    """Whether a property holds, None where that could not be decided; and what was seen, in words."""

    holds: bool | None
    seen: str = ""


class Row(NamedTuple):
    """What became of one property.

    Attributes
    ----------
    name, says : its name, and what holds where it does
    status : "required" of all, "declared" by the author, or "observed"
    holds : whether it did in all cases; None where the time did not suffice to decide
    seen : the smallest case in which it did not, and what happened there; of a law, what was measured
    seconds : that it took
    """

    name: str
    says: str
    status: str
    holds: bool | None
    seen: str
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether it is known to hold, or need not."""
        return self.holds is True or self.status == OBSERVED

    @property
    def mark(self) -> str:
        """In a word or three."""
        if self.holds is None:
            return "undecided" if self.sound else "UNDECIDED"
        return "holds" if self.holds else "does not hold" if self.sound else "FAILED"


@dataclass(frozen=True)
class Conformance:
    """What was found of an optimizer: a row for each property. `print` shows a table.

    Attributes
    ----------
    name : of the optimizer
    rows : what became of each property
    asked : how many properties were to be tried; more than there are rows, where Ctrl-C came before the end
    """

    name: str
    rows: tuple[Row, ...]
    asked: int

    @property
    def complete(self) -> bool:
        """Whether all was tried."""
        return len(self.rows) == self.asked

    @property
    def sound(self) -> bool:
        """Whether all is known to hold that must, and that was declared."""
        return self.complete and all(row.sound for row in self.rows)

    def __getitem__(self, name: str) -> Row:
        """The row of a property; KeyError where none has this name."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON, as ``zotheory/testing/conformance/schema.json`` describes it."""
        from zotheory.testing.conformance.record import of_conformance

        return of_conformance(self)

    def __str__(self) -> str:
        width = max((len(row.name) for row in self.rows), default=0)
        lines = [f"{self.name}: {self.verdict}"]
        for row in self.rows:
            lines.append(f"  {row.name:{width}}  {row.status:8}  {row.mark:13}  {row.says}")
            if row.seen:
                lines.append(f"  {'':{width}}  {' '.join(map(str.strip, row.seen.splitlines()))}")
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Tell it in a notebook as `print` does."""
        printer.text(str(self))

    @property
    def verdict(self) -> str:
        """The whole in a word or two."""
        if any(row.holds is False and not row.sound for row in self.rows):
            return "NOT SOUND"
        if not self.complete:
            return f"INTERRUPTED after {len(self.rows)} of {self.asked} properties"
        return "sound" if self.sound else "UNDECIDED"
