"""What was found of an optimizer: a row for each property, and the table of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

REQUIRED, DECLARED, OBSERVED = "required", "declared", "observed"


class Row(NamedTuple):
    """What became of one property.

    Attributes
    ----------
    name, says : its name, and what holds where it does
    status : "required" of all, "declared" by the author, or "observed"
    holds : whether it did in all cases
    seen : the smallest case in which it did not, and what happened there
    seconds : that it took
    """

    name: str
    says: str
    status: str
    holds: bool
    seen: str
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether it holds, or need not."""
        return self.holds or self.status == OBSERVED


@dataclass(frozen=True)
class Conformance:
    """What was found of an optimizer: a row for each property. `print` shows a table."""

    name: str
    rows: tuple[Row, ...]

    @property
    def sound(self) -> bool:
        """Whether all holds that must, and that was declared."""
        return all(row.sound for row in self.rows)

    def __getitem__(self, name: str) -> Row:
        return next(row for row in self.rows if row.name == name)

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {"name": self.name, "sound": self.sound, "properties": [row._asdict() for row in self.rows]}

    def __str__(self) -> str:
        width = max(len(row.name) for row in self.rows)
        lines = [f"{self.name}: {'sound' if self.sound else 'NOT SOUND'}"]
        for row in self.rows:
            mark = "holds" if row.holds else "does not hold" if row.status == OBSERVED else "FAILED"
            lines.append(f"  {row.name:{width}}  {row.status:8}  {mark:13}  {row.says}")
            if not row.holds:
                lines.append(f"  {'':{width}}  {row.seen}")
        return "\n".join(lines)
