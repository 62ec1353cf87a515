"""Of two runs: the same on what is moved, stretched or bent."""

from __future__ import annotations

import numpy as np

from zotheory.testing.conformance.cases import FLOOR, Case
from zotheory.testing.conformance.properties import check, close, equal, ran
from zotheory.testing.conformance.subjects import Subject


@check("does the same on f - 3, and on f + 3", trait="shifts_of_values")
def shifts_of_values(subject: Subject, case: Case) -> None:  # noqa: D103
    plain = ran(subject, case).points
    close(plain, ran(subject, case, lambda x: case.f(x) - 3).points, "f - 3")
    close(plain, ran(subject, case, lambda x: case.f(x) + 3).points, "f + 3")


@check("does the same on 8 f, to the bit", trait="scales_of_values")
def scales_of_values(subject: Subject, case: Case) -> None:  # noqa: D103
    equal(ran(subject, case).points, ran(subject, case, lambda x: 8 * case.f(x)).points, "f, and 8 f")


@check("does the same on strictly increasing functions of f, to the bit", trait="increasing")
def increasing(subject: Subject, case: Case) -> None:  # noqa: D103
    plain = ran(subject, case, lambda x: case.f(x) - FLOOR).points
    for knee in (0.25, 1.0, 4.0):  # exact, and strictly increasing: stretched above, and squeezed below

        def bent(x: np.ndarray, knee: float = knee) -> float:
            gap = case.f(x) - FLOOR
            return 16 * gap if gap > knee else gap / 4

        equal(plain, ran(subject, case, bent).points, "f, and g(f)")


@check("does the same where the whole is moved", trait="translation")
def translation(subject: Subject, case: Case) -> None:  # noqa: D103
    shift = 5.0 - 2.0 * np.arange(case.d)
    moved = ran(subject, case, lambda x: case.f(x - shift), case.x0 + shift)
    close(ran(subject, case).points, moved.points - shift, f"moved by {shift}")


@check("does the same where the whole is stretched by 4, to the bit", trait="scaling")
def scaling(subject: Subject, case: Case) -> None:  # noqa: D103
    stretched = ran(subject, case, lambda x: case.f(x / 4), 4 * case.x0)
    equal(ran(subject, case).points, stretched.points / 4, "stretched by 4")
