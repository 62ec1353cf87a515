"""Of two runs: the same on what is moved, stretched or bent."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zotheory.testing.conformance.cases import FLOOR, Case
from zotheory.testing.conformance.properties import check, close, equal, ran
from zotheory.testing.conformance.subjects import Subject


@check("does the same on f - 3, and on f + 3")
def shifts_of_values(subject: Subject, case: Case) -> None:  # noqa: D103
    plain = ran(subject, case).points
    close(plain, ran(subject, case, lambda x: case.f(x) - 3).points, "f - 3")
    close(plain, ran(subject, case, lambda x: case.f(x) + 3).points, "f + 3")


@check("does the same on 8 f, to the bit")
def scales_of_values(subject: Subject, case: Case) -> None:  # noqa: D103
    equal(ran(subject, case).points, ran(subject, case, lambda x: 8 * case.f(x)).points, "f, and 8 f")


@check("does the same on strictly increasing functions of f, to the bit")
def increasing(subject: Subject, case: Case) -> None:  # noqa: D103
    def level(x: np.ndarray) -> float:
        """f in whole steps of a thousandth above its least value: its functions below differ where it does."""
        return float(np.floor((min(case.f(x), 1e3) - FLOOR) * 2**10))

    plain = ran(subject, case, level).points
    for name, g in INCREASING.items():

        def bent(x: np.ndarray, g: Callable[[float], float] = g) -> float:
            return g(level(x))

        equal(plain, ran(subject, case, bent).points, f"a function f of whole values, and {name}")


INCREASING: dict[str, Callable[[float], float]] = {  # in single precision, too
    "f + 2^23": lambda n: n + 2.0**23,
    "f - 2^23": lambda n: n - 2.0**23,
    "f^3": lambda n: n**3,
    "f bent at a thousand": lambda n: 16 * n if n > 1000 else n / 4,
    "-1/(1 + f)": lambda n: -1 / (1 + n),
}


@check("does the same where the whole is moved")
def translation(subject: Subject, case: Case) -> None:  # noqa: D103
    shift = 5.0 - 2.0 * np.arange(case.d)
    moved = ran(subject, case, lambda x: case.f(x - shift), case.x0 + shift)
    close(ran(subject, case).points, moved.points - shift, f"moved by {shift}")


@check("does the same where the whole is stretched by 4, to the bit")
def scaling(subject: Subject, case: Case) -> None:  # noqa: D103
    stretched = ran(subject, case, lambda x: case.f(x / 4), 4 * case.x0)
    equal(ran(subject, case).points, stretched.points / 4, "stretched by 4")
