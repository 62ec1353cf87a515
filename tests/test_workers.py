"""How the tests are shared out to workers, and what these need not do twice."""

import gc
import os

import pytest

from tests.conftest import ByFile


@pytest.mark.parametrize(
    ("test", "part"),
    [
        ("tests/test_a.py::test_b", "tests/test_a.py"),
        ("tests/test_a.py::test_b[::c@d]", "tests/test_a.py"),
        ("tests/test_a.py::test_b[::c]@report", "report"),
    ],
)
def test_tests_of_a_file_stay_together_but_for_those_that_share_more(test, part):
    assert ByFile.__new__(ByFile)._split_scope(test) == part


def test_what_shares_an_expensive_fixture_comes_first(request):
    alone = [item.get_closest_marker("xdist_group") is None for item in request.session.items]
    assert alone == sorted(alone)
    assert request.config.getoption("loadscopereorder") is False


def test_what_was_imported_is_no_garbage(request):
    assert gc.isenabled()
    assert not any(one is request.module for one in gc.get_objects())


def test_processes_keep_what_they_compile():
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
