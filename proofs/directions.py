"""Moments of the laws of directions, in every dimension d.

Statements
----------
For each law of `zotheory.directions`: isotropy E <e,u>^2 = 1; s(d) = E <e,u>^2 |u|^2; E |u|^p; E |<e,u>| where it does
not depend on the unit vector e, and E |<g,u>|.

Routes
------
gaussian: reduced coordinates (<e,u>, length of the rest), and the radial integral for powers p that are not even.
sphere: u = sqrt(d) z/|z|, z Gaussian, whose direction is independent of its length: a statistic homogeneous of degree p
has E q(u) = sqrt(d)^p E q(z)/E |z|^p.
ball: u = r s, s on the unit sphere, the radius r independent of s with density d r^(d-1)/(d+2)^(d/2).
rademacher: u_i^2 = 1, and the signs of a pair of coordinates enumerated. coordinates: a sum over the d axes.

Notation
--------
e unit vector; z Gaussian, reduced: <e,z> along the first axis, the length of the rest along the second.

References
----------
Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Assumption D.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import sympy

from proofs import proves
from zotheory.directions import LAWS, Law, signs
from zotheory.evidence.derivation import Derivation
from zotheory.exact import expectation
from zotheory.reduced import symbols

d = sympy.Symbol("d", positive=True)
p = sympy.Symbol("p", positive=True)
VECTORS, GAUSSIAN = symbols(d, 1, 1)
INNER = VECTORS[0][0]  # <e,z>
SQUARE = VECTORS[0] @ VECTORS[0]  # |z|^2


# --- the moments, by routes that do not use zotheory.directions ------------------------------------------------------


def _gaussian(statistic: Any) -> Any:
    return expectation(statistic, GAUSSIAN)


def _on_sphere(statistic: Any, degree: int) -> Any:
    """E of a homogeneous polynomial, of even degree, of a direction on the unit sphere."""
    return _gaussian(statistic) / _gaussian(SQUARE ** (degree // 2))


def chi_moment(proof: Derivation, power: Any) -> Any:
    """E |z|^power: the integral over the length, whose density is r^(d-1) exp(-r^2/2) up to its constant."""
    r = sympy.Symbol("r", positive=True)
    over, gaussian = (r, 0, sympy.oo), sympy.exp(-(r**2) / 2)
    total = proof.integral("the mass of the Gaussian lengths", r ** (d - 1) * gaussian, over)
    name = f"the moment of order {power} of the Gaussian lengths"
    return proof.integral(name, r ** (power + d - 1) * gaussian, over) / total


def _radius(proof: Derivation, power: Any) -> Any:
    """E r^power for the ball's radius."""
    r, end = sympy.symbols("r end", positive=True)
    density = d * r ** (d - 1) / end**d
    value = d * end**power / (d + power)
    proof.integral(
        f"the moment of order {power} of the radius in the ball", sympy.powsimp(r**power * density), (r, 0, end), value
    )
    return value.subs(end, sympy.sqrt(d + 2))


def _normal_abs(proof: Derivation) -> Any:
    x = sympy.Symbol("x", positive=True)
    density = sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)
    return 2 * proof.integral("the mean of the positive part of a normal variable", x * density, (x, 0, sympy.oo))


def _signs_length(proof: Derivation) -> Any:
    """|u| of a sign vector: each of its d coordinates squares to 1."""
    i, count = sympy.symbols("i count", integer=True, positive=True)
    squares = {int(u) ** 2 for u in signs(1).ravel()}
    square = proof.sum("the squared length of a vector of signs", squares.pop(), (i, 1, count), count)
    return sympy.sqrt(square.subs(count, d))


def pair_of_signs(a: Any, b: Any) -> Any:
    """E (a u_1 + b u_2)^2 over the four sign vectors that the package enumerates."""
    return sum((u @ np.array([a, b])) ** 2 for u in signs(2).astype(int)) / 4


def _over_axes(statistic: Any) -> Any:
    """E statistic(<g,u>)/sum_i statistic(g_i), for u = sqrt(d) times a uniform axis: one ratio for every axis."""
    x = sympy.Symbol("x", positive=True)
    return statistic(sympy.sqrt(d) * x) / d / statistic(x)


def isotropy(proof: Derivation) -> dict[str, Any]:
    """E <e,u>^2, law -> derived."""
    a, b = sympy.symbols("a b", real=True)
    return {
        "gaussian": _gaussian(INNER**2),
        "sphere": d * _on_sphere(INNER**2, 2),
        "ball": _radius(proof, 2) * _on_sphere(INNER**2, 2),
        "rademacher": pair_of_signs(a, b) / (a**2 + b**2),
        "coordinates": _over_axes(lambda x: x**2),
    }


def second_moment(proof: Derivation, spread: Mapping[str, Any]) -> dict[str, Any]:
    """E <e,u>^2 |u|^2, law -> derived; `spread` is the isotropy."""
    return {
        "gaussian": _gaussian(INNER**2 * SQUARE),
        "sphere": d**2 * _on_sphere(INNER**2 * SQUARE, 4),
        "ball": _radius(proof, 4) * _on_sphere(INNER**2, 2),
        "rademacher": spread["rademacher"] * _signs_length(proof) ** 2,
        "coordinates": spread["coordinates"] * sympy.sqrt(d) ** 2,
    }


def norm_moment(proof: Derivation) -> dict[str, Any]:
    """E |u|^p for every p > 0, law -> derived."""
    return {
        "gaussian": chi_moment(proof, p),
        "sphere": sympy.sqrt(d) ** p,
        "ball": _radius(proof, p),
        "rademacher": _signs_length(proof) ** p,
        "coordinates": sympy.sqrt(d) ** p,
    }


def mean_abs(proof: Derivation) -> dict[str, Any]:
    """E |<e,u>| where it does not depend on e, law -> derived."""
    normal = _normal_abs(proof)
    on_sphere = normal / chi_moment(proof, 1)
    return {"gaussian": normal, "sphere": sympy.sqrt(d) * on_sphere, "ball": _radius(proof, 1) * on_sphere}


# --- against the package ---------------------------------------------------------------------------------------------


def _moments(proof: Derivation, laws: Mapping[str, Law]) -> dict[str, Any]:
    """Compare the moments in every dimension; returns E |<e,u>|."""
    spread, lengths = isotropy(proof), mean_abs(proof)
    derived = {
        "the isotropy": ("E <e,u>^2", spread, lambda law: sympy.Integer(1)),
        "the second moment": ("s(d)", second_moment(proof, spread), lambda law: law.second_moment(d)),
        "the moment of the length": ("E |u|^p", norm_moment(proof), lambda law: law.norm_moment(p, d)),
        "the mean absolute coordinate": ("E |<e,u>|", lengths, lambda law: law.mean_abs(d)),
    }
    for quantity, (symbol, values, shipped) in derived.items():
        for name, value in values.items():
            text = f"{symbol} is derived to be {value}, as shipped"
            proof.identity(f"{quantity} under the {name} law", value, shipped(laws[name]), text)
    return lengths


def _even_powers(proof: Derivation, laws: Mapping[str, Law]) -> None:
    for power in (2, 4, 6, 8):
        shipped = laws["gaussian"].norm_moment(sympy.Integer(power), d)
        text = f"E |u|^{power} of a Gaussian vector"
        proof.identity(
            f"the moment of order {power} in reduced coordinates", _gaussian(SQUARE ** (power // 2)), shipped, text
        )
    for name, law in laws.items():
        shipped = law.norm_moment(sympy.Integer(6), d)
        text = "M(mu)^2 = E |u|^6, both as shipped"
        proof.identity(
            f"the sixth moment of the length under the {name} law", law.third_norm_moment(d) ** 2, shipped, text
        )


def _agrees(shipped: Any, coefficient: Any, form: Any) -> bool:
    """Whether shipped = coefficient * form, up to the rounding of a coefficient that reached SymPy as a float."""
    ratio = sympy.simplify(sympy.nsimplify(sympy.factor_terms(shipped), rational=True) / form)
    return bool(ratio.is_number and abs((ratio / coefficient - 1).evalf(30)) < sympy.Rational(1, 10**15))


def _inner(proof: Derivation, laws: Mapping[str, Law], lengths: Mapping[str, Any], sizes: Sequence[int]) -> None:
    """E |<g,u>| of the shipped laws, for a symbolic g in each of these dimensions."""
    agrees: dict[str, list[bool]] = {}
    for size in sizes:
        g = np.array(sympy.symbols(f"g:{size}", real=True), dtype=object)
        n, total = sympy.Integer(size), sum(abs(x) for x in g)
        derived = {name: (value.subs(d, n), sympy.sqrt(g @ g)) for name, value in lengths.items()}
        derived["coordinates"] = (_over_axes(abs).subs(d, n), total)
        for name, (coefficient, form) in derived.items():
            agrees.setdefault(name, []).append(_agrees(laws[name].mean_abs_inner(g), coefficient, form))
        enumerated = sum(abs(g @ np.array(u, dtype=object)) for u in product((1, -1), repeat=size)) / 2**n
        text = "E |<g,u>| as shipped is the mean over all sign vectors"
        proof.identity(
            f"the enumeration of the signs in dimension {size}", laws["rademacher"].mean_abs_inner(g), enumerated, text
        )
    for name, holds in agrees.items():
        text = "the factor of |g|, or of sum |g_i|, to 1e-15, for symbolic g in each dimension"
        proof.code_check(
            f"the mean absolute inner product under the {name} law", all(holds), points=len(holds), text=text
        )


@proves("directions.moments")
def moments(laws: Mapping[str, Law] = LAWS) -> Derivation:
    """Derive every moment, in any dimension, and compare it with what the laws say."""
    proof = Derivation(
        "directions.moments",
        "E <g,u>^2, s(d), E |u|^p, E |<e,u>| of five laws in every dimension d; E |<g,u>|, d <= 4.",
    )
    text = "d is a symbol; the chi law of d degrees of freedom is that of |z|, z ~ N(0, I) in R^d"
    proof.premise("the dimension", text)
    proof.premise("the rotations", "N(0, I), sphere and ball are rotation-invariant: E |<g,u>| = |g| E |<e,u>|")
    text = "E <g,u>^2 is a quadratic form: pairs of coordinates fix it"
    proof.rule("the signs and the axes", "linearity of expectation", text)
    proof.rule("the sphere", "independence", "z/|z| is independent of |z|: E q(z) = E |z|^p E q(z/|z|), q of degree p")
    text = "u = r s, s on the unit sphere, r independent of s with density d r^(d-1)/R^d"
    proof.rule("the ball", "independence", text)
    lengths = _moments(proof, laws)
    _even_powers(proof, laws)
    _inner(proof, laws, lengths, (1, 2, 3, 4))
    return proof
