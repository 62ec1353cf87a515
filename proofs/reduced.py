"""Reduced coordinates have the law of the full ones.

Statements
----------
Let m vectors be N(0, I) in R^n and p axes be fixed. The inner products of the m vectors with the axes and with each
other have the same joint law as those of the vectors that `zotheory.reduced.layout` describes.

Two checks that do not use this: moments against full-dimensional ones with n a symbol, and the mean of f after one
two-point step on a quadratic with three eigenvalues, of symbolic multiplicities:

    E f(x - h g) = f - h|Hx|^2 + (h^2/2)(2 x'H^3 x + tr(H)|Hx|^2)
                   + (h^2 delta^2/8)(tr(H)^3 + 6 tr(H) tr(H^2) + 8 tr(H^3)).

A monomial of either side holds at most three eigenvalues, so three stand for any spectrum. The turn of the frame
after a step is QR in floats: not derived here, tested against full-dimensional runs.

Notation
--------
r part of a vector off the axes in use; H Hessian; Wick, or Isserlis: the mean of a product of normals is the sum over
pairings of the products of covariances.

References
----------
Bartlett, Proc. Royal Soc. Edinburgh 53, 1933; Muirhead, Aspects of Multivariate Statistical Theory, 1982, section 3.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import sympy

from proofs import proves
from zotheory.directions import gaussian
from zotheory.evidence.derivation import Derivation
from zotheory.exact import chi_moment, expectation, normal_moment
from zotheory.methods.two_point import State, step
from zotheory.reduced import NORMAL, ZERO, layout, symbols

n = sympy.Symbol("n", positive=True)
MOMENTS = ((0, 3, 4), (1, 2, 4), (2, 2, 4), (2, 3, 3))  # axes p, vectors m, degree in the inner products

Inner = tuple[tuple[str, int], tuple[str, int]]  # <a,b>, each an axis ("e", i) or a vector ("z", j)


# --- the joint law ---------------------------------------------------------------------------------------------------


def _reflection(proof: Derivation) -> None:
    """The reflection that turns r onto a new axis is orthogonal, and fixes the axes in use, which are off its plane."""
    a, b = (np.array(sympy.symbols(f"{name}_0:3", real=True), dtype=object) for name in "ab")
    across, length = sympy.Symbol("across", positive=True), sympy.Symbol("along", real=True)
    r = np.array([0, length, across], dtype=object)  # axis in use, new axis, the rest of r
    size = sympy.sqrt(r @ r)
    w = r - np.array([0, size, 0], dtype=object)

    def turn(v: Any) -> Any:
        return v - 2 * (w @ v) / (w @ w) * w

    text = "<Ha,Hb> = <a,b>: H = I - 2ww'/|w|^2, w = r - |r| axis"
    proof.identity("the inner products under the reflection", turn(a) @ turn(b), a @ b, text)
    axis = np.array(sympy.symbols("c_0:3", real=True), dtype=object)
    text = "Hr = |r| axis: <c,Hr> = |r| c_1 for any c"
    proof.identity("the reflection onto the new axis", axis @ turn(r), axis[1] * size, text)
    proof.identity("the axes in use", (axis @ turn(np.array([1, 0, 0]))), axis[0], "they stay: <c,H e> = c_0")
    proof.rule("the vector on its axis", "cases", "where r lies along the new axis already, H = I")


def _induction(proof: Derivation) -> None:
    text = "H depends on vector j and the axes only, and N(0, I) on lengths only: later vectors keep their law"
    proof.rule("the later vectors", "independence", text)
    text = "on the p + j axes in use: normals, and off them |r|, r ~ N(0, I) in n - p - j"
    proof.rule("one more vector", "independence", text)
    proof.rule("all vectors", "induction", "each vector takes one axis more")
    text = "each candidate alone is vector 0: all may share one axis"
    proof.rule("the single candidate that is kept", "independence", text)


def _layout_holds(rows: Sequence[Sequence[Any]], size: Any, p: int) -> bool:
    """Whether row j has normals on p + j axes, then chi with size - p - j degrees of freedom, then zeros."""
    for j, row in enumerate(rows):
        expected = [NORMAL] * (p + j) + [size - p - j] + [ZERO] * (len(rows) - j - 1)
        room = len(row) if isinstance(size, sympy.Basic) else size
        if list(row) != [law if axis < room else ZERO for axis, law in enumerate(expected)]:
            return False
    return True


def _shipped_layout(proof: Derivation, laid: Callable[..., Any]) -> None:
    cases = [(size, p, m) for size in (n, *range(1, 9)) for p in range(4) for m in range(1, 5)]
    holds = all(_layout_holds(laid(size, p, m), size, p) for size, p, m in cases)
    text = "p < 4, m <= 4, n a symbol or 1..8: p + j normals, chi of n - p - j, zeros"
    proof.code_check("the shipped layout", holds, points=len(cases), text=text)
    for power in (2, 4, 6):
        moment = gaussian.norm_moment(sympy.Integer(power), n)
        text = "chi is the law of |N(0, I)|"
        proof.identity(f"the moment of order {power} of the chi law", chi_moment(power, n), moment, text)


# --- moments, against the full dimension -----------------------------------------------------------------------------


@cache
def pairings(count: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """All ways to pair `count` slots."""

    def pair(slots: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], ...]]:
        if not slots:
            yield ()
        for i in range(1, len(slots)):
            for rest in pair(slots[1:i] + slots[i + 1 :]):
                yield ((slots[0], slots[i]), *rest)

    return tuple(pair(tuple(range(count)))) if count % 2 == 0 else ()


def wick(product: Sequence[Inner]) -> Any:
    """E of a product of inner products of axes and N(0, I) vectors in R^n.

    A pairing joins slots of the same vector. It leaves closed loops, each a trace of the identity (n), and chains
    between two axes, each 1 if these are the same axis and else 0.
    """
    slots = [(position, end) for position, ends in enumerate(product) for end in ends if end[0] == "z"]
    total = Counter()
    for pairing in pairings(len(slots)):
        if all(slots[a][1] == slots[b][1] for a, b in pairing):
            joined = [(slots[a][0], slots[b][0]) for a, b in pairing]
            loops = _loops(product, joined)
            if loops is not None:
                total[loops] += 1
    return sum((count * n**loops for loops, count in total.items()), sympy.Integer(0))


def _loops(product: Sequence[Inner], joined: Sequence[tuple[int, int]]) -> int | None:
    """Number of closed loops; None if a chain ends in two different axes."""
    root = list(range(len(product)))

    def find(i: int) -> int:
        return i if root[i] == i else find(root[i])

    for a, b in joined:
        root[find(a)] = find(b)
    loops = 0
    for component in {find(i) for i in root}:
        axes = [end for i in range(len(product)) if find(i) == component for end in product[i] if end[0] == "e"]
        if len(set(axes)) > 1:
            return None
        loops += not axes
    return loops


def _inner_products(p: int, m: int) -> list[Inner]:
    vectors = [("z", j) for j in range(m)]
    among = list(combinations_with_replacement(vectors, 2))
    return among + [(("e", i), v) for i in range(p) for v in vectors]


def _reduced_values(p: int, m: int, shift: int) -> tuple[dict[Inner, Any], dict[Any, Any]]:
    """Inner products as polynomials in the reduced coordinates; `shift` is added to the degrees of freedom."""
    vectors, laws = symbols(n, p, m)
    laws = {symbol: law if law == NORMAL else law + shift for symbol, law in laws.items()}
    axes = np.eye(p, p + m, dtype=int).astype(object)
    place = {("z", j): vectors[j] for j in range(m)} | {("e", i): axes[i] for i in range(p)}
    values = {(a, b): sympy.Poly(place[a] @ place[b], *laws) for a, b in _inner_products(p, m)}
    return values, laws


def _moments(proof: Derivation, p: int, m: int, degree: int, shift: int) -> None:
    """Compare the mean of every product of up to `degree` inner products."""
    values, laws = _reduced_values(p, m, shift)
    products: dict[tuple[Inner, ...], sympy.Poly] = {(): sympy.Poly(1, *laws)}
    longest = list(products)
    order = {inner: i for i, inner in enumerate(values)}
    for _ in range(degree):
        longest = [(*c, inner) for c in longest for inner in values if not c or order[c[-1]] <= order[inner]]
        products |= {c: products[c[:-1]] * values[c[-1]] for c in longest}
    wrong = [c for c, value in products.items() if sympy.expand(expectation(value, laws) - wick(c)) != 0]
    text = f"{len(products)} products of at most {degree} inner products, n a symbol; differing: {wrong[:1] or 'none'}"
    count = f"{m} vectors and {p} {'axis' if p == 1 else 'axes'}"
    proof.certified(f"the full-dimensional moments of {count}", not wrong, text, by="enumeration")


def _wick_is_right(proof: Derivation) -> None:
    """Isserlis: both sides are symmetric multilinear forms, so equal if equal on the diagonal (polarisation)."""
    counts = [len(pairings(2 * j)) == normal_moment(2 * j) for j in range(1, 5)]
    text = "Isserlis, by polarisation from E z^(2j) = (2j-1)!!, as many as pairings for j <= 4"
    proof.certified("the sum over pairings", all(counts), text, by="enumeration")


# --- one two-point step ----------------------------------------------------------------------------------------------


def one_step(formula: Callable[..., Any], blocks: int = 3) -> tuple[Any, Any]:
    """Mean of f after the shipped two-point step in reduced coordinates, and what the formula in traces says."""
    sizes, curvatures, lengths = (
        sympy.symbols(f"{name}_1:{blocks + 1}", positive=True) for name in ("n", "lambda", "x")
    )
    h, delta = sympy.symbols("h delta", positive=True)
    spectrum = np.repeat(np.array(curvatures, dtype=object), 2)
    drawn = [symbols(size, 1, 1, name=f"z{i}") for i, size in enumerate(sizes)]
    z = np.concatenate([vectors[0] for vectors, _ in drawn])
    laws = {symbol: law for _, block in drawn for symbol, law in block.items()}
    x = np.array([c for length in lengths for c in (length, 0)], dtype=object)

    def f(y: Any) -> Any:
        return (spectrum * y) @ y / 2

    after = step(f, State(x, x, 1), z, h=h, delta=delta)
    return expectation(sympy.expand(f(after.x)), laws), formula(sizes, curvatures, lengths, h, delta)


def mean_after_step(sizes: Any, curvatures: Any, lengths: Any, h: Any, delta: Any) -> Any:
    """E f(x - h g) for the Gaussian forward difference g of a quadratic f, in traces of its Hessian."""

    def trace(power: int) -> Any:
        return sum(size * c**power for size, c in zip(sizes, curvatures, strict=True))

    def form(power: int) -> Any:
        return sum(c**power * length**2 for c, length in zip(curvatures, lengths, strict=True))

    smoothing = trace(1) ** 3 + 6 * trace(1) * trace(2) + 8 * trace(3)
    value = form(1) / 2 - h * form(2) + h**2 / 2 * (2 * form(3) + trace(1) * form(2))
    return value + h**2 * delta**2 / 8 * smoothing


@proves("reduced.law")
def law(shift: int = 0, laid: Callable[..., Any] = layout, formula: Callable[..., Any] = mean_after_step) -> Derivation:
    """Derive the joint law, and check moments and one step; `shift`, for tests, is added to the degrees of freedom."""
    proof = Derivation("reduced.law", "Inner products in reduced coordinates have their full-dimensional joint law.")
    proof.premise("the vectors and the axes", "m independent N(0, I) vectors in R^n, p axes that do not depend on them")
    _reflection(proof)
    _induction(proof)
    _shipped_layout(proof, laid)
    _wick_is_right(proof)
    for p, m, degree in MOMENTS:
        _moments(proof, p, m, degree, shift)
    value, claimed = one_step(formula)
    proof.identity("the shipped two-point step on a quadratic", value, claimed, "E f(x - h g), three eigenvalues")
    return proof
