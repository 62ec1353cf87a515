"""Why the claims hold: derivations about the code that ships, run by pytest and by ``python -m proofs``.

A module here has the name of the module in ``zotheory/claims`` whose claims it derives. `proves` registers the one
function that derives a claim. Its first parameter is the claim's bound, which `derive` hands over: no derivation holds
a bound of its own. What they share is in ``lemmas``, ``directions``, ``axis``, ``grids``, ``kept``, ``overlap``,
``potential`` and ``reduced``.

    @proves("two_point.bias")
    def bias(bound, estimator=estimators.two_point):
        proof = Derivation("two_point.bias", "|E g - grad f| <= ...")
        ...
        return proof
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from typing import Any

from zotheory.claims import ORDER, UnknownClaim, find
from zotheory.evidence.derivation import Derivation
from zotheory.kernel.facts import Fact
from zotheory.kernel.statement import Statement

MODULES = ("directions", "axis", "grids", "kept", "potential", "reduced", *ORDER)
PROOFS: dict[str, Callable[..., Derivation]] = {}

Prove = Callable[..., Derivation]

FORMAL = {  # claims that the kernel derives, and where
    "relative_loss.decrease": "descent",
    "relative_loss.stationary": "descent",
    "relative_loss.convex": "descent",
    "relative_loss.strongly_convex": "on_a_grid",
    "two_point.bias": "estimates",
    "two_point.second_moment": "estimates",
}


def formally(name: str, statement: Statement | None = None) -> Fact:
    """Return the fact of the kernel that is the statement of a claim, or another statement in its place.

    Raises
    ------
    KeyError
        If the kernel does not derive it yet.
    Refused, Unsolved
        If it cannot be derived.
    """
    claim = find(name)
    module = import_module(f"proofs.{FORMAL[name]}")
    fact: Fact = getattr(module, name.partition(".")[2])(statement or claim.statement)
    return fact


def proves(claim: str) -> Callable[[Prove], Prove]:
    """Register the function that derives a claim, or a lemma that is no claim.

    Raises
    ------
    ValueError
        If another function derives it already.
    """

    def register(function: Prove) -> Prove:
        known = PROOFS.setdefault(claim, function)
        if (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            raise ValueError(f"{claim} is derived by {known.__qualname__} already, got {function.__qualname__}")
        PROOFS[claim] = function
        return function

    return register


def load(modules: Iterable[str] | None = None) -> dict[str, Prove]:
    """Import proof modules, all by default, and return claim -> the function that derives it, of all imported ones."""
    for name in MODULES if modules is None else modules:
        import_module(f"proofs.{name}")
    return dict(PROOFS)


def derive(name: str, bound: Callable[..., Any] | None = None, **changes: Any) -> Derivation:
    """Derive a claim, for the bound it ships with or for another one.

    Parameters
    ----------
    name : str
        Of a claim, or of a lemma that is no claim.
    bound : callable, optional
        In place of the claim's own: a false one must fail.
    changes : what the derivation takes besides: another estimator, step, schedule, ...

    Raises
    ------
    KeyError
        If nothing derives it.
    TypeError
        If a bound is given to a derivation that takes none.
    NotProved
        If a step fails.
    """
    function = _function(name)
    if next(iter(inspect.signature(function).parameters), "") == "bound":
        bound = bound or bound_of(name)
        return function(bound, **changes) if bound else function(**changes)
    if bound is not None:
        raise TypeError(f"the derivation of {name} takes no bound")
    return function(**changes)


@cache
def derivation(name: str) -> Derivation:
    """Return the derivation of a claim or lemma as it ships, run the first time only: what others use."""
    return derive(name)


def _function(name: str) -> Prove:
    module = name.partition(".")[0]
    if name not in PROOFS and module in MODULES:
        load([module])
    if name not in PROOFS and name not in load():
        raise KeyError(f"nothing derives {name!r}")
    return PROOFS[name]


def bound_of(name: str) -> Callable[..., Any] | None:
    """Return the bound of a claim, which its derivation is about; None for a lemma that is no claim."""
    try:
        return find(name).bound
    except UnknownClaim:
        return None
