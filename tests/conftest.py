"""Hypothesis profiles (``HYPOTHESIS_PROFILE=deep`` to search) and the one verification that the session shares."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("OMP_NUM_THREADS", "1")  # each worker has a core; threads of small products would only wait
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):  # many tests start a process: it is compiled once, elsewhere
    os.environ["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp(prefix="compiled-")
    atexit.register(shutil.rmtree, os.environ["PYTHONPYCACHEPREFIX"], ignore_errors=True)

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick", max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests that share an expensive fixture run in one worker, which makes it once."""
    for item in items:
        for fixture in ("report", "earned", "small"):
            if fixture in item.fixturenames:
                item.add_marker(pytest.mark.xdist_group(fixture))


@pytest.fixture(scope="session")
def report():
    """Every claim, weighed at the quick level with the default seed and budget."""
    from zotheory.claims import select
    from zotheory.evidence.verdicts import verify

    return verify(select())
