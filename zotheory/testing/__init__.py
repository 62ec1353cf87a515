"""For tests of one's own: whether an optimizer does what it says.

Each name is read when it is first asked for. `zotheory.testing.peers` makes minimisers of other packages' optimizers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zotheory.testing.conformance.checking import check_method, parametrize_with_checks
    from zotheory.testing.conformance.found import Conformance

LATER = {  # where these names stand
    **dict.fromkeys(("check_method", "parametrize_with_checks"), "zotheory.testing.conformance.checking"),
    "Conformance": "zotheory.testing.conformance.found",
}

__all__ = ["Conformance", "check_method", "parametrize_with_checks"]


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for, and keep it."""
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(LATER[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
