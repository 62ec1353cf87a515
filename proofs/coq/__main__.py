"""Check lemmas with Coq, and print them: ``python -m proofs.coq [NAME...]``."""

from __future__ import annotations

import argparse
import sys

from proofs.coq import LEMMAS
from proofs.coq.check import Unchecked, check
from proofs.coq.formulas import proposition


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m proofs.coq", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(LEMMAS)}; all by default")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - set(LEMMAS)):
        parser.error(f"no lemma is called {unknown[0]}")
    try:
        found = check(options.names or LEMMAS)
    except Unchecked as error:
        print(error, file=sys.stderr)
        return 1
    for name, axioms in found.items():
        lemma = LEMMAS[name]
        print(f"{name}: {lemma.claim}, {lemma.what}. Not checked here: {lemma.left}. Axioms: {len(axioms)}")
        if options.names:
            print(f"  {proposition(lemma.states())}\n  Axioms: {', '.join(axioms)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
