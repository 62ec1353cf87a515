"""GLD-Fast: what is claimed.

Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), theorem on GLD-Fast, as recalled: with a
bound Q of the condition number, O(n Q log^2(Q) log(R/eps)) evaluations bring x within eps of x* (the printed text was
not at hand; its abstract drops log^2(Q)). Constants are ours, from ``proofs/gld_fast.py``, and so is a shorter epoch.

Notation
--------
n dimension; Q condition number, or a bound of it; `guess` the value the method is given in its place; diameter a bound
of |x0 - x*|; R_i = diameter/2^i; L = log2(diameter/eps). The R of the method, its middle radius, is R_i/Q.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import ceil
from typing import Any

import numpy as np

from zotheory import require
from zotheory.directions import Law, gaussian
from zotheory.elementary import Array, exp, log, maximum
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import Frequency, Quantile
from zotheory.evidence.reduced import DECADES
from zotheory.measurements.spoiled import any_candidate
from zotheory.methods import Method, gld_fast
from zotheory.methods.gld_fast import State, radii
from zotheory.methods.gld_fast import draw as step_draw
from zotheory.oracles import Expected
from zotheory.problems import breast_cancer, golovin_family, hard_instance, random_rotation
from zotheory.run import generator, iterate, run
from zotheory.theorems.gld_search import SUCCESS, contraction, failure, iterations

LOWEST_GUESS = (5 / 6) ** (2 / 3)  # of guess/Q: below it the radii no longer reach down far enough


# --- the method, as analysed and as printed --------------------------------------------------------------------------


def epoch(*, n: Array, Q: Array, p: Array = SUCCESS) -> Array:
    """(10 n Q/p) log(4 Q) + 1: steps that bring |x - x*| from R_i to R_i/2; the print has n Q log(Q).

    The 1 pays for the first epoch, which the print cuts short by a step: R is halved at t = H, before that step.

    Raises
    ------
    ValueError
        Unless n, Q >= 1 and 0 < p < 1.
    """
    require.at_least(1, n=n, Q=Q)
    return iterations(n=n, Q=Q, log_ratio=log(4 * Q), p=p) + 1


def epoch_sharp(*, n: Array, Q: Array, p: Array = SUCCESS) -> Array:
    """(10 n Q/p) log(4) + 1: steps that bring the gap from alpha R_i^2/2 to alpha R_(i+1)^2/2, a quarter."""
    require.at_least(1, n=n, Q=Q)
    return iterations(n=n, Q=Q, log_ratio=log(Q * 0 + 4), p=p) + 1


def prescribed(problem: Any, *, diameter: float, guess: float | None = None) -> Method:
    """GLD-Fast as analysed: R = diameter/guess, H = ceil(epoch), displacements from balls of radius r_k/sqrt(n).

    Parameters
    ----------
    problem : one of `zotheory.problems`
        Gives the dimension and, without a guess, Q.
    diameter : float
        Bound of |x0 - x*|.
    guess : float, optional
        Bound of the condition number.

    Raises
    ------
    ValueError
        Unless diameter > 0 and guess >= 1.
    """
    Q = problem.Q if guess is None else guess
    require.positive(diameter=diameter)
    require.at_least(1, guess=Q)
    return gld_fast(R=diameter / Q, Q=Q, H=ceil(epoch(n=problem.d, Q=Q)))


def prescribed_sharp(problem: Any, *, diameter: float, guess: float | None = None) -> Method:
    """GLD-Fast with shorter epochs, but log2(Q)/2 more of them: R = diameter/sqrt(guess), H = ceil(epoch_sharp).

    Raises
    ------
    ValueError
        Unless diameter > 0 and guess >= 1.
    """
    Q = problem.Q if guess is None else guess
    require.positive(diameter=diameter)
    require.at_least(1, guess=Q)
    return gld_fast(R=diameter / np.sqrt(Q), Q=Q, H=ceil(epoch_sharp(n=problem.d, Q=Q)))


def printed(
    problem: Any, *, diameter: float, guess: float | None = None, law: Law = gaussian, scale: float = 1.0
) -> Method:
    """GLD-Fast as printed: R = diameter, H = ceil(n Q log2(Q)), at least 1.

    The print leaves the scale of its law open: 1 is N(0, I), what public code draws; 1/sqrt(n) gives steps of length
    r_k; 1/n is about that of the analysis.

    Raises
    ------
    ValueError
        Unless diameter, scale > 0 and guess >= 1.
    """
    Q = problem.Q if guess is None else guess
    require.positive(diameter=diameter)
    require.at_least(1, guess=Q)
    return gld_fast(R=diameter, Q=Q, H=max(1, ceil(problem.d * Q * np.log2(Q))), law=law, scale=scale)


# --- bounds ----------------------------------------------------------------------------------------------------------


def covered(*, n: Array, Q: Array, guess: Array) -> Array:
    """Return 1 - 1/(5 n max(Q, guess)): what a step contracts by, with probability above `gld_search.SUCCESS`.

    Raises
    ------
    ValueError
        Unless n, Q, guess >= 1 and guess >= (5/6)^(2/3) Q.
    """
    require.at_least(1, n=n, Q=Q, guess=guess)
    require.nonnegative(**{"guess - (5/6)^(2/3) Q": guess - LOWEST_GUESS * (1 - 1e-12) * Q})
    return contraction(n=n, Q=maximum(Q, guess))


def distance(*, i: Array, diameter: Array) -> Array:
    """Return diameter/2^i, which |x - x*| does not exceed once i epochs are over.

    Raises
    ------
    ValueError
        Unless i >= 0 and diameter > 0.
    """
    require.nonnegative(i=i)
    require.positive(diameter=diameter)
    return diameter / 2**i


def epochs_failure(*, i: Array, n: Array, Q: Array) -> Array:
    """Return i (4 Q)^(-5 n Q/4), the probability that i epochs do not bring the distance down to `distance`."""
    require.nonnegative(i=i)
    require.at_least(1, n=n, Q=Q)
    return i * failure(n=n, Q=Q, log_ratio=log(4 * Q))


def epochs_failure_underestimated(*, i: Array, n: Array, Q: Array) -> Array:
    """Return i (4 Q)^(-5 n Q/9): the same for epochs told (5/6)^(2/3) Q in place of Q, which are shorter."""
    require.nonnegative(i=i)
    require.at_least(1, n=n, Q=Q)
    return i * exp(-5 * n * Q * log(4 * Q) / 9)


def epochs_failure_sharp(*, i: Array, n: Array, Q: Array) -> Array:
    """Return i 4^(-5 n Q/4): the same for the shorter epochs."""
    require.nonnegative(i=i)
    require.at_least(1, n=n, Q=Q)
    return i * failure(n=n, Q=Q, log_ratio=log(Q * 0 + 4))


def evaluations(*, n: Array, Q: Array, diameter: Array, eps: Array, p: Array = SUCCESS) -> Array:
    """1 + (epoch + 1) (log2(Q) + 7) (L + 1): enough for |x - x*| <= eps; at p = 1/4 <= 101 n Q log2(4 Q)^2 (L + 1).

    Raises
    ------
    ValueError
        Unless n, Q >= 1, 0 < eps < diameter and 0 < p < 1.
    """
    steps = epoch(n=n, Q=Q, p=p) + 1
    return 1 + steps * _radii_at_most(Q) * (_halvings(diameter, eps) + 1)


def evaluations_sharp(*, n: Array, Q: Array, diameter: Array, eps: Array, p: Array = SUCCESS) -> Array:
    """1 + (epoch_sharp + 1) (log2(Q) + 7) (L + log2(Q)/2 + 1).

    At p = 1/4 this is at most 202 n Q log2(4 Q) (L + log2(Q)/2 + 1).

    Raises
    ------
    ValueError
        Unless n, Q >= 1, 0 < eps < diameter and 0 < p < 1.
    """
    steps = epoch_sharp(n=n, Q=Q, p=p) + 1
    return 1 + steps * _radii_at_most(Q) * (_halvings(diameter, eps) + _log2(Q) / 2 + 1)


def _log2(x: Array) -> Array:
    return log(x) / log(x * 0 + 2)  # exact beside symbols


def _radii_at_most(Q: Array) -> Array:
    """Upper bound of 2 K + 1, K = ceil(log2(4 sqrt(Q)))."""
    return _log2(Q) + 7


def _halvings(diameter: Array, eps: Array) -> Array:
    require.positive(diameter=diameter, eps=eps)
    require.positive(**{"diameter - eps": diameter - eps})
    return _log2(diameter / eps)


# --- experiments -----------------------------------------------------------------------------------------------------


def _problem(name: str, d: int, Q: float) -> Any:
    if d in DECADES:
        return reduced.reduce(lambda width: hard_instance(d, Q, width), (1, d - 1), gld_fast(R=1.0, Q=Q, H=1))
    if name == "logistic":
        return Expected(breast_cancer())  # all rows of the data, not one
    if name == "hard":
        return hard_instance(d, Q)
    rotation = random_rotation(d, np.random.default_rng(7))
    return golovin_family(1, Q, d, minimiser=np.linspace(-0.5, 0.8, d), f_star=-2.0, rotation=rotation)


def _rung(name: str, d: int) -> str:
    return "reduced" if d in DECADES else "worst case" if name == "hard" else "measured"


Spoil = Callable[[Method, Any, float], Method]


def _covered(
    name: str, d: int, where: str, Q: float = 10.0, times: float = 1.0, spoil: Spoil | None = None
) -> Experiment:
    """One step, R_i the largest or the smallest that an epoch can have at this distance, guess = times Q."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Frequency:
        problem = _problem(name, d, Q)
        guess = times * problem.Q
        diameter = problem.R * (2 * np.sqrt(problem.Q) if where == "small" else 1 / np.sqrt(problem.Q))
        method = prescribed(problem, diameter=diameter, guess=guess)
        method = spoil(method, problem, diameter) if spoil else method
        after = run(method, problem, steps=1, replicas=replicas, seed=seed, record=[1])
        rate = contraction(n=problem.d, Q=max(problem.Q, guess))
        before = float(problem(problem.x0)) - problem.f_star
        contracted = after.values[0] - problem.f_star <= rate * before
        return Frequency(int(np.sum(contracted)), replicas, SUCCESS, after.calls)

    label = f"one step, {name}, distance {where} for the epoch, guess = {times:.3g} Q"
    return Experiment(_rung(name, d), label, d, measure, 2000, 50_000)


def _epochs(name: str, d: int, i: int, Q: float, times: float = 1.0, spoil: Spoil | None = None) -> Experiment:
    """Distance after the steps before the i-th halving, i.e. after i epochs."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Quantile:
        problem = _problem(name, d, Q)
        method = prescribed(problem, diameter=problem.R, guess=times * problem.Q)
        method = spoil(method, problem, problem.R) if spoil else method
        steps = i * method.draw.keywords["H"] - 1  # type: ignore[attr-defined]
        after = run(method, problem, steps=steps, replicas=replicas, seed=seed, record=[steps])
        chance = epochs_failure if times >= 1 else epochs_failure_underestimated
        tail = max(float(chance(i=i, n=problem.d, Q=problem.Q)), 0.05)  # a rarer failure cannot be measured
        away = np.linalg.norm(after.x - problem.minimiser, axis=-1)
        return Quantile(away, float(distance(i=i, diameter=problem.R)), tail, after.calls)

    label = f"distance after {i} epochs, {name}, guess = {times:.3g} Q"
    return Experiment(_rung(name, d), label, d, measure, 250, 2500)


def _evaluations(
    name: str,
    d: int,
    Q: float,
    form: Callable[..., Method] = prescribed,
    bound: Callable[..., Array] = evaluations,
    eps: float = 0.2,
    spoil: Spoil | None = None,
) -> Experiment:
    """Evaluations until |x - x*| <= eps |x0 - x*| for good."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Quantile:
        problem = _problem(name, d, Q)
        method = form(problem, diameter=problem.R)
        method = spoil(method, problem, problem.R) if spoil else method
        allowed = float(bound(n=problem.d, Q=problem.Q, diameter=problem.R, eps=eps * problem.R))
        kept = problem.mu * (eps * problem.R) ** 2 / 2  # a gap below which the distance stays below eps R
        needed = np.full(replicas, np.inf)
        start = np.tile(problem.x0, (replicas, 1))
        for t, (state, _) in enumerate(iterate(method, problem, start, generator(seed))):
            calls = method.calls[0] + t * method.calls[1]
            there = np.linalg.norm(state.x - problem.minimiser, axis=-1) <= eps * problem.R
            needed = np.where(there, np.minimum(needed, calls), np.inf)
            if calls + method.calls[1] > allowed or (spoil is None and np.all(state.fx - problem.f_star <= kept)):
                break
        chance = epochs_failure_sharp if form is prescribed_sharp else epochs_failure
        i = np.log2(1 / eps) + np.log2(problem.Q) / 2 + 1  # epochs, at most
        tail = max(float(chance(i=i, n=problem.d, Q=problem.Q)), 0.05)
        return Quantile(np.minimum(needed, 2 * allowed), allowed, tail, calls)

    label = f"evaluations to the distance {eps:g} R, {name}"
    return Experiment(_rung(name, d), label, d, measure, 250, 2500)


def _with(method: Method, **changes: Any) -> Method:
    """Return the method with other hyper-parameters of its draw: for controls."""
    draw = partial(step_draw, **{**method.draw.keywords, **changes})  # type: ignore[attr-defined]
    return replace(method, draw=draw, calls=(1, len(draw.keywords["radii"])))


def natural_log_radii(R: float, Q: float) -> np.ndarray:
    """The radii of public code that reads the paper's log as natural."""
    K = ceil(np.log(4 * np.sqrt(Q)))
    return R * 2.0 ** -np.arange(-K, K + 1)


def accept_anything(f: Any, state: State, v: Array) -> State:
    """Acceptance that is not monotone: take every displacement, compare nothing."""
    return any_candidate(f, state, v)


# --- claims -----------------------------------------------------------------------------------------------------------

PAPER = "Golovin et al., ICLR 2020 (arXiv:1911.06317)"
SMOOTH = "f is a strictly increasing transform of a smooth, strongly convex function of condition number Q or less"
START = "|x0 - x*| <= diameter"
LAW = "K = ceil(log2(4 sqrt(Q))); displacements uniform in the ball of radius r_k/sqrt(n)"
SIZES = {"n": (0, 0), "Q": (0, 0)}
COUNT_UNITS = {**SIZES, "diameter": (1, 0), "eps": (1, 0), "p": (0, 0), "return": (0, 0)}


def _control(claim: str, name: str, falsehood: str, experiment: Experiment) -> Control:
    return Control(f"gld_fast.{claim}.{name}", f"gld_fast.{claim}", falsehood, experiment)


def _one_dimension(bound: Callable[..., Array]) -> Callable[..., Array]:
    return lambda n, **rest: bound(n=1, **rest)


def _count_experiments(form: Callable[..., Method], bound: Callable[..., Array]) -> tuple[Experiment, ...]:
    return (
        _evaluations("family", 2, 2.0, form, bound, eps=1e-3),
        _evaluations("family", 5, 4.0, form, bound, eps=0.05),
        _evaluations("family", 10, 8.0, form, bound, eps=0.2),
        _evaluations("hard", 5, 4.0, form, bound),
    )


def _count_controls(claim: str, form: Callable[..., Method], bound: Callable[..., Array]) -> tuple[Control, ...]:
    return (
        *(
            _control(
                claim,
                f"dimension_free_{d:.0e}".replace("+", ""),
                "as many evaluations as in dimension 1 (wrong power of n)",
                _evaluations("hard", d, 2.0, form, _one_dimension(bound), eps=0.8),
            )
            for d in (DECADES[0], DECADES[-1])
        ),
        _control(
            claim,
            "abstract",
            "n Q log2(diameter/eps) evaluations, the rate of the abstract with the constant 1",
            _evaluations("hard", 5, 4.0, form, lambda n, Q, diameter, eps: n * Q * np.log2(diameter / eps)),
        ),
        _control(
            claim,
            "not_monotone",
            "no more are needed when every displacement is accepted",
            _evaluations(
                "family", 2, 2.0, form, bound, eps=0.8, spoil=lambda m, f, R: replace(m, step=accept_anything)
            ),
        ),
    )


CLAIMS = (
    Claim(
        id="gld_fast.coverage",
        statement="While R_i/(2 sqrt(Q)) <= |x - x*| <= sqrt(Q) R_i, a step with the middle radius R_i/guess contracts "
        "the gap by 1 - 1/(5 n max(Q, guess)) with probability > 1/4, for any guess >= (5/6)^(2/3) Q = 0.886 Q.",
        source="ours, for the radii of GLD-Fast in " + PAPER,
        kind="probability",
        provenance="ours",
        assumptions=(
            SMOOTH,
            "K = ceil(log2(4 sqrt(guess))); displacements uniform in the ball of radius r_k/sqrt(n)",
            "guess >= (5/6)^(2/3) Q = 0.886 Q",
        ),
        bound=covered,
        units={**SIZES, "guess": (0, 0), "return": (0, 0)},
        experiments=(
            *(_covered("family", 10, where, 8.0) for where in ("small", "large")),
            *(_covered("hard", 10, where) for where in ("small", "large")),
            _covered("logistic", 30, "small"),
            *(_covered("hard", 100, "small", times=times) for times in (LOWEST_GUESS, 8.0, 1000.0)),
            *(_covered("hard", 100, "large", times=times) for times in (LOWEST_GUESS, 8.0)),
            *(_covered("hard", d, where) for d in DECADES for where in ("small", "large")),
        ),
        controls=(
            *(
                _control(
                    "coverage",
                    f"diameter_{d:.0e}".replace("+", ""),
                    "R starts at the diameter, as printed, not at diameter/Q",
                    _covered("hard", d, "small", spoil=lambda m, f, R: _with(m, radii=radii(R, f.Q))),
                )
                for d in DECADES
            ),
            *(
                _control(
                    "coverage",
                    f"gaussian_{d:.0e}".replace("+", ""),
                    "displacements N(0, r_k^2 I), as in public code",
                    _covered("hard", d, "small", spoil=lambda m, f, R: _with(m, law=gaussian, scale=1.0)),
                )
                for d in DECADES
            ),
            _control(
                "coverage",
                "natural_log",
                "K = ceil(ln(4 sqrt(Q))) suffices",
                _covered(
                    "hard",
                    100,
                    "small",
                    Q=1e4,
                    spoil=lambda m, f, R: _with(m, radii=natural_log_radii(R / f.Q, f.Q)),
                ),
            ),
            _control(
                "coverage",
                "underestimate",
                "guess = Q/8 reaches the small distances as well",
                _covered("hard", 100, "small", times=1 / 8),
            ),
        ),
    ),
    Claim(
        id="gld_fast.epochs",
        statement="With R = diameter/Q and H = ceil((10 n Q/p) log(4 Q) + 1), p = 1/4, for a bound Q of the condition "
        "number: once i epochs are over, |x - x*| <= diameter/2^i, but for probability i (4 Q)^(-5 n Q/4).",
        source=f"{PAPER}, theorem on GLD-Fast, as recalled there with R = diameter and H = n Q log(Q)",
        kind="probability",
        provenance="corrected",
        assumptions=(SMOOTH, START, LAW, "an epoch ends just before the step at which R is halved"),
        bound=distance,
        units={"i": (0, 0), "diameter": (1, 0), "return": (1, 0)},
        experiments=(
            _epochs("family", 2, 2, 2.0),
            _epochs("family", 4, 1, 2.0),
            _epochs("hard", 4, 1, 2.0),
            _epochs("hard", 2, 1, 1.5, times=2.0),
        ),
        controls=(
            *(
                _control(
                    "epochs",
                    f"dimension_free_{d:.0e}".replace("+", ""),
                    "epochs as long as in dimension 1 (wrong power of n)",
                    _epochs("hard", d, 1, 2.0, spoil=lambda m, f, R: _with(m, H=ceil(epoch(n=1, Q=f.Q)))),
                )
                for d in DECADES
            ),
            _control(
                "epochs",
                "printed_length",
                "epochs of H = ceil(n Q log2(Q)) steps, as printed",
                _epochs("hard", 30, 1, 2.0, spoil=lambda m, f, R: _with(m, H=ceil(f.d * f.Q * np.log2(f.Q)))),
            ),
            _control(
                "epochs",
                "not_monotone",
                "so it is when every displacement is accepted",
                _epochs("family", 3, 1, 2.0, spoil=lambda m, f, R: replace(m, step=accept_anything)),
            ),
        ),
    ),
    Claim(
        id="gld_fast.underestimate",
        statement="So it is with R and H for a guess between (5/6)^(2/3) Q = 0.886 Q and Q in place of Q: once i "
        "epochs are over, |x - x*| <= diameter/2^i, but for probability i (4 Q)^(-5 n Q/9).",
        source="ours, for GLD-Fast in " + PAPER,
        kind="probability",
        provenance="ours",
        assumptions=(
            "f is a strictly increasing transform of a smooth, strongly convex function of condition number Q",
            START,
            "K = ceil(log2(4 sqrt(guess))); displacements uniform in the ball of radius r_k/sqrt(n)",
            "1 <= guess; an epoch ends just before the step at which R is halved",
        ),
        bound=distance,
        units={"i": (0, 0), "diameter": (1, 0), "return": (1, 0)},
        experiments=(
            _epochs("family", 2, 2, 2.0, times=LOWEST_GUESS),
            _epochs("family", 4, 1, 2.0, times=LOWEST_GUESS),
            _epochs("hard", 4, 1, 2.0, times=LOWEST_GUESS),
        ),
        controls=(
            _control(
                "underestimate",
                "sixty_fourth",
                "Q/64 in place of Q does as well",
                _epochs("hard", 5, 1, 64.0, times=1 / 64),
            ),
            *(
                _control(
                    "underestimate",
                    f"dimension_free_{d:.0e}".replace("+", ""),
                    "epochs as long as in dimension 1 (wrong power of n)",
                    _epochs("hard", d, 1, 2.0, LOWEST_GUESS, lambda m, f, R: _with(m, H=ceil(epoch(n=1, Q=f.Q)))),
                )
                for d in (DECADES[0], DECADES[-1])
            ),
        ),
    ),
    Claim(
        id="gld_fast.evaluations",
        statement="With these epochs x comes within eps of x*, for good, after at most 1 + ((10 n Q/p) log(4 Q) + 2) "
        "(log2(Q) + 7) (L + 1) evaluations, L = log2(diameter/eps), but for probability (L + 1) (4 Q)^(-5 n Q/4): "
        "O(n Q log^2(Q) log(diameter/eps)).",
        source=f"{PAPER}, theorem on GLD-Fast, as recalled there without constants",
        kind="probability",
        provenance="corrected",
        assumptions=(SMOOTH, START, LAW),
        bound=evaluations,
        units=COUNT_UNITS,
        experiments=_count_experiments(prescribed, evaluations),
        controls=_count_controls("evaluations", prescribed, evaluations),
    ),
    Claim(
        id="gld_fast.evaluations_sharp",
        statement="With R = diameter/sqrt(Q) and H = ceil((10 n Q/p) log(4) + 1), each epoch quartering the gap, "
        "1 + ((10 n Q/p) log(4) + 2) (log2(Q) + 7) (L + log2(Q)/2 + 1) evaluations suffice, but for probability "
        "(L + log2(Q)/2 + 1) 4^(-5 n Q/4): O(n Q log(Q) log(Q diameter/eps)).",
        source="ours, a logarithm of Q less than GLD-Fast in " + PAPER,
        kind="probability",
        provenance="ours",
        assumptions=(SMOOTH, START, LAW),
        bound=evaluations_sharp,
        units=COUNT_UNITS,
        experiments=_count_experiments(prescribed_sharp, evaluations_sharp),
        controls=_count_controls("evaluations_sharp", prescribed_sharp, evaluations_sharp),
    ),
)
