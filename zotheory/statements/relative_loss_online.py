"""Relative-loss descent online: the claims as formulas.

What a run does to its memory is a hypothesis: window k is gone through by the weights that come out of its step, from
the memory that the window before has left. That the shipped step does so is derived.
"""

from __future__ import annotations

from typing import Any

from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    after,
    at,
    code,
    dimension,
    expectation,
    for_all,
    for_samples,
    function,
    grad,
    law_of_samples,
    map_of,
    mapping,
    natural,
    nonnegative,
    norm,
    positive,
    real,
    samples,
    smooth,
    sphere,
    stochastic,
    total,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, SAMPLE, Eq, Le, Lt, space
from zotheory.methods import relative_loss

d, p = dimension("d p")
WEIGHTS, MEMORY = space(d), space(p)
H = map_of("H", WEIGHTS, MEMORY, SAMPLE, NATURAL, MEMORY)  # one time step of a window, and its loss
loss = map_of("loss", WEIGHTS, MEMORY, SAMPLE, NATURAL, REAL)
through = map_of("through", WEIGHTS, MEMORY, SAMPLE, NATURAL, MEMORY)  # the memory after so many of them
windows = map_of("X", NATURAL, SAMPLE)
x, m = map_of("x", NATURAL, WEIGHTS), map_of("m", NATURAL, MEMORY)  # of the run
made = map_of("M", WEIGHTS, NATURAL, MEMORY)  # by weights that were there from the first window on
f, seen = function("f", d), stochastic("F", d)
P = law_of_samples("P")
y, whole, own = vector("y whole own", d)
alpha, K, rho, Lambda, J, L = real("alpha K rho Lambda J L")
w, k = natural("w k")
GIVEN = {"K": K, "rho": rho, "w": w}


def each(*parts: Any) -> Any:
    """For all of these sorts in turn: ``each(WEIGHTS, MEMORY, lambda x, h: ...)``."""
    *sorts, body = parts

    def opened(values: tuple[Any, ...], left: list[Any]) -> Any:
        if not left:
            return body(*values)
        return for_all(left[0], lambda value: opened((*values, value), left[1:]))

    return opened((), sorts)


def window(x: Any, h: Any, X: Any) -> Any:
    """Mean loss of a window from memory h."""
    return total(w, lambda j: loss(x, through(x, h, X, j + 1), X, j)) / w


RUN = [
    *positive(alpha, rho, K, w),
    Lt(rho, 1),
    each(WEIGHTS, MEMORY, SAMPLE, lambda x, h, X: Eq(through(x, h, X, 0), h)),
    each(
        WEIGHTS, MEMORY, SAMPLE, NATURAL,
        lambda x, h, X, j: Eq(through(x, h, X, j + 1), H(x, through(x, h, X, j), X, j)),
    ),
    each(
        WEIGHTS, MEMORY, MEMORY, SAMPLE, NATURAL,
        lambda x, h, i, X, j: Le(norm(H(x, h, X, j) - H(x, i, X, j)), rho * norm(h - i)),
    ),
    each(
        WEIGHTS, WEIGHTS, MEMORY, SAMPLE, NATURAL,
        lambda x, y, h, X, j: Le(norm(H(x, h, X, j) - H(y, h, X, j)), K * norm(x - y)),
    ),
    for_all(NATURAL, lambda k: Le(norm(x(k + 1) - x(k)), alpha)),
    for_all(NATURAL, lambda k: Eq(m(k + 1), through(x(k + 1), m(k), windows(k), w))),
    for_all(WEIGHTS, lambda y: Eq(made(y, 0), m(0))),
    each(WEIGHTS, NATURAL, lambda y, k: Eq(made(y, k + 1), through(y, made(y, k), windows(k), w))),
]  # fmt: skip
LOSS = [
    *positive(Lambda),
    each(
        WEIGHTS, MEMORY, MEMORY, SAMPLE, NATURAL,
        lambda x, h, i, X, j: Le(abs(loss(x, h, X, j) - loss(x, i, X, j)), Lambda * norm(h - i)),
    ),
]  # fmt: skip


def staleness(bound: Bound) -> Statement:
    """The memory that is carried, and that which today's weights would have made."""
    return Statement(given=RUN, holds=Le(norm(m(k) - made(x(k), k)), bound(alpha=alpha, **GIVEN)), any=[k])


def stale_loss(bound: Bound) -> Statement:
    """What that does to the mean loss of a window, whatever weights go through it."""
    apart = window(y, m(k), windows(k)) - window(y, made(x(k), k), windows(k))
    return Statement(given=[*RUN, *LOSS], holds=Le(abs(apart), bound(alpha=alpha, Lambda=Lambda, **GIVEN)), any=[y, k])


def truncation(bound: Bound) -> Statement:
    """The gradient of a window's loss, with and without the way through the memory that it begins with."""
    through_all = mapping(WEIGHTS, lambda v: window(v, made(v, k), windows(k)))
    through_one = mapping(WEIGHTS, lambda v: window(v, made(y, k), windows(k)))
    return Statement(
        given=[*RUN, *LOSS, Eq(grad(through_all, y), whole), Eq(grad(through_one, y), own)],
        holds=Le(norm(whole - own), bound(Lambda=Lambda, **GIVEN)),
        any=[k],
    )


def decrease(bound: Bound) -> Statement:
    """One step on window k, drawn from P: the loss is its mean, from the memory that the weights would have made."""
    G = expectation(P, lambda X: grad(at(seen, X), x(k)))
    noise = expectation(P, lambda X: norm(grad(at(seen, X), x(k)) - G))
    g = norm(grad(f, x(k)))

    def mixed(x: Any, y: Any, h: Any, i: Any, X: Any) -> Any:
        rises = window(y, h, X) - window(x, h, X), window(y, i, X) - window(x, i, X)
        return Le(abs(rises[0] - rises[1]), J * norm(y - x) * norm(h - i))

    fall = bound(alpha=alpha, g=g, noise=noise, L=L, d=d, Lambda=Lambda, J=J, **GIVEN)
    online = after(1, code(relative_loss, radius=alpha, law=sphere(d), cached=0), samples(seen, P), x(k))
    return Statement(
        given=[
            *RUN,
            *LOSS,
            each(WEIGHTS, SAMPLE, lambda y, X: Eq(seen(y, X), window(y, m(k), X))),
            for_all(WEIGHTS, lambda y: Eq(f(y), expectation(P, lambda X: window(y, made(y, k), X)))),
            each(WEIGHTS, WEIGHTS, MEMORY, MEMORY, SAMPLE, mixed),
            for_samples(seen, P, lambda F, X: smooth(F, L)),
            smooth(f, L),
            *nonnegative(L, J),
            *positive(g),
        ],
        holds=Le(expectation(online, lambda y: f(y)), f(x(k)) - fall),
    )
