"""Assertions about means and frequencies, with error rates that hold for every number of samples.

Each comes in two strengths. By default it fails where the samples contradict it; with ``support=True`` it passes only
where they support it. Each docstring says how often which of the two is a mistake. That holds for every law of the
samples that the declared range allows: no law is assumed to be normal, and nothing holds for large samples only.

The tests are those of verdicts (`zotheory.evidence.statistics`). Each assertion has its own error rate: a thousand of
them that are true, at the default level of 10^-6, fail in at most one run of a thousand.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from zotheory.evidence import declared, statistics
from zotheory.evidence.observations import AtLeast, Mean
from zotheory.kinds import shown
from zotheory.quantities import between
from zotheory.testing.sizes import LEVEL

Seen = TypeVar("Seen", Mean, AtLeast)
Samples = Any  # what NumPy reads as an array (N,) of numbers


def assert_mean_at_most(
    samples: Samples,
    bound: float,
    *,
    ceiling: float | None = None,
    variance: float | None = None,
    floor: float = 0.0,
    level: float = LEVEL,
    support: bool = False,
) -> None:
    """Assert that E X <= bound, from independent samples of X.

    Parameters
    ----------
    samples : array (N,)
    bound : float
    ceiling : float, optional
        X never exceeds it: known beforehand, not read off the samples.
    variance : float, optional
        A number V with Var X <= V (E X - floor)^2, likewise known beforehand.
    floor : float
        X never falls below it.
    level : float in (0, 1)
    support : bool
        Whether the samples must support the bound. This needs the ceiling or the variance.

    Raises
    ------
    AssertionError
        If the samples refute the bound, or if ``support=True`` and they do not support it.
    TypeError, ValueError
        For arguments of the wrong kind or out of range; for a sample below the floor or above the ceiling.

    Notes
    -----
    *By default* the assertion fails by mistake, that is, although E X <= bound, with probability at most `level`; for
    this only the floor must be true. That it passes does not mean that the bound holds. It means this: were the mean as
    large as what `detectable` returns for as many samples, it would have passed with probability at most `miss` only.
    Without ceiling and variance it does not mean even that, as the mean may sit in samples too rare to be drawn.

    *With* ``support=True`` the assertion passes by mistake, although E X > bound, with probability at most `level`, if
    the ceiling is true, or else the variance. That it fails does not mean that the bound is broken: there may be too
    few samples, or their mean lies too near the bound. Given a ceiling, a mean as small as what `detectable` returns
    with ``below=True`` fails with probability at most `miss`, unless all samples are equal: they support nothing.

    Examples
    --------
    >>> x = np.random.default_rng(0).random(1000)
    >>> assert_mean_at_most(x, 0.6, ceiling=1.0, support=True)
    >>> assert_mean_at_most(x, 0.4, ceiling=1.0)
    Traceback (most recent call last):
    ...
    AssertionError: E X <= 0.4 is refuted: the mean of 1000 samples is 0.5..., p = ... <= level = 1e-06
    """
    __tracebackhide__ = True
    seen = _observed("assert_mean_at_most", Mean, samples, bound, ceiling, variance=variance, floor=floor)
    _require_known(seen, support)
    _judge(f"E X <= {seen.bound:g}", _mean_of(seen), seen.refuting, seen.supporting, level, support)


def assert_mean_at_least(
    samples: Samples,
    bound: float,
    *,
    ceiling: float,
    floor: float = 0.0,
    level: float = LEVEL,
    support: bool = False,
) -> None:
    """Assert that E X >= bound, from independent samples of X.

    Parameters
    ----------
    samples, bound, level, support
        As for `assert_mean_at_most`.
    ceiling, floor : float
        X never exceeds the one and never falls below the other.

    Raises
    ------
    AssertionError, TypeError, ValueError
        As `assert_mean_at_most`.

    Notes
    -----
    The error rates are those of `assert_mean_at_most`, with the ends of the range exchanged: *by default* the assertion
    fails by mistake with probability at most `level` if the ceiling is true, and a mean as small as what `detectable`
    returns with ``below=True`` passes with probability at most `miss` if the floor is true as well. *With*
    ``support=True`` it passes by mistake with probability at most `level` if the floor is true.

    Examples
    --------
    >>> x = np.random.default_rng(0).random(1000)
    >>> assert_mean_at_least(x, 0.4, ceiling=1.0, support=True)
    """
    __tracebackhide__ = True
    seen = _observed("assert_mean_at_least", AtLeast, samples, bound, ceiling, floor=floor)
    _judge(f"E X >= {seen.bound:g}", _mean_of(seen), seen.refuting, seen.supporting, level, support)


def assert_mean_near(
    samples: Samples,
    expected: float,
    *,
    floor: float,
    ceiling: float,
    within: float = 0.0,
    level: float = LEVEL,
    support: bool = False,
) -> None:
    """Assert that E X differs from an expected number by `within` at most, from independent samples of X.

    Parameters
    ----------
    samples, level, support
        As for `assert_mean_at_most`.
    expected : float
    floor, ceiling : float
        X never falls below the one and never exceeds the other.
    within : float, >= 0
        With 0, the assertion is that the mean is the expected number: that an estimator has no bias, for one. Then it
        can be refuted, and not supported.

    Raises
    ------
    AssertionError
        If the samples refute this, or if ``support=True`` and they do not support it.
    TypeError, ValueError
        As `assert_mean_at_most`; for ``support=True`` with ``within=0``.

    Notes
    -----
    *By default* the assertion fails by mistake with probability at most `level`: each side has half of it. That it
    passes means this: a mean beyond what `detectable` returns for the bound expected + within (or for expected - within
    with ``below=True``), at half the level, would have passed with probability at most `miss`. *With* ``support=True``
    it passes by mistake with probability at most `level`.

    Examples
    --------
    >>> x = np.random.default_rng(0).random(1000)
    >>> assert_mean_near(x, 0.5, floor=0.0, ceiling=1.0)
    >>> assert_mean_near(x, 0.5, floor=0.0, ceiling=1.0, within=0.1, support=True)
    """
    __tracebackhide__ = True
    expected = declared.number("assert_mean_near", "expected", expected)
    within = declared.number("assert_mean_near", "within", within, "finite and at least 0", lambda w: 0 <= w < np.inf)
    if support and within == 0:
        raise ValueError("within must be positive for support = True, got 0: no samples show that numbers are equal")
    high = _observed("assert_mean_near", Mean, samples, expected + within, ceiling, floor=floor)
    low = _observed("assert_mean_near", AtLeast, samples, expected - within, ceiling, floor=floor)
    says = f"E X = {expected:g}" if within == 0 else f"|E X - {expected:g}| <= {within:g}"
    refuting = min(1.0, 2 * min(high.refuting, low.refuting))
    _judge(says, _mean_of(high), refuting, max(high.supporting, low.supporting), level, support)


def assert_frequency_at_most(
    hits: int, trials: int, bound: float, *, level: float = LEVEL, support: bool = False
) -> None:
    """Assert that P(hit) <= bound, from how many of some independent trials were hits.

    Parameters
    ----------
    hits, trials : int, 0 <= hits <= trials
    bound : float in [0, 1]
    level : float in (0, 1)
    support : bool
        Whether the trials must support the bound.

    Raises
    ------
    AssertionError
        If the trials refute the bound, or if ``support=True`` and they do not support it.
    TypeError, ValueError
        For arguments of the wrong kind or out of range.

    Notes
    -----
    *By default* the assertion fails by mistake with probability at most `level`. That it passes means this: were the
    probability as large as what `detectable_frequency` returns for as many trials, it would have passed with
    probability at most `miss`. *With* ``support=True`` it passes by mistake with probability at most `level`, and a
    probability as small as what `detectable_frequency` returns with ``below=True`` fails with probability at most
    `miss`. The binomial tails are exact.

    Examples
    --------
    >>> assert_frequency_at_most(30, 1000, 0.05)
    >>> assert_frequency_at_most(0, 1000, 0.05, support=True)
    """
    __tracebackhide__ = True
    hits, trials, bound = _counted("assert_frequency_at_most", hits, trials, bound)
    supporting = 0.0 if bound == 1 else statistics.frequency_below(hits, trials, bound)
    refuting = statistics.frequency_above(hits, trials, bound)
    _judge(f"P(hit) <= {bound:g}", _share_of(hits, trials), refuting, supporting, level, support)


def assert_frequency_at_least(
    hits: int, trials: int, bound: float, *, level: float = LEVEL, support: bool = False
) -> None:
    """Assert that P(hit) >= bound, from how many of some independent trials were hits.

    Parameters, errors and error rates are those of `assert_frequency_at_most`, with ``below`` the other way round.

    Examples
    --------
    >>> assert_frequency_at_least(970, 1000, 0.95)
    >>> assert_frequency_at_least(1000, 1000, 0.95, support=True)
    """
    __tracebackhide__ = True
    hits, trials, bound = _counted("assert_frequency_at_least", hits, trials, bound)
    supporting = 0.0 if bound == 0 else statistics.frequency_above(hits, trials, bound)
    refuting = statistics.frequency_below(hits, trials, bound)
    _judge(f"P(hit) >= {bound:g}", _share_of(hits, trials), refuting, supporting, level, support)


# --- what they have in common ----------------------------------------------------------------------------------------


def _judge(says: str, measured: str, refuting: float, supporting: float, level: Any, support: Any) -> None:
    __tracebackhide__ = True
    level = between(0, 1).number("level", level)
    if not isinstance(support, bool | np.bool_):
        raise TypeError(f"support must be True or False, got {shown(support)}")
    if not refuting > level:
        raise AssertionError(f"{says} is refuted: {measured}, p = {refuting:.3g} <= level = {level}")
    if support and not supporting <= level:
        raise AssertionError(f"{says} is not supported: {measured}, p = {supporting:.3g} > level = {level}")


def _observed(owner: str, kind: type[Seen], *given: Any, **known: Any) -> Seen:
    """Make an observation; its errors begin with the assertion that was called."""
    __tracebackhide__ = True
    try:
        return kind(*given, **known)
    except (TypeError, ValueError) as wrong:
        raise type(wrong)(f"{owner}: {str(wrong).removeprefix(f'{kind.__name__}: ')}") from None


def _mean_of(seen: Mean | AtLeast) -> str:
    if seen.basis == "none: all samples are equal":
        return f"all {seen.replicas} samples are {seen.measured:.6g}"
    return f"the mean of {seen.replicas} samples is {seen.measured:.6g}"


def _require_known(seen: Mean, support: Any) -> None:
    if support and seen.ceiling is None and seen.variance is None:
        raise ValueError(
            "ceiling or variance must be given for support = True, got neither: without them no samples show that a "
            "mean is small, as large ones may be too rare to be drawn"
        )


def _counted(owner: str, hits: Any, trials: Any, bound: Any) -> tuple[int, int, float]:
    trials = declared.count(owner, "trials", trials, 1)
    hits = declared.count(owner, "hits", hits, 0)
    if hits > trials:
        raise ValueError(f"{owner}: hits must be at most trials = {trials}, got {hits}")
    return hits, trials, declared.number(owner, "bound", bound, "a probability", lambda p: 0 <= p <= 1)


def _share_of(hits: int, trials: int) -> str:
    return f"{hits} of {trials} trials were hits"
