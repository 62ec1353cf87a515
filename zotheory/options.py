"""The options of the command line: what each is called, takes and means."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import zotheory
from zotheory.sweeps import MOST
from zotheory.testing.conformance.command import checking
from zotheory.trials.options import comparing, running

SELECT = (
    "SELECT is the name of a claim (two_point.mean_gap), what names begin with (two_point), a glob ('*.mean_gap'), "
    "FILE.py, module:attribute, or the name under which an installed package registers claims; FILE.py::PATTERN takes "
    "some of a file's."
)
CODES = "Exit codes: 0 all is sound; 1 a claim is refuted or failed, or a control is not refuted; 2 wrong usage."


def options_of(commands: Mapping[str, Callable[[argparse.Namespace], int]]) -> argparse.ArgumentParser:
    """Return what reads a command line, and calls for each command what does it."""
    made = argparse.ArgumentParser(
        prog="zotheory",
        description="Claims about gradient-free optimization: show what they say, measure them against their bounds, "
        "and refute falsehoods planted beside them.",
        epilog="zotheory COMMAND --help says more of each. Begin with: zotheory list; "
        "zotheory show two_point.mean_gap; zotheory verify two_point.",
    )
    made.add_argument("--version", action="version", version=f"zotheory {zotheory.__version__}")
    added = made.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, does: str) -> argparse.ArgumentParser:
        one = added.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.", epilog=SELECT)
        one.set_defaults(command=commands[name])
        return one

    listing = command("list", "list claims, a line each: name, label of the derivation, what is claimed")
    listing.add_argument("select", metavar="SELECT", nargs="*", help="which claims (default: all)")
    listing.add_argument("--json", action="store_true", help="print all that claims say, as JSON")
    show = command("show", "show all that is said of claims: statement, experiments, controls, derivation")
    show.add_argument("select", metavar="SELECT", nargs="+", help="which claims")
    show.add_argument("--latex", action="store_true", help="print the statements as formulas in LaTeX and nothing else")
    check = command("verify", "measure claims against their bounds, and refute planted falsehoods")
    _measuring(check)
    check.add_argument("--json", action="store_true", help="print JSON and nothing else on standard output")
    check.add_argument("--out", type=Path, metavar="DIR", help="write verification.json and verification.md there")
    page = command("report", "measure claims, and write what is said and found of them as HTML (extra report)")
    _measuring(page)
    page.add_argument(
        "-o",
        "--out",
        type=Path,
        metavar="FILE",
        default=Path("report.html"),
        help="write the page there (default report.html)",
    )
    page.add_argument(
        "--audits",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="show what zotheory check --json found of an optimizer, too; several times for several files",
    )
    running(command("run", "run a method on a problem, and tell how the value fell"), seed)
    comparing(command("compare", "run several methods with equally many evaluations, and compare them"), seed, workers)
    checking(command("check", "check whether an optimizer, anyone's, does what it says"), seed)
    ledger = command("errata", "list what papers and programs say that is wrong or not exact, and what holds")
    ledger.add_argument(
        "select", metavar="ENTRY | SELECT", nargs="*", help="an entry, or claims that entries bear on (default: all)"
    )
    ledger.add_argument("--json", action="store_true", help="print all entries say, as JSON")
    return made


def _measuring(check: argparse.ArgumentParser) -> None:
    """Add what every command takes that measures."""
    check.epilog = f"{SELECT} {CODES}"
    check.add_argument("select", metavar="SELECT", nargs="*", help="which claims (default: all)")
    check.add_argument(
        "--level",
        choices=("quick", "full"),
        default="quick",
        help="number of independent runs: full takes ten times as many or more (default quick)",
    )
    check.add_argument(
        "--alpha", type=probability, default=0.01, help="probability to err, over the whole run (default 0.01)"
    )
    check.add_argument("--seed", type=seed, default=0, help="seed of all random streams (default 0)")
    where = check.add_mutually_exclusive_group()
    where.add_argument("--workers", type=workers, help="processes; results do not depend on it (default: one a core)")
    where.add_argument("--dask", metavar="ADDRESS", help="scheduler whose workers measure, host:port (extra dask)")
    check.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="keep results there as they come, and measure only what is not there already; made if there is none",
    )
    check.add_argument("--fresh", action="store_true", help="with --store: measure everything, and keep it anew")


def probability(text: str) -> float:
    """Read an error budget."""
    from zotheory.evidence.verdicts import LEAST

    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"alpha must lie strictly between 0 and 1, got {text}")
    if value < LEAST:
        raise argparse.ArgumentTypeError(f"alpha must be at least {LEAST:g}, got {text}")
    return value


def seed(text: str) -> int:
    """Read a seed."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"seed must be a non-negative integer, got {text}")
    return int(text)


def workers(text: str) -> int:
    """Read a number of processes."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"workers must be a positive integer, got {text}")
    if int(text) > MOST:
        raise argparse.ArgumentTypeError(f"workers must be at most {MOST}, got {text}: more belong on a cluster")
    return int(text)
