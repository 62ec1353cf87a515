"""Command line: ``zotheory list | show | verify | report | run | compare | check | errata``.

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
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from dataclasses import asdict
from typing import TYPE_CHECKING, NoReturn

from zotheory.interrupts import Signals, reader
from zotheory.options import options_of

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from zotheory.evidence.claim import Claim
    from zotheory.evidence.findings import Report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed: nobody wants to read it
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
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
    from zotheory.storage.database import Refused
    from zotheory.sweeps import Unsendable, Unusable
    from zotheory.testing.conformance.command import Misdeclared
    from zotheory.trials import Failed, Misasked

    try:
        return options.command(options)
    except (UnknownClaim, UnknownEntry, Unreadable, Misstated, Misused, Misasked, Misdeclared) as error:
        return _usage(str(error))
    except (Refused, Undelivered) as error:
        return _usage(str(error))
    except Failed as error:
        _usage(str(error))
        return 1
    except (Unsendable, Unusable) as error:
        if hasattr(error, "partial") and error.partial.verdicts:
            _deliver_partial(error.partial, options)
        return _usage(str(error))


def script() -> NoReturn:
    """Console entry point; a sign that the terminal's encoding lacks, or that of a pipe on Windows, is escaped."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())


class Misused(Exception):
    """Options that do not fit together."""


class Undelivered(Exception):
    """What was found cannot be printed or written."""


def _say(text: object) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Undelivered(f"standard output cannot be written to: {error.strerror}") from error


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
    claims = {"list": _list, "show": _show, "verify": _verify, "report": _report}
    trials = {"run": lambda given: _tried("run", given), "compare": lambda given: _tried("comparison", given)}
    return options_of({**claims, **trials, "check": _check, "errata": _errata})


def _chosen(select: Sequence[str]) -> list[Claim]:
    return list(_named(select))


def _named(select: Sequence[str]) -> dict[Claim, str]:
    """Claims, and what names each alone."""
    from zotheory.claims.sources import beside_names

    with redirect_stdout(sys.stderr):  # what a file of claims prints is no part of the answer
        return dict(beside_names(select, _warn))


def _list(options: argparse.Namespace) -> int:
    from zotheory.report.record import described
    from zotheory.report.text import listing

    claims = _chosen(options.select)
    _say(json.dumps([described(claim) for claim in claims], indent=1) if options.json else listing(claims))
    return 0


def _show(options: argparse.Namespace) -> int:
    from zotheory.report.text import claim as shown

    claims = _chosen(options.select)
    if options.latex:
        informal = [claim.id for claim in claims if claim.statement is None]
        if informal:
            return _usage(f"--latex needs a statement as a formula, which {', '.join(informal)} does not have")
        _say("\n\n".join(claim.statement.latex() for claim in claims if claim.statement is not None))
        return 0
    where = " ".join(options.select) if len(claims) == 1 else ""
    _say("\n\n\n".join(shown(claim, where) for claim in claims))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from zotheory.report.files import prepare

    chosen = _measurable(options)
    if options.out is not None:
        try:
            prepare(options.out)
        except OSError as error:
            return _usage(f"--out must name a folder that can be written to, got {options.out}: {error.strerror}")
    return _measure(list(chosen), options, lambda report: _deliver(report, options))


def _report(options: argparse.Namespace) -> int:
    try:
        from zotheory.report.html.page import page
    except ModuleNotFoundError as error:
        return _usage(f"a report needs the package {error.name}: python -m pip install jinja2 latex2mathml")
    from zotheory.evidence.exponents import exponents
    from zotheory.evidence.rates import Rate
    from zotheory.report.files import prepare
    from zotheory.report.html.audits import Unread, read

    named = _measurable(options)
    if options.out.exists() and not options.out.is_file():
        return _usage(f"--out must name a file, got {options.out}, which is none")
    try:
        prepare(options.out.resolve().parent)
    except OSError as error:
        return _usage(f"--out must name a file that can be written to, got {options.out}: {error.strerror}")
    try:
        audits = [audit for file in options.audits for audit in read(file)]
    except Unread as error:
        return _usage(f"--audits must name a file of zotheory check --json: {error}")
    names, rates = {claim.id: name for claim, name in named.items()}, list[Rate]()
    return _measure(
        list(named),
        options,
        lambda report: _publish(report, page(report, names, rates, audits), options.out),
        lambda report: rates.extend(exponents(report.verdicts)),
    )


def _measurable(options: argparse.Namespace) -> dict[Claim, str]:
    if options.fresh and options.store is None:
        raise Misused("--fresh needs --store FILE: without one everything is measured anew")
    return _named(options.select)


def _measure(
    chosen: Sequence[Claim],
    options: argparse.Namespace,
    deliver: Callable[[Report], None],
    add: Callable[[Report], None] = lambda report: None,
) -> int:
    """Verify claims, add what a whole report needs, and hand it over; also the part of one that was interrupted."""
    from zotheory.evidence.verdicts import verify
    from zotheory.report.progress import progress

    options.deliver = deliver
    with redirect_stdout(sys.stderr), _told(), _executor(options) as executor, progress() as told:
        report = verify(
            chosen,
            alpha=options.alpha,
            seed=options.seed,
            level=options.level,
            executor=executor,
            store=options.store,
            fresh=options.fresh,
            progress=told,
        )
        with _carrying(report):
            add(report)
    with options.signals.held():
        deliver(report)
    return 0 if report.sound else 1


@contextmanager
def _carrying(report: Report) -> Iterator[None]:
    """Within, Ctrl-C carries what was found: it is delivered as it is."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        interrupt.partial = report  # type: ignore[attr-defined]
        raise


@contextmanager
def _told() -> Iterator[None]:
    """Within, warnings are told as those of this program are."""
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *where: _warn(str(message))
        yield


def _executor(options: argparse.Namespace) -> AbstractContextManager[Executor | None]:
    from zotheory.sweeps import opened
    from zotheory.sweeps.cluster import workers_of

    return opened(options.workers or os.cpu_count() or 1) if options.dask is None else workers_of(options.dask)


def _deliver(report: Report, options: argparse.Namespace) -> None:
    from zotheory.report.files import as_json, write

    lost = None
    if options.out is not None:
        try:
            write(report, options.out)
        except OSError as error:
            lost = error
    _say(as_json(report) if options.json else report)
    if lost is not None:
        raise Undelivered(f"--out {options.out} cannot be written to: {lost.strerror}") from lost


def _publish(report: Report, page: str, file: Path) -> None:
    from zotheory.report.files import replace
    from zotheory.report.lines import filled
    from zotheory.report.text import summary

    written = file if report.complete else file.with_suffix(f".partial{file.suffix}")  # a complete one stays what it is
    try:
        replace(written.resolve(), page)
    except OSError as error:
        _say(report)
        raise Undelivered(f"--out {file} cannot be written to: {error.strerror}") from error
    _say(f"{filled(summary(report))}\n\n{written}")


def _deliver_partial(report: Report, options: argparse.Namespace) -> None:
    print(f"interrupted, {len(report.verdicts)} of {report.selected}", file=sys.stderr)
    if report.verdicts or report.controls:
        try:
            options.deliver(report)
        except Undelivered as error:
            _usage(str(error))
        except BrokenPipeError:
            pass


def _tried(name: str, options: argparse.Namespace) -> int:
    from zotheory.trials import asked

    with _told():
        return asked.deliver(getattr(asked, name), options, _say)


def _check(options: argparse.Namespace) -> int:
    from zotheory.testing.conformance.command import checked

    return checked(options, _say)


def _errata(options: argparse.Namespace) -> int:
    from zotheory.errata import LEDGER, about
    from zotheory.report.text import entry, ledger

    entries = list(LEDGER) if not options.select else []
    for name in options.select:
        named = [e for e in LEDGER if e.id == name]
        entries += named or about(claim.id for claim in _bearing(name))
    entries = list(dict.fromkeys(entries))
    if options.json:
        _say(json.dumps([asdict(e) for e in entries], indent=1))
    elif options.select:
        _say("\n\n\n".join(map(entry, entries)) or "no entry bears on these claims")
    else:
        _say(ledger(entries))
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
