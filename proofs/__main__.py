"""Run the derivations: ``python -m proofs [CLAIM...] [--write]``; --write records the labels they earned."""

from __future__ import annotations

import argparse
import json

from proofs import load
from zotheory.evidence.claims import RECORD


def record(names: list[str] | None = None, *, verbose: bool = False) -> dict[str, dict[str, object]]:
    """Run derivations and return claim -> {status, gaps, steps}."""
    earned = {}
    for claim, prove in sorted(load().items()):
        if names and claim not in names:
            continue
        derivation = prove()
        earned[claim] = {
            "status": derivation.status,
            "gaps": derivation.gaps,
            "statement": derivation.statement,
            "steps": [[step.name, step.kind, step.text] for step in derivation.steps],
        }
        if verbose:
            print(f"\n{claim}: {derivation.status}\n  {derivation.statement}")
            for step in derivation.steps:
                print(f"  [{step.kind}] {step.name}: {step.text}")
    return earned


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m proofs", description=__doc__)
    parser.add_argument("claims", nargs="*")
    parser.add_argument("--write", action="store_true", help=f"record the labels in {RECORD.name}")
    options = parser.parse_args()
    if options.write and options.claims:
        parser.error("--write records all derivations; name no claims")
    earned = record(options.claims, verbose=True)
    if options.write:
        RECORD.write_text(json.dumps(earned, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
