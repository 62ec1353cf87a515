"""Tests of claims as pytest collects them: of lists, and of marked functions. Loaded with pytest, so it is light."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

from zotheory.extras import asked_of

with asked_of("test", "zotheory.testing"):
    import pytest

if TYPE_CHECKING:
    from zotheory.evidence.claim import Claim
    from zotheory.testing.session import Settlement
    from zotheory.testing.settling import Measured

NAMES = ("zotheory_claims", "CLAIMS")  # of lists
SETTLEMENT: pytest.StashKey[Settlement] = pytest.StashKey()  # of a session
FOUND: pytest.StashKey[Measured] = pytest.StashKey()  # of a test


class Claims(pytest.Collector):
    """A list of claims in a test module."""

    def __init__(self, *, given: object, **place: Any) -> None:
        super().__init__(**place)
        self.given = given

    @staticmethod
    def may_be(name: str, found: object) -> bool:
        """Whether it is meant as a list of claims: CLAIMS has other meanings, and is one if it holds any."""
        claim = sys.modules.get("zotheory.evidence.claim")  # without it there is none
        listed = found if isinstance(found, list | tuple) else [found]
        return name != "CLAIMS" or (claim is not None and any(isinstance(one, claim.Claim) for one in listed))

    def collect(self) -> Iterable[pytest.Item]:
        """One test a claim."""
        for claim in listed(self.name, self.given, self.CollectError):
            yield ClaimItem.from_parent(self, name=claim.id, claim=claim)


class ClaimItem(pytest.Item):
    """A claim of a list."""

    def __init__(self, *, claim: Claim, **place: Any) -> None:
        super().__init__(**place)
        self.claim, self.clash = claim, ""
        self.add_marker("claim")

    def runtest(self) -> None:
        """Measure it."""
        if self.clash:
            pytest.fail(self.clash, pytrace=False)
        self.config.stash[SETTLEMENT].measure(self, [self.claim])

    def reportinfo(self) -> tuple[Any, int, str]:
        """Return where it stands, the line being the first of the module, and its name in headings."""
        return self.path, 0, f"claim {self.claim.id}"


def is_marked(item: pytest.Item) -> bool:
    """Whether it is a function that returns claims."""
    return isinstance(item, pytest.Function) and item.get_closest_marker("claim") is not None


@contextmanager
def returned(item: pytest.Function) -> Iterator[list[Claim]]:
    """Within, the function of a test can be called; after that, the claims that it returned are in the list."""
    function, given, claims = item.obj, [], list["Claim"]()

    @wraps(function)
    def keeping(*args: Any, **kwargs: Any) -> None:
        given.append(function(*args, **kwargs))

    item.obj = keeping
    try:
        yield claims
    finally:
        item.obj = function
    for one in given:
        claims += listed(f"what {item.name} returns, as it is marked claim,", one, _failed)


def listed(source: str, given: object, failure: Callable[[str], BaseException]) -> list[Claim]:
    """Return the claims of a list; raise a failure, naming the source, for anything else."""
    from zotheory.claims.sources import Unreadable, listed

    if type(given).__name__ == "FixtureFunctionDefinition" or hasattr(given, "_pytestfixturefunction"):
        raise failure(
            f"{source} is a fixture, which has a value only while a test runs: write a test that is marked "
            f"pytest.mark.claim, takes {source} and returns it"
        )
    try:
        return listed(source, given)
    except Unreadable as problem:
        raise failure(str(problem)) from None


def _failed(message: str) -> BaseException:
    return pytest.fail.Exception(message, pytrace=False)
