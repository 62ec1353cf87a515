"""The page on networks: its tables are those of the records, and no answer is written that they do not bear."""

import re
import runpy

import numpy as np
import pytest
from scipy import stats

from figures import make
from figures.networks import results

MADE = runpy.run_path(str(make.HERE.parent / "docs" / "make_networks.py"))
HOPES = MADE["HOPES"]


def test_the_page_is_what_the_records_say():
    shown = MADE["PAGE"].read_text(encoding="utf-8")
    assert MADE["page"](shown) == shown
    assert set(re.findall(r"<!-- networks: (\w+) -->", shown)) == set(MADE["TABLES"])


@pytest.mark.parametrize("number", range(len(HOPES)))
def test_an_answer_that_the_record_does_not_bear_is_not_written(number, monkeypatch):
    spoiled = [hope._replace(holds=lambda: False) if i == number else hope for i, hope in enumerate(HOPES)]
    monkeypatch.setitem(MADE["verdicts"].__globals__, "HOPES", spoiled)
    with pytest.raises(MADE["NotBorne"], match=re.escape(repr(HOPES[number].answer))):
        MADE["verdicts"]()


def test_intervals_are_those_of_student():
    values = np.array([0.8, 0.9, 0.85, 0.7, 0.95])
    found = results.interval(values)
    known = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert (found.mean, found.low, found.high) == pytest.approx((0.84, *known))
    assert results.interval([0.5]).told(2) == "0.50 (one run)"
    assert results.percent([0.5, 0.25]) == "25.0 and 50.0 %"


def test_a_run_that_is_not_done_is_an_error_that_names_the_command():
    with pytest.raises(LookupError, match=r"rso.json .*'MNIST/nothing'.* python -m figures.networks rso"):
        results.runs("rso", "MNIST/nothing")


def test_what_the_studies_may_take_is_limited(monkeypatch):
    monkeypatch.setitem(MADE["cost"].__globals__, "HOURS", 1e-6)
    with pytest.raises(MADE["NotBorne"], match="at most"):
        MADE["cost"]()


def test_copying_is_learned_by_adam_alone_and_at_short_delays():
    """As the page says beside the table."""
    rows = re.findall(r"^\| (copying, \d+) \| ([^|]*) \| (\d) of 3 \|", MADE["TABLES"]["lstm"](), re.MULTILINE)
    assert len(rows) == 4 * 5
    assert {(task, arm) for task, arm, remember in rows if remember != "0"} == {
        ("copying, 20", "Adam"),
        ("copying, 50", "Adam"),
    }
