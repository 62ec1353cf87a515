"""What comes by an extra: where it is not installed, the error says so, and what to type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

PACKAGES = {  # of each extra, as pip calls them
    "jax": "jax",
    "torch": "torch array-api-compat",
    "testing": "hypothesis",
    "data": "scikit-learn",
    "bbob": "coco-experiment",
    "report": "jinja2 latex2mathml",
    "dask": "distributed",
    "test": "pytest",
}


@contextmanager
def asked_of(extra: str, who: str) -> Iterator[None]:
    """Within, a package that is not installed is told as one of an extra: who needs it, and how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] == "zotheory":
            raise
        raise ModuleNotFoundError(missing(extra, who, error), name=error.name) from error


def missing(extra: str, who: str, error: ModuleNotFoundError) -> str:
    """Return what to say of a package that is not installed."""
    package = str(error.name).partition(".")[0]
    return f"{who} needs {package}, of the extra {extra}: python -m pip install {PACKAGES[extra]}"
