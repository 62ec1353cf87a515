"""What ``zotheory run`` and ``zotheory compare`` are asked for, and what they answer."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from zotheory.report.files import prepare
from zotheory.report.progress import progress
from zotheory.standard_output import kept_free
from zotheory.trials import Misasked, record, tables
from zotheory.trials.comparison import TARGETS, Comparison, compare
from zotheory.trials.curves import Case, Trial
from zotheory.trials.failures import in_a_line
from zotheory.trials.trial import trial
from zotheory.trials.written import Labelled, method, problem

EVALUATIONS = 10_000  # of a run, unless it is said how many

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Answer:
    """What is printed and written, and what ended it early.

    Attributes
    ----------
    text, record : for readers, and for JSON
    write : writes what goes into files; OSError where they cannot be written
    where : the option that named these, for the message
    code : exit code
    stopped : what ended it early and is to be raised again, once this has been delivered
    """

    text: str
    record: dict[str, Any]
    write: Callable[[], None]
    where: str = ""
    code: int = 0
    stopped: BaseException | None = None

    def shown(self, as_json: bool) -> str:
        """Return what is printed."""
        return json.dumps(self.record, indent=1) if as_json else self.text


def deliver(
    ask: Callable[[argparse.Namespace, Progress], Answer], options: argparse.Namespace, say: Callable[[str], None]
) -> int:
    """Have it answered, print and write what was found, also where it was interrupted; return the exit code.

    Raises
    ------
    Misasked, Failed
        Where it cannot be done, or files cannot be written; where the objective fails.
    KeyboardInterrupt
        Which interrupted it, once what was found until then is delivered.
    """
    with kept_free(), progress() as told:  # what a function of the user's prints is no answer
        try:
            answer = ask(options, told)
        except KeyboardInterrupt as interrupt:
            _tell(interrupt)
            raise
    if isinstance(answer.stopped, KeyboardInterrupt):
        _tell(answer.stopped)
    with options.signals.held():
        lost = None
        try:
            answer.write()
        except OSError as error:
            lost = error
        say(answer.shown(options.json))
        if lost is not None:
            raise Misasked(f"{answer.where} cannot be written to: {lost.strerror}") from lost
    if answer.stopped is not None:
        raise answer.stopped
    return answer.code


def _tell(interrupt: KeyboardInterrupt) -> None:
    print(f"interrupted: {interrupt}" if str(interrupt) else "interrupted", file=sys.stderr)


def run(options: argparse.Namespace, tell: Progress) -> Answer:
    """Run a method on a problem as it is asked for.

    Raises
    ------
    Misasked, Failed
        Where it cannot be done; where the objective fails at once.
    """
    if options.plot is not None:
        _require_writable("--plot", options.plot.parent, options.plot)
    budget = {"steps": options.steps} if options.steps else {"evaluations": options.evaluations or EVALUATIONS}
    name, on = Labelled.of(options.method), Labelled.of(options.problem)
    stopped: BaseException | None = None
    try:
        case = _cases({on.label: on.text}, options)[on.label]
        chosen = method(name.text, case.problem)
        case.check(chosen)
        unit = "steps" if options.steps else "evaluations"
        found = trial(
            chosen,
            case,
            **budget,
            replicas=options.replicas,
            seed=options.seed,
            tell=lambda done, total: tell(done, total, unit),
        )
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        found, stopped = _until(error, Trial), error
    interrupted = isinstance(stopped, KeyboardInterrupt)
    return Answer(
        tables.summary(name.label, on.label, found),
        record.of_trial(found, name.text, on.text, options.seed, complete=stopped is None),
        lambda: _draw(found, name.label, on.label, options.plot),
        f"--plot {options.plot}",
        code=0 if stopped is None else 1,
        stopped=stopped if interrupted else None,
    )


def _draw(found: Trial, method: str, problem: str, path: Path | None) -> None:
    if path is not None and len(found.evaluations) > 1:
        from zotheory.report.style import save  # with Matplotlib, which takes a moment
        from zotheory.trials.picture import drawn

        save(drawn({problem: {method: found}}, np.maximum(found.evaluations, 1)), path)


def comparison(options: argparse.Namespace, tell: Progress) -> Answer:
    """Compare methods as it is asked for.

    Raises
    ------
    Misasked, Failed
        Where it cannot be done; where the objective fails before anything is finished.
    """
    if options.out is not None:
        _require_writable("--out", options.out)
    stopped: BaseException | None = None
    workers = options.workers or os.cpu_count() or 1
    try:
        methods, problems = (_distinct(given) for given in (options.method, options.problem))
        found = compare(
            {name: partial(_told, text) for name, text in methods.items()},
            _cases(problems, options),
            evaluations=options.evaluations,
            replicas=options.replicas,
            seed=options.seed,
            targets=options.targets or TARGETS,
            executor=None if workers == 1 else workers,  # one is this process, whose runs are kept until it ends
            progress=tell,
        )
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        found, stopped = _until(error, Comparison), in_a_line(error)
    written = {name: text for given in (methods, problems) for name, text in given.items() if name != text}
    found = replace(found, written=written)
    return Answer(
        tables.text(found),
        record.of_comparison(found),
        lambda: _write(found, options.out),
        f"--out {options.out}",
        code=1 if any(trial.ended for trial in found.trials.values()) else 0,
        stopped=stopped,
    )


def _told(text: str, case: Case) -> Any:
    return method(text, case.problem)


def _write(found: Comparison, folder: Path | None) -> None:
    """Write record, page and picture, each of them whole or not at all; those of an interrupted one are ``partial``."""
    if folder is None:
        return
    from zotheory.report.style import save
    from zotheory.trials.picture import drawn

    name = "comparison" if found.complete else "comparison.partial"
    save(drawn({problem: found.of(problem) for problem in found.problems}, found.grid), folder / f"{name}.png")
    texts = {"json": json.dumps(record.of_comparison(found), indent=1) + "\n", "md": tables.page(found, f"{name}.png")}
    for ending, content in texts.items():
        written = folder / f".{name}.{ending}.new"
        written.write_text(content, encoding="utf-8")
        written.replace(folder / f"{name}.{ending}")


def _until(error: BaseException, kind: Any) -> Any:
    """Return what was found until an error; where that is nothing, raise it as what the asker is to know."""
    found = vars(error).pop("partial", None)  # which is delivered here, and by nobody else
    if isinstance(found, kind) and (kind is Trial or found.trials):
        return found
    raise in_a_line(error) from error


def _cases(texts: Mapping[str, str], options: argparse.Namespace) -> dict[str, Case]:
    """What is tried on: problems that state their start, and functions, to which it is said."""
    made = {name: problem(text) for name, text in texts.items()}
    started = options.x0 is not None or options.dimension is not None
    own = [name for name, one in made.items() if not hasattr(one, "x0")]
    if own and not started:
        raise Misasked(f"--x0 or --dimension must be given for {own[0]}, which states no start of its own")
    if not own and (started or options.f_star is not None or options.one_point):
        raise Misasked(
            "--x0, --dimension, --f-star and --one-point are for functions that state no start of their own, got "
            f"{', '.join(made)}"
        )
    x0 = np.zeros(options.dimension) if options.x0 is None and started else options.x0
    said = {"x0": x0, "f_star": options.f_star, "vectorised": False if options.one_point else None}
    return {
        name: Case.of(one, nonfinite=options.nonfinite, **(said if name in own else {})) for name, one in made.items()
    }


def _distinct(given: Sequence[str]) -> dict[str, str]:
    """What each is called, and the text of it."""
    found: dict[str, str] = {}
    for one in map(Labelled.of, given):
        if one.label in found:
            raise Misasked(f"what is compared must differ in name, got {one.label} twice: write NAME = {one.text}")
        found[one.label] = one.text
    return found


def _require_writable(option: str, folder: Path, file: Path | None = None) -> None:
    from zotheory.report.style import formats

    if file is not None and file.suffix.lower() not in formats():
        raise Misasked(f"{option} must end in one of {', '.join(sorted(formats()))}, got {file}")
    try:
        prepare(folder)
    except OSError as error:
        kind, named = ("a folder", folder) if file is None else ("a file in a folder", file)
        raise Misasked(f"{option} must name {kind} that can be written to, got {named}: {error.strerror}") from error
