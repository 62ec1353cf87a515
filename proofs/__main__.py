"""Run derivations and print their steps: ``python -m proofs [NAME...] [--write]``.

A name is a claim ("two_point.bias"), what names begin with ("two_point") or a glob ("*.mean_gap"). With --write all are
run, and the labels they earned are recorded, a line a claim, under the digest of what each claim states.

Exit codes: 0, 1 if a step failed, 2 for an unknown name or where python-flint is missing, 141 by the end of the
reader of a pipe.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase
from importlib.util import find_spec
from typing import Any

from proofs import MODULES, derivation, load
from zotheory.claims import UnknownClaim, find
from zotheory.claims.nearest import did_you_mean
from zotheory.evidence.derivation import Derivation, NotProved
from zotheory.evidence.labels import RECORD
from zotheory.report.lines import filled


def selected(patterns: list[str]) -> list[str]:
    """Return the names that match some pattern, sorted; all without a pattern.

    Raises
    ------
    KeyError
        For a pattern that matches nothing; its message names the nearest.
    """
    modules = {pattern.partition(".")[0] for pattern in patterns}
    known = load(modules if patterns and modules <= set(MODULES) else None)  # a glob, or a misspelt name, needs all
    chosen = set() if patterns else set(known)
    for pattern in patterns:
        found = _matching(pattern, known)
        if not found:
            raise KeyError(did_you_mean("derivation", pattern, {name: _said(name) for name in known}))
        chosen.update(found)
    return sorted(chosen)


def _matching(pattern: str, known: Iterable[str]) -> list[str]:
    return [name for name in known if name.startswith(f"{pattern}.") or fnmatchcase(name, pattern)]


def _said(name: str) -> str:
    """Return what the claim says; nothing for a lemma that is no claim."""
    try:
        return find(name).says
    except UnknownClaim:
        return ""


def entry(name: str, derivation: Derivation) -> dict[str, Any]:
    """Return the record of a derivation; its digest is that of what the claim states, empty for a lemma."""
    try:
        claim = find(name)
        keys = {"digest": claim.digest, "code": claim.code}
    except UnknownClaim:
        keys = {"digest": "", "code": ""}
    return {
        "claim": name,
        **keys,
        "status": derivation.status,
        "gaps": derivation.gaps,
        "statement": derivation.statement,
        "rests_on": derivation.rests_on,
        "steps": [[step.name, step.kind, step.text, step.points] for step in derivation.steps],
    }


def record(names: list[str] | None = None) -> dict[str, dict[str, Any]]:
    """Run derivations and return name -> record."""
    return {name: entry(name, derivation(name)) for name in selected(names or [])}


def show(name: str, derivation: Derivation) -> None:
    """Print a derivation's label, what it rests on, and its steps."""
    held, all_steps = derivation.evaluated
    print(f"\n{name}: {derivation.status}\n{filled(derivation.statement, '  ')}")
    for line in (
        *(f"[{step.kind}] {step.name}: {step.text}" for step in derivation.steps),
        *([f"not checked: {', '.join(derivation.gaps)}"] if derivation.gaps else []),
        *(f"the code agrees with the terms at {n} points: {check}" for check, n in derivation.rests_on["code"].items()),
        f"numbers agree with {held} of {all_steps} steps about terms",
    ):
        print(filled(line, "    ", "  "))


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m proofs", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="a claim, the beginning of names, or a glob")
    parser.add_argument("--write", action="store_true", help=f"run all and record their labels in {RECORD.name}")
    options = parser.parse_args(arguments)
    if options.write and options.names:
        parser.error("--write records all derivations; name none")
    if find_spec("flint") is None:
        print("certificates need python-flint: python -m pip install python-flint", file=sys.stderr)
        return 2
    try:
        names = selected(options.names)
    except KeyError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    return run(names, write=options.write)


def run(names: list[str], *, write: bool) -> int:
    """Run and print derivations; record them if asked to and if none failed. Returns the exit code."""
    entries, held, steps, failed = [], 0, 0, []
    for name in names:
        try:
            found = derivation(name)
        except NotProved as error:
            print(f"\n{name}: FAILED\n{filled(str(error), '  ')}")
            failed.append(name)
            continue
        show(name, found)
        held, steps = held + found.evaluated[0], steps + found.evaluated[1]
        entries.append(entry(name, found))
    ran = f"{len(entries)} derivation{'' if len(entries) == 1 else 's'}"
    print(f"\n{ran}; numbers agree with {held} of {steps} steps about terms", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}" + ("; nothing was recorded" if write else ""), file=sys.stderr)
        return 1
    if write:
        RECORD.write_text("".join(json.dumps(line) + "\n" for line in entries), encoding="utf-8")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
