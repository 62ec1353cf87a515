"""Theorems: one file a method, each bound one function, with its assumptions as code.

A `Claim` holds a bound together with the experiments that measure it and the controls, planted falsehoods that the
same verification must refute.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from zotheory.evidence.claims import Claim

ORDER = (  # of the papers, then our own
    "gld_search",
    "gld_low_rank",
    "gld_fast",
    "sample_and_keep",
    "two_point",
    "two_point_corollaries",
    "double_smoothing",
    "lower_bounds",
    "random_gradient_free",
    "accelerated_random_search",
    "relative_loss",
    "relative_loss_momentum",
    "relative_loss_minibatch",
    "one_fifth",
)


class UnknownClaim(KeyError):
    """No claim has this name; the message suggests the nearest."""


@cache
def claims() -> dict[str, Claim]:
    """Return every claim by id, in the order of the papers."""
    modules = [import_module(f"zotheory.theorems.{name}") for name in ORDER]
    return {claim.id: claim for module in modules for claim in module.CLAIMS}


def find(name: str) -> Claim:
    """Return the claim with this id.

    Raises
    ------
    KeyError
        For an unknown name, suggesting the nearest.
    """
    return claims()[name] if name in claims() else _unknown(name, list(claims()))


def select(pattern: str | None = None) -> list[Claim]:
    """Return the claims whose id equals `pattern`, lies below it ("gld_search") or matches it as a glob; None: all.

    Raises
    ------
    KeyError
        If there is none, suggesting the nearest.
    """
    from fnmatch import fnmatchcase

    if pattern is None:
        return list(claims().values())
    found = [c for name, c in claims().items() if name.startswith(pattern + ".") or fnmatchcase(name, pattern)]
    return found or _unknown(pattern, list(claims()) + sorted({name.split(".")[0] for name in claims()}))


def _unknown(name: str, known: list[str]) -> Any:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1, cutoff=0.0)
    raise UnknownClaim(f"unknown claim {name!r}: did you mean {near[0]!r}?")
