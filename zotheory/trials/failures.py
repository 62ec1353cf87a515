"""Errors as the asker is to know them, in a line: whether it was asked wrongly, or the objective failed."""

from __future__ import annotations

from zotheory.kinds import shown
from zotheory.objective import ObjectiveError
from zotheory.sweeps import Died, Unsendable
from zotheory.trials import Failed, Misasked

WRONG = (TypeError, ValueError, OverflowError, ObjectiveError, ModuleNotFoundError, Died)  # to be told in a line


def in_a_line(error: BaseException) -> BaseException:
    """Return an error as the asker is to know it, where it can be said in a line."""
    if isinstance(error, SystemExit):
        return Failed(f"the objective ended the program: SystemExit({shown(error.code)})")
    if not isinstance(error, WRONG) or isinstance(error, Unsendable):
        return error
    notes = ", ".join(note for note in getattr(error, "__notes__", ()) if note.startswith("raised by"))
    said = f"{error}{notes and f' ({notes})'}" or type(error).__name__
    return Failed(said) if isinstance(error, ObjectiveError) else Misasked(said)
