"""What one step of relative-loss descent without momentum does: lemmas of the claims about it.

Main statements
---------------
- `kept_step`: the shipped step looks at x + alpha s and keeps the lower of two values.
- `fall`: on a smooth function it lowers f by alpha G max(s_1 - tau, 0) or more.

Notation: s uniform on the unit sphere, s_1 its coordinate along -g; G = |g|; tau = L alpha/(2 G).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from proofs import derivation, proves
from proofs.comparisons import opaque
from zotheory.directions import sphere
from zotheory.evidence.derivation import Derivation
from zotheory.methods.relative_loss import Move, State, step

alpha, G, L, d = sp.symbols("alpha G L d", positive=True)


@proves("kept.step")
def kept_step(step: Callable[..., Any] = step) -> Derivation:
    """Run the shipped step: where it looks, and what it keeps."""
    proof = Derivation("kept.step", "a step goes to x + alpha s if f is lower there, and stays at x else")
    s, seen = np.array(sp.symbols("s_1 s_2", real=True), dtype=object), []
    x = np.array(sp.symbols("x_1 x_2", real=True), dtype=object)

    def look(y: Any) -> Any:
        seen.append(y)
        return np.asarray(0.0)

    sigma = np.asarray(alpha / sp.sqrt(d), dtype=object)
    step(look, State(x, np.asarray(0.0), x * 0, alpha, 1), Move(sp.sqrt(d) * s, sigma))
    for axis in range(2):
        text = "y = x + alpha s"
        proof.identity(f"the candidate along axis {axis + 1}", seen[0][axis], x[axis] + alpha * s[axis], text)
    text = "the value at x is kept, so a step costs one evaluation"
    proof.certified("the single evaluation", len(seen) == 1, text, by="enumeration")
    outcomes = {ranks: _kept(step, ranks) for ranks in ((0, 0), (0, 1), (1, 0))}
    holds = outcomes == {(0, 0): 0, (0, 1): 0, (1, 0): 1}
    text = "it moves to y where f(y) < f(x), else stays: f(x+) = min(f(x), f(y))"
    proof.certified("the lower of two values", holds, text, by="enumeration")
    u = sphere.draw(np.random.default_rng(0), (1000,), 7)
    same = bool(np.allclose(np.sum(u * u, axis=-1), 7))
    proof.code_check("the length of a direction", same, points=1000, text="|u| = sqrt(d): s = u/|u|")
    return proof


def _kept(step: Callable[..., Any], ranks: tuple[int, int]) -> int:
    """0: stays with its value, 1: moves to the candidate with its value, -1: neither."""
    values = opaque(ranks)
    x, u = np.array([5.0, -1.0]), np.array([1.0, 0.5])
    try:
        start = State(x, values[:1].reshape(()), 0 * x, np.asarray(1.0), 1)
        state = step(lambda y: values[1:].reshape(()), start, Move(u, np.asarray(1.0)))
    except TypeError:
        return -1
    for moved, point in enumerate((x, x + u)):
        if np.array_equal(state.x, point) and np.asarray(state.fx).item() is values[moved]:
            return moved
    return -1


@proves("kept.fall")
def fall(step: Callable[..., Any] = step) -> Derivation:
    """f(x) - f(x+) >= alpha G max(s_1 - tau, 0)."""
    proof = Derivation("kept.fall", "f(x) - f(x+) >= alpha G max(s_1 - tau, 0) for L-smooth f; equal on L|x|^2/2")
    s1 = sp.Symbol("s_1", real=True)
    proof.premise("the smoothness of f", "f(x + v) <= f(x) + <g,v> + L |v|^2/2; s_1 = -<g,s>/|g|")
    proof.uses("the shipped step", kept_step(step))
    tau = L * alpha / (2 * G)
    rise = -alpha * G * s1 + L * alpha**2 / 2
    text = "f(y) - f(x) <= -alpha G (s_1 - tau), tau = L alpha/(2 G)"
    proof.identity("the rise of a move", rise, -alpha * G * (s1 - tau), text)
    text = "f(x) - f(x+) = max(f(x) - f(y), 0) >= alpha G max(s_1 - tau, 0)"
    proof.rule("the fall", "monotonicity of expectation", text)
    a, b, v, u = sp.symbols("x_1 x_2 v_1 v_2", real=True)
    change = L / 2 * ((a + v) ** 2 + (b + u) ** 2 - a**2 - b**2)
    text = "f(x + v) = f(x) + <g,v> + L |v|^2/2 for f = L|x|^2/2: every inequality above is equal"
    proof.identity("the equality for a quadratic function", change, L * (a * v + b * u) + L * (v**2 + u**2) / 2, text)
    proof.uses("the law of the coordinate", derivation("axis.law"), "z = sqrt(d) s_1")
    return proof
