"""The options of ``zotheory run`` and ``zotheory compare``: what each is called, takes and means."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from math import isfinite
from pathlib import Path

from zotheory import problems
from zotheory.methods import METHODS

PROBLEMS = tuple(name for name in problems.__all__ if name not in (*problems.MODULES, "random_rotation"))
WRITTEN = (
    "METHOD is written as in Python, such as 'relative_loss(radius=one_fifth(R), beta=1 - 0.3/d)', and so is PROBLEM, "
    "such as 'golovin_family(1, 8, 20)': constructors of zotheory, numbers and functions 'lambda t: 1/t**0.5'; in "
    "METHOD d, R, L0, L1, mu, Q are what the problem states. Either may be FILE.py:name or module:name; a function of "
    "your own needs --x0 or --dimension. 'NAME = METHOD' names it in tables. "
    f"Methods: {', '.join(METHODS)}. Problems: {', '.join(PROBLEMS)}; in Noisy(...), Fresh(...), Expected(...) or "
    "Batches(...); or instance('NAME', d), those that claims are measured on. docs/compare.md has examples."
)


def running(made: argparse.ArgumentParser, seed: Callable[[str], int]) -> None:
    """Add the options of ``zotheory run``."""
    made.epilog = f"{WRITTEN} Exit codes: 0; 1 f or the method failed on the way; 2 wrong usage; 130 Ctrl-C."
    made.add_argument("method", metavar="METHOD", help="what is run")
    made.add_argument("problem", metavar="PROBLEM", help="on what")
    budget = made.add_mutually_exclusive_group()
    budget.add_argument("--evaluations", type=count, metavar="N", help="of each run, at most (default 10,000)")
    budget.add_argument("--steps", type=count, metavar="N", help="of the method, in the place of evaluations")
    made.add_argument("--replicas", type=count, default=1, metavar="N", help="independent runs (default 1)")
    made.add_argument("--plot", type=Path, metavar="FILE", help="draw how the value fell: .png, .svg or .pdf")
    _common(made, seed)


def comparing(made: argparse.ArgumentParser, seed: Callable[[str], int], workers: Callable[[str], int]) -> None:
    """Add the options of ``zotheory compare``."""
    made.epilog = f"{WRITTEN} Exit codes: 0; 1 f or a method failed on the way; 2 wrong usage; 130 Ctrl-C."
    made.add_argument("method", metavar="METHOD", nargs="+", help="what is compared")
    made.add_argument(
        "--on", dest="problem", metavar="PROBLEM", action="append", required=True, help="a problem; may be repeated"
    )
    made.add_argument(
        "--evaluations", type=count, default=10_000, metavar="N", help="of each run, at most (default 10,000)"
    )
    made.add_argument("--replicas", type=count, default=20, metavar="N", help="independent runs of each (default 20)")
    made.add_argument(
        "--targets",
        type=numbers,
        metavar="A,B",
        help="gaps in units of the first one, or values where the least is not known (default 0.1,0.001,1e-06)",
    )
    made.add_argument("--out", type=Path, metavar="DIR", help="write comparison.json, .md and .png there")
    made.add_argument("--workers", type=workers, help="processes; results do not depend on it (default: one a core)")
    _common(made, seed)


def _common(made: argparse.ArgumentParser, seed: Callable[[str], int]) -> None:
    made.add_argument("--seed", type=seed, default=0, help="seed of all random streams (default 0)")
    start = made.add_mutually_exclusive_group()
    start.add_argument("--x0", type=numbers, metavar="A,B", help="where a function of your own starts (--x0=-1,2)")
    start.add_argument("--dimension", type=count, metavar="D", help="it starts at the origin of so many dimensions")
    made.add_argument("--f-star", type=float, metavar="F", help="its least value, where you know it")
    made.add_argument("--one-point", action="store_true", help="it takes one point (d,), not many (..., d)")
    made.add_argument(
        "--nonfinite",
        choices=("error", "worst"),
        default="error",
        help="worst: where a method compares, NaN and inf are the worst of values (default error)",
    )
    made.add_argument("--json", action="store_true", help="print JSON and nothing else on standard output")


def count(text: str) -> int:
    """Read a positive integer: 10000 or 10_000."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"it must be a positive integer, got {text}")
    return value


def numbers(text: str) -> tuple[float, ...]:
    """Read finite numbers between commas."""
    try:
        values = tuple(float(part) for part in text.strip("[]() ").split(","))
    except ValueError:
        values = ()
    if not values or not all(map(isfinite, values)):
        raise argparse.ArgumentTypeError(f"it must be finite numbers between commas, such as 1,0.5, got {text}")
    return values
