"""Of what asks and tells, and of methods of this package."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

from zotheory.testing.conformance.cases import Case
from zotheory.testing.conformance.properties import check, close, equal
from zotheory.testing.conformance.subjects import Broken, Subject, tell


@check("goes on from a pickle as it would have", applies=lambda s: s.search is not None)
def pickles(subject: Subject, case: Case) -> None:  # noqa: D103
    one: Any = subject.search and subject.search(case.x0, case.seed)
    calls = 0
    while calls < case.budget:
        points = one.ask()
        each = np.atleast_2d(points)
        tell(one, points, [case.f(x) for x in each])
        calls += len(each)
    try:
        other = pickle.loads(pickle.dumps(one))
    except Exception as error:
        raise Broken(f"it cannot be pickled: {error}") from error
    for _ in range(5):
        asked = [each.ask() for each in (one, other)]
        rows = np.atleast_2d(asked[0])
        equal(rows, np.atleast_2d(asked[1]), "the original, and its copy")
        for each, points in zip((one, other), asked, strict=True):
            tell(each, points, [case.f(x) for x in rows])


@check("takes the same steps in a batch as alone", least=10, applies=lambda s: s.method is not None)
def batches(subject: Subject, case: Case) -> None:  # noqa: D103
    method: Any = subject.method

    def f(x: np.ndarray) -> np.ndarray:
        return np.apply_along_axis(case.f, -1, x)

    x0 = case.x0 + np.linspace(0, 0.5, 3)[:, None]
    together, alone = method.init(f, x0), [method.init(f, row) for row in x0]
    rng = np.random.default_rng(case.seed)
    for _ in range(min(case.budget // max(1, method.calls[1]), 20)):
        move = method.draw(rng, together, case.d)
        together = method.step(f, together, move)
        alone = [method.step(f, state, row(move, i)) for i, state in enumerate(alone)]
    points = np.array([method.output(state) for state in alone])
    close(points, np.array(method.output(together)), "points of three runs, alone and in a batch")


def row(move: Any, i: int) -> Any:
    """What run i of a batch draws, of what all draw together."""
    if isinstance(move, np.ndarray):
        return move[i]
    if isinstance(move, tuple):
        parts = [row(part, i) for part in move]
        return type(move)(*parts) if hasattr(move, "_fields") else tuple(parts)
    return move
