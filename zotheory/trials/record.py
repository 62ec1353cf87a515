"""Trials and comparisons as plain numbers and strings, for JSON; ``schema.json`` beside this file describes them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import zotheory
from zotheory.report.record import plain
from zotheory.trials.comparison import Comparison
from zotheory.trials.curves import Trial

VERSION = 1  # of the schema


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema: of a trial ``$defs/run``, of a comparison ``$defs/comparison``."""
    return json.loads((Path(__file__).parent / "schema.json").read_text(encoding="utf-8"))


def of_trial(found: Trial, method: str, problem: str, seed: int, *, complete: bool = True) -> dict[str, Any]:
    """Return a trial; an infinite or undefined number is None."""
    return {
        "schema": VERSION,
        "zotheory": zotheory.__version__,
        "complete": complete,
        "method": method,
        "problem": problem,
        "d": int(found.best.shape[-1]),
        "replicas": len(found.best_value),
        "seed": seed,
        **_curve(found),
        "best_value": _numbers(found.best_value),
        "best": [_numbers(point) for point in found.best],
    }


def of_comparison(found: Comparison) -> dict[str, Any]:
    """Return a comparison; an infinite or undefined number is None."""
    return {
        "schema": VERSION,
        "zotheory": zotheory.__version__,
        "complete": found.complete,
        "evaluations": found.evaluations,
        "replicas": found.replicas,
        "seed": found.seed,
        "targets": list(found.targets),
        "methods": [_named(name, found) for name in found.methods],
        "problems": [_named(name, found) for name in found.problems],
        "grid": found.grid.tolist(),
        "results": [_result(found, *cell) for cell in found.trials],
        "signs": [one._asdict() for one in found.signs()],
    }


def _named(name: str, found: Comparison) -> dict[str, str]:
    return {"name": name, "written": found.written.get(name, name)}


def _result(found: Comparison, problem: str, method: str) -> dict[str, Any]:
    return {
        "problem": problem,
        "method": method,
        "d": int(found.trials[problem, method].best.shape[-1]),
        "reached": [{"target": target, **found.reached(problem, method, target)._asdict()} for target in found.targets],
        "last": _numbers(found.measured(problem, method)[-1]),
        **_curve(found.trials[problem, method]),
        "warnings": list(found.trials[problem, method].warnings),
    }


def _curve(found: Trial) -> dict[str, Any]:
    return {
        "measure": found.measure,
        "f_star": found.f_star,
        "calls": found.calls,
        "looks": found.looks,
        "ended": found.ended,
        "evaluations": found.evaluations.tolist(),
        "steps": found.steps.tolist(),
        "values": [_numbers(row) for row in found.values],
    }


def _numbers(row: np.ndarray) -> list[float | None]:
    return [plain(float(value)) for value in row]
