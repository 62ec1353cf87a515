"""The shipped claims, a file a method: statement, hypotheses, experiments, controls.

`find` returns one by its id, `select` those whose ids match patterns. Claims of others are read by
`zotheory.claims.sources`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module

from zotheory.claims.nearest import did_you_mean
from zotheory.evidence.claim import Claim

__all__ = ["UnknownClaim", "claims", "find", "select"]

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
    "relative_loss_online",
    "common_random_numbers",
    "one_fifth",
    "rso",
)


class UnknownClaim(KeyError):
    """No claim has this name; the message suggests the nearest."""

    def __str__(self) -> str:
        return str(self.args[0])


@cache
def _of(method: str) -> dict[str, Claim]:
    """The claims of one file."""
    return {claim.id: claim for claim in import_module(f"{__name__}.{method}").CLAIMS}


def title(family: str) -> str:
    """Return what the file of a family says that its claims are about."""
    said = import_module(f"{__name__}.{family}").__doc__ or family
    return said.partition("\n")[0].removesuffix(": the claims.")


@cache
def claims() -> dict[str, Claim]:
    """Return every shipped claim by id, in the order of the papers."""
    return {name: claim for method in ORDER for name, claim in _of(method).items()}


def find(name: str) -> Claim:
    """Return the shipped claim with this id.

    Raises
    ------
    UnknownClaim
        A `KeyError` that suggests the nearest ids.
    """
    method = name.partition(".")[0]
    if method in ORDER and name in _of(method):  # the one file that it stands in
        return _of(method)[name]
    raise UnknownClaim(did_you_mean("claim", name, described(claims().values())))


def shipped(claim: Claim) -> bool:
    """Whether `find` returns this very claim for its id."""
    method = claim.id.partition(".")[0]
    return method in ORDER and _of(method).get(claim.id) is claim


def select(*patterns: str) -> list[Claim]:
    """Return the shipped claims that match some pattern; without a pattern, all of them.

    A pattern is an id, what ids begin with ("gld_search"), or a glob ("*.mean_gap").

    Raises
    ------
    UnknownClaim
        A `KeyError` for a pattern that matches nothing; it suggests the nearest ids.
    """
    return matching(claims(), patterns) if patterns else list(claims().values())


def matching(known: Mapping[str, Claim], patterns: Iterable[str]) -> list[Claim]:
    """Return those of these claims that match some pattern, in their order; UnknownClaim as in `select`."""
    found = set()
    for pattern in patterns:
        matched = [pattern] if pattern in known else [name for name in known if _matches(name, pattern)]
        if not matched:
            raise UnknownClaim(did_you_mean("claim", pattern, described(known.values(), groups=True)))
        found.update(matched)
    return [claim for name, claim in known.items() if name in found]


def _matches(name: str, pattern: str) -> bool:
    return name.startswith(f"{pattern}.") or fnmatchcase(name, pattern)


def described(known: Iterable[Claim], groups: bool = False) -> dict[str, str]:
    """Return id -> what the claim says, and if asked the beginnings that several ids share -> what those say."""
    texts = {claim.id: " ".join([claim.says, claim.source, *claim.assumptions]) for claim in known}
    if groups:
        starts = dict.fromkeys(name.rpartition(".")[0] for name in texts)
        texts |= {start: "" for start in starts if start}
    return texts
