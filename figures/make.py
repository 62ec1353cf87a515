"""Draw the figures.

    python figures/make.py [NAME...] [--out DIR]

Every figure is a script of its own beside this one: `data` computes its numbers, `draw` draws them. Seeds are
fixed, and on one installation two runs write the same bytes.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = (
    "gld_transform",
    "gld_contraction",
    "gld_quadratics",
    "gld_wrong_curvature",
    "gld_bbob",
    "two_point_rate",
    "two_point_dimension",
    "two_point_geometry",
    "relative_loss_comparison",
    "relative_loss_momentum",
)


def script(name: str):
    """Import the script of the figure `name`."""
    return importlib.import_module(f"figures.{name}")


def make(name: str, out: Path) -> Path:
    """Compute and draw one figure; return the path of its PNG."""
    from figures import style

    module = script(name)
    path = out / f"{name}.png"
    with style.house():
        style.save(module.draw(module.data()), path)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and draw what it names."""
    parser = argparse.ArgumentParser(description="Draw the figures.", epilog=f"figures: {', '.join(NAMES)}")
    parser.add_argument("names", nargs="*", metavar="NAME", help="figure to draw; all of them by default")
    parser.add_argument("--out", type=Path, default=HERE, metavar="DIR", help="folder to write to (this script's own)")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]!r}? " if near else ""
            parser.error(f"unknown figure {name!r}; {hint}The figures are {', '.join(NAMES)}.")
    options.out.mkdir(parents=True, exist_ok=True)
    missing = False
    for name in dict.fromkeys(options.names or NAMES):
        began = time.perf_counter()
        try:
            path = make(name, options.out)
        except ModuleNotFoundError as error:  # an extra that is not installed
            print(f"left out {name}: {error}", file=sys.stderr)
            missing = True
        else:
            print(f"wrote {path} ({time.perf_counter() - began:.0f} s)", flush=True)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.path.append(str(HERE.parent))  # for `figures`; `zotheory` is the installed one
    raise SystemExit(main())
