"""`zotheory check`: the options of the command, and what it does."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from zotheory.standard_output import kept_free
from zotheory.trials.options import count


def checking(made: argparse.ArgumentParser, seed: Callable[[str], int]) -> None:
    """Add the options of ``zotheory check``."""
    made.epilog = (
        "OPTIMIZER is FILE.py:name or module:name of a minimiser (f, x0, budget, seed), of a class with ask and tell, "
        "or of a method of zotheory; or such a method written as in Python: 'relative_loss(radius=0.3)'. "
        "docs/check-an-optimizer.md says what can be declared; FILE.py:name and module:name are laws that are stated "
        "in numbers. Exit codes: 0 all holds that must; 1 something does not, or is undecided; 2 wrong usage; 130 "
        "Ctrl-C, after which what was found is told."
    )
    made.add_argument("optimizer", metavar="OPTIMIZER", help="what is checked")
    made.add_argument(
        "--declares", metavar="TRAITS", default="", help="what must hold beside what all must do: a,b,FILE.py:name"
    )
    made.add_argument("--examples", type=count, default=30, metavar="N", help="cases of each property (default 30)")
    made.add_argument("--seed", type=seed, default=0, help="which cases (default 0)")
    made.add_argument(
        "--time-limit", type=seconds, default=60.0, metavar="S", help="seconds that a property may take (default 60)"
    )
    made.add_argument("--least", type=count, default=1, metavar="N", help="smallest budget that it takes (default 1)")
    made.add_argument("--variables", type=count, default=1, metavar="D", help="fewest variables (default 1, at most 4)")
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
    KeyboardInterrupt
        Which interrupted it, once what was found until then is delivered.
    """
    from zotheory.code.named import named
    from zotheory.testing.conformance.checking import check_method
    from zotheory.trials.written import optimizer

    words = [word.strip() for word in options.declares.split(",") if word.strip()]
    stopped = None
    with kept_free():  # what the optimizer prints is no part of the answer
        try:
            found = check_method(
                optimizer(options.optimizer),
                declares=[named(word) if ":" in word else word for word in words],
                name=options.optimizer,
                examples=options.examples,
                seed=options.seed,
                least=options.least,
                variables=options.variables,
                time_limit=options.time_limit,
            )
        except KeyboardInterrupt as interrupt:
            stopped, found = interrupt, vars(interrupt).pop("partial", None)  # which is delivered here
            if found is None:
                raise
        except (TypeError, ValueError, ModuleNotFoundError) as error:
            raise Misdeclared(str(error)) from error
    with options.signals.held():
        say(json.dumps(found.as_dict(), indent=1) if options.json else found)
    if stopped is not None:
        raise stopped
    return 0 if found.sound else 1
