"""Exponents found: along which experiments, of what is measured or of what they say by `rate_of`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from math import inf, isfinite

from zotheory.evidence.events import Always
from zotheory.evidence.findings import Evidence, Verdict
from zotheory.evidence.limits import limits
from zotheory.evidence.rates import Point, Rate, Rates
from zotheory.evidence.series import Series, every, followed, series
from zotheory.kinds import shown
from zotheory.quantities import between


class NoPower(ValueError):
    """There is no exponent: a number is not positive, or what it is to be of neither rises nor falls."""


def rates(
    verdicts: Sequence[Verdict],
    argument: str,
    *,
    along: Sequence[str] = (),
    of: Callable[[float], float] | None = None,
    confidence: float = 0.95,
) -> Rates:
    """Return the exponents of an argument; `Report.rate` says of what.

    Raises
    ------
    TypeError, ValueError
        As `Report.rate`.
    """
    if not isinstance(argument, str):
        raise TypeError(f"argument must be the name of an argument of the bound, got {shown(argument)}")
    if isinstance(along, str) or not all(isinstance(name, str) for name in along):
        raise TypeError(f"along must hold names of arguments, such as ('s', 'M'), got {shown(along)}")
    if of is not None and not callable(of):
        raise TypeError(f"of must be a function of what was measured, got {shown(of)}")
    confidence = between(0, 1).number("confidence", confidence)
    found, left_out = series(verdicts, argument, along)
    return Rates(argument, confidence, tuple(_rate(one, argument, of, confidence) for one in found), tuple(left_out))


def exponents(verdicts: Sequence[Verdict], confidence: float = 0.95) -> Iterator[Rate]:
    """Every exponent that the experiments of these claims show, of any argument, where all its numbers are positive.

    What always holds is left out, as it is measured in units of the bound already, and so is what is flat.
    Cost: a run of each experiment, of those that there are three of, with one replica.

    Examples
    --------
    >>> import zotheory as zo
    >>> from zotheory.claims import find
    >>> [(rate.argument, rate.label) for rate in exponents(zo.verify([find("gld_search.one_step")]).verdicts)]
    [('d', 'one step on a quadratic with one shallow axis')]
    """
    for argument, one in every(verdicts):
        if not any(isinstance(e.observation, Always) for e in one.evidence):
            with suppress(NoPower):
                rate = _rate(one, argument, None, confidence)
                if not rate.is_flat:
                    yield rate


def _rate(one: Series, argument: str, of: Callable[[float], float] | None, confidence: float) -> Rate:
    level = (1 - confidence) / (2 * len(one.values))
    points = tuple(_point(x, e, of, level) for x, e in zip(one.values, one.evidence, strict=True))
    for point in points:
        for name in ("x", "measured", "bound"):
            if not 0 < getattr(point, name) < inf:
                raise NoPower(
                    f"{argument if name == 'x' else name} must be positive and finite for an exponent, got "
                    f"{getattr(point, name):g} at {argument} = {point.x:g} of {one.claim.id}, {point.label!r}"
                )
    words, _ = followed(one.evidence[0].experiment)
    return Rate(one.claim.id, one.label, argument, confidence, points, one.beside, words if of is None else "")


def _point(x: float, evidence: Evidence, of: Callable[[float], float] | None, level: float) -> Point:
    name, seen = "rate_of" if of is None else "of", evidence.observation
    if seen is None:  # `series` takes none such
        raise ValueError(f"evidence must hold an observation, got none at {x:g}")
    if of is None:
        _, of = followed(evidence.experiment)
    found = limits(seen, level)
    measured = float(of(seen.measured))
    ends = sorted(float(of(end)) if isfinite(end) else end for end in (found.low, found.high))
    if isfinite(sum(ends)) and not ends[0] <= measured <= ends[1]:
        raise NoPower(f"{name} must rise or fall from limit to limit, got {ends} there and {measured:g} between them")
    basis = found.basis
    return Point(x, measured, ends[0], ends[1], float(of(seen.bound)), basis, evidence.experiment.label, seen.replicas)
