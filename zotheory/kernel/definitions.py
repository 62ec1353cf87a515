"""The words of the field, as terms: what statements are written with.

Variables are made by `real`, `natural`, `dimension`, `vector`, `function` and so on; a function symbol is called like
a function, f(x). `expectation`, `probability`, `total`, `for_all`, `exists` and `mapping` bind the arguments of a
Python function:

    expectation(sphere(d), lambda u: f(x + alpha * u / sqrt(d)))

Every other function here returns a formula that a hypothesis consists of; none of them is trusted, as a statement
shows what they return.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import sympy as sp

from zotheory.kernel.terms import (
    DIMENSION,
    DRAWS,
    NATURAL,
    REAL,
    SAMPLE,
    And,
    Applied,
    Axis,
    Chain,
    Code,
    Copies,
    Draws,
    Eq,
    Expectation,
    ForAll,
    Gradient,
    If,
    Implies,
    Inner,
    Iterate,
    Law,
    Le,
    Lt,
    Map,
    Not,
    Probability,
    Sampled,
    Sort,
    Total,
    Variable,
    law_on,
    maps,
    of_kind,
    space,
)

sqrt = sp.sqrt


# --- variables -------------------------------------------------------------------------------------------------------


def _named(names: str, sort: Sort) -> Any:
    made = [Variable(name, sort) for name in names.split()]
    return made[0] if len(made) == 1 else made


def real(names: str) -> Any:
    """Real numbers, one for each name. Signs are hypotheses.

    >>> alpha, L = real("alpha L")
    """
    return _named(names, REAL)


def natural(names: str) -> Any:
    """Natural numbers 0, 1, ..."""
    return _named(names, NATURAL)


def dimension(names: str) -> Any:
    """Dimensions 1, 2, ..."""
    return _named(names, DIMENSION)


def vector(names: str, d: Any) -> Any:
    """Vectors of R^d."""
    return _named(names, space(d))


def function(names: str, d: Any) -> Any:
    """Real functions on R^d."""
    return _named(names, maps(space(d), REAL))


def map_of(names: str, *sorts: Sort) -> Any:
    """Functions of the first sorts with values in the last, for example ``map_of("h", REAL, REAL)``."""
    return _named(names, maps(*sorts))


def stochastic(names: str, d: Any) -> Any:
    """Real functions F(x, X) of a vector of R^d and a sample."""
    return _named(names, maps(space(d), SAMPLE, REAL))


def law_of_samples(names: str) -> Any:
    """Laws of samples."""
    return _named(names, law_on(SAMPLE))


def law_of_directions(names: str, d: Any) -> Any:
    """Laws of vectors of R^d."""
    return _named(names, law_on(space(d)))


def draws(names: str) -> Any:
    """All that a run draws."""
    return _named(names, DRAWS)


# --- binders ---------------------------------------------------------------------------------------------------------


def expectation(law: Any, body: Callable[[Any], Any]) -> Any:
    """E over a draw: ``expectation(sphere(d), lambda u: ...)``."""
    return Expectation.over(of_kind(law, "law").of[0], law, body=body)


def probability(law: Any, event: Callable[[Any], Any]) -> Any:
    """P over a draw: ``probability(gaussian(d), lambda u: Lt(f(x + u), f(x)))``."""
    return Probability.over(of_kind(law, "law").of[0], law, body=event)


def total(count: Any, body: Callable[[Any], Any]) -> Any:
    """Sum of body(t) over t = 0..count-1."""
    return Total.over(NATURAL, count, body=body)


def mapping(sort: Sort, body: Callable[[Any], Any]) -> Any:
    """The function x -> body(x)."""
    return Map.over(sort, body=body)


def for_all(sort: Sort, body: Callable[..., Any], *chosen: Any) -> Any:
    """For all values of a sort; of as many variables as `body` has arguments."""
    left = len(inspect.signature(body).parameters) - len(chosen)
    if left == 1:
        return ForAll.over(sort, body=lambda value: body(*chosen, value))
    return ForAll.over(sort, body=lambda value: for_all(sort, body, *chosen, value))


def exists(sort: Sort, body: Callable[[Any], Any]) -> Any:
    """There is a value of a sort."""
    return Not(for_all(sort, lambda value: Not(body(value))))


def all_of(count: Any, body: Callable[[Any], Any]) -> Any:
    """For t = 0..count-1."""
    return for_all(NATURAL, lambda t: Implies(Lt(t, count), body(t)))


# --- vectors and functions -------------------------------------------------------------------------------------------


def norm(a: Any) -> Any:
    """Euclidean norm."""
    return sp.sqrt(Inner(a, a))


def grad(f: Any, x: Any) -> Any:
    """Gradient of f at x."""
    return Gradient(f, x)


def axis(i: Any, d: Any) -> Any:
    """Vector i = 0..d-1 of the standard basis of R^d, whose inner product with x is a coordinate."""
    return Axis(i, d)


def domain(f: Any) -> Sort:
    """Return the space on which a function is defined."""
    return of_kind(f, "map").of[0]


def at(F: Any, X: Any) -> Any:
    """F(.; X): the function that a sample makes of a stochastic one."""
    return mapping(domain(F), lambda x: F(x, X))


def composed(h: Any, f: Any) -> Any:
    """The function x -> h(f(x))."""
    return mapping(domain(f), lambda x: h(f(x)))


def smoothed(f: Any, law: Any, delta: Any) -> Any:
    """The function x -> E f(x + delta u)."""
    return mapping(domain(f), lambda x: expectation(law, lambda u: f(x + delta * u)))


def where_above(value: Any, least: Any) -> Any:
    """The value where it is above `least`, else 0."""
    return If(Lt(least, value), value, 0)


def between(low: Any, t: Any, high: Any) -> Any:
    """Inequalities low <= t <= high."""
    return And(Le(low, t), Le(t, high))


def positive(*ts: Any) -> list[Any]:
    """Each is > 0: a list of hypotheses, ``given=[*positive(alpha, L), ...]``."""
    return [Lt(0, t) for t in ts]


def nonnegative(*ts: Any) -> list[Any]:
    """Each is >= 0: a list of hypotheses."""
    return [Le(0, t) for t in ts]


def at_least(least: Any, *ts: Any) -> list[Any]:
    """Each is >= least: a list of hypotheses."""
    return [Le(least, t) for t in ts]


# --- classes of functions --------------------------------------------------------------------------------------------


def linearised(f: Any, x: Any, y: Any) -> Any:
    """f(x) + <grad f(x), y - x>."""
    return f(x) + Inner(grad(f, x), y - x)


def smooth(f: Any, L: Any) -> Any:
    """Within L |y - x|^2/2 is f(y) what is linear in y at x: equivalent to a gradient that is L-Lipschitz."""

    def bend(x: Any, y: Any) -> Any:
        return L * Inner(y - x, y - x) / 2

    return for_all(
        domain(f), lambda x, y: between(linearised(f, x, y) - bend(x, y), f(y), linearised(f, x, y) + bend(x, y))
    )


def strongly_convex(f: Any, mu: Any) -> Any:
    """f(y) >= f(x) + <grad f(x), y - x> + mu |y - x|^2/2."""
    return for_all(domain(f), lambda x, y: Le(linearised(f, x, y) + mu * Inner(y - x, y - x) / 2, f(y)))


def convex(f: Any) -> Any:
    """f(y) >= f(x) + <grad f(x), y - x>, of a differentiable f."""
    return for_all(domain(f), lambda x, y: Le(linearised(f, x, y), f(y)))


def chord_convex(f: Any) -> Any:
    """f((1 - w) x + w y) <= (1 - w) f(x) + w f(y) for 0 <= w <= 1, of any f."""
    return for_all(
        domain(f),
        lambda x, y: for_all(
            REAL,
            lambda w: Implies(between(0, w, 1), Le(f((1 - w) * x + w * y), (1 - w) * f(x) + w * f(y))),
        ),
    )


def lipschitz(f: Any, L0: Any) -> Any:
    """|f(x) - f(y)| <= L0 |x - y|."""
    return for_all(domain(f), lambda x, y: Le(sp.Abs(f(x) - f(y)), L0 * norm(x - y)))


def gradient_dominated(f: Any, mu: Any, f_star: Any) -> Any:
    """2 mu (f(x) - f_star) <= |grad f(x)|^2; strong convexity implies it."""
    return for_all(domain(f), lambda x: Le(2 * mu * (f(x) - f_star), Inner(grad(f, x), grad(f, x))))


def bounded_below(f: Any, f_star: Any) -> Any:
    """f_star <= f(x)."""
    return for_all(domain(f), lambda x: Le(f_star, f(x)))


def minimiser(f: Any, x: Any) -> Any:
    """f(x) <= f(y) for all y."""
    return for_all(domain(f), lambda y: Le(f(x), f(y)))


def level_set_within(f: Any, x0: Any, R: Any, nearest: Any, f_star: Any) -> Any:
    """Every x with f(x) <= f(x0) is within R of the point nearest(x), where f is f_star.

    `nearest` is a function symbol, ``map_of("P", space(d), space(d))``: with it, "there is a minimiser within R".
    """
    return for_all(
        domain(f),
        lambda x: Implies(Le(f(x), f(x0)), And(Eq(f(nearest(x)), f_star), Le(norm(x - nearest(x)), R))),
    )


def increasing(h: Any) -> Any:
    """h, of real numbers, is strictly increasing."""
    return for_all(REAL, lambda a, b: Implies(Lt(a, b), Lt(h(a), h(b))))


def transform_of(f: Any, h: Any, g: Any) -> Any:
    """f(x) = h(g(x))."""
    return for_all(domain(f), lambda x: Eq(f(x), h(g(x))))


def linear_map(A: Any) -> Any:
    """A(a x + y) = a A(x) + A(y)."""
    return for_all(domain(A), lambda x, y: for_all(REAL, lambda a: Eq(A(a * x + y), a * A(x) + A(y))))


def adjoint(A: Any, B: Any) -> Any:
    """<A(x), u> = <x, B(u)>; with B = A, A is symmetric."""
    return for_all(domain(A), lambda x: for_all(domain(B), lambda u: Eq(Inner(A(x), u), Inner(x, B(u)))))


def orthonormal_columns(A: Any) -> Any:
    """<A(u), A(v)> = <u, v>."""
    return for_all(domain(A), lambda u, v: Eq(Inner(A(u), A(v)), Inner(u, v)))


def trace(H: Any) -> Any:
    """Trace of a linear map: E <u, H(u)> over u ~ N(0, I)."""
    return expectation(gaussian(domain(H).of[0]), lambda u: Inner(u, H(u)))


# --- stochastic functions --------------------------------------------------------------------------------------------


def averages_to(F: Any, P: Any, f: Any) -> Any:
    """f(x) = E F(x; X)."""
    return for_all(domain(f), lambda x: Eq(f(x), expectation(P, lambda X: F(x, X))))


def for_samples(F: Any, P: Any, of: Callable[[Any, Any], Any]) -> Any:
    """of(F(.; X), X) for every sample X: ``for_samples(F, P, lambda f, X: smooth(f, L))``."""
    return for_all(of_kind(P, "law").of[0], lambda X: of(at(F, X), X))


def gradient_moment(F: Any, P: Any, x: Any) -> Any:
    """E |grad F(x; X)|^2."""
    return expectation(P, lambda X: Inner(grad(at(F, X), x), grad(at(F, X), x)))


def second_moment_within(F: Any, P: Any, G: Any, inside: Callable[[Any], Any] | None = None) -> Any:
    """E |grad F(x; X)|^2 <= G^2, for all x or those that a formula describes."""

    def at_point(x: Any) -> Any:
        claim = Le(gradient_moment(F, P, x), G**2)
        return claim if inside is None else Implies(inside(x), claim)

    return for_all(domain(F), at_point)


def noise_within(F: Any, P: Any, f: Any, spread: Any) -> Any:
    """E |grad F(x; X) - grad f(x)|^2 <= spread^2."""

    def squared(x: Any, X: Any) -> Any:
        noise = grad(at(F, X), x) - grad(f, x)
        return Inner(noise, noise)

    return for_all(domain(f), lambda x: Le(expectation(P, lambda X: squared(x, X)), spread**2))


# --- laws ------------------------------------------------------------------------------------------------------------


def sphere(d: Any) -> Any:
    """Uniform on the sphere of radius sqrt(d) in R^d: u/sqrt(d) is uniform on the unit sphere."""
    return Law("sphere", d)


def gaussian(d: Any) -> Any:
    """N(0, I) in R^d."""
    return Law("gaussian", d)


def ball(d: Any) -> Any:
    """Uniform on the ball of radius sqrt(d + 2) in R^d: u/sqrt(d + 2) is uniform on the unit ball."""
    return Law("ball", d)


def rademacher(d: Any) -> Any:
    """Uniform on {-1, 1}^d."""
    return Law("rademacher", d)


def index(count: Any) -> Any:
    """Uniform on 0..count-1."""
    return Law("index", count)


def normal() -> Any:
    """N(0, 1), a real number."""
    return Law("normal")


def interval(low: Any, high: Any) -> Any:
    """Uniform on [low, high], a real number."""
    return Law("interval", low, high)


def bernoulli(p: Any) -> Any:
    """1 with probability p, else 0."""
    return Law("bernoulli", p)


def copies(law: Any) -> Any:
    """A sequence u(0), u(1), ... of independent draws."""
    return Copies(law)


def directions_of(law: Any) -> Sort:
    """Return the space in which a law draws."""
    return of_kind(law, "law").of[0]


def isotropic(law: Any) -> Any:
    """E <a, u> <b, u> = <a, b>: covariance I."""
    return for_all(
        directions_of(law), lambda a, b: Eq(expectation(law, lambda u: Inner(a, u) * Inner(b, u)), Inner(a, b))
    )


def rotation_invariant(law: Any) -> Any:
    """P(<a, u> <= t) depends on a by |a| alone, which fixes the law of every rotation of u (Cramer and Wold)."""

    def alike(a: Any, b: Any) -> Any:
        return for_all(
            REAL,
            lambda t: Eq(
                probability(law, lambda u: Le(Inner(a, u), t)), probability(law, lambda u: Le(Inner(b, u), t))
            ),
        )

    return for_all(directions_of(law), lambda a, b: Implies(Eq(Inner(a, a), Inner(b, b)), alike(a, b)))


def norm_moment(law: Any, power: Any) -> Any:
    """E |u|^power."""
    return expectation(law, lambda u: norm(u) ** power)


def fourth_constant(law: Any, s: Any) -> Any:
    """E <a, u>^2 |u|^2 <= s |a|^2: the constant s(d) of a law of directions."""
    return for_all(
        directions_of(law),
        lambda a: Le(expectation(law, lambda u: Inner(a, u) ** 2 * Inner(u, u)), s * Inner(a, a)),
    )


# --- the shipped code ------------------------------------------------------------------------------------------------


SHIPPED: dict[tuple[str, str], Callable[..., Any]] = {}  # what makes objects of the code, by name and fingerprint


def _parameters(parameters: dict[str, Any]) -> list[Any]:
    return [part for name, value in parameters.items() for part in (name, value)]


def code(function: Callable[..., Any], **parameters: Any) -> Any:
    """An object that the shipped code makes: a method, a rule of the radius, a mirror map.

    Its name and fingerprint enter the statement with its parameters, which are terms:
    ``code(zo.relative_loss, radius=alpha, law=sphere(d))``.
    """
    from zotheory.code.fingerprint import fingerprint

    found = fingerprint(function)
    SHIPPED[function.__name__, found] = function
    return Code(function.__name__, found, *_parameters(parameters))


def returned(function: Callable[..., Any], **arguments: Any) -> Any:
    """The number that the shipped code returns, where it has no formula in symbols (incomplete beta functions)."""
    from zotheory.code.fingerprint import fingerprint

    return Applied(function.__name__, fingerprint(function), *_parameters(arguments))


def after(t: Any, method: Any, f: Any, start: Any, part: str = "x") -> Any:
    """Law of the point after t steps: ``expectation(after(T, method, f, x0), lambda x: f(x))``.

    `f` is a function, or ``samples(F, P)``; `start` a point, or a state given by ``code``; `part` another part of the
    state, or "output" for what the method returns.
    """
    return Chain(method, f, start, t, part)


def run_of(method: Any, f: Any) -> Any:
    """Law of all draws of a run, for statements about several steps at once; see `point`."""
    return Draws(method, f)


def point(t: Any, method: Any, f: Any, start: Any, drawn: Any, part: str = "x") -> Any:
    """The point after t steps that certain draws lead to."""
    return Iterate(method, f, start, t, part, drawn)


def samples(F: Any, P: Any, size: Any = 1) -> Any:
    """F(.; X), X ~ P anew in every step; the mean over `size` samples, a number or ``mapping(NATURAL, ...)`` of t."""
    return Sampled(F, P, size)
