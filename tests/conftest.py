"""Hypothesis profiles: quick and derandomised by default, ``HYPOTHESIS_PROFILE=deep`` to search."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick", max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
