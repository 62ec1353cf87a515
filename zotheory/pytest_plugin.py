"""Claims as tests: a pytest plugin, which an installed zotheory brings along (`docs/testing.md`).

A claim of a list `zotheory_claims`, or `CLAIMS`, in a test module is a test, and so is a function marked `claim` that
returns claims. Each is measured where pytest runs it, also by the workers of pytest-xdist. Its reports are held back
until all have been measured: then all claims of the session are weighed together, by the one process that reports.

Every start of pytest loads this, so nothing that computes is imported before there is a claim.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from zotheory.extras import asked_of

with asked_of("test", __name__):
    import pytest
    from _pytest.runner import runtestprotocol  # nothing public runs a test without logging its reports

from zotheory.testing.items import FOUND, NAMES, SETTLEMENT, ClaimItem, Claims, is_marked, returned
from zotheory.testing.session import Settlement, fail, log

ALPHA = 0.01


def pytest_addoption(parser: pytest.Parser) -> None:  # noqa: D103
    group = parser.getgroup("zotheory", "claims (zotheory)")
    group.addoption(
        "--zotheory-alpha",
        type=_reader("probability"),
        default=ALPHA,
        metavar="ALPHA",
        help=f"probability to err, over all claims of the session (default {ALPHA})",
    )
    group.addoption(
        "--zotheory-level",
        choices=("quick", "full"),
        default="quick",
        help="number of independent runs: full takes ten times as many or more (default quick)",
    )
    group.addoption(
        "--zotheory-seed",
        type=_reader("seed"),
        default=0,
        metavar="SEED",
        help="seed of all random streams (default 0)",
    )
    group.addoption(
        "--zotheory-strict",
        action="store_true",
        help="claims that are undecided or not refuted fail; without it they warn",
    )


def _reader(name: str) -> Callable[[str], Any]:
    """Return what reads an option as the command line of zotheory does."""

    def read(text: str) -> Any:
        from zotheory import options

        return getattr(options, name)(text)

    return read


def pytest_configure(config: pytest.Config) -> None:  # noqa: D103
    config.addinivalue_line(
        "markers",
        "claim: the test returns claims (zotheory.Claim), which are measured, and weighed with all others of the "
        "session. Tests that come from lists of claims have the mark, too: -m claim selects them all.",
    )
    config.stash[SETTLEMENT] = Settlement(config)
    config.pluginmanager.register(config.stash[SETTLEMENT], "zotheory-settlement")


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> pytest.Collector | None:
    """Collect lists of claims."""
    if name in NAMES and isinstance(collector, pytest.Module) and Claims.may_be(name, obj):
        return Claims.from_parent(collector, name=name, given=obj)
    return None


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Measure what a marked function returns, while its fixtures last."""
    if not is_marked(pyfuncitem):
        return (yield)
    with returned(pyfuncitem) as claims:
        called = yield
    pyfuncitem.config.stash[SETTLEMENT].measure(pyfuncitem, claims)
    return called


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a test of claims, and hold its reports back; one that comes to no claims is reported at once."""
    if not isinstance(item, ClaimItem) and not is_marked(item):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    skipped = isinstance(item, ClaimItem) and any(report.skipped for report in reports)
    if FOUND in item.stash or skipped:
        item.config.stash[SETTLEMENT].hold(item, reports)
    else:
        for report in reports:
            if report.when == "call" and report.passed:  # by whatever calls it in another way, as unittest does
                fail(report, "no claims were returned: pytest.mark.claim is for functions that pytest calls itself")
        log(item.ihook, reports)
    return True
