"""Draw the figures.

    python figures/make.py [NAME...] [--out DIR] [--workers N]

Every figure is a script of its own beside this one: its docstring is the caption, which begins with the claim; `data`
computes its numbers, `draw` draws them. Seeds are fixed, and on one installation two runs write the same bytes.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from zotheory.interrupts import Signals, reader
from zotheory.options import workers
from zotheory.sweeps import answers, opened

HERE = Path(__file__).resolve().parent
SECONDS = {  # the figures in the order of docs/figures.md, and how long the numbers of each take on one core
    "gld_transform": 15,
    "gld_contraction": 5,
    "gld_quadratics": 30,
    "gld_wrong_curvature": 35,
    "gld_bbob": 140,
    "two_point_rate": 20,
    "two_point_dimension": 25,
    "two_point_geometry": 40,
    "relative_loss_comparison": 45,
    "relative_loss_momentum": 55,
    "networks_batches": 1,
    "networks_depth": 1,
    "networks_kin": 1,
    "networks_rso": 1,
    "networks_lstm": 1,
    "networks_vae": 1,
    "networks_form": 1,
    "networks_policies": 1,
}
NAMES = tuple(SECONDS)


def script(name: str):
    """Import the script of the figure `name`."""
    return importlib.import_module(f"figures.{name}")


def make(name: str, out: Path) -> list[Path]:
    """Compute and draw one figure; return the paths of its PNG and its SVG."""
    from figures import style

    module = script(name)
    paths = [out / f"{name}.{kind}" for kind in style.FILES]
    with style.house():
        figure = module.draw(module.data())
        for path in paths:
            style.save(figure, path)
    return paths


def told(name: str, out: Path) -> str:
    """Make a figure and say where it is and how long it took."""
    began = time.perf_counter()
    paths = make(name, out)
    return f"wrote {' and '.join(map(str, paths))} ({time.perf_counter() - began:.0f} s)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and draw what it names."""
    parser = argparse.ArgumentParser(description="Draw the figures.", epilog=f"figures: {', '.join(NAMES)}")
    parser.add_argument("names", nargs="*", metavar="NAME", help="figure to draw; all of them by default")
    parser.add_argument("--out", type=Path, default=HERE, metavar="DIR", help="folder to write to (this script's own)")
    parser.add_argument("--workers", type=workers, metavar="N", help="processes, which change nothing (default: this)")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]!r}? " if near else ""
            parser.error(f"unknown figure {name!r}; {hint}The figures are {', '.join(NAMES)}.")
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--out must be a folder that can be written to, got {options.out}: {error}")
    try:
        with Signals(last=arguments is None), reader():
            return draw(list(dict.fromkeys(options.names or NAMES)), options.out, options.workers)
    except KeyboardInterrupt as interrupt:
        return getattr(interrupt, "code", 130)
    except BrokenPipeError:
        return 141


def draw(names: list[str], out: Path, processes: int | None) -> int:
    """Draw figures, and tell each; 1 if one was left out."""
    missing = False
    with opened(processes) as executor:
        if executor:
            names.sort(key=SECONDS.__getitem__, reverse=True)  # else the longest would be waited for at the end
        for number, answer in answers(partial(told, out=out), names, executor):
            try:
                print(answer(), flush=True)
            except ModuleNotFoundError as error:  # an extra that is not installed
                print(f"left out {names[number]}: {error}", file=sys.stderr)
                missing = True
    return 1 if missing else 0


if __name__ == "__main__":
    sys.path.append(str(HERE.parent))  # for `figures`; `zotheory` is the installed one
    raise SystemExit(main())
