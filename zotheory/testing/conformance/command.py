"""`zotheory check`: the options of the command, and what it does."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from sys import stderr
from typing import Any

from zotheory.trials.options import count


def checking(made: argparse.ArgumentParser, seed: Callable[[str], int]) -> None:
    """Add the options of ``zotheory check``."""
    made.epilog = (
        "OPTIMIZER is FILE.py:name or module:name of a minimiser (f, x0, budget, seed), of a class with ask and tell, "
        "or of a method of zotheory. docs/check-an-optimizer.md says what can be declared. Exit codes: 0 all holds "
        "that must; 1 something does not; 2 wrong usage; 130 Ctrl-C."
    )
    made.add_argument("optimizer", metavar="OPTIMIZER", help="what is checked")
    made.add_argument("--declares", metavar="TRAITS", default="", help="what must hold beside what all must do: a,b,c")
    made.add_argument("--examples", type=count, default=30, metavar="N", help="cases of each property (default 30)")
    made.add_argument("--seed", type=seed, default=0, help="which cases (default 0)")
    made.add_argument(
        "--time-limit", type=seconds, default=60.0, metavar="S", help="seconds that a property may take (default 60)"
    )
    made.add_argument("--json", action="store_true", help="print JSON and nothing else on standard output")


def seconds(text: str) -> float:
    """Read a positive number."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a positive number of seconds, got {text}")
    return value


class Misdeclared(Exception):
    """What is to be checked cannot be: the message says why."""


def checked(options: argparse.Namespace, say: Callable[[object], Any]) -> int:
    """Check, tell, and return the exit code.

    Raises
    ------
    zotheory.code.named.Unreadable, Misdeclared
        Where there is no such optimizer, it has another form, or what is declared has no such name.
    """
    from zotheory.code.named import named
    from zotheory.testing.conformance.checking import check_method

    with redirect_stdout(stderr):  # what the optimizer prints is no part of the answer
        given = named(options.optimizer)
        try:
            found = check_method(
                given,
                declares=[name.strip() for name in options.declares.split(",") if name.strip()],
                name=options.optimizer,
                examples=options.examples,
                seed=options.seed,
                time_limit=options.time_limit,
            )
        except (TypeError, ValueError, ModuleNotFoundError) as error:
            raise Misdeclared(str(error)) from error
    say(json.dumps(found.as_dict(), indent=1) if options.json else found)
    return 0 if found.sound else 1
