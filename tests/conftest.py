"""Hypothesis profiles (``HYPOTHESIS_PROFILE=deep`` to search) and the one verification that the session shares."""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # each worker has a core; threads of small products would only wait
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):  # many tests start a process: what it compiles is kept, elsewhere
    compiled = Path(__file__).parents[1] / ".pytest_cache" / "d" / "compiled"
    os.environ["PYTHONPYCACHEPREFIX"] = str(compiled)
    for earlier in compiled.joinpath(*Path(tempfile.gettempdir()).parts[1:]).glob("pytest-of-*"):  # gone themselves
        shutil.rmtree(earlier, ignore_errors=True)

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadGroupScheduling

settings.register_profile(
    "quick", max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is imported and collected lives until the end: nobody looks for garbage in it, nor often in formulas."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests that share an expensive fixture run in one worker, which makes it once, and first."""
    for item in items:
        for fixture in ("report", "earned"):
            if fixture in item.fixturenames:
                item.add_marker(pytest.mark.xdist_group(fixture))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


class ByFile(LoadGroupScheduling):
    """All other tests of a file run in one worker: they share what is made once, and there are few parts to count."""

    def _split_scope(self, nodeid):
        return super()._split_scope(nodeid).split("::")[0]


def pytest_xdist_make_scheduler(config, log):
    """Slow tests are shared out one by one."""
    quick = config.getvalue("markexpr") == "not slow" and config.getvalue("dist") == "loadgroup"
    return ByFile(config, log) if quick else None


@pytest.fixture(autouse=True)
def _own_path():
    """A file of claims has its folder on the path, whose modules are none of those that later tests mean."""
    before = list(sys.path)
    yield
    sys.path[:] = before


@pytest.fixture(scope="session", autouse=True)
def _forked():
    """Some tests compute with JAX in this process, and the processes of others do not: those are forked."""
    from zotheory.sweeps import processes

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(processes, "forks", lambda: processes.FORKED)
        yield


@pytest.fixture(scope="session")
def report():
    """Every claim, weighed at the quick level with the default seed and budget."""
    from zotheory.claims import select
    from zotheory.evidence.verdicts import verify

    made = verify(select())
    gc.freeze()
    return made
