"""Write the tables of docs/networks.md from the records of its studies.

python docs/make_networks.py

An answer in the table of verdicts stands on conditions that the records must meet: where one fails, no page is written.
"""

from __future__ import annotations

import fnmatch
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `figures`
from figures import networks_depth
from figures.networks.done import done
from figures.networks_kin import METHODS, SIZES
from zotheory.report.tables import markdown

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "networks.md"
RECORDS = DOCS.parent / "figures" / "networks" / "records"
PART = re.compile(r"(<!-- networks: (\w+) -->\n).*?(?=<!-- end -->)", re.DOTALL)
FEW = 3  # runs, below which there is no interval
HOURS = 12.0  # on two cores, for all studies together

Record = Mapping[str, Any]


# --- records ---------------------------------------------------------------------------------------------------------


@cache
def known(study: str) -> Mapping[str, Record]:
    """The runs of a study that are done, by name."""
    return done(RECORDS / f"{study}.json")


def runs(study: str, pattern: str) -> list[Record]:
    """The runs that are done whose name is like this, in the order of the study.

    Raises
    ------
    SystemExit
        If there is none.
    """
    found = [run for name, run in known(study).items() if fnmatch.fnmatchcase(name, pattern)]
    if not found:
        raise SystemExit(f"{study}.json holds no run {pattern!r} that is done: python -m figures.networks {study}")
    return found


def last(study: str, pattern: str, key: str) -> np.ndarray:
    """What was measured at the end of each run."""
    return np.array([run["records"][-1][key] for run in runs(study, pattern)])


class Interval(NamedTuple):
    """Mean of some runs, with the ends of its 95 % interval by Student's t; of one or two runs, with the runs."""

    mean: float
    low: float
    high: float
    runs: int

    def told(self, digits: int, unit: str = "", scale: float = 1.0) -> str:
        """In words, with so many decimals."""
        mean, low, high = (f"{scale * each:,.{digits}f}" for each in self[:3])
        if self.runs < FEW:
            return f"{mean}{unit} (one run)" if self.runs == 1 else f"{low} and {high}{unit}"
        return f"{mean}{unit} [{low}, {high}]"


def interval(values: Sequence[float] | np.ndarray) -> Interval:
    """The mean of runs and its interval."""
    values = np.asarray(values, dtype=float)
    mean, count = float(values.mean()), len(values)
    if count < FEW:
        return Interval(mean, float(values.min()), float(values.max()), count)
    half = stats.t.ppf(0.975, count - 1) * values.std(ddof=1) / np.sqrt(count)
    return Interval(mean, mean - half, mean + half, count)


def percent(values: Sequence[float] | np.ndarray) -> str:
    """Shares as per cent with an interval."""
    return interval(values).told(1, " %", 100)


# --- a table a study -------------------------------------------------------------------------------------------------


def rso() -> str:
    """RSO beside back-propagation on the same networks and data."""
    rows = []
    for title, name in (
        ("MNIST, RSO", "MNIST"),
        ("MNIST, SGD with momentum", "MNIST/SGD"),
        ("MNIST, Adam", "MNIST/Adam"),
        ("CIFAR-10 (JPEG copy), RSO, first cycles", "CIFAR-10/RSO"),
        ("8 x 8 digits, RSO", "digits/RSO"),
        ("8 x 8 digits, Adam", "digits/Adam"),
    ):
        run = known("rso").get(name)
        if run is None:
            continue
        batch = run["setting"].get("batches", [run["setting"].get("batch")])
        images = f"{min(batch):,}" + (f" to {max(batch):,}" if max(batch) > min(batch) else "")
        end = run["records"][-1]
        cycles = str(len(batch)) if "batches" in run["setting"] else ""
        told = f"{end['evaluations']:,}", f"{100 * end['accuracy']:.2f} %", f"{run['seconds']:,.0f} s"
        rows.append([title, cycles, images, *told])
    return markdown(["network, method", "cycles", "images a batch", "evaluations", "test accuracy", "processor"], rows)


def rso_cycles() -> str:
    """The run on complete MNIST, cycle by cycle."""
    run = runs("rso", "MNIST")[0]
    batches = run["setting"]["batches"]
    ends = [one for one in run["records"] if "accuracy" in one]
    weights = ends[-1]["steps"] // len(batches)
    after = {one["steps"]: one for one in ends}
    rows = [
        [str(cycle + 1), f"{batch:,}", f"{3 * weights * (cycle + 1):,}", f"{100 * one['accuracy']:.2f} %"]
        for cycle, batch in enumerate(batches)
        if (one := after.get(weights * (cycle + 1)))
    ]
    return markdown(["cycle", "images a batch", "evaluations", "test accuracy"], rows)


def kin() -> str:
    """Methods at equal evaluations."""
    ended = {name: last("kin", f"run/{SIZES[0]}/{name}/*", "accuracy") for name in METHODS}
    rows = []
    for name in sorted(METHODS, key=lambda name: -ended[name].mean()):
        larger = f"run/{SIZES[1]}/{name}/*"
        there = fnmatch.filter(known("kin"), larger)
        rows.append([name, percent(ended[name]), percent(last("kin", larger, "accuracy")) if there else ""])
    return markdown(["method", *(f"test accuracy, {size}" for size in SIZES)], rows)


def depth() -> str:
    """Runs that were trained, by depth."""
    deep = [f"{layers} layers" for layers in networks_depth.DEPTHS]
    rows = []
    for kind in networks_depth.KINDS:
        for method in networks_depth.METHODS:
            names = [f"{kind}/{layers}/{method}" for layers in deep]
            rows.append([kind, method, *(str(trained(name)[0]) if name in known("depth") else "" for name in names)])
    return markdown(["network", "method", *deep], rows)


def trained(pattern: str) -> tuple[int, int]:
    """Runs that were trained, and all, of the study of depth."""
    seeds = [one for run in runs("depth", pattern) for one in run["records"][1:]]
    return sum(one["error"] < networks_depth.THRESHOLD for one in seeds), len(seeds)


def others() -> str:
    """Marks of others, as they report them."""
    rows = [
        ["RSO on MNIST, 5,000 images a batch, 5 cycles", "98 %", "Tripathi, Singh, arXiv:2005.05955"],
        ["RSO on MNIST, 50 cycles", "99.1 %", "the same"],
        ["RSO on CIFAR-10", "81.8 %", "the same"],
        ["EGGROLL, a perceptron on MNIST", "97.5 %", "self-reported"],
        ["an evolutionary algorithm, 92,000 weights, MNIST", "97.6 %", "self-reported"],
        ["a genetic algorithm, ten convolutions, MNIST", "99.1 %", "self-reported"],
        ["hill climbing, 10^7 evaluations, MNIST", "89.5 %", "self-reported"],
        ["DeepZero, CIFAR-10 (differences, not comparisons)", "86.94 %", "self-reported"],
    ]
    return markdown(["theirs", "test accuracy", "source"], rows)


def cost() -> str:
    """What all studies took."""
    rows, total = [], 0.0
    for path in sorted(RECORDS.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        total += record["seconds"]
        name = f"[{path.name}](../figures/networks/records/{path.name})"
        rows.append([name, f"`{record['command']}`", str(len(known(path.stem))), f"{record['seconds'] / 3600:.1f} h"])
    if total > 2 * HOURS * 3600:
        raise SystemExit(f"all studies must take {HOURS:g} hours on two cores at most, got {total / 7200:.1f}")
    rows.append(["together", "", "", f"{total / 3600:.1f} h"])
    return markdown(["record", "command", "runs", "processor"], rows)


# --- verdicts --------------------------------------------------------------------------------------------------------


NOT_COMPARED = ("two points (MeZO)", "SGD", "Adam")  # of the study of kin: they see more than which loss is lower
COMPARED = tuple(name for name in METHODS if name not in NOT_COMPARED)


class Hope(NamedTuple):
    """A hope, what theory says of it, what a study measured, and the answer, which the records must bear."""

    hope: str
    theory: str
    study: str
    measured: Callable[[], str]
    answer: str
    holds: Callable[[], bool]


def leading() -> tuple[str, Interval]:
    """The comparison with the highest mean test accuracy on the small network."""
    found = {name: interval(last("kin", f"run/{SIZES[0]}/{name}/*", "accuracy")) for name in COMPARED}
    name = max(found, key=lambda name: found[name].mean)
    return name, found[name]


def overtaken(accuracy: float) -> int:
    """Evaluations after which Adam's mean test accuracy on the small network is at least this."""
    seeds = [run["records"] for run in runs("kin", f"run/{SIZES[0]}/Adam/*")]
    means = {row[0]["evaluations"]: np.mean([one["accuracy"] for one in row]) for row in zip(*seeds, strict=True)}
    return min(evaluations for evaluations, mean in means.items() if mean >= accuracy)


def simple() -> str:
    """Comparisons beside Adam."""
    name, reached = leading()
    adam = percent(last("kin", f"run/{SIZES[0]}/Adam/*", "accuracy"))
    spent = int(last("kin", f"run/{SIZES[0]}/{name}/*", "evaluations")[0])
    return (
        f"{SIZES[0]}, {reached.runs} seeds, {spent:,} evaluations: {name} {reached.told(1, ' %', 100)}, Adam {adam}, "
        f"which passes the former after {overtaken(reached.mean):,}"
    )


def brute() -> str:
    """RSO on complete MNIST."""
    run = runs("rso", "MNIST")[0]
    end, cycles = run["records"][-1], len(run["setting"]["batches"])
    return (
        f"complete MNIST, one run: {100 * end['accuracy']:.1f} % after {cycles} cycles, {end['evaluations']:,} "
        f"evaluations, {run['seconds'] / 60:.0f} minutes of a core; its authors report 98 % after 5 cycles with "
        "batches of 5,000"
    )


def deep() -> str:
    """Deep sigmoid networks."""
    methods = ("1/5 rule", "RSO", "SGD", "Adam")
    counts = [trained(f"sigmoid/8 layers/{method}") for method in methods]
    told = (f"{method} {done} of {count}" for method, (done, count) in zip(methods, counts, strict=True))
    return f"8 layers of sigmoids, runs trained: {', '.join(told)}"


HOPES = (
    Hope(
        "Comparing losses trains networks, simply and fast",
        "a step lowers a smooth loss by about |g|^2/(dL), d weights, where a gradient step lowers it by |g|^2/(2L) "
        "(`relative_loss.decrease_sharp`); on mini-batches steps must become shorter (`relative_loss_minibatch.floor`)",
        "kin",
        simple,
        "In part: simply, and not fast",
        lambda: leading()[1].low > 0.8 and overtaken(leading()[1].mean) * 10 < 100_000,
    ),
    Hope(
        "RSO, one weight at a time, is the brute force that works",
        "three points along an axis; noise of batches costs it a floor (`rso.minibatch`, `rso.stationary`)",
        "rso",
        brute,
        "Works; slowly, and here not as far as reported",
        lambda: 0.9 < runs("rso", "MNIST")[0]["records"][-1]["accuracy"] < 0.98,
    ),
    Hope(
        "Depth is no problem, since nothing is propagated back",
        "a comparison sees the gradient that back-propagation computes: where it vanishes there is nothing to compare",
        "depth",
        deep,
        "Does not hold",
        lambda: trained("sigmoid/8 layers/1/5 rule")[0] == 0 and trained("sigmoid/8 layers/Adam")[0] > 0,
    ),
)


def verdicts() -> str:
    """All hopes."""
    rows = []
    for hope, theory, study, measured, answer, holds in HOPES:
        if not holds():
            raise SystemExit(f"the answer to {hope!r}, {answer!r}, does not stand on {study}.json: write another")
        rows.append([hope, theory, f"{measured()} ([record](../figures/networks/records/{study}.json))", answer])
    return markdown(["hope", "theory", "measured", "answer"], rows)


TABLES: dict[str, Callable[[], str]] = {
    "verdicts": verdicts,
    "rso": rso,
    "rso_cycles": rso_cycles,
    "kin": kin,
    "depth": depth,
    "others": others,
    "cost": cost,
}


def page(before: str) -> str:
    """Return the text of the page with its tables made anew."""
    return PART.sub(lambda found: found[1] + TABLES[found[2]](), before)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
