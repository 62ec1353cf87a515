"""Do the tests notice a slip of the pen? Random mutants of one token, each run against the tests that run its line.

    python -m benchmarks.mutation --count 200 --seed 1

Needs the extra ``mutation``. Without ``tests/test_claims.py`` and other tests that verify or derive every claim, which
would notice nearly everything by their length alone. The repository is copied; nothing is changed in place. Printed:
the mutants that lived, as diffs, and the share that died, with and without those that are no mistake, of which
`equivalent.json` says why.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.mutation.covering import fate, measure, warm
from benchmarks.mutation.drawing import draw, equivalent

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("methods", "problems", "evidence", "reduced")
FILES = (
    "arguments", "border", "directions", "estimators", "exact", "geometry", "looks", "objective", "options", "oracles",
    "quantities", "radii", "recording", "run", "samples", "setting", "sphere", "streams", "watch",
)  # fmt: skip


def copy(to: Path) -> Path:
    """Copy what git knows, or would take in, to a folder."""
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    return to


def sources() -> list[str]:
    """Return the files that are mutated."""
    rooms = [path for room in ROOMS for path in sorted((ROOT / "zotheory" / room).glob("*.py"))]
    return [path.relative_to(ROOT).as_posix() for path in [*rooms, *(ROOT / "zotheory" / f"{f}.py" for f in FILES)]]


def main() -> None:
    """Draw, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="mutate files whose path contains this")
    parser.add_argument("--without", nargs="*", default=["test_claims"], help="files of tests that are not run")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "mutation" / "mutants.jsonl")
    options = parser.parse_args()
    mutants = draw(ROOT, [path for path in sources() if options.only in path], options.count, options.seed)
    fates: Counter[str] = Counter()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, options.out.open("w", encoding="utf-8") as out:
        root = copy(Path(folder).resolve())
        warm()
        covering = measure(root, ROOT / "build" / "mutation", options.without)
        for number, mutant in enumerate(mutants, 1):
            what = "equivalent" if equivalent(mutant) else fate(root, mutant, covering)
            fates[what] += 1
            out.write(json.dumps({"fate": what, "file": mutant.path, "at": mutant.line, "diff": mutant.diff}) + "\n")
            out.flush()
            print(f"{number}/{len(mutants)} {mutant.path}:{mutant.line} {what}", file=sys.stderr, flush=True)
            if what in ("lived", "no test runs it"):
                print(f"{what}\n{mutant.diff}\n", flush=True)
    if not mutants:
        return
    died = fates["died"] + fates["died of time"]
    times = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"{len(mutants)} mutants: " + ", ".join(f"{number} {what}" for what, number in sorted(fates.items())))
    print(f"died: {died / len(mutants):.1%} of all, {died / max(1, len(mutants) - fates['equivalent']):.1%} of those "
          f"that are mistakes; {sum(t.ru_utime + t.ru_stime for t in times):.0f} s of processor time")  # fmt: skip


if __name__ == "__main__":
    main()
