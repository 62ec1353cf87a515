"""Plugins of pytest: `Measuring` sees which lines each test runs and for how long, `Running` runs chosen tests."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

WITHOUT = {"report", "earned"}  # fixtures that verify or derive every claim: nothing would live


def used() -> float:
    """Return CPU seconds of this process and of those it waited for."""
    times = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(t.ru_utime + t.ru_stime for t in times)


class Measuring:
    """Write coverage by test to `data`, and CPU seconds of the tests that pass, and of collecting them, beside it."""

    def __init__(self, data: Path) -> None:
        import coverage

        self.path = data.with_suffix(".json")
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self.coverage = coverage.Coverage(data_file=str(data), source_pkgs=["zotheory"], config_file=False)
        self.coverage.start()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:  # noqa: D102
        items[:] = [item for item in items if not WITHOUT & set(getattr(item, "fixturenames", ()))]
        self.seconds[""] = used()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:  # noqa: D102
        self.coverage.switch_context(item.nodeid)
        start = used()
        result = yield
        self.seconds[item.nodeid] = used() - start
        return result

    def pytest_runtest_logreport(self, report: Any) -> None:  # noqa: D102
        if report.outcome != "passed":
            self.failed.add(report.nodeid)

    def pytest_unconfigure(self) -> None:  # noqa: D102
        self.coverage.stop()
        self.coverage.save()
        whole = {name: time for name, time in self.seconds.items() if name not in self.failed}
        self.path.write_text(json.dumps(whole), encoding="utf-8")


class Running:
    """Run these tests only, in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.place = {name: i for i, name in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:  # noqa: D102
        kept = (item for item in items if item.nodeid in self.place)
        items[:] = sorted(kept, key=lambda item: self.place[item.nodeid])
