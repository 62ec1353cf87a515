"""Table of `zotheory.theorems.one_fifth`."""

import sympy
from hypothesis import strategies as st

import proofs.one_fifth as proof
from tests.tables import numbers, reals
from zotheory import radii
from zotheory.methods.relative_loss import step
from zotheory.theorems import one_fifth
from zotheory.theorems.relative_loss import accept_anything, keep_the_higher

ARGUMENTS = {
    "one_fifth.success": {"d": st.integers(2, 10**6), "kappa": reals},
    "one_fifth.gain": {
        "p": st.floats(0.01, 0.5), "share": st.floats(0.001, 0.3), "R": reals.map(lambda x: x / 1000),
        "sigma": reals.map(lambda x: 1 + x), "d": st.integers(1, 100),
    },
    "one_fifth.progress": {"d": st.integers(2, 10**6), "Q": numbers, "p": st.floats(0.01, 0.49)},
    "one_fifth.hitting_time": {
        "d": st.integers(3, 10**6), "L": st.floats(10, 1000), "mu": st.floats(0.01, 10), "alpha": reals,
        "gap": st.floats(1, 100), "eps": st.floats(0.001, 0.9), "log_growth": st.floats(0.01, 0.69),
    },
}  # fmt: skip
ARGUMENTS["one_fifth.tail"] = ARGUMENTS["one_fifth.hitting_time"] | {"failure": st.floats(0.01, 0.9)}
ARGUMENTS["one_fifth.fixed_length"] = ARGUMENTS["one_fifth.hitting_time"] | {
    "d": st.integers(100, 10**6), "L": st.floats(2, 4), "mu": st.floats(1, 2),
}  # fmt: skip
EXAMPLES = {
    "one_fifth.success": {"d": 5, "kappa": 0.9},
    "one_fifth.gain": {"p": 0.3, "share": 0.2, "R": 1.4, "sigma": 0.9, "d": 4},
    "one_fifth.progress": {"d": 5, "Q": 1.5, "p": 0.2},
    "one_fifth.hitting_time": {
        "d": 4, "L": 16.0, "mu": 2.0, "alpha": 0.3, "gap": 1.7, "eps": 0.01, "log_growth": 0.3,
    },
}  # fmt: skip
EXAMPLES["one_fifth.tail"] = EXAMPLES["one_fifth.hitting_time"] | {"failure": 0.2}
EXAMPLES["one_fifth.fixed_length"] = EXAMPLES["one_fifth.hitting_time"] | {"d": 40, "L": 4.2}
size = {"d": "at least 3", "Q": "at least 1", "log_growth": "positive"}
start = {"d": "at least 3", "L": "positive", "mu": "positive", "alpha": "positive", "gap": "positive"}
CONDITIONS = {
    one_fifth.acceptance: {"d": "at least 2", "kappa": "positive"},
    one_fifth.gain: {
        "p": "in (0, 1)",
        "share": "in (0, 1)",
        "d": "at least 1",
        "R": "nonnegative",
        "sigma": "positive",
    },
    one_fifth.pull: {"d": "at least 3", "Q": "at least 1"},
    one_fifth.drift: size,
    one_fifth.potential: start | {"log_growth": "positive"},
    one_fifth.hitting_time: start | {"eps": "positive", "log_growth": "positive"},
    one_fifth.tail: start | {"eps": "positive", "log_growth": "positive", "failure": "in (0, 1)"},
    one_fifth.drift_fixed_length: size,
    one_fifth.fixed_length: start | {"eps": "positive", "log_growth": "positive"},
    one_fifth.held_length: {"d": "at least 2", "p": "in (0, 1)"},
    one_fifth.held: {"d": "at least 2", "Q": "at least 1", "p": "in (0, 1)"},
}
VALUES = {
    "d": 9, "kappa": 0.9, "p": 0.2, "share": 0.2, "R": 1.4, "sigma": 0.9, "Q": 1.5, "L": 3.0, "mu": 2.0, "alpha": 0.3,
    "gap": 1.7, "eps": 0.01, "log_growth": 0.3, "offset": 0.7,
    "failure": 0.2,
}  # fmt: skip
NUMERIC_ONLY = {
    one_fifth.acceptance,
    one_fifth.held_length,
    one_fifth.held,
    one_fifth.drift_fixed_length,
    one_fifth.fixed_length,
}  # incomplete beta functions

FALSEHOODS = {
    "accepted as often at half the length": (
        lambda: proof.success_derivation(lambda d, kappa: one_fifth.acceptance(d=d, kappa=kappa / 2)), "shipped bound",
    ),
    "success, the higher kept": (lambda: proof.success_derivation(step=keep_the_higher), "keep the lower"),
    "gain with probability p": (lambda: proof.gain_derivation(lambda **a: a["p"]), "gain"),
    "gain, half the exponent": (
        lambda: proof.gain_derivation(
            lambda p, share, R, sigma, d: one_fifth.gain(p=p, share=share, R=R / 2, sigma=sigma, d=d)
        ),
        "gain",
    ),
    "gain, everything accepted": (lambda: proof.gain_derivation(step=accept_anything), "keep the lower"),
    "1/5 rule, power of d": (
        lambda: proof.progress_derivation(lambda n, Q, c: one_fifth.factor(n=sympy.sqrt(n), Q=Q, c=c)), "expected gap",
    ),
    "1/5 rule, 0.3759": (lambda: proof.progress_derivation(constant=sympy.Rational("0.3759")), "constant"),
    "growth 3": (lambda: proof.hitting_derivation(widest=3), "too long"),
    "a rule that grows faster": (
        lambda: proof.hitting_derivation(rule=lambda alpha, growth: radii.one_fifth(alpha, growth**2)), "shipped rule",
    ),
    "twice B": (
        lambda: proof.hitting_derivation(balance=lambda *a: 2 * one_fifth._balance(*a)), "shipped B",
    ),
    "twice the pull": (lambda: proof.hitting_derivation(pull=lambda d, Q: 2 * one_fifth.pull(d=d, Q=Q)), "share"),
    "half the steps that adapt": (
        lambda: proof.hitting_derivation(
            adapting=lambda offset, log_growth: one_fifth.adapting(offset=offset, log_growth=log_growth) / 2
        ),
        "adapting at 0.7",
    ),
    "fixed length, twice B": (
        lambda: proof.fixed_derivation(lambda **a: 2 * one_fifth.drift_fixed_length(**a)), "shipped drift",
    ),
    "fixed length, half the steps": (
        lambda: proof.fixed_derivation(steps=lambda **a: one_fifth.fixed_length(**a) / 2), "shipped steps",
    ),
    "fixed length, the higher kept": (lambda: proof.fixed_derivation(step=keep_the_higher), "keep the lower"),
    "half the steps of the tail": (
        lambda: proof.tail_derivation(lambda **a: one_fifth.tail(**a) / 2), "shipped steps",
    ),
    "twice the rate of the tail": (
        lambda: proof.tail_derivation(moment=lambda **a: [2 * x for x in one_fifth.moment(**a)]), "shipped moment",
    ),
}  # fmt: skip
TRUTHS = {
    "success as shipped": lambda: proof.success_derivation(step=step),
    "growth up to 2": lambda: proof.hitting_derivation(widest=2),
}
NOT_REDUCED: dict[str, str] = {}
