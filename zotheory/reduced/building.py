"""Problems written in reduced coordinates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, cast

import numpy as np

from zotheory.arguments import checked
from zotheory.directions import Law
from zotheory.elementary import Array
from zotheory.kinds import shown
from zotheory.methods import Method
from zotheory.oracles import is_stochastic
from zotheory.protocols import Problem, Stochastic
from zotheory.quantities import Size, at_most, whole
from zotheory.reduced import invariance
from zotheory.reduced.frame import Frame
from zotheory.reduced.watch import require_method


@dataclass(frozen=True)
class Reduced:
    """A problem written in reduced coordinates, with the frame that moves along: what `zotheory.run` runs."""

    problem: Problem
    frame: Frame

    @property
    def d(self) -> int:
        """The dimension that the problem stands for."""
        return self.frame.d

    def __call__(self, x: Array) -> Array:
        """f at points in reduced coordinates."""
        return self.problem(x)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("problem", "frame"):
            raise AttributeError(name)
        return getattr(self.problem, name)


@checked
def reduce(
    build: Callable[[int], Problem],
    sizes: Sequence[Size],
    method: Method,
    *,
    fixed: Annotated[int, whole(0), at_most(lambda sizes: min(sizes, default=0), "the smallest of sizes")] = 0,
) -> Reduced:
    """Write a block problem in reduced coordinates, for one method.

    Parameters
    ----------
    build : callable ``width -> problem``
        Writes the problem with `width` axes a block, fixed vectors along the first axes, its x0 after them; for example
        ``lambda width: block_quadratic(..., width=width)``. It states d = sum(sizes), or no d.
    sizes : dimensions of the blocks
    method : Method
        Rotation equivariant, its directions Gaussian vectors or made of them.
    fixed : int
        Number of fixed vectors in each block (centre of f against the centre of the domain, mean of a sample).

    Raises
    ------
    ValueError
        If the problem is not rotation invariant on its blocks, but for the fixed vectors (`invariance`), or
        the method is not rotation equivariant (`equivariance`). Cost: a few evaluations, and two steps of
        a few replicas; they are not counted.
    """
    if not sizes:
        raise ValueError(f"sizes must be those of one block at least, got {sizes}")
    for name, law in getattr(method.draw, "keywords", {}).items():
        if isinstance(law, Law) and not law.rotation_invariant:
            raise ValueError(f"{name} must be rotation-invariant for reduced coordinates, got {law.name}")
    if not method.vectors:
        raise ValueError(f"vectors of {method.name} must name the fields of its state that live in R^d, got none")
    frame = Frame(tuple(sizes), fixed, tuple(method.vectors), method.draws, method.selects)
    problem = _built(build, frame.width)
    if is_stochastic(problem):
        frame = _with_sample(frame, cast(Stochastic, problem), method)
        problem = _built(build, frame.width)
    invariance.require_problem(build, frame, problem)
    reduced = Reduced(problem, frame)
    if hasattr(problem, "x0"):
        require_method(method, reduced, frame)
    return reduced


def _built(build: Callable[[int], Problem], width: int) -> Problem:
    try:
        problem = build(width)
    except Exception as error:
        raise ValueError(f"build({width}) must be a problem, got {type(error).__name__}: {error}") from error
    if not callable(problem):
        raise TypeError(f"build({width}) must be a problem, got {shown(problem)}")
    return problem


def _with_sample(frame: Frame, problem: Stochastic, method: Method) -> Frame:
    """Room for one more vector in a step; candidates that such a sample is multiplied with may share no axis."""
    rng = invariance.source(replace(frame, shared=False), ())
    with rng.explaining(frame.d):
        problem.sample(rng, ())
    if frame.shared and any(name == "standard_normal" for name, _ in rng.drawn):
        rng = invariance.source(frame, ())
        method.draw(rng, method.init(problem, problem.x0), frame.d)
        vectors = [z for name, z in rng.drawn if name == "standard_normal"]
        frame = replace(frame, shared=False, m=sum(int(np.prod(z.shape[:-1])) for z in vectors))
    return replace(frame, m=frame.m + 1)
