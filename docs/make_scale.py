"""Write the tables of docs/scale.md from what `python -m benchmarks` measured.

    python docs/make_scale.py [benchmarks/records/cpu.json]

What is measured comes from that record; what is assumed stands in `ASSUMED`; the rest is computed from the two.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from textwrap import fill
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import results
from benchmarks.makespan import Costs, makespan, useful
from benchmarks.sharded import SIZE
from benchmarks.single import METHODS
from zotheory.claims import select
from zotheory.evidence import running
from zotheory.evidence.parts import parts
from zotheory.large.blocks import Blocks
from zotheory.large.stream import Stream
from zotheory.large.sums import Stored
from zotheory.large.walk import Walk
from zotheory.objective import Objective
from zotheory.report.tables import markdown, number
from zotheory.streams import seed_sequence
from zotheory.theorems.relative_loss_minibatch import per_evaluation
from zotheory.theorems.relative_loss_momentum import limit, two_valued

PAGE = Path(__file__).parent / "scale.md"
RECORD = results.RECORDS / "cpu.json"
PART = re.compile(r"(<!-- scale: (\w+) -->\n).*?(?=<!-- end -->)", re.DOTALL)

CLAIMS = 10_000
WORKERS = (10, 100, 1000)
BATCHES = (1, 32)
PARAMETERS = 1e11
ASSUMED = {  # of a worker: a few accelerators of today, at the end of a line to a household
    "link": (12.5e6, "bytes a second, each way"),
    "round trip": (0.1, "s"),
    "arithmetic": (1e15, "operations a second"),
    "memory": (1e13, "bytes a second"),
    "normals": (1e12, "numbers a second"),
    "data": (1e4, "tokens an evaluation, each of two operations a parameter"),
    "width": (8.0, "bytes a parameter: doubles, as the runs here keep them"),
}
TAKEN, BEST = 0.2, 0.27  # shares of the steps that are taken: by the 1/5 rule, and at the best radius
LINK, TRIP, ARITHMETIC, MEMORY, NORMALS, DATA, WIDTH = (value for value, _ in ASSUMED.values())


# --- ten thousand claims ---------------------------------------------------------------------------------------------


def measured_of(record: dict[str, Any], script: str) -> str:
    """Return the figures of a benchmark, with its command."""
    return results.section(part_of(record, script), heading=False)


def part_of(record: dict[str, Any], script: str) -> dict[str, Any]:
    """Return what a record holds of a benchmark."""
    found = [one for one in record["benchmarks"] if f"benchmarks/{script}.py" in one["command"]]
    if not found:
        raise SystemExit(f"the record holds nothing of {script}: python -m benchmarks --only {script} measures it")
    return found[0]


def model_of(record: dict[str, Any]) -> tuple[Costs, list[float]]:
    """Return what a message and a write cost, and the experiments that were measured."""
    data = part_of(record, "scale")["data"]
    scheduler = {int(workers): each for workers, each in data["costs"]["scheduler"].items()}
    return Costs(**(data["costs"] | {"scheduler": scheduler})), data["tasks"]


def experiments() -> tuple[float, float]:
    """Experiments a claim, and their parts at the full level, on average over the claims that are shipped."""
    claims = select()
    every = [experiment for _, experiment in running.tasks(claims)]
    return len(every) / len(claims), sum(len(parts(one, "full")) for one in every) / len(claims)


def claims(record: dict[str, Any]) -> str:
    """Return how long so many claims take, by the model."""
    costs, measured = model_of(record)
    each, full = experiments()
    tasks = Random(1).choices(measured, k=round(CLAIMS * each))
    total = sum(tasks)
    rows = []
    for workers in WORKERS:
        took = [makespan(tasks, workers, costs, batch) for batch in BATCHES]
        busy = [f"{total / workers / one:.0%}" for one in took]
        rows.append([f"{workers:,}", *(f"{one:,.0f} s ({share})" for one, share in zip(took, busy, strict=True))])
    heads = [f"{batch} experiment{'s' if batch > 1 else ''} a message" for batch in BATCHES]
    kept = ", ".join(f"{useful(tasks, costs, batch):,} with {head}" for batch, head in zip(BATCHES, heads, strict=True))
    told = (
        f"{CLAIMS:,} claims with {each:.1f} experiments each, as those here have on average, are {len(tasks):,} "
        f"experiments and {total:,.0f} processor seconds at the quick level. By the model they take (in brackets: the "
        "share of the workers' time in which they measure):"
    )
    most = WORKERS[-1]
    sender, write, scheduler = (
        f"{1e3 * each:.2g} ms" for each in (costs.client + costs.write, costs.write, costs.scheduler_with(most))
    )
    after = (
        f"With {most:,} workers an experiment in a message of its own keeps the sender for {sender}, of which the "
        f"store takes {write}, and the scheduler for {scheduler}. Workers that can be kept busy: {kept}. "
        f"At the full level a claim has {full:,.0f} parts, each as dear as an "
        f"experiment at the quick level: {CLAIMS * full:,.0f} messages, {full / each:.1f} times as long, and as many "
        "workers of use."
    )
    return f"{fill(told, 120)}\n\n{markdown(['workers', *heads], rows)}\n{fill(after, 120)}\n"


# --- a network of 10^11 parameters -----------------------------------------------------------------------------------


def assumed(record: dict[str, Any]) -> str:
    """Return the assumptions."""
    rows = [
        ["parameters", f"{PARAMETERS:g}"],
        *([name, f"{value:g} {unit}"] for name, (value, unit) in ASSUMED.items()),
    ]
    return markdown(["assumed", "of a worker"], rows)


def held(method: zo.Method, d: int = 5, steps: int = 3) -> int:
    """Vectors that a large run of this method keeps in memory: counted in a small one."""
    blocks = Blocks(d, d)
    source = Stream(seed_sequence(1), blocks)
    walk = Walk(method, Objective(lambda point: sum(float(x @ x) for _, x in point)), Stored(np.ones(d)), source)
    for _ in range(steps):
        walk.advance()
    return len(walk.arrays)


def step_seconds(method: zo.Method, vectors: int, taken: float = 1.0) -> float:
    """One step: each evaluation draws the directions, reads the point, computes, and waits for the sum of all.

    On average, where only a share of the steps is `taken`: a step that is not moves nothing.
    """
    evaluation = PARAMETERS * (2 * DATA / ARITHMETIC + 1 / NORMALS + WIDTH / MEMORY) + TRIP
    return method.calls[1] * evaluation + taken * move_seconds(vectors)


def move_seconds(vectors: int) -> float:
    """Draw the directions, and read and write each vector."""
    return PARAMETERS * vectors * (1 / NORMALS + 2 * WIDTH / MEMORY)


def steps(record: dict[str, Any]) -> str:
    """Return what a step of each method moves, holds and takes."""
    rows = []
    for name, method in METHODS.items():
        vectors, calls = held(method), method.calls[1]
        memory, took = vectors * PARAMETERS * WIDTH / 1e12, step_seconds(method, vectors)
        rows.append(
            [name, str(calls), f"{SIZE * calls} and {SIZE * calls}", str(vectors), f"{memory:g} TB", f"{took:.1f} s"]
        )
    heads = ["method", "evaluations", "bytes sent and received", "vectors", "memory", "a step that moves"]
    return markdown(heads, rows)


def beside(record: dict[str, Any]) -> str:
    """Return what else could be sent, and how long a worker that joins late needs."""
    took = step_seconds(METHODS["relative loss"], 1, TAKEN)
    whole, again = PARAMETERS * WIDTH / LINK, TAKEN * move_seconds(1)
    rows = [
        ["one number", f"{SIZE}", f"{TRIP + SIZE / LINK:.2g} s"],
        ["a gradient, two bytes a parameter", f"{2 * PARAMETERS:.2g}", f"{TRIP + 2 * PARAMETERS / LINK:,.0f} s"],
        ["all parameters", f"{PARAMETERS * WIDTH:.2g}", f"{TRIP + whole:,.0f} s"],
        ["the log of a million evaluations", f"{SIZE * 10**6:.2g}", f"{TRIP + SIZE * 10**6 / LINK:.2g} s"],
    ]
    told = (
        f"Of the steps of relative loss the 1/5 rule has {TAKEN:.0%} taken, and the others move nothing. So a worker "
        f"that joins late takes a step again in {again:.2g} s on average, where the others took {took:.2g} s; to copy "
        f"the parameters of another is quicker after {whole / again:.2g} steps."
    )
    return f"{markdown(['what is sent', 'bytes', 'on its way'], rows)}\n{fill(told, 120)}\n"


def needed(record: dict[str, Any]) -> str:
    """Return how many steps the gap takes to fall by a factor e, in the best case that is known here."""
    rate = limit(two_valued(1.0), kappa=0.0, accepted=BEST).rate  # times 1/d
    weighted = 2 * per_evaluation(g=np.sqrt(2.0), L=1.0, d=1)  # in a step, which is two evaluations, of a gap of 1
    compared, differed = METHODS["relative loss"], METHODS["random gradient-free"]
    seconds = step_seconds(compared, held(compared), BEST), step_seconds(differed, held(differed))
    rows = []
    for k in (PARAMETERS, 1e6, 1e3):
        counts = k / rate, k / weighted
        told = [(number(count), lasting(count * each)) for count, each in zip(counts, seconds, strict=True)]
        rows.append([f"{k:g}", *told[0], *told[1]])
    ours, theirs = "relative loss, steps for a factor e", "random gradient-free, steps"
    return markdown(["directions in which f curves", ours, "time", theirs, "time"], rows)


def lasting(seconds: float) -> str:
    """Return a time in hours, days or years."""
    units = {"years": 31_557_600, "days": 86_400, "hours": 3_600}
    unit = next((name for name, each in units.items() if seconds >= each), "hours")
    return f"{seconds / units[unit]:,.3g} {unit}"


TABLES: dict[str, Callable[[dict[str, Any]], str]] = {
    "parts": lambda record: measured_of(record, "scale"),
    "claims": claims,
    "sharded": lambda record: measured_of(record, "sharded"),
    "assumed": assumed,
    "steps": steps,
    "beside": beside,
    "needed": needed,
}


def page(before: str, record: dict[str, Any]) -> str:
    """Return the text of the page with its tables made anew."""
    return PART.sub(lambda found: found[1] + TABLES[found[2]](record), before)


def main() -> None:
    """Command line."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else RECORD
    record = json.loads(path.read_text(encoding="utf-8"))
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), record), encoding="utf-8")


if __name__ == "__main__":
    main()
