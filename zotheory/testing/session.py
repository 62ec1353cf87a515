"""The claims of a session of pytest: counted, measured test by test, and weighed together at its end.

Loaded with pytest: nothing is computed, and nothing imported that computes, before there is a claim.
"""

from __future__ import annotations

import pickle
from base64 import b64decode, b64encode
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from zotheory.extras import asked_of

with asked_of("test", "zotheory.testing"):
    import pytest

from zotheory.testing.items import FOUND, ClaimItem, is_marked

if TYPE_CHECKING:
    from zotheory.evidence.claim import Claim
    from zotheory.evidence.findings import Report
    from zotheory.testing.settling import Finding, Measured


class ClaimWarning(UserWarning):
    """A claim is undecided, or not refuted."""


@dataclass(frozen=True)
class Held:
    """What the claims of a test gave, and its reports, which wait until the claims of all tests are weighed."""

    place: int  # among the tests of the session
    listed: bool  # else a function returned them
    found: Measured
    reports: list[Any]
    plan: tuple[int, int, int]  # of the session: listed claims, their experiments, their controls
    skipped: tuple[int, int, int]  # of these
    functions: int  # of the session, that return claims

    @property
    def ids(self) -> set[str]:
        """Those of the claims and their controls."""
        return {owner.id for owner, _ in self.found.tasks}


class Settlement:
    """What was measured in the session; the process that reports weighs it in the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self.options = config, config.option
        self.is_worker = hasattr(config, "workerinput")  # of pytest-xdist
        self.places: dict[str, int] = {}
        self.plan, self.functions = (0, 0, 0), 0
        self.held: list[Held] = []
        self.report: Report | None = None

    # --- before and while tests run ---

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count what is to be measured: the same in every worker."""
        self.places = {item.nodeid: place for place, item in enumerate(session.items)}
        self.functions = sum(map(is_marked, session.items))
        listed = [item for item in session.items if isinstance(item, ClaimItem)]
        first: dict[str, ClaimItem] = {}
        for item in listed:
            for name in (item.claim.id, *(control.id for control in item.claim.controls)):
                if (other := first.setdefault(name, item)).claim is not item.claim and not item.clash:
                    item.clash = _clash(name, other.nodeid)
        if listed:
            from zotheory.testing.settling import planned

            self.plan = planned(item.claim for item in listed if not item.clash)

    def measure(self, item: pytest.Item, claims: Sequence[Claim]) -> None:
        """Measure the claims of a test."""
        from zotheory.testing.settling import measured, planned, portable

        error = self.options.zotheory_alpha / 2 / max(self.plan[1], planned(claims)[1])
        found = measured(claims, error=error, seed=self.options.zotheory_seed, level=self.options.zotheory_level)
        item.stash[FOUND] = portable(found)

    def hold(self, item: pytest.Item, reports: list[pytest.TestReport]) -> None:
        """Keep what a test gave, or that it was skipped; a worker sends it to the process that reports."""
        from zotheory.testing.settling import NOTHING, planned

        found = item.stash.setdefault(FOUND, NOTHING)
        del item.stash[FOUND]
        skipped = planned([item.claim] if isinstance(item, ClaimItem) and found is NOTHING and not item.clash else [])
        place, listed = self.places[item.nodeid], isinstance(item, ClaimItem)
        held = Held(place, listed, found, reports, self.plan, skipped, self.functions)
        if self.is_worker:
            self._send(item, held)
            return
        self.held.append(held)
        most = self.options.maxfail
        if most and not self._unknown and item.session.testsfailed + self._lost() >= most:
            item.session.shouldfail = f"stopping after {most} failures"

    def _send(self, item: pytest.Item, held: Held) -> None:
        """Send it in a report that says that the test was set up: nothing is printed of that."""
        hook = self.config.hook
        plain = [hook.pytest_report_to_serializable(config=self.config, report=one) for one in held.reports]
        sent = b64encode(pickle.dumps(replace(held, reports=plain))).decode()  # a text: some write reports as JSON
        carrier = pytest.TestReport(item.nodeid, item.location, {}, "passed", None, "setup", zotheory_held=sent)
        item.ihook.pytest_runtest_logreport(report=carrier)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a worker sends."""
        if self.is_worker or not hasattr(report, "zotheory_held"):
            return
        held, hook = pickle.loads(b64decode(report.zotheory_held)), self.config.hook
        del report.zotheory_held  # others keep the report
        reports = [hook.pytest_report_from_serializable(config=self.config, data=one) for one in held.reports]
        for one in reports:
            one.node = report.node
        self.held.append(replace(held, reports=reports))

    # --- when they have ended ---

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Weigh everything when the tests have ended, or were stopped."""
        try:
            result = yield
        except BaseException:
            self._settle(ended=False)
            raise
        self._settle(ended=True)
        if session.shouldfail and self.held:
            raise session.Failed(session.shouldfail)
        return result

    def _settle(self, ended: bool) -> None:
        if not self.held:
            return
        self.held.sort(key=attrgetter("place"))
        self.report = self._weighed()
        for one, found in self._findings(self.report):
            if ended or not one.found.tasks or (found.certain and not self._unknown):
                self._report(one, found)

    @property
    def _unknown(self) -> bool:
        """Whether some function has returned no claims so far: nobody knows how many will share the budget."""
        return self.held[0].functions > len({one.place for one in self.held if not one.listed})

    def _weighed(self) -> Report:
        from zotheory.testing.settling import missing, weighed

        listed = {one.place: one for one in self.held if one.listed}.values()
        return weighed(
            [one.found for one in self.held],
            missing([one.found for one in listed], self.held[0].plan, *(one.skipped for one in listed)),
            alpha=self.options.zotheory_alpha,
            seed=self.options.zotheory_seed,
            level=self.options.zotheory_level,
        )

    def _findings(self, report: Report) -> list[tuple[Held, Finding]]:
        from zotheory.testing.settling import finding

        return [(one, finding(report, one.found.names)) for one in self.held]

    def _lost(self) -> int:
        """How many tests fail whatever else is measured."""
        found = [one for _, one in self._findings(self._weighed())]
        return sum(one.certain and bool(one.wrong(strict=False)) for one in found)

    def _report(self, one: Held, found: Finding) -> None:
        wrong = [*self._clashes(one), *found.wrong(self.options.zotheory_strict)]
        for phrase in () if self.options.zotheory_strict else found.open():
            try:
                self.config.issue_config_time_warning(ClaimWarning(phrase), stacklevel=2)
            except ClaimWarning as raised:  # as filters of warnings have it
                wrong.append(str(raised))
        for report in one.reports:
            report.user_properties += found.properties()
            if report.when == "call" and wrong:
                fail(report, f"{'; '.join(wrong)}\n\n{found.told()}")
        log(self.config.hook, one.reports)

    def _clashes(self, one: Held) -> list[str]:
        """Say which ids stand for two things; of two lists the tests themselves have said it."""
        return [
            _clash(name, other.reports[0].nodeid)
            for other in self.held
            if other.place != one.place and not (one.listed and other.listed)
            for name in sorted(one.ids & other.ids)
        ]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell what was found."""
        if self.report is not None and self.report.selected:
            from zotheory.report.lines import filled
            from zotheory.report.text import summary

            terminalreporter.write_sep("=", "claims")
            quiet = self.config.get_verbosity() < 0
            terminalreporter.write_line(filled(summary(self.report)) if quiet else str(self.report))


def _clash(name: str, place: str) -> str:
    return f"{name} is the id of another claim or control, too, in {place}"


def fail(report: pytest.TestReport, text: str) -> None:
    """Have the report of a call that came to its end say that the test fails, if it was not expected to (xfail).

    The summary of pytest takes a part of the first line.
    """
    expected = str(report.longrepr or "").partition("[XPASS(strict)] ")
    if expected[1]:
        report.wasxfail = expected[2]
    report.outcome = "skipped" if hasattr(report, "wasxfail") else "failed"
    try:
        pytest.fail(text, pytrace=False)
    except pytest.fail.Exception as failed:
        report.longrepr = pytest.ExceptionInfo.from_exception(failed).getrepr(style="value", chain=False)


def log(hook: Any, reports: Sequence[pytest.TestReport]) -> None:
    """Hand over the reports of a test, and say that it has ended."""
    for report in reports:
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=reports[0].nodeid, location=reports[0].location)
