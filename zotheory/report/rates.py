"""Exponents as text and as plain numbers."""

from __future__ import annotations

from typing import Any

from zotheory.evidence.rates import FLAT, Rate, Rates
from zotheory.report.lines import filled
from zotheory.report.record import plain
from zotheory.report.tables import number, without_reasons


def text(rates: Rates) -> str:
    """Return a paragraph for each series: its points, the exponents, the interval and what it rests on."""
    left_out = [filled(f"left out: {each}", "  ") for each in rates.left_out]
    return "\n\n".join([*map(_paragraph, rates), *left_out])


def _paragraph(rate: Rate) -> str:
    lines = [
        filled(f"{rate.claim}: {rate.label}"),
        filled(f"measured: {rate.argument}^{signed(rate.measured)}, {interval(rate)}", "    ", "  "),
        filled(f"bound:    {rate.argument}^{signed(rate.bound)}", "    ", "  "),
        filled(f"fitted by least squares of logarithms {points(rate)}", "    ", "  "),
    ]
    return "\n".join([*lines, *(filled(said, "    ", "  ") for said in remarks(rate))])


def points(rate: Rate) -> str:
    """Return where it was measured, and the exponents between neighbours there."""
    values = ", ".join(number(point.x) for point in rate.points)
    low, high = map(signed, rate.between)
    return f"at {rate.argument} = {values}; between neighbours the exponent is {low} to {high}"


def remarks(rate: Rate) -> list[str]:
    """Return what else a reader should know of it."""
    differ = f"{', '.join(rate.beside)} {'differ' if rate.beside[1:] else 'differs'} with {rate.argument}"
    alike = "the bound is the same number at all of them: what was measured may be in units of it"
    flat = f"all numbers lie within a factor {FLAT:g} of one: an exponent of something else, `of`, may say more"
    said = {f"of {rate.of}": rate.of, differ: rate.beside, alike: rate.in_units_of_the_bound, flat: rate.is_flat}
    return [words for words, holds in said.items() if holds]


def interval(rate: Rate) -> str:
    """Return the interval in words, or why there is none."""
    if rate.interval is None:
        return f"no interval: {rate.why_not}"
    low, high = rate.interval
    rests = without_reasons(rate.bases)
    return f"between {signed(low)} and {signed(high)} with confidence {rate.confidence} ({rests})"


def signed(exponent: float) -> str:
    """Return three digits with a sign; what rounds to 0 has a plus."""
    return f"{round(exponent, 3) + 0.0:+.3f}"


def record(rates: Rates) -> dict[str, Any]:
    """Return plain numbers and strings; an infinite number, and an interval that there is not, is None."""
    return {
        "argument": rates.argument,
        "confidence": rates.confidence,
        "left_out": list(rates.left_out),
        "series": [
            {
                "claim": rate.claim,
                "label": rate.label,
                "of": rate.of,
                "measured": rate.measured,
                "interval": None if rate.interval is None else list(rate.interval),
                "why_not": rate.why_not,
                "bound": rate.bound,
                "between": list(rate.between),
                "beside": list(rate.beside),
                "points": [
                    {name: plain(value) if isinstance(value, float) else value for name, value in each.items()}
                    for each in (point._asdict() for point in rate.points)
                ],
            }
            for rate in rates
        ],
    }
