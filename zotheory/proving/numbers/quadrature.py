"""Means over the laws of the language, in 30 digits: sums over points, or integrals that find where they break.

Where the choices that numbers note (`arithmetic`) differ at two neighbouring points, the integrand takes another branch
between them: an absolute value changes sign, a step of a method is accepted. That point is found by bisection, and
Gauss's rule is used on either side of it, so that a kink or a jump in one angle or one coordinate costs no digits. In
d = 3, and along the radius of a Gaussian vector, breaks are not looked for. Each mean is computed in one of two orders;
how far they differ says how far both are trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise, product
from random import Random
from typing import Any, NamedTuple

from zotheory.proving.numbers.arithmetic import MP, ONE, PI, ZERO, Skipped, Undefined, inner, vector, watched

Integrand = Callable[[Any], Any]
BREAK = 2.0**-34  # how narrowly a break is enclosed, as a part of what lies between two points


# --- integrals -------------------------------------------------------------------------------------------------------


@lru_cache
def gauss(n: int) -> list[tuple[Any, Any]]:
    """Nodes and weights of Gauss's rule on [0, 1], by Newton's method from Chebyshev's points."""
    found = []
    for k in range(n):
        x = MP.cos(PI * (4 * k + 3) / (4 * n + 2))
        for _ in range(8):
            below, value = ONE, x
            for j in range(2, n + 1):
                below, value = value, ((2 * j - 1) * x * value - (j - 1) * below) / j
            slope = n * (x * value - below) / (x * x - 1)
            x -= value / slope
        found.append(((1 - x) / 2, 1 / ((1 - x * x) * slope * slope)))
    return found


def breaks(g: Integrand, points: Sequence[Any], seen: Sequence[list[Any]]) -> list[Any]:
    """Return where the choices of an integrand change between points, `seen` being those at the points."""
    found = []
    for low, high, choices, last in zip(points, points[1:], seen, seen[1:], strict=False):
        narrow = (high - low) * BREAK
        while choices != last:
            inside, after, beyond = low, high, last
            while after - inside > narrow:
                middle = (inside + after) / 2
                now = watched(g, middle)[1]
                inside, after, beyond = (middle, after, beyond) if now == choices else (inside, middle, now)
            found.append((inside + after) / 2)
            low, choices = after, beyond
    return found


def along(g: Integrand, ends: Sequence[Any], n: int) -> Any:
    """Integral from the first to the last of these points, with n nodes between each two."""
    total = ZERO
    for low, high in pairwise(ends):
        for node, weight in gauss(n):
            total = total + watched(g, low + (high - low) * node)[0] * (weight * (high - low))
    return total


def line(g: Integrand, low: Any, high: Any, cells: int, order: int) -> Any:
    """Integral from `low` to `high`."""
    steps = cells * (order + 3)
    points = [low + (high - low) * (2 * k + 1) / (2 * steps) for k in range(steps)]
    found = breaks(g, points, [watched(g, point)[1] for point in points])
    ends = [low + (high - low) * k / cells for k in range(cells + 1)]
    return along(g, sorted({*ends, *found}), 12 + 4 * order)


def circle(g: Integrand, order: int) -> Any:
    """Mean over angles."""
    count, turn = 16 + 4 * order, 2 * PI
    points = [turn * (k + ONE / 3) / count for k in range(count + 1)]
    seen = [watched(g, point) for point in points]
    found = breaks(g, points, [choices for _, choices in seen])
    if not found:
        return sum((value for value, _ in seen[1:-1]), seen[0][0]) / count
    ends = [*found, found[0] + turn]
    ends += [(low + high) / 2 for low, high in pairwise(ends)]
    return along(g, sorted(ends), 10 + 3 * order) / turn


FINITE = ("index", "bernoulli", "rademacher", "coordinates")


# --- laws ------------------------------------------------------------------------------------------------------------


class Finite(NamedTuple):
    """A law on finitely many points."""

    points: tuple[Any, ...]
    weights: tuple[Any, ...]


class Named(NamedTuple):
    """A law of the language, with values of its parameters."""

    name: str
    parameters: tuple[Any, ...] = ()


def is_finite(law: Finite | Named) -> bool:
    """Whether E over a law is a sum."""
    return isinstance(law, Finite) or law == ("sphere", (1,)) or law.name in FINITE


def enumerated(law: Named) -> Finite | None:
    """Return a named law on finitely many points as what it is, and None of any other."""
    name, (size, *_) = law.name, law.parameters or (None,)
    if name == "bernoulli":
        if not 0 <= size <= 1:
            raise Undefined(f"a probability of {size}")
        return Finite((0, 1), (1 - size, size))
    if name == "index":
        if size < 1:
            raise Undefined("an index below 0")
        points: Any = range(int(size))
    elif name == "rademacher" or (name == "sphere" and size == 1):
        points = map(vector, product((-1, 1), repeat=size))
    elif name == "coordinates":
        points = [vector([MP.sqrt(size) * (i == j) for j in range(size)]) for i in range(size)]
    else:
        return None
    points = tuple(points)
    return Finite(points, (ONE / len(points),) * len(points))


def mean(law: Finite | Named, g: Integrand, order: int) -> Any:
    """E g(u) over a draw u."""
    if isinstance(law, Finite):
        pairs = zip(law.points, law.weights, strict=True)
        return sum((g(point) * weight for point, weight in pairs if weight != 0), ZERO)
    if (finite := enumerated(law)) is not None:
        return mean(finite, g, order)
    name, parameters = law.name, law.parameters
    if name == "interval":
        low, high = map(MP.mpf, parameters)
        if not low < high:
            raise Undefined(f"an interval from {low} to {high}")
        return line(g, low, high, 4, order) / (high - low)
    if name == "normal" or (name, parameters) == ("gaussian", (1,)):
        made = (lambda t: t) if name == "normal" else (lambda t: vector([t]))
        return line(lambda t: g(made(t)) * MP.npdf(t), MP.mpf(-11), MP.mpf(11), 12, order)
    if name == "ball" and parameters == (1,):
        return line(lambda t: g(vector([t])), -MP.sqrt(3), MP.sqrt(3), 4, order) / (2 * MP.sqrt(3))
    return _radial(name, parameters[0], g, order)


def _radial(name: str, d: int, g: Integrand, order: int) -> Any:
    if name == "sphere":
        return sphere(lambda s: g(s * MP.sqrt(d)), d, order)
    longest = MP.sqrt(d + 2) if name == "ball" else MP.mpf(10)

    def weighted(r: Any) -> Any:
        if name == "ball":
            density = d * (r / longest) ** (d - 1) / longest
        else:
            density = 2 * r ** (d - 1) * MP.exp(-r * r / 2) / (MP.mpf(2) ** (MP.mpf(d) / 2) * MP.gamma(MP.mpf(d) / 2))
        return sphere(lambda s: g(s * r), d, order) * density

    return along(weighted, [ZERO, longest], (8 if name == "ball" else 24) + 4 * order)


def sphere(g: Integrand, d: int, order: int) -> Any:
    """Mean over the unit sphere of R^2 or R^3."""
    if d == 2:
        return circle(lambda t: g(vector([MP.cos(t), MP.sin(t)])), order)
    if d != 3:
        raise Skipped(f"no integrals over spheres of R^{d}")

    def ring(z: Any) -> Any:
        r = MP.sqrt((1 - z) * (1 + z))
        return circle(lambda t: g(vector([r * MP.cos(t), r * MP.sin(t), z])), order)

    return along(ring, [-ONE, ONE], 8 + 4 * order) / 2


def drawn(law: Finite | Named, rng: Random) -> Any:
    """Return a random draw from a law."""
    if isinstance(law, Finite):
        return rng.choices(law.points, [float(weight) for weight in law.weights])[0]
    if (finite := enumerated(law)) is not None:
        return drawn(finite, rng)
    name, parameters = law.name, law.parameters
    if name == "interval":
        low, high = map(MP.mpf, parameters)
        return low + (high - low) * rng.random()
    d = 1 if name == "normal" else parameters[0]
    way = vector([rng.gauss(0, 1) for _ in range(d)])
    length = MP.sqrt(inner(way, way))
    scale = {"sphere": MP.sqrt(d), "ball": MP.sqrt(d + 2) * rng.random() ** (1 / d)}.get(name, length)
    return way[0] if name == "normal" else way * (scale / length)
