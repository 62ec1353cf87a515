"""From observations to verdicts, under one error budget.

The budget alpha is split in two halves. One goes to refutations: with probability at least 1 - alpha/2 no true
statement of the run is refuted. The other goes to support: with probability at least 1 - alpha/2 no false one is
supported (where an experiment assumes something of the law that it samples, the assumption stands beside the
verdict). Holm's procedure spends each half over the experiments of the run, except over exact ones: they cannot err.
Controls have a budget alpha of their own. Nothing is retried; a random stream depends on the seed and the names of
claim and experiment only. The samples of an experiment are hence the same whatever else is run, but its verdict may
differ: the more experiments share the budget, the less of it each can spend.

Verdicts on an experiment: *refuted*; *supported*; *undecided*, where its samples could support the claim at some error
level and do not reach the budget's; *not refuted*, where no such level exists; *failed*, where it gave no observation.
A claim is refuted if one of its experiments refutes it, else failed if one failed, supported if all of them support
it, undecided if one is, and else not refuted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from os import PathLike

import numpy as np

from zotheory.evidence.claim import Claim
from zotheory.evidence.findings import Evidence, Report, Verdict, Weighed
from zotheory.evidence.keeping import keeping
from zotheory.evidence.outcomes import Outcome
from zotheory.evidence.running import Gathering, Task, tasks, work_off
from zotheory.evidence.statistics import holm
from zotheory.evidence.store import Store
from zotheory.kinds import choose, shown
from zotheory.quantities import between
from zotheory.sweeps import Unusable, opened

LEVELS = ("quick", "full")
LEAST = 1e-300  # an error budget of which every experiment has a share that a float can hold
VERDICTS = ("refuted", "failed", "supported", "undecided", "not refuted")


def verify(
    claims: Iterable[Claim],
    *,
    alpha: float = 0.01,
    seed: int = 0,
    level: str = "quick",
    executor: Executor | int | None = None,
    store: str | PathLike[str] | Store | None = None,
    fresh: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> Report:
    """Weigh claims and their controls.

    Parameters
    ----------
    claims : list or other iterable of Claim
        At least one.
    alpha : float in (0, 1)
        Error budget of the whole run.
    seed : int, >= 0
    level : "quick" or "full"
        Full takes about ten times as many replicas.
    executor : concurrent.futures.Executor or int, optional
        What the experiments are shared out to, or as many processes, started for this; by default they are measured
        in this one. The report does not depend on it.
    store : str, path or zotheory.evidence.store.Store, optional
        File in which results are kept as they come, and from which those are taken that are there already: of the same
        statement, experiment, random numbers and code (`zotheory.code.reach`). The report does not depend on it.
    fresh : bool
        Take nothing from the store, and measure everything anew for it.
    progress : callable ``(done, total, name)``, called at the beginning and after each experiment
        With the id of the first claim or control that is not done.

    Returns
    -------
    Report
        An experiment that raises is *failed* in it; the others go on.

    Raises
    ------
    TypeError
        For something that is not a Claim, no number, no executor, or a claim that cannot be sent to one.
    ValueError
        For alpha outside [1e-300, 1), a negative seed, an unknown level, less than one process, no claim, or one given
        twice; for `fresh` without a store, and a file that cannot serve as one (`zotheory.storage.database.Refused`).
    KeyboardInterrupt, zotheory.sweeps.Unusable
        With the report on what was finished so far as ``partial``: where the run is interrupted, or the executor
        breaks or has other versions than this process.
    """
    alpha = between(0, 1).number("alpha", alpha)
    if alpha < LEAST:
        raise ValueError(f"alpha must be at least {LEAST:g}, got {shown(alpha)}")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise TypeError(f"seed must be an integer, got {shown(seed)}")
    if seed < 0:
        raise ValueError(f"seed must be non-negative, got {shown(seed)}")
    level = choose("level", level, LEVELS)
    if not isinstance(fresh, bool):
        raise TypeError(f"fresh must be True or False, got {shown(fresh)}")
    if fresh and store is None:
        raise ValueError("fresh = True needs a store, got store = None: without one everything is measured anew")
    if not callable(progress):
        raise TypeError(f"progress must be a function (done, total, name), got {shown(progress)}")
    claims = listed(claims)
    todo = list(tasks(claims))
    error = alpha / 2 / sum(isinstance(owner, Claim) for owner, _ in todo)
    done: dict[int, Outcome] = {}
    try:
        with keeping(store, claims, todo, seed=seed, fresh=fresh) as kept, opened(executor) as workers:
            work_off(claims, Gathering(todo, error, done, progress), workers, kept, seed=seed, level=level)
        return weigh(todo, done, alpha, seed, level)
    except (KeyboardInterrupt, Unusable) as ended:
        ended.partial = weigh(todo, done, alpha, seed, level)  # type: ignore[union-attr]
        raise


def listed(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims of one run; TypeError or ValueError unless they are claims, and all ids differ."""
    if isinstance(claims, str):
        raise TypeError(f"claims must be a list of zotheory.Claim, got {shown(claims)}: {_by_name(claims)}")
    if isinstance(claims, Claim) or not isinstance(claims, Iterable) or getattr(claims, "ndim", 1) == 0:
        raise TypeError(f"claims must be a list of zotheory.Claim, got {shown(claims)}")
    listed = list(claims)
    if not listed:
        raise ValueError("claims must hold at least one zotheory.Claim, got none")
    for claim in listed:
        if not isinstance(claim, Claim):
            hint = f": {_by_name(claim)}" if isinstance(claim, str) else ""
            raise TypeError(f"claims must hold zotheory.Claim only, got {shown(claim)} ({type(claim).__name__}){hint}")
    names = [name for claim in listed for name in (claim.id, *(control.id for control in claim.controls))]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise ValueError(f"claims and controls must differ in id, got {', '.join(twice)} more than once")
    return listed


def _by_name(name: str) -> str:
    return f"those that are shipped are found by name, zotheory.claims.select({shown(name)})"


def weigh(
    todo: Sequence[Task],
    done: Mapping[int, Outcome],
    alpha: float,
    seed: int,
    level: str,
    besides: tuple[int, int, int] = (0, 0, 0),
) -> Report:
    """Spend the error budget on the outcomes of tasks, by their number.

    A task without an outcome keeps its share of the budget, so what an interrupted run reports would stand in the
    complete one. `besides` says how many claims, experiments and controls of the run are not among the tasks at all,
    and have no outcome either.
    """
    claimed = [number for number, (owner, _) in enumerate(todo) if isinstance(owner, Claim)]
    planted = [number for number, (owner, _) in enumerate(todo) if not isinstance(owner, Claim)]
    refuting = _adjusted(claimed, done, lambda o: o.refuting, besides[1])
    supporting = _adjusted(claimed, done, lambda o: o.supporting, besides[1])
    share = alpha / 2 / max(1, besides[1] + sum(not (n in done and done[n].exact) for n in claimed))
    weighed: dict[str, list[Evidence]] = {}
    owners: dict[str, Claim] = {}
    for number in claimed:
        owner, experiment = todo[number]
        owners[owner.id] = owner  # type: ignore[assignment]
        if number in done:
            p = refuting[number], supporting[number]
            found = Evidence(experiment, done[number], _verdict(done[number], *p, alpha / 2), *p, share)
            weighed.setdefault(owner.id, []).append(found)
    caught = _adjusted(planted, done, lambda o: o.refuting, besides[2])
    return Report(
        alpha,
        seed,
        level,
        tuple(
            Verdict(owners[name], overall(evidence), tuple(evidence))
            for name, evidence in weighed.items()
            if len(evidence) == len(owners[name].on)
        ),
        tuple(
            Weighed(todo[n][0], done[n], done[n].observation is not None and caught[n] <= alpha, caught[n])  # type: ignore[arg-type]
            for n in planted
            if n in done
        ),
        len(owners) + besides[0],
        (len(claimed) + besides[1], len(planted) + besides[2]),
        len(done) == len(todo) and not any(besides),
    )


def _adjusted(
    numbers: Sequence[int], done: Mapping[int, Outcome], p_value: Callable[[Outcome], float], besides: int
) -> dict[int, float]:
    """Holm's adjusted p-values of all but the exact ones, which keep theirs; a task without an outcome has p = 1."""
    p = {n: p_value(done[n]) if n in done else 1.0 for n in numbers}
    sharing = [n for n in numbers if not (n in done and done[n].exact)]
    adjusted = holm([*(p[n] for n in sharing), *[1.0] * besides])
    return p | dict(zip(sharing, map(float, adjusted), strict=False))


def _verdict(outcome: Outcome, refuting: float, supporting: float, level: float) -> str:
    if outcome.observation is None:
        return "failed"
    if refuting <= level:
        return "refuted"
    if supporting <= level:
        return "supported"
    return "not refuted" if outcome.observation.basis.startswith("none") else "undecided"


def overall(evidence: Sequence[Evidence]) -> str:
    """Return the verdict on a claim: the first of `VERDICTS` that holds of one experiment, or supported if all are."""
    found = {e.verdict for e in evidence}
    if found == {"supported"}:
        return "supported"
    return next(word for word in VERDICTS if word in found and word != "supported")
