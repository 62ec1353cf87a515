"""Random points at which the symbols of a term may stand, and concrete functions in place of unknown ones.

A point gives every free symbol an exact number that its assumptions allow: a positive symbol a positive number, an
integer one an integer, a plain one, which SymPy takes for complex, also a complex number. The seed is fixed, so the
same step meets the same points in every run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

Number = tuple[Fraction, Fraction]  # real and imaginary part, exact

SEED = 1
EVERYWHERE = (-1, 0, 1)
NEAR, SMALL, LARGE, MIXED, EDGE = "near one", "small", "large", "of mixed size", "special where allowed"
SCALES = (NEAR, NEAR, SMALL, LARGE, MIXED, MIXED, EDGE, EDGE)
MODERATE = (NEAR, NEAR, SMALL, EDGE)  # for functions that are slow, or rounded, far from one
ROUGH_SCALES = (NEAR, NEAR, EDGE)  # for terms that take quadrature or sums
EXPONENTS = {NEAR: (-0.6, 0.6), SMALL: (-3.0, -0.3), LARGE: (1.0, 4.0), MIXED: (-6.0, 6.0), EDGE: (-1.0, 1.0)}
INTEGERS = {NEAR: (1, 9), SMALL: (1, 3), LARGE: (10, 3000), MIXED: (1, 100), EDGE: (1, 9)}
TRIES = 40


@lru_cache(maxsize=4096)
def _allows(symbol: Any, candidate: Any) -> bool:
    """Whether no assumption of the symbol is false of this number."""
    return all(getattr(candidate, f"is_{name}", None) in (holds, None) for name, holds in symbol.assumptions0.items())


def _candidate(symbol: Any, scale: str, rng: random.Random, special: tuple[Any, ...]) -> Any:
    if scale == EDGE and rng.random() < 0.7:
        return sympy.sympify(rng.choice(special))
    if symbol.is_integer:
        size = sympy.Integer(rng.randint(*INTEGERS[scale]))
    else:
        size = sympy.Rational(round(10 ** (9 + rng.uniform(*EXPONENTS[scale]))), 10**9)
    return size if rng.random() < 0.5 else -size


def _draw(symbol: Any, scale: str, rng: random.Random, special: tuple[Any, ...]) -> Number | None:
    """Return a number that the symbol's assumptions allow, or None if none was found."""
    for _ in range(TRIES):
        real = _candidate(symbol, scale, rng, special)
        if symbol.is_extended_real is None and rng.random() < 0.6:
            candidate = real + sympy.I * _candidate(symbol, scale, rng, special)
        else:
            candidate = sympy.I * real if symbol.is_imaginary else real
        if _allows(symbol, candidate):
            first, second = candidate.as_real_imag()
            return Fraction(int(first.p), int(first.q)), Fraction(int(second.p), int(second.q))
    return None


def points(
    symbols: set[Any], scales: tuple[str, ...] = SCALES, special: tuple[Any, ...] = EVERYWHERE
) -> Iterator[tuple[str, dict[Any, Number]]]:
    """Yield one point for each scale at which every symbol can stand; a single empty point if there is no symbol.

    `special` are numbers to be tried, one symbol or another at a time, at the scale `EDGE`.
    """
    if not symbols:
        yield NEAR, {}
        return
    rng = random.Random(SEED)
    ordered = sorted(symbols, key=lambda symbol: (symbol.name, symbol.sort_key()))
    for scale in scales:
        drawn = {symbol: _draw(symbol, scale, rng, special) for symbol in ordered}
        if None not in drawn.values():
            yield scale, drawn  # type: ignore[misc]


# --- functions of which nothing is known -----------------------------------------------------------------------------


def _concrete(function: Any, arguments: tuple[Any, ...]) -> Any:
    """Return a smooth function, real on the reals, with the sign that the unknown function is assumed to have.

    Raises
    ------
    ValueError
        For a function assumed to be an integer or the like, of which no smooth function is an example.
    """
    rng = random.Random(f"{SEED} {function.__name__}")

    def some() -> Any:
        return sympy.Rational(rng.randint(20, 150), 100) * rng.choice((-1, 1))

    inner = sum((some() * x for x in arguments), some())
    wave = some() * sympy.sin(inner)
    sample = function(*arguments)
    if sample.is_integer or sample.is_zero or sample.is_imaginary:
        raise ValueError(f"no example of the function {function.__name__}")
    if sample.is_nonnegative:
        return wave**2 + (1 if sample.is_positive else 0)
    if sample.is_nonpositive:
        return -(wave**2) - (1 if sample.is_negative else 0)
    return wave + some() * sum((some() * x for x in arguments), some()) ** 2 / 10


def with_examples(term: Any) -> Any:
    """Replace every unknown function by a concrete one, and carry out the derivatives of it.

    Raises
    ------
    ValueError
        If there is no example of a function.
    """
    functions = {applied.func for applied in term.atoms(AppliedUndef)}
    for function in sorted(functions, key=lambda f: f.__name__):
        term = term.replace(function, lambda *arguments, f=function: _concrete(f, arguments))
    pending = (sympy.Derivative, sympy.Subs)
    return term.replace(lambda node: isinstance(node, pending), lambda node: node.doit(integrals=False))
