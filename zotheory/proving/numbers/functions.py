"""Values that variables can have: numbers of few digits, laws, and functions that know their constants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from zotheory.kernel import terms as of
from zotheory.proving.numbers.arithmetic import MP, ONE, PI, ZERO, Skipped, Undefined, inner, vector
from zotheory.proving.numbers.formulas import SAMPLES
from zotheory.proving.numbers.quadrature import Finite, Named
from zotheory.proving.numbers.runs import Drawn

# --- functions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Profile:
    """A function of one number with its least value, 0, at 0: value, slope, bounds of both derivatives, its inverse."""

    value: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    steepest: Any  # the greatest |slope|, or None
    most: Any  # the greatest |second derivative|, or None
    least: Any  # the least second derivative
    reach: Callable[[Any], Any]  # the greatest z where value(z) <= gap
    period: Any = None


def _kink(z: Any) -> Any:
    if z == 0:
        raise Undefined("a gradient at a kink")
    return ONE if z > 0 else -ONE


PROFILES = {
    "square": Profile(lambda z: z * z / 2, lambda z: z, None, 1, 1, lambda gap: MP.sqrt(2 * gap)),
    "log cosh": Profile(
        lambda z: MP.log(MP.cosh(z)), lambda z: MP.tanh(z), 1, 1, 0, lambda gap: MP.acosh(MP.exp(gap))
    ),
    "wave": Profile(lambda z: 1 - MP.cos(z), lambda z: MP.sin(z), 1, 1, -1, lambda gap: PI, 2 * PI),
    "size": Profile(lambda z: abs(z), _kink, 1, None, 0, lambda gap: gap),
}  # fmt: skip


class Bowl:
    """Sum of a_i p(b_i y_i) and an offset, y = x - centre in mirrored axes: constants of all kinds are known."""

    def __init__(self, d: int, profile: Profile, rng: Random) -> None:
        self.profile, self.d = profile, d
        self.a, self.b = ([number(rng, 0.4, 2.5) for _ in range(d)] for _ in "ab")
        self.centre, self.lowest = vector([number(rng, -1.5, 1.5) for _ in range(d)]), number(rng, -1, 1)
        way = vector([number(rng, 0.2, 1) for _ in range(d)])
        self.way = way / MP.sqrt(inner(way, way))
        curved = [a * b * b for a, b in zip(self.a, self.b, strict=True)]
        self.L = max(curved) * profile.most if profile.most is not None else None
        self.mu = (min if profile.least >= 0 else max)(curved) * profile.least
        steep = [a * b for a, b in zip(self.a, self.b, strict=True)]
        self.L0 = MP.sqrt(inner(steep, steep)) if profile.steepest is not None else None

    def _mirrored(self, y: Any) -> Any:
        return y - self.way * (2 * inner(self.way, y))

    def __call__(self, x: Any) -> Any:
        """Value."""
        y = self._mirrored(x - self.centre)
        parts = zip(self.a, self.b, y, strict=True)
        return sum((a * self.profile.value(b * z) for a, b, z in parts), self.lowest)

    def gradient(self, x: Any) -> Any:
        """Gradient."""
        y = self._mirrored(x - self.centre)
        parts = zip(self.a, self.b, y, strict=True)
        return self._mirrored(vector([a * b * self.profile.slope(b * z) for a, b, z in parts]))

    def nearest(self, x: Any) -> Any:
        """Nearest minimiser."""
        if self.profile.period is None:
            return self.centre
        y = self._mirrored(x - self.centre)
        turns = [MP.nint(b * z / self.profile.period) for b, z in zip(self.b, y, strict=True)]
        ends = [n * self.profile.period / b for n, b in zip(turns, self.b, strict=True)]
        return self.centre + self._mirrored(vector(ends))

    def reach(self, gap: Any) -> Any:
        """Bound of the distance to the nearest minimiser of points with values up to `gap` above the least."""
        far = [self.profile.reach(gap / a) / b for a, b in zip(self.a, self.b, strict=True)]
        return MP.sqrt(inner(far, far))


class Slope:
    """<a, x> + c."""

    L, mu, lowest = ZERO, ZERO, None

    def __init__(self, d: int, rng: Random) -> None:
        self.a, self.c = vector([number(rng, -1, 1) for _ in range(d)]), number(rng, -1, 1)
        self.L0 = MP.sqrt(inner(self.a, self.a))

    def __call__(self, x: Any) -> Any:
        """Value."""
        return inner(self.a, x) + self.c

    def gradient(self, x: Any) -> Any:
        """Gradient."""
        return self.a


class Noisy:
    """F(x, X) = f(x) + <n_X, x>, n_X anything."""

    def __init__(self, base: Any, d: int, rng: Random) -> None:
        self.base, self.L, self.mu, self.lowest, self.L0 = base, base.L, base.mu, None, None
        self.noise = [vector([number(rng, -0.5, 0.5) for _ in range(d)]) for _ in range(SAMPLES)]

    def __call__(self, x: Any, X: int) -> Any:
        """Value."""
        return self.base(x) + inner(self.noise[X], x)

    def gradient(self, x: Any, X: int) -> Any:
        """Gradient in x."""
        return self.base.gradient(x) + self.noise[X]


class Linear:
    """x -> Mx: the first coordinates, with signs, and zeros where there are too few."""

    def __init__(self, rows: int, columns: int, rng: Random) -> None:
        self.rows, self.signs = rows, [rng.choice((-1, 1)) for _ in range(columns)]

    def __call__(self, x: Any) -> Any:
        """Value."""
        signed = [s * each for s, each in zip(self.signs, x, strict=True)]
        return vector([*signed, *([0] * self.rows)][: self.rows])


def number(rng: Random, low: float, high: float) -> Any:
    """Return a random number of three digits after the point."""
    return MP.mpf(str(round(rng.uniform(low, high), 3)))


# --- drawing values --------------------------------------------------------------------------------------------------


def value_of(sort: Any, sizes: dict[Any, int], rng: Random) -> Any:
    """Return a random value of a sort."""
    kind, sizes_of = sort.kind, [int(sizes.get(each, each)) for each in sort.of[:1]] if sort.kind == "space" else []
    if kind == "real":
        return number(rng, 0.1, 2.5) if rng.random() < 0.75 else number(rng, -2, 2)
    if kind == "natural":
        return rng.choice((1, 2, 0, 3) if max(sizes.values(), default=1) == 1 else (0, 1, 1, 2))
    if kind == "space":
        return vector([number(rng, -2, 2) for _ in range(sizes_of[0])])
    if kind == "sample":
        return rng.randrange(SAMPLES)
    if kind == "draws":
        return Drawn({}, Random(rng.random()))
    if kind == "law":
        return _law(sort.of[0], sizes, rng)
    if kind == "map":
        return _function(sort.of, sizes, rng)
    raise Skipped(f"no values of the sort {sort}")


def _law(on: Any, sizes: dict[Any, int], rng: Random) -> Any:
    if on.kind == "space":
        return Named(rng.choice(("rademacher", "sphere")), (int(sizes.get(on.of[0], on.of[0])),))
    points = tuple(range(SAMPLES)) if on == of.SAMPLE else tuple(value_of(on, sizes, rng) for _ in range(SAMPLES))
    weights = [rng.randint(1, 5) for _ in points]
    return Finite(points, tuple(ONE * each / sum(weights) for each in weights))


def _function(sorts: Sequence[Any], sizes: dict[Any, int], rng: Random) -> Any:
    *domain, to = sorts
    if len(domain) > 1 and (domain[0].kind, *domain[1:], to) != ("space", of.SAMPLE, of.REAL):
        raise Skipped(f"no functions of {', '.join(map(str, domain))} with values of the sort {to}")
    d = [int(sizes.get(each.of[0], each.of[0])) for each in sorts if each.kind == "space"]
    first = domain[0].kind
    if first == "space" and to.kind == "space":
        return Linear(d[1], d[0], rng)
    if first == "space" and to == of.REAL:
        profile = rng.choice(("square", "log cosh", "wave", "square", "line", "size"))
        base = Slope(d[0], rng) if profile == "line" else Bowl(d[0], PROFILES[profile], rng)
        return base if len(domain) == 1 else Noisy(base, d[0], rng)
    c, power = number(rng, 0.3, 2), rng.choice((1, 2))
    if first == "sample":
        return [number(rng, 0.5, 2) for _ in range(SAMPLES)].__getitem__
    if first == "real":
        return lambda t: c * t + (t * t * t if power == 2 else 0)
    return (lambda n: 1 + int(n) % 2) if to == of.NATURAL else (lambda n: c / MP.mpf(n + 1) ** power)
