"""Plugins of pytest: `Measuring` sees which lines each test runs and for how long, `Running` runs chosen tests."""

from __future__ import annotations

import json
import os
import resource
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

WITHOUT = {"report", "earned"}  # fixtures that verify or derive every claim: nothing would live


def used() -> float:
    """Return CPU seconds of this process and of those it waited for."""
    times = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(t.ru_utime + t.ru_stime for t in times)


# what processes that a test starts shall measure
CHILD = """[run]
source_pkgs = zotheory
data_file = {data}
parallel = true
context = ${{MUTATION_TEST}}
"""


class Measuring:
    """Write coverage by test to `data`, and CPU seconds of the tests that pass, and of collecting them, beside it.

    What a fixture runs that tests share counts for each of them.
    """

    def __init__(self, data: Path) -> None:
        import coverage

        self.data = data
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self.sharing: dict[str, list[str]] = {}  # a fixture's name -> its tests
        self.coverage = coverage.Coverage(data_file=str(data), source_pkgs=["zotheory"], config_file=False)
        self.coverage.start()
        settings = data.with_suffix(".ini")
        settings.write_text(CHILD.format(data=data.with_suffix(".child")), encoding="utf-8")
        os.environ["COVERAGE_PROCESS_START"] = str(settings)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:  # noqa: D102
        items[:] = [item for item in items if not WITHOUT & set(getattr(item, "fixturenames", ()))]
        self.seconds[""] = used()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:  # noqa: D102
        self._switch(item.nodeid)
        for name in getattr(item, "fixturenames", ()):
            self.sharing.setdefault(f"fixture {name}", []).append(item.nodeid)
        start = used()
        result = yield
        self.seconds[item.nodeid] = used() - start
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:  # noqa: D102
        before = self.context
        if fixturedef.scope != "function":
            self._switch(f"fixture {fixturedef.argname}")
        result = yield
        self._switch(before)
        return result

    def _switch(self, context: str) -> None:
        self.context = os.environ["MUTATION_TEST"] = context
        self.coverage.switch_context(context)

    def pytest_runtest_logreport(self, report: Any) -> None:  # noqa: D102
        if report.outcome != "passed":
            self.failed.add(report.nodeid)

    def pytest_unconfigure(self) -> None:  # noqa: D102
        from coverage import CoverageData

        self.coverage.stop()
        with warnings.catch_warnings(action="ignore"):  # of tests that import nothing of the package
            whole = self.coverage.get_data()
        for path in self.data.parent.glob(f"{self.data.stem}.child.*"):
            measured = CoverageData(str(path))
            measured.read()
            whole.update(measured)
            path.unlink()
        self.coverage.save()
        passed = {name: time for name, time in self.seconds.items() if name not in self.failed}
        found = {"seconds": passed, "sharing": self.sharing}
        self.data.with_suffix(".json").write_text(json.dumps(found), encoding="utf-8")


class Running:
    """Run these tests only, in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.place = {name: i for i, name in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:  # noqa: D102
        kept = (item for item in items if item.nodeid in self.place)
        items[:] = sorted(kept, key=lambda item: self.place[item.nodeid])
