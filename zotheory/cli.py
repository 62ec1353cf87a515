"""Command line: ``zotheory list | show | verify | errata``.

Claims are named by id, by what ids begin with, by a glob, or by where they are: ``FILE.py``, ``module:attribute``, an
installed package that registers claims.

Exit codes: 0 all is sound; 1 a claim is refuted or failed, or a control is not refuted; 2 wrong usage; 130 interrupted
by Ctrl-C, 143 by SIGTERM, 141 by the end of the reader of a pipe.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import zotheory
from zotheory.interrupts import Signals, reader

if TYPE_CHECKING:
    from zotheory.evidence.claim import Claim
    from zotheory.evidence.findings import Report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = parser().parse_args(arguments)
    with Signals(last=arguments is None, raising=False) as options.signals, reader():
        try:
            options.signals.heed()
            return _run(options)
        except KeyboardInterrupt as interrupt:
            if hasattr(interrupt, "partial"):
                _deliver_partial(interrupt.partial, options)
            return getattr(interrupt, "code", 130)
        except BrokenPipeError:
            return 141
        finally:
            options.signals.raising = False
            _drop_unread()


def _run(options: argparse.Namespace) -> int:
    from zotheory.claims import UnknownClaim
    from zotheory.claims.sources import Unreadable
    from zotheory.errata import UnknownEntry
    from zotheory.evidence.claim import Misstated

    try:
        code = options.command(options)
        sys.stdout.flush()
        return code
    except (UnknownClaim, UnknownEntry, Unreadable, Misstated) as error:
        return _usage(str(error))


def script() -> NoReturn:
    """Console entry point."""
    sys.exit(main())


def _usage(message: str) -> int:
    print(f"zotheory: error: {message}", file=sys.stderr)
    return 2


def _warn(message: str) -> None:
    print(f"zotheory: warning: {message}", file=sys.stderr)


def _drop_unread() -> None:
    """Forget what nobody will read: Python would complain of it at its end."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(
        prog="zotheory",
        description="Show, measure and refute claims.",
        epilog="SELECT is an id, what ids begin with (gld_search), a glob ('*.mean_gap'), FILE.py, module:attribute, "
        "or the name under which an installed package registers claims; FILE.py::PATTERN takes some of a file's.",
    )
    made.add_argument("--version", action="version", version=f"zotheory {zotheory.__version__}")
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="list claims and the labels of their derivations")
    listing.add_argument("select", metavar="SELECT", nargs="*", help="default: all claims")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(command=_list)
    show = commands.add_parser("show", help="show all that is said of claims")
    show.add_argument("select", metavar="SELECT", nargs="+")
    show.add_argument("--latex", action="store_true", help="print the statements as formulas in LaTeX and nothing else")
    show.set_defaults(command=_show)
    check = commands.add_parser("verify", help="measure claims against their bounds, and refute planted falsehoods")
    check.add_argument("select", metavar="SELECT", nargs="*", help="default: all claims")
    check.add_argument("--level", choices=("quick", "full"), default="quick", help="number of replicas (default quick)")
    check.add_argument("--alpha", type=_probability, default=0.01, help="error budget of the run (default 0.01)")
    check.add_argument("--seed", type=_seed, default=0, help="seed of all random streams (default 0)")
    check.add_argument("--jobs", type=_jobs, help="processes; results do not depend on it (default: one a core)")
    check.add_argument("--json", action="store_true", help="print JSON and nothing else on standard output")
    check.add_argument("--out", type=Path, metavar="DIR", help="write verification.json and verification.md there")
    check.set_defaults(command=_verify)
    ledger = commands.add_parser("errata", help="list where sources and programs fail a derivation")
    ledger.add_argument("select", metavar="ENTRY | SELECT", nargs="*", help="an entry, or claims; default: all entries")
    ledger.add_argument("--json", action="store_true", help="print JSON")
    ledger.set_defaults(command=_errata)
    return made


def _probability(text: str) -> float:
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


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"seed must be a non-negative integer, got {text}")
    return int(text)


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"jobs must be a positive integer, got {text}")
    return int(text)


def _chosen(select: Sequence[str]) -> list[Claim]:
    from zotheory.claims.sources import chosen

    with redirect_stdout(sys.stderr):  # what a file of claims prints is no part of the answer
        return chosen(select, _warn)


def _list(options: argparse.Namespace) -> int:
    from zotheory.report.record import described
    from zotheory.report.text import listing

    claims = _chosen(options.select)
    print(json.dumps([described(claim) for claim in claims], indent=1) if options.json else listing(claims))
    return 0


def _show(options: argparse.Namespace) -> int:
    from zotheory.report.text import claim as shown

    claims = _chosen(options.select)
    if options.latex:
        informal = [claim.id for claim in claims if claim.statement is None]
        if informal:
            return _usage(f"--latex needs a statement as a formula, which {', '.join(informal)} does not have")
        print("\n\n".join(claim.statement.latex() for claim in claims if claim.statement is not None))
        return 0
    where = " ".join(options.select) if len(claims) == 1 else ""
    pages = [f"{shown(claim)}\n\nReproduce: zotheory verify {where or claim.id}" for claim in claims]
    print("\n\n\n".join(pages))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from zotheory.evidence.verdicts import verify
    from zotheory.report.files import prepare
    from zotheory.report.progress import progress

    chosen = _chosen(options.select)
    if options.out is not None:
        try:
            prepare(options.out)
        except OSError as error:
            return _usage(f"--out must name a folder that can be written to, got {options.out}: {error.strerror}")
    with redirect_stdout(sys.stderr), progress() as told:
        report = verify(
            chosen,
            alpha=options.alpha,
            seed=options.seed,
            level=options.level,
            jobs=options.jobs or os.cpu_count() or 1,
            progress=told,
        )
    with options.signals.held():
        _deliver(report, options)
    return 0 if report.sound else 1


def _deliver(report: Report, options: argparse.Namespace) -> None:
    from zotheory.report.files import as_json, write

    if options.out is not None:
        write(report, options.out)
    print(as_json(report) if options.json else report, flush=True)


def _deliver_partial(report: Report, options: argparse.Namespace) -> None:
    print(f"interrupted, {len(report.verdicts)} of {report.selected}", file=sys.stderr)
    if report.verdicts or report.controls:
        with suppress(BrokenPipeError):
            _deliver(report, options)


def _errata(options: argparse.Namespace) -> int:
    from zotheory.errata import LEDGER, about
    from zotheory.report.text import entry, ledger

    entries = list(LEDGER) if not options.select else []
    for name in options.select:
        named = [e for e in LEDGER if e.id == name]
        entries += named or about(claim.id for claim in _bearing(name))
    entries = list(dict.fromkeys(entries))
    if options.json:
        print(json.dumps([asdict(e) for e in entries], indent=1))
    elif options.select:
        print("\n\n\n".join(map(entry, entries)) or "no entry bears on these claims")
    else:
        print(ledger(entries))
    return 0


def _bearing(name: str) -> list[Claim]:
    from zotheory.claims import UnknownClaim
    from zotheory.errata import find

    try:
        return _chosen([name])
    except UnknownClaim:
        find(name)  # suggests the nearest entries
        raise


if __name__ == "__main__":
    script()
