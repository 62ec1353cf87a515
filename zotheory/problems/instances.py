"""The instances that experiments run on, by name: one function a name, in every dimension.

`instance(name, d, method)` is plain in small dimension; at `zotheory.reduced.DECADES` it is written in the reduced
coordinates of that method. Plain and reduced forms of one name differ by a motion of space, a scale of values or a
constant that is added to them: by nothing that a statement about the method can see.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import numpy as np

from zotheory.arguments import checked
from zotheory.geometry import norm
from zotheory.methods import Method
from zotheory.problems.embedded import Embedded
from zotheory.problems.named import INSTANCES, Instance
from zotheory.problems.quadratic import hard_instance, random_rotation
from zotheory.quantities import Size, at_most
from zotheory.reduced import DECADES, reduce


@checked
def instance(name: str, d: Size, method: Method | None = None, **options: Any) -> Any:
    """Return the instance of this name in d dimensions.

    Parameters
    ----------
    name : one of `INSTANCES`
    d : int
    method : Method, for d in `DECADES`
        Any with the law and the state of the one that is to run: reduced coordinates depend on them.
    **options : of the instance, for example Q of "hard" and "family"

    Raises
    ------
    KeyError, TypeError, ValueError
        For an unknown name or option, and where reduced coordinates are asked for without a method or do not exist.
    """
    known = _of(name)
    known.dimensions.check("d", d)
    if d not in DECADES:
        return known.build(d, **options)
    if method is None:
        raise ValueError(f"method must be given for d = {d}: the reduced coordinates of {name!r} depend on it")
    return in_blocks(name, d, method, **options)


@checked
def in_blocks(name: str, d: Size, method: Method, **options: Any) -> Any:
    """Return the instance in the reduced coordinates of the method, whatever d.

    Raises
    ------
    KeyError, ValueError
        For an unknown name, or one without a reduced form.
    """
    known = _of(name)
    if known.sizes is None:
        raise ValueError(f"{name!r} has no reduced form: d must not be one of {DECADES}, got {d}")
    known.dimensions.check("d", d)
    sizes = known.sizes(d)
    if min(sizes) < 1:
        raise ValueError(f"d must leave no block of {name!r} empty, got {d}: blocks of {sizes}")
    return reduce(lambda width: known.build(d, width=width, **options), sizes, method, fixed=known.fixed)


def _of(name: str) -> Instance:
    if name not in INSTANCES:
        raise KeyError(f"name must be one of {', '.join(INSTANCES)}; got {name!r}")
    return INSTANCES[name]


@checked
def words(name: str) -> str:
    """Return what the instance is called in the names of experiments: "a rotated quadratic".

    Raises
    ------
    KeyError
        For an unknown name.
    """
    return _of(name).words


@checked
def rung(name: str, d: Size) -> str:
    """Where on the ladder of evidence a sampled experiment on this instance stands.

    Raises
    ------
    KeyError
        For an unknown name.
    """
    worst = _of(name).worst
    return "reduced" if d in DECADES else "worst case" if worst else "measured"


def first_gap(problem: Any) -> float:
    """f(x0) - f*."""
    return float(problem(problem.x0)) - problem.f_star


def first_slope(problem: Any) -> float:
    """|grad f(x0)|."""
    return float(norm(problem.gradient(problem.x0)))


@checked
def low_rank(name: str, k: Annotated[Size, at_most("n")], n: Size, method: Method | None = None) -> Any:
    """Return a function of k directions in n dimensions, the instance `name` of them; x0 lies off their span.

    At `DECADES` it is written in the reduced coordinates of the method: "hard" only.

    Raises
    ------
    ValueError
        As `instance`.
    """
    if n not in DECADES:
        g = instance(name, k)
        A = random_rotation(n, np.random.default_rng(11))[:, :k]
        aside = np.linspace(-1, 1, n)
        return Embedded(g, A, A @ g.x0 + aside - A @ (A.T @ aside))
    if name != "hard" or method is None:
        raise ValueError(f"name must be 'hard', and a method be given, for n = {n}: got {name!r} and {method!r}")
    return reduce(partial(few_axes, k, n), (1, k - 1, n - k) if k < n else (1, k - 1), method)


@checked
def few_axes(k: Annotated[Size, at_most("n")], n: Size, width: Size) -> Embedded:
    """Return "hard" of k variables, `width` axes a block; f ignores a third block, of n - k dimensions."""
    A = np.eye((3 if k < n else 2) * width, 2 * width)
    g = hard_instance(k, 10.0, width)
    x0 = A @ g.x0
    x0[2 * width : 2 * width + 1] = 1.0
    return Embedded(g, A, x0, n)
