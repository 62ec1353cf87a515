"""Command line: ``zotheory list | show CLAIM | verify [SELECT] | errata [ENTRY]``.

Exit codes: 0 nothing refuted, 1 some claim refuted, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import zotheory


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    from zotheory.errata import UnknownEntry
    from zotheory.theorems import UnknownClaim

    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.command(options)
    except (UnknownClaim, UnknownEntry) as error:  # the message suggests the nearest
        return _usage(error.args[0])
    except KeyboardInterrupt as interrupt:
        print("interrupted", file=sys.stderr)
        partial = getattr(interrupt, "partial", None)
        if partial is not None:
            _deliver(partial, options)
        return 130
    except BrokenPipeError:  # for example `| head`
        sys.stderr.close()
        return 0


def script() -> NoReturn:
    """Console entry point."""
    sys.exit(main())


def _usage(message: str) -> int:
    print(f"zotheory: error: {message}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zotheory", description="Run, prove, measure and refute claims.")
    parser.add_argument("--version", action="version", version=f"zotheory {zotheory.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="list the claims and the labels of their proofs")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(command=_list)
    show = commands.add_parser("show", help="show one claim: statement, assumptions, proof, experiments, errata")
    show.add_argument("claim", metavar="CLAIM")
    show.set_defaults(command=_show)
    check = commands.add_parser("verify", help="measure claims against their bounds, and refute planted falsehoods")
    check.add_argument(
        "select", metavar="SELECT", nargs="?", help='a claim, a method ("gld_search") or a glob; default all'
    )
    check.add_argument("--level", choices=("quick", "full"), default="quick", help="number of replicas (default quick)")
    check.add_argument("--alpha", type=_probability, default=0.01, help="error budget of the run (default 0.01)")
    check.add_argument("--seed", type=_seed, default=0, help="seed of all random streams (default 0)")
    check.add_argument("--jobs", type=_jobs, help="processes; results do not depend on it (default: one a core)")
    check.add_argument("--json", action="store_true", help="print JSON and nothing else on standard output")
    check.add_argument("--out", type=Path, metavar="DIR", help="write verification.json and verification.md there")
    check.set_defaults(command=_verify)
    ledger = commands.add_parser("errata", help="list where sources and programs fail a derivation, or one such entry")
    ledger.add_argument("entry", metavar="ENTRY", nargs="?", help="default: all of them, a line each")
    ledger.add_argument("--json", action="store_true", help="print JSON")
    ledger.set_defaults(command=_errata)
    return parser


def _jobs(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"jobs must be a positive integer, got {text}")
    return value


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"alpha must lie strictly between 0 and 1, got {text}")
    return value


def _seed(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"seed must be a non-negative integer, got {text}")
    return value


def _list(options: argparse.Namespace) -> int:
    from zotheory.theorems import select

    records = [
        {
            "id": c.id,
            "statement": c.statement,
            "source": c.source,
            "kind": c.kind,
            "provenance": c.provenance,
            "proof": c.proof,
            "assumptions": list(c.assumptions),
            "controls": [control.id for control in c.controls],
        }
        for c in select()
    ]
    if options.json:
        print(json.dumps(records, indent=1))
        return 0
    _table(
        ["claim", "proof", "statement", "source"],
        [[str(r[k]) for k in ("id", "proof", "statement", "source")] for r in records],
    )
    return 0


def _show(options: argparse.Namespace) -> int:
    from zotheory.errata import LEDGER
    from zotheory.evidence.claims import proofs
    from zotheory.theorems import find

    claim = find(options.claim)
    print(
        f"{claim.id}\n\n{claim.statement}\n\n"
        f"Source: {claim.source} ({claim.provenance})\nKind: {claim.kind}\n\nAssumptions"
    )
    for assumption in claim.assumptions:
        print(f"  - {assumption}")
    record = proofs().get(claim.id, {"steps": [], "gaps": []})
    print(f"\nProof: {claim.proof}" + (f" (not covered: {', '.join(record['gaps'])})" if record["gaps"] else ""))
    for name, kind, text in record["steps"]:
        print(f"  [{kind}] {name}: {text}")
    print("\nExperiments")
    for e in claim.experiments:
        print(f"  - {e.rung}, d = {e.d}: {e.label}")
    print("\nControls (falsehoods that verification must refute)")
    for c in claim.controls:
        print(f"  - {c.id}: {c.falsehood}")
    entries = [entry for entry in LEDGER if claim.id in entry.claims]
    if entries:
        print("\nErrata")
    for entry in entries:
        print(f"  - {entry.source}: {entry.statement}\n    Ours: {entry.ours}\n    Evidence: {entry.evidence}")
    print(f"\nReproduce: zotheory verify {claim.id}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from zotheory.evidence.verdicts import verify
    from zotheory.theorems import select

    chosen = select(options.select)
    if options.out is not None:
        try:
            options.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return _usage(f"--out must name a folder that can be made, got {options.out}: {error.strerror}")
    with _progress() as progress:
        report = verify(
            chosen,
            alpha=options.alpha,
            seed=options.seed,
            level=options.level,
            jobs=options.jobs or _processes(chosen),
            progress=progress,
        )
    _deliver(report, options)
    return 1 if report.refuted else 0


def _processes(claims: Sequence[Any]) -> int:
    """One a core, but none for fewer than 40 experiments: starting it takes longer."""
    from zotheory.evidence.verdicts import tasks

    return max(1, min(os.cpu_count() or 1, sum(1 for _ in tasks(claims)) // 40))


def _errata(options: argparse.Namespace) -> int:
    from zotheory.errata import LEDGER, find

    chosen = LEDGER if options.entry is None else (find(options.entry),)
    if options.json:
        print(json.dumps([asdict(entry) for entry in chosen], indent=1))
    elif options.entry is None:
        _table(["entry", "verdict", "source", "ours"], [[e.id, e.verdict, e.source, e.ours] for e in chosen])
    else:
        _entry(chosen[0])
    return 0


def _entry(entry: Any) -> None:
    from textwrap import fill

    print(f"{entry.id}: {entry.verdict}\n\nSource: {entry.source} (wording {entry.wording})\n")
    for title, text in (("Statement", entry.statement), ("Ours", entry.ours), ("Evidence", entry.evidence)):
        print(fill(f"{title}: {text}", width=100, break_long_words=False, break_on_hyphens=False) + "\n")
    print("Claims: " + (", ".join(entry.claims) or "none"))


class _progress:
    """A progress bar on standard error, where that is a terminal; nothing in a pipe."""

    def __enter__(self) -> Any:
        if not sys.stderr.isatty():
            return lambda done, total, name: None
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.bar.start()
        task = self.bar.add_task("", total=None)
        return lambda done, total, name: self.bar.update(task, completed=done, total=total, description=name)

    def __exit__(self, *exception: object) -> None:
        if hasattr(self, "bar"):
            self.bar.stop()


def _deliver(report: Any, options: argparse.Namespace) -> None:
    from zotheory.report.tables import HEADERS, page, results

    record = report.as_dict()
    if getattr(options, "out", None) is not None:
        (options.out / "verification.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        (options.out / "verification.md").write_text(page(report), encoding="utf-8")
    if options.json:
        print(json.dumps(record, indent=1))
        return
    _table(HEADERS, results(record))
    missed = [c.id for c, _, refuted in report.controls if not refuted]
    print(
        f"{sum(v.verdict == 'supported' for v in report.verdicts)} of {len(report.verdicts)} claims supported, "
        f"{sum(v.verdict == 'refuted' for v in report.verdicts)} refuted; "
        f"{len(report.controls) - len(missed)} of {len(report.controls)} planted falsehoods refuted; "
        f"error budget {report.alpha}, seed {report.seed}, level {report.level}."
    )
    if missed:
        print(f"No power: verification failed to refute {', '.join(missed)}.")


def _table(headers: list[str], rows: list[list[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 160, markup=False)  # "[a, b]" is an interval, not a style
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for header in headers:
        table.add_column(header, no_wrap=header not in ("statement", "source", "ours"))
    for row in rows:
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    script()
