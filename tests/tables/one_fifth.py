"""Table of `zotheory.theorems.one_fifth`."""

import sympy

from proofs import derive
from zotheory import radii
from zotheory.elementary import log, log_plus_one, sqrt
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.spoiled import accept_anything, keep_the_higher
from zotheory.theorems import one_fifth

NOT_REDUCED: dict[str, str] = {}


def _fold(d, L, mu, growth, **_):
    return 1 / one_fifth.drift(d=d, Q=L / mu, growth=growth)


def _twice_the_drift(**given):
    share = one_fifth.pull(d=given["d"], Q=given["L"] / given["mu"])
    return one_fifth.potential(fold=_fold(**given) / 2, **given) - _fold(**given) / 2 * log_plus_one(-share)


def _twice_the_pull(**given):
    share = one_fifth.pull(d=given["d"], Q=given["L"] / given["mu"])
    return one_fifth.potential(fold=_fold(**given), **given) - _fold(**given) * log_plus_one(-2 * share)


def _half_adapting(**given):
    return (one_fifth.hitting_time(**given) + one_fifth.hitting_time(**given | {"alpha": _place(**given)})) / 2


def _place(d, L, mu, gap, growth, **_):
    return growth * sqrt(2 * mu * gap / d) / L


def _better_elsewhere(**given):
    return one_fifth.hitting_time(**given) / (1 if given["d"] == 5 else 100)


def _twice_the_rate(failure, **given):
    fold = one_fifth.tail_fold(d=given["d"], Q=given["L"] / given["mu"], growth=given["growth"])
    return one_fifth.tail(failure=failure, **given) + fold * log(failure) / 2


def _twice_the_drift_of_fixed_length(**given):
    fold = 1 / one_fifth.drift_fixed_length(d=given["d"], Q=given["L"] / given["mu"], growth=given["growth"])
    return one_fifth.fixed_length(**given) - fold / 2


HALF, LESS = sympy.Rational(1, 2), sympy.Rational(99, 100)
FALSEHOODS = {
    "accepted as often at half the length": (
        lambda: derive("one_fifth.success", bound=changed(one_fifth.acceptance, kappa=lambda k: k / 2)),
        "the shipped bound",
    ),
    "success, the higher kept": (lambda: derive("one_fifth.success", step=keep_the_higher), "the lower of two values"),
    "gain with probability p": (lambda: derive("one_fifth.gain", bound=lambda p, **_: p), "conclusion"),
    "gain, half the exponent": (
        lambda: derive("one_fifth.gain", bound=changed(one_fifth.gain, R=lambda R: R / 2)), "conclusion",
    ),
    "gain, a hundredth more": (
        lambda: derive("one_fifth.gain", bound=scaled(one_fifth.gain, 1 / LESS)), "conclusion",
    ),
    "gain, everything accepted": (lambda: derive("one_fifth.gain", step=accept_anything), "the lower of two values"),
    "1/5 rule, power of d": (
        lambda: derive("one_fifth.progress", bound=changed(one_fifth.held, d=sqrt)), "the shipped factor",
    ),
    "1/5 rule, 0.3759": (
        lambda: derive("one_fifth.progress", constant=sympy.Rational("0.3759")), "the constant of the rule",
    ),
    "growth 3": (lambda: derive("one_fifth.hitting_time", widest=3), "far too long"),
    "a rule that grows faster": (
        lambda: derive("one_fifth.hitting_time", rule=lambda alpha, growth: radii.one_fifth(alpha, growth**2)),
        "the shipped rule",
    ),
    "twice B": (lambda: derive("one_fifth.hitting_time", bound=_twice_the_drift), "conclusion"),
    "twice the pull": (lambda: derive("one_fifth.hitting_time", bound=_twice_the_pull), "conclusion"),
    "half the steps that adapt": (lambda: derive("one_fifth.hitting_time", bound=_half_adapting), "conclusion"),
    "a hundredth of the steps, but in dimension 5": (
        lambda: derive("one_fifth.hitting_time", bound=_better_elsewhere), "conclusion",
    ),
    "a hundredth less steps": (
        lambda: derive("one_fifth.hitting_time", bound=scaled(one_fifth.hitting_time, LESS)), "conclusion",
    ),
    "fixed length, twice B": (
        lambda: derive("one_fifth.fixed_length", bound=_twice_the_drift_of_fixed_length), "the shipped bound",
    ),
    "fixed length, a hundredth less steps": (
        lambda: derive("one_fifth.fixed_length", bound=scaled(one_fifth.fixed_length, 0.99)), "the shipped bound",
    ),
    "fixed length, the higher kept": (
        lambda: derive("one_fifth.fixed_length", step=keep_the_higher), "the lower of two values",
    ),
    "half the steps of the tail": (
        lambda: derive("one_fifth.tail", bound=scaled(one_fifth.tail, HALF)), "conclusion",
    ),
    "twice the rate of the tail": (lambda: derive("one_fifth.tail", bound=_twice_the_rate), "conclusion"),
}  # fmt: skip
TRUTHS = {
    "success as shipped": lambda: derive("one_fifth.success"),
    "growth up to 2": lambda: derive("one_fifth.hitting_time", widest=2),
}
