"""The tables of docs/networks.md: one after the other, in the order of the page."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from typing import Any

import numpy as np

from figures import networks_depth, networks_lstm, networks_rso
from figures.networks.results import Record, extent, interval, known, last, percent, runs
from figures.networks_kin import METHODS, SIZES
from figures.networks_vae import TITLES
from zotheory.report.tables import markdown


def grouped(study: str, *, by: Callable[[str, Record], Any]) -> dict[Any, list[Record]]:
    """Runs that are done and have the same `by(name, run)`; without those of which that is None."""
    found: dict[Any, list[Record]] = {}
    for name, run in known(study).items():
        if (key := by(name, run)) is not None:
            found.setdefault(key, []).append(run)
    return found


def spent(seeds: list[Record]) -> str:
    """Processor seconds of a run, on average."""
    return f"{np.mean([run['seconds'] for run in seeds]):,.0f} s"


# --- RSO -------------------------------------------------------------------------------------------------------------


def rso() -> str:
    """RSO beside back-propagation on the same networks and data."""
    rows = []
    for title, name in (
        ("MNIST, RSO", "MNIST"),
        ("MNIST, SGD with momentum", "MNIST/SGD"),
        ("MNIST, Adam", "MNIST/Adam"),
        ("CIFAR-10, RSO, first cycle", "CIFAR-10/RSO"),
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
        rows.append([title, cycles, images, f"{end['evaluations']:,}", f"{100 * end['accuracy']:.2f} %", spent([run])])
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


def rso_early() -> str:
    """What the first cycles depend on."""
    rows = []
    for name, run in known("rso").items():
        if len(parts := name.split("/")) == 3:
            _, group, change = parts
            end = run["records"][-1]
            accuracy, batch = f"{100 * end['accuracy']:.1f} %", f"{run['setting']['batches'][0]:,}"
            rows.append([group, batch, change, accuracy, f"{end['training loss']:.3f}"])
    return markdown(["after", "images a batch", "what is changed", "test accuracy", "training loss"], rows)


# --- relative loss and its kin ---------------------------------------------------------------------------------------


def kin() -> str:
    """Methods at equal evaluations."""
    ended = {name: last("kin", f"run/{SIZES[0]}/{name}/*", "accuracy") for name in METHODS}
    rows = []
    for name in sorted(METHODS, key=lambda name: -ended[name].mean()):
        larger = f"run/{SIZES[1]}/{name}/*"
        there = fnmatch.filter(known("kin"), larger)
        rows.append([name, percent(ended[name]), percent(last("kin", larger, "accuracy")) if there else ""])
    return markdown(["method", *(f"test accuracy, {size}" for size in SIZES)], rows)


# --- an LSTM in the forward pass -------------------------------------------------------------------------------------


REMEMBERED = 0.99  # of what is reached without a network or its memory: runs that end below it


def lstm() -> str:
    """Held-out losses of all tasks and methods, and how many runs remember."""
    counts = runs("lstm", "letters/counts")[0]["records"][-1]
    entropies = np.array([counts["unigram"], counts["bigram"]])
    every = grouped("lstm", by=lambda name, run: tuple(name.split("/")[:2]) if "/seed " in name else None)
    rows = []
    for task in networks_lstm.TASKS:
        reached = networks_lstm.references(task, entropies)
        for (of, arm), seeds in every.items():
            if of == task:
                ends = [run["records"][-1] for run in seeds]
                losses = [end["loss"] for end in ends]
                remember = sum(loss < REMEMBERED * reached[-1] for loss in losses)
                told = f"{remember} of {len(seeds)}", f"{ends[0]['evaluations']:,}", extent(losses, 4), spent(seeds)
                rows.append([task, arm, *told])
        names = ("counts of letters", "counts of pairs") if len(reached) > 1 else ("without memory",)
        rows += [[task, name, "", "", f"{value:.4f}", ""] for name, value in zip(names, reached, strict=True)]
    return markdown(["task", "method", "runs that remember", "evaluations", "held-out loss", "processor, a run"], rows)


def memory() -> str:
    """Memory of a step against the length of the sequence."""
    kinds = {name: run["records"][1:] for name, run in known("lstm").items() if name.startswith("memory/")}
    rows = [
        [f"{places[0]['length']:,}", *(f"{one['bytes'] / 1e6:,.2f} MB" for one in places)]
        for places in zip(*kinds.values(), strict=True)
    ]
    return markdown(["time steps", *(name.removeprefix("memory/") for name in kinds)], rows)


# --- distributions that are sampled ----------------------------------------------------------------------------------


def vae() -> str:
    """Minus the bound of images that nobody trained on."""

    def case(name: str, run: Record) -> tuple[str, int, str] | None:
        told = run["setting"]
        return (told["size"], told["evaluations"], told["arm"]) if "arm" in told else None

    rows = []
    for (size, evaluations, arm), seeds in grouped("vae", by=case).items():
        end, least = (
            interval([pick([one["loss"] for one in run["records"]]) for run in seeds]).told(2)
            for pick in (lambda losses: losses[-1], min)
        )
        rows.append([TITLES[size], f"{evaluations:,}", arm, str(len(seeds)), end, least, spent(seeds)])
    rows += [[title, "", "independent pixels", "", f"{alone(size):.2f}", "", ""] for size, title in TITLES.items()]
    rows.sort(key=lambda row: [*TITLES.values()].index(row[0]))
    heads = ["images", "evaluations", "method", "runs", "held-out loss, nats", "least on the way", "processor, a run"]
    return markdown(heads, rows)


def alone(size: str) -> float:
    """Held-out loss of independent pixels, nats."""
    return float(runs("vae", f"{size}/*/seed 0")[0]["records"][0]["independent"])


# --- any form --------------------------------------------------------------------------------------------------------


def form() -> str:
    """Held-out errors of forms that have no derivative."""
    forms, methods = (dict.fromkeys(name.split("/", 1)[part] for name in known("form")) for part in (0, 1))
    rows = []
    for method in methods:
        cells = [known("form").get(f"{one}/{method}") for one in forms]
        errors = [run and interval(run["records"][-1]["held-out error"]).told(1, "", 100) for run in cells]
        rows.append([method, *(each or "" for each in errors)])
    return markdown(["method", *forms], rows)


# --- depth -----------------------------------------------------------------------------------------------------------


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


# --- policies --------------------------------------------------------------------------------------------------------


def policies() -> str:
    """Returns after all episodes."""

    def case(name: str, run: Record) -> tuple[str, str, str] | None:
        told = run["setting"]
        return (told["environment"], told["policy"], told["method"]) if "method" in told else None

    rows = []
    for (environment, policy, method), seeds in sorted(
        grouped("policies", by=case).items(), key=lambda one: one[0][:2]
    ):
        ends = [run["records"][-1] for run in seeds]
        reached = extent([np.mean(end["returns"]) for end in ends])
        kept = extent([end["believed"] for end in ends]) if "believed" in ends[0] else ""
        rows.append([environment, policy, method, reached, kept, spent(seeds)])
    for name, run in known("policies").items():
        if "untaught" in name:
            environment, end = name.split(", ")[0], run["records"][-1]
            for told, key in (("no action", "zero"), ("random actions", "random")):
                rows.append([environment, "", told, str(round(np.mean(end[key]))), "", ""])
    rows.sort(key=lambda row: row[0])
    heads = ["environment", "policy", "method", "return in other episodes", "value that is kept", "processor, a run"]
    return markdown(heads, rows)


# --- others ----------------------------------------------------------------------------------------------------------


def others() -> str:
    """Marks of others, as they report them."""
    source = "Tripathi, Singh, arXiv:2005.05955"
    theirs = [
        [f"RSO on MNIST, 5,000 images a batch, {cycles} cycles", f"{100 * accuracy:g} %", source]
        for cycles, accuracy in networks_rso.REPORTED.items()
    ]
    rows = [
        *theirs,
        ["RSO on CIFAR-10", "81.8 %", source],
        ["EGGROLL, a perceptron on MNIST", "97.5 %", "self-reported"],
        ["an evolutionary algorithm, 92,000 weights, MNIST", "97.6 %", "self-reported"],
        ["a genetic algorithm, ten convolutions, MNIST", "99.1 %", "self-reported"],
        ["hill climbing, 10^7 evaluations, MNIST", "89.5 %", "self-reported"],
        ["DeepZero, CIFAR-10 (differences, not comparisons)", "86.94 %", "self-reported"],
    ]
    return markdown(["theirs", "test accuracy", "source"], rows)
