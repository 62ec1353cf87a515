"""Which tests run a line, and what they say of a mutant of it.

Each file of tests is run once, alone, with coverage.py; what that found is kept under ``build/mutation`` for as long as
neither the file nor the package changes. Tests of other files lend their helpers, so a change there counts too.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from math import inf
from pathlib import Path

import coverage
from pytest import main as pytest_main  # noqa: PT013

from benchmarks.mutation.drawing import Mutant
from benchmarks.mutation.plugin import Measuring, Running

OPTIONS = ("-n", "0", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
LIBRARIES = (
    "array_api_strict", "flint", "hypothesis.extra.numpy", "matplotlib.pyplot", "mpmath", "numpy", "rich.progress",
    "scipy.integrate", "scipy.optimize", "scipy.special", "scipy.stats", "sympy",
)  # fmt: skip
FIRST = 4.0  # CPU seconds of tests in the first batch; each later batch has twice as many
LITTLE = 3.0  # CPU seconds of a file of tests that is run for whatever it loads
SLOWER = 4.0  # a mutant may take so many times as long, on the processor, before it counts as dead
WAITING = 8.0  # and so many times as long again by the clock


@dataclass
class Covering:
    """Tests by file and line, their times, and what collecting each file of tests costs."""

    tests: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    loading: dict[str, set[str]] = field(default_factory=dict)  # a file -> tests of those that load it
    loaded: dict[str, set[int]] = field(default_factory=dict)  # a file -> lines that run when it is loaded

    def add(self, name: str, data: Path) -> None:
        """Take what a file of tests was measured to run."""
        found = json.loads(data.with_suffix(".json").read_text(encoding="utf-8"))
        seconds, sharing = found["seconds"], found["sharing"]
        self.seconds |= {test or name: time for test, time in seconds.items()}  # that of no name is its collection's
        measured = coverage.CoverageData(str(data))
        measured.read()
        for path in measured.measured_files():
            source = path[path.rindex("zotheory/") :]
            self.loading.setdefault(source, set()).update(seconds.keys() - {""})
            lines = self.tests.setdefault(source, {})
            for line, contexts in measured.contexts_by_lineno(path).items():
                if "" in contexts:
                    self.loaded.setdefault(source, set()).add(line)
                tests = {test for context in contexts for test in sharing.get(context, [context])}
                lines.setdefault(line, set()).update(tests & seconds.keys() - {""})

    def cost(self, names: Iterable[str]) -> float:
        """Return CPU seconds of these tests and of collecting their files."""
        names = set(names)
        return sum(self.seconds[name] for name in names | {name.split("::")[0] for name in names})

    def of(self, mutant: Mutant) -> Iterator[set[str]]:
        """Yield the tests that run the statement of the mutant.

        What runs when a module is loaded belongs to every test that runs any line of its function, or of the file;
        and, after these, to the tests of files that load it and take little time, such as those of all dataclasses.
        """
        lines = self.tests.get(mutant.path, {})
        span, outer = statement(mutant.before, mutant.line)
        found: set[str] = set().union(*(lines.get(line, ()) for line in (span if outer is None else outer)))
        yield found
        if outer is not None or self.loaded.get(mutant.path, set()) & set(span):
            files: dict[str, set[str]] = {}
            for test in self.loading.get(mutant.path, ()):
                files.setdefault(test.split("::")[0], set()).add(test)
            yield set().union(*(tests for tests in files.values() if self.cost(tests) < LITTLE)) - found


def statement(source: str, line: int) -> tuple[range, range | None]:
    """Return the lines of the innermost statement (of a compound one its head), and those whose tests stand in for it.

    Where it runs when the module is loaded, these are the body of the function whose head it is, or the whole file.
    """
    within = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.stmt) and _first(n) <= line <= n.end_lineno]
    functions = [n for n in within if isinstance(n, ast.FunctionDef)]
    inner = max(within, key=lambda n: (_first(n), -n.end_lineno))
    body = getattr(inner, "body", None)
    span = range(_first(inner), body[0].lineno if body else inner.end_lineno + 1)
    if len(functions) > (inner in functions):  # inside a function
        return span, None
    return span, range(body[0].lineno, inner.end_lineno + 1) if inner in functions else range(1, source.count("\n") + 2)


def _first(node: ast.stmt) -> int:
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])


def digest(root: Path, path: Path) -> str:
    """Return a hash of a file of tests, of what tests share, and of the package."""
    shared = (p for p in root.rglob("*.py") if not p.name.startswith("test_") and "benchmarks" not in p.parts)
    found = hashlib.sha256(sys.version.encode())
    for each in sorted([path, *shared, *(p for p in root.glob("zotheory/**/*") if p.suffix in (".csv", ".jsonl"))]):
        found.update(str(each.relative_to(root)).encode() + each.read_bytes())
    return found.hexdigest()[:20]


def pytest(root: Path, arguments: Sequence[str], plugin: Callable[[], object], limit: int = 0) -> int:
    """Run pytest in a fork of this process, in a copy of the repository; the exit code, negative for a signal.

    This process has loaded the libraries, which takes longer than most tests, but nothing of the package.
    """
    child = os.fork()
    if child:
        return _waited(child, WAITING * limit if limit else inf)
    code = 3
    try:
        os.setpgid(0, 0)
        os.chdir(root)
        os.environ["PYTHONPATH"] = sys.path[0] = str(root)
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(silent, stream)
        if limit:
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        code = int(pytest_main([*OPTIONS, *arguments], plugins=[plugin()]))
    finally:
        os._exit(code)


def _waited(child: int, seconds: float) -> int:
    """Return how a process ended; it is killed, with all that it started, if that takes longer."""
    end, done, status = time.monotonic() + seconds, 0, 0
    while not done and time.monotonic() < end:
        time.sleep(0.02)
        done, status = os.waitpid(child, os.WNOHANG)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(status if done else os.waitpid(child, 0)[1])


def warm() -> None:
    """Load what tests load and no mutant changes."""
    os.environ |= {"MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""}
    sys.dont_write_bytecode = False  # the copy keeps what is compiled of files that no mutant changes
    for name in LIBRARIES:
        import_module(name)


def measure(root: Path, kept: Path, skipped: Iterable[str]) -> Covering:
    """Run each file of tests that was not measured yet; what all of them run."""
    found = Covering()
    kept.mkdir(parents=True, exist_ok=True)
    for path in sorted((root / "tests").glob("test_*.py")):
        if path.stem in skipped:
            continue
        data = kept / f"{path.stem}-{digest(root, path)}.sqlite"
        name = path.relative_to(root).as_posix()
        if not data.with_suffix(".json").exists():
            for old in kept.glob(f"{path.stem}-*"):
                old.unlink()
            print(f"which lines {name} runs ...", file=sys.stderr, flush=True)
            pytest(root, [name], partial(Measuring, data))
        found.add(name, data)
    return found


def fate(root: Path, mutant: Mutant, covering: Covering) -> str:
    """Run the tests that cover a mutant, in batches that grow: "lived", "died", "died of time" or "no test runs it"."""
    run = False
    write(root / mutant.path, mutant.after)
    try:
        for batch in (batch for tests in covering.of(mutant) for batch in batches(tests, covering)):
            files = sorted({name.split("::")[0] for name in batch})
            limit = int(20 + SLOWER * covering.cost(batch))
            code, run = pytest(root, ["-x", *files], partial(Running, batch), limit), True
            if code not in (0, 5):  # 5: none of the tests is there; a name that changed is no failure
                return "died of time" if code < 0 else "died"
    finally:
        write(root / mutant.path, mutant.before)
    return "lived" if run else "no test runs it"


def write(path: Path, text: str) -> None:
    """Write a module, and take away what was compiled of it: a file of the same second and size passes for the same."""
    path.write_text(text, encoding="utf-8")
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
        compiled.unlink()


def batches(tests: set[str], covering: Covering) -> Iterator[list[str]]:
    """Cut tests into batches of whole files, the cheapest first, each quickest first."""
    by_file: dict[str, list[str]] = {}
    for name in tests:
        by_file.setdefault(name.split("::")[0], []).append(name)
    batch: list[str] = []
    size = FIRST
    for names in sorted(by_file.values(), key=covering.cost):
        batch += names
        if covering.cost(batch) > size:
            yield sorted(batch, key=covering.seconds.__getitem__)
            batch, size = [], 2 * size
    if batch:
        yield sorted(batch, key=covering.seconds.__getitem__)
