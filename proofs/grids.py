"""Radii of ratio 2, one drawn in every step: lemmas of the claims about relative-loss descent on such a grid.

Main statements
---------------
- `reach`: while the gap D exceeds eps, some radius of the grid is within 2/3 and 4/3 of the best one, S G.
- `draw`: each radius is drawn equally often.

Notation: G = |g|, f L-smooth, G^2 >= 2 mu D, Q = L/mu; S a length over a slope, which says how long the best step is;
D = gap at the start. Hypotheses enter as slacks, non-negative symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from proofs import proves
from proofs.lemmas import nonnegatives, positives
from zotheory import radii
from zotheory.evidence.derivation import Derivation
from zotheory.theorems.relative_loss import octaves

G, L, S, Q, gap, eps = positives("G L S Q gap eps")
TWO_THIRDS = sp.Rational(2, 3)


@proves("grids.reach")
def reach() -> Derivation:
    """A radius within 2/3 and 4/3 of the best."""
    proof = Derivation(
        "grids.reach",
        "G^2 >= 2 mu D, f L-smooth, D > eps: if the longest of J radii of ratio 2 is at least (2/3) S sqrt(2 L gap), "
        "and the shortest at most (4/3) S sqrt(2 mu eps), one is in [2/3, 4/3] S G; so it is for J = "
        "ceil(log2(Q gap/eps)/2) radii from (2/3) S sqrt(2 L gap) down",
    )
    text = "f* <= f(x - g/L)"
    proof.identity("the fall of a gradient step", -(G**2) / L + L * (G / L) ** 2 / 2, -(G**2) / (2 * L), text)
    text = "G^2 <= 2 L D <= 2 L gap, D never rising; G^2 >= 2 mu D > 2 mu eps while D > eps"
    proof.rule("the range of the slope", "monotonicity of expectation", text)
    longer, below, shorter, above, excess = nonnegatives("longer below shorter above excess")
    largest = TWO_THIRDS * S * (G + below) + longer
    text = "longest = (2/3) S sqrt(2 L gap) + longer, sqrt(2 L gap) = G + below"
    slack = TWO_THIRDS * S * below + longer
    proof.nonnegative("the longest radius", largest - TWO_THIRDS * S * G, slack, text)
    smallest = 2 * TWO_THIRDS * S * (G - above) - shorter
    text = "shortest = (4/3) S sqrt(2 mu eps) - shorter, sqrt(2 mu eps) = G - above"
    slack = 2 * TWO_THIRDS * S * above + shorter
    proof.nonnegative("the shortest radius", 2 * TWO_THIRDS * S * G - smallest, slack, text)
    half = (2 * TWO_THIRDS * S * G + excess) / 2 - TWO_THIRDS * S * G
    text = "half of a radius above 4/3 exceeds 2/3"
    proof.nonnegative("the next radius", half, excess / 2, text)
    text = "the longest radius that is at most 4/3 is the longest of all, or the next after one above 4/3: at least 2/3"
    proof.rule("a radius near the best one", "cases", text)
    root, more = sp.Symbol("sqrt(Q gap/eps)", positive=True), sp.Symbol("more", nonnegative=True)
    shortest = 2 * TWO_THIRDS * S * sp.sqrt(2 * L * gap) / (root * (1 + more))
    needed = 2 * TWO_THIRDS * S * sp.sqrt(2 * L * eps / Q)
    spare = (needed - shortest).subs(gap, root**2 * eps / Q)
    text = "2^J = sqrt(Q gap/eps) (1 + more): the shortest, (2/3) S sqrt(2 L gap) 2^(1 - J), is short enough"
    proof.nonnegative("the number of radii", spare, needed * more / (1 + more), text)
    return proof


@proves("grids.draw")
def draw(draw: Callable[..., Any] = radii.log_uniform) -> Derivation:
    """Whichever radius does the work, it is drawn with probability 1/J, and the others do no harm."""
    proof = Derivation("grids.draw", "each of the J radii of a step is drawn with probability 1/J")
    proof.premise("the law of the draw", "2^-floor(J U) times the longest radius, U uniform on [0, 1)")
    counts = range(1, 13)
    times = [np.unique(_drawn(draw, count), return_counts=True) for count in counts]
    same = [
        np.array_equal(found, 3.0 * 2.0 ** -np.arange(J)[::-1]) and bool(np.all(often == 8))
        for J, (found, often) in zip(counts, times, strict=True)
    ]
    text = "each of 3, 3/2, ..., 3/2^(J-1) equally often, J = 1..12, for evenly spread variates"
    proof.code_check("the shipped draw", all(same), points=len(same), text=text)
    J, j = positives("J j")
    proof.identity("an equal share", (j + 1) / J - j / J, 1 / J, "P(floor(J U) = j) = P(j/J <= U < (j + 1)/J)")
    return proof


def _drawn(draw: Callable[..., Any], count: int) -> np.ndarray:
    class Even:
        """Uniform variates, evenly spread."""

        def random(self, shape: Any) -> np.ndarray:
            return (np.arange(shape[0]) + 0.5) / shape[0]

    return draw(3.0, count).draw(Even(), np.full(8 * count, 3.0), 1)


def shipped_grid(
    proof: Derivation, grid: Callable[..., Any], largest: Callable[..., float], extra: int = 0, size: int = 200
) -> None:
    """Add: the shipped grid, of (eps, gap, Q, L, d), has J = `octaves` + extra radii from `largest`(gap, L, d) down."""
    rng, same = np.random.default_rng(0), []
    for _ in range(size):
        first, curvature, scale, condition = 10 ** rng.uniform(-3, 3, 4)
        condition, d, end = condition + 1, int(10 ** rng.uniform(0.4, 9)), first * min(scale, 0.5)
        rule = grid(eps=end, gap=first, Q=condition, L=curvature, d=d)
        J, root = rule.draw.keywords["count"] - extra, np.sqrt(condition * first / end)
        same.append(2.0**J >= root * (1 - 1e-12) > 2.0 ** (J - 1) * (1 - 1e-11))
        same.append(octaves(eps=end, gap=first, Q=condition) == J)
        same.append(bool(np.isclose(rule.first, largest(first, curvature, d), rtol=1e-12)))
    count = f"ceil(log2(Q gap/eps)/2){f' + {extra}' if extra else ''}"
    text = f"J = {count} radii, and the longest as long as said"
    proof.code_check("the shipped grid", all(same), points=len(same), text=text)
