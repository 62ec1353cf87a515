"""For tests of one's own: checks of optimizers, statistical assertions, and what the pytest plugin is made of.

Each name is read when it is first asked for. `zotheory.testing.peers` makes minimisers of other packages' optimizers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zotheory.testing.assertions import (
        assert_frequency_at_least,
        assert_frequency_at_most,
        assert_mean_at_least,
        assert_mean_at_most,
        assert_mean_near,
    )
    from zotheory.testing.conformance.checking import check_method, parametrize_with_checks
    from zotheory.testing.conformance.found import Conformance
    from zotheory.testing.conformance.stated import Coverage, Decrease
    from zotheory.testing.session import ClaimWarning
    from zotheory.testing.sizes import detectable, detectable_frequency, min_samples, min_trials

LATER = {  # where these names stand
    **dict.fromkeys(
        (
            "assert_frequency_at_least",
            "assert_frequency_at_most",
            "assert_mean_at_least",
            "assert_mean_at_most",
            "assert_mean_near",
        ),
        "zotheory.testing.assertions",
    ),
    **dict.fromkeys(("check_method", "parametrize_with_checks"), "zotheory.testing.conformance.checking"),
    "Conformance": "zotheory.testing.conformance.found",
    **dict.fromkeys(("Coverage", "Decrease"), "zotheory.testing.conformance.stated"),
    "ClaimWarning": "zotheory.testing.session",
    **dict.fromkeys(("detectable", "detectable_frequency", "min_samples", "min_trials"), "zotheory.testing.sizes"),
}

__all__ = [
    "ClaimWarning",
    "Conformance",
    "Coverage",
    "Decrease",
    "assert_frequency_at_least",
    "assert_frequency_at_most",
    "assert_mean_at_least",
    "assert_mean_at_most",
    "assert_mean_near",
    "check_method",
    "detectable",
    "detectable_frequency",
    "min_samples",
    "min_trials",
    "parametrize_with_checks",
]


if not TYPE_CHECKING:  # which would take any name for one of this module

    def __getattr__(name: str) -> Any:
        """Import a name when it is asked for, and keep it."""
        if name not in LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(LATER[name]), name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
