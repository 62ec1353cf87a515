"""What a batched step costs on a device, and whether verification finds there what it finds on NumPy.

    python benchmarks/gpu.py [--backend jax|torch] [--device NAME] [--quick] [--json FILE]

For a machine with a GPU; with --quick it runs on any processor. Needs the extra ``jax`` or ``torch``; PyTorch is to be
told ``--device cuda``. Each round times some steps of GLD-Search with 14 radii and of relative-loss descent without and
with momentum, as `zotheory.run` takes them on the backend, against as many calls of the device's own normal fill, of as
many doubles. Then NumPy's evaluations a second, one thread, of the same method on as many replicas as fit its cache.
Then a handful of shipped claims are verified twice, with their plain runs on the backend and on NumPy.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import measured
from benchmarks.measured import Figure, seconds
from zotheory import backends
from zotheory.backends.library import Library
from zotheory.backends.stepping import Stepping
from zotheory.libraries import as_numpy
from zotheory.objective import Objective
from zotheory.setting import frame_of
from zotheory.streams import CHUNK_BYTES

RADII, TIMES = 14, 10
GOAL = 1.5  # of a step, in fills
METHODS = {
    "GLD-Search, ball": (zo.gld_search(R=2.0, r=2.0 ** (2 - RADII)), RADII),
    "relative loss, sphere": (zo.relative_loss(radius=zo.radii.one_fifth(1.0)), 1),
    "relative loss, Gaussian, momentum": (
        zo.relative_loss(radius=zo.radii.one_fifth(1.0), beta=0.99, law=zo.directions.gaussian),
        1,
    ),
}
CLAIMS = ("gld_search.one_step", "gld_fast.epochs", "random_gradient_free.nonsmooth", "two_point_corollaries.sphere")
MEASURED_BY = ("experiments", "gld_fast", "gld_search")  # modules of measurements that these claims' runs start from


def fill(library: Library, rows: int, d: int) -> Callable[[], Any]:
    """The device's own normals, new ones in each call; waits for them."""
    if library.name == "jax":
        import jax

        key = library.stream(np.random.SeedSequence(3))
        drawn = jax.jit(lambda t: jax.random.normal(jax.random.fold_in(key, t), (rows, d)))
        return lambda: [drawn(t) for t in range(TIMES)][-1].block_until_ready()
    source = library.source(library.stream(np.random.SeedSequence(3)), 1)

    def draw() -> None:
        for _ in range(TIMES):
            last = source.standard_normal((rows, d))
        as_numpy(last[0, 0])

    return draw


def stepping(library: Library, method: zo.Method, replicas: int, d: int) -> Callable[[], Any]:
    """Some steps of all replicas, one call after the other; waits for them."""
    problem = zo.problems.golovin_family(1, 8, d, minimiser=0.3)
    steps = Stepping(method, problem, "error", False, library)
    objective = Objective(problem, (replicas,))
    carry, t = steps.start(objective, library.stream(np.random.SeedSequence(1)), problem.x0), 0

    def go_on() -> None:
        nonlocal carry, t
        carry, t = steps.go_on(carry, t + 1, TIMES, objective), t + TIMES  # asks whether all was finite, and so waits

    return go_on


def on_numpy(method: zo.Method, points: int, d: int) -> float:
    """Evaluations a second of a chunk of replicas."""
    problem = zo.problems.golovin_family(1, 8, d, minimiser=0.3)
    replicas = max(1, CHUNK_BYTES // (8 * d * points))
    f, rng = Objective(problem, (replicas,)), zo.generator(1)
    state = method.init(f, np.tile(problem.x0, (replicas, 1)))

    def steps() -> None:
        nonlocal state
        for _ in range(TIMES):
            state = method.step(f, state, method.draw(rng, state, d))

    steps()
    return TIMES * replicas * points / min(seconds(steps) for _ in range(5))


def speed(library: Library, size: int, rounds: int) -> Iterator[Figure]:
    """Steps beside the fill, and evaluations a second beside NumPy's."""
    for d in (100, 1000):
        for label, (method, points) in METHODS.items():
            replicas = max(1, size // (8 * d * points))
            step, draw = stepping(library, method, replicas, d), fill(library, replicas * points, d)
            step(), draw()  # compiled now
            numbers = replicas * points * d * TIMES
            pairs = [[seconds(each) / numbers * 1e9 for each in (step, draw)] for _ in range(rounds)]
            taken, fills = zip(*pairs, strict=True)
            name, beside = f"d = {d}, {label}", "the device's normal fill"
            yield measured.rounds(f"{name}, a step", taken, "ns a normal", beside, fills, goal=GOAL)
            here, there = (1e9 / np.median(taken) / d, on_numpy(method, points, d))
            yield measured.alone(f"{name}, evaluations", here, "a second", "NumPy, one thread", there, more=True)


def verified(backend: str, device: str | None) -> dict[str, str]:
    """Return the verdicts on claims and controls, their plain runs on this backend."""

    def moved(method: Any, problem: Any, **options: Any) -> zo.Run:
        where = {} if frame_of(problem) is not None else {"backend": backend, "device": device}
        return zo.run(method, problem, **options, **where)

    with ExitStack() as patches:
        for name in MEASURED_BY:
            module = importlib.import_module(f"zotheory.measurements.{name}")
            patches.enter_context(patch.object(module, "run", moved))
        found = zo.verify([zo.claims.find(name) for name in CLAIMS]).as_dict()
    controls = {each["id"]: "refuted" if each["refuted"] else "not refuted" for each in found["controls"]}
    return {each["id"]: each["verdict"] for each in found["claims"]} | controls


def agreement(backend: str, device: str | None) -> Figure:
    """How many verdicts are those that NumPy's runs give."""
    here, there = verified(backend, device), verified("numpy", None)
    for name in there:
        if here[name] != there[name]:
            print(f"{name}: {here[name]} on {backend}, {there[name]} on NumPy")
    same = sum(here[name] == there[name] for name in there)
    return measured.alone("verdicts that agree", same, "claims and controls", "all", len(there), goal=1, more=True)


def chosen(backend: str | None) -> str:
    """The backend that was asked for, or the first that is installed."""
    for name in [backend] if backend else ["jax", "torch"]:
        try:
            backends.find(name)
        except ModuleNotFoundError as error:
            missing = error
        else:
            return name
    raise SystemExit(str(missing))


def figures(backend: str, device: str | None, quick: bool) -> Iterator[Figure]:
    """Speed, then verification."""
    library = backends.find(backend, device)
    assert library is not None
    with library.session():
        yield from speed(library, 1 << (22 if quick else 27), 5 if quick else 11)
    yield agreement(backend, device)


def main() -> None:
    """Print the table."""
    parser = measured.parser(__doc__)
    parser.add_argument("--backend", choices=backends.BACKENDS[1:], help="by default the first that is installed")
    parser.add_argument("--device", help="where it runs; by default where it does by itself")
    options = parser.parse_args()
    backend = chosen(options.backend)
    measured.tell(__doc__, figures(backend, options.device, options.quick), options)


if __name__ == "__main__":
    main()
