"""Table of `zotheory.theorems.relative_loss_momentum`."""

import sympy
from hypothesis import strategies as st

import proofs.relative_loss_momentum as proof
from tests.tables import counts, numbers, reals
from zotheory.theorems import relative_loss_momentum as momentum

lengths = st.floats(0.01, 3)
one_step = {"alpha": reals, "g": reals, "L": reals, "d": counts, "c": lengths}
ARGUMENTS = {
    "relative_loss_momentum.adversarial": one_step,
    "relative_loss_momentum.adversarial_sharp": one_step,
    "relative_loss_momentum.aligned": one_step | {"gamma": st.floats(0.01, 0.4), "c": st.floats(0.5, 3)},
    "relative_loss_momentum.rate": {"T": counts, "gap": reals, "Q": numbers, "d": counts, "J": counts, "c": lengths},
    "relative_loss_momentum.drift": {"k": reals, "spread": reals},
    "relative_loss_momentum.limit_rate": {"Q": numbers, "kappa": st.floats(0.01, 0.5), "gain": st.floats(0.1, 4.5)},
    "relative_loss_momentum.limit_ceiling": {"least": st.floats(0.001, 1), "V": numbers, "t": st.floats(0, 2)},
}
step_example = {"alpha": 0.3, "g": 1.7, "L": 2.3, "d": 3, "c": 0.6}
EXAMPLES = {
    "relative_loss_momentum.adversarial": step_example,
    "relative_loss_momentum.adversarial_sharp": step_example,
    "relative_loss_momentum.aligned": step_example | {"gamma": 0.2},
    "relative_loss_momentum.rate": {"T": 20, "gap": 1.7, "Q": 1.5, "d": 3, "J": 4, "c": 0.6},
    "relative_loss_momentum.drift": {"k": 1.5, "spread": 0.2},
    "relative_loss_momentum.limit_rate": {"Q": 3.0, "kappa": 0.2, "gain": 1.5},
    "relative_loss_momentum.limit_ceiling": {"least": 0.2, "V": 1.5, "t": 0.8},
}
step_conditions = {"alpha": "positive", "g": "positive", "L": "nonnegative", "d": "at least 1", "c": "nonnegative"}
share = {"Q": "at least 1", "d": "at least 1", "J": "at least 1", "c": "nonnegative"}
CONDITIONS = {
    momentum.adversarial: step_conditions,
    momentum.adversarial_sharp: step_conditions,
    momentum.aligned: step_conditions | {"gamma": "nonnegative"},
    momentum.best_radius: {"g": "positive", "L": "positive", "d": "at least 1", "c": "nonnegative"},
    momentum.share: share,
    momentum.gap_left: share | {"T": "at least 1", "gap": "positive"},
    momentum.disagreement: {"k": "positive", "spread": "nonnegative"},
    momentum.curvature_spread: {
        "trace": "positive", "square": "nonnegative", "bend": "nonnegative", "turn": "nonnegative",
    },
    momentum.two_valued_rate: {"Q": "at least 1", "kappa": "nonnegative", "gain": "positive"},
    momentum.rate_ceiling: {"least": "positive", "V": "at least 1", "t": "nonnegative"},
}  # fmt: skip
VALUES = {"alpha": 0.3, "g": 1.7, "L": 2.3, "d": 3, "c": 0.6, "gamma": 0.2, "T": 20, "gap": 1.7, "Q": 3.0, "J": 4}
VALUES |= {"k": 1.5, "spread": 0.2, "trace": 3.1, "square": 2.2, "bend": 0.7, "turn": 0.9, "kappa": 0.2, "gain": 1.5}
VALUES |= {"least": 0.2, "V": 1.5, "t": 0.8}
NUMERIC_ONLY = {momentum.two_valued_rate}  # solves equations


def _keep_the_higher(f, state, move, **rest):
    after = proof.step(lambda x: -f(x), state._replace(fx=-state.fx), move, **rest)
    return after._replace(fx=-after.fx)


def _ignores_momentum(f, state, move, **rest):
    return proof.step(f, state._replace(b=0 * state.b), move, **rest)


def _twice_gamma(*, gamma, **a):
    more = a["alpha"] * a["g"] / sympy.sqrt(a["d"]) * gamma * proof.normal_tail(-gamma)
    return momentum.aligned(gamma=gamma, **a) + more


def _uphill_forgotten(*, c, **a):
    return momentum.second_moment(c=c, **a) - 2 * c * momentum.density(a["t"])


def _sign(x, b, e, **rest):
    return momentum.drift(x, b, -e, **rest)


FALSEHOODS = {
    "adversarial momentum costs nothing": (
        lambda: proof.adversarial_derivation(
            bound=lambda alpha, g, L, d, c: momentum.adversarial(alpha=alpha, g=g, L=L, d=d, c=c * 0)
        ),
        "fall",
    ),
    "adversarial, half the curvature": (
        lambda: proof.adversarial_derivation(bound=lambda L, **a: momentum.adversarial(L=L / 2, **a)), "fall",
    ),
    "adversarial, the higher kept": (
        lambda: proof.adversarial_derivation(step=_keep_the_higher), "the shipped step",
    ),
    "aligned, twice gamma": (lambda: proof.aligned_derivation(bound=_twice_gamma), "fall"),
    "aligned, momentum ignored": (lambda: proof.aligned_derivation(step=_ignores_momentum), "the shipped step"),
    "adversarial, second moment without 2c": (
        lambda: proof.sharp_derivation(second_moment=_uphill_forgotten), "second moment",
    ),
    "adversarial, sharp, half the curvature": (
        lambda: proof.sharp_derivation(bound=lambda L, **a: momentum.adversarial_sharp(L=L / 2, **a)), "fall",
    ),
    "rate with momentum, twice as fast": (
        lambda: proof.rate_derivation(left=lambda Q, **a: momentum.gap_left(Q=Q / 2, **a)), "expected gap",
    ),
    "rate with momentum, half the radii": (
        lambda: proof.rate_derivation(grid=lambda gap, **a: momentum.grid(gap=gap / 4, **a)), "shipped grid",
    ),
    "acceptance, half the probability": (
        lambda: proof.drift_derivation(bound=lambda **a: momentum.disagreement(**a) / 2), "best s",
    ),
    "acceptance, spread without momentum": (
        lambda: proof.drift_derivation(
            spread=lambda turn, **a: momentum.curvature_spread(turn=0 * turn, **a)
        ),
        "v",
    ),
    "drift with the sign of g lost": (lambda: proof.drift_derivation(changes=_sign), "change of xx"),
    "limit, twice the part": (lambda: proof.limit_derivation(part=lambda *p, **a: 2 * momentum.part(*p, **a)), "part"),
    "limit, part of another gain": (
        lambda: proof.limit_derivation(part=lambda *p, gain, **a: momentum.part(*p, gain=gain / 2, **a)), "part",
    ),
    "ceiling, half": (
        lambda: proof.ceiling_derivation(bound=lambda **a: momentum.rate_ceiling(**a) / 2), "there|ceiling",
    ),
    "ceiling, half the spread of curvatures": (
        lambda: proof.ceiling_derivation(bound=lambda V, **a: momentum.rate_ceiling(V=V / 2, **a)), "there|ceiling",
    ),
    "ceiling, no square root": (
        lambda: proof.ceiling_derivation(bound=lambda V, **a: momentum.rate_ceiling(V=0 * V + 1, **a)), "there|ceiling",
    ),
}  # fmt: skip
TRUTHS: dict = {}
NOT_REDUCED = {
    "relative_loss_momentum.limit_rate": "a run that keeps its shape takes some d steps; one step of it is measured "
    "over the decades in relative_loss_momentum.drift",
    "relative_loss_momentum.limit_ceiling": "about solutions of two equations, which have no dimension",
}
