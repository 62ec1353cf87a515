"""Coq as a second engine: key lemmas of the claims, generated from the formulas that ship, and proved once more.

What is trusted: Coq's kernel; ``prelude.v``, some thirty lines of definitions; `terms` and `formulas`, which turn a
statement into a proposition; `one_step` and `many_steps`, which say what the lemmas are, with the bounds that ship in
them. The scripts (all other files ``*.v``) are written by hand and need not be read: Coq checks them against the
generated propositions, an audit lists the axioms that they rest on, and ``witnesses.v`` shows that the hypotheses of
each lemma hold somewhere.

Coq checks lemmas, not claims. What a lemma leaves out of its claim stands in `LEMMAS`.

    python -m proofs.coq            # compile and audit all: needs coqc, Coquelicot and Interval
    python -m proofs.coq grid       # print the proposition, too
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from proofs.coq import many_steps, one_step
from zotheory.kernel.statement import Statement


class Lemma(NamedTuple):
    """A lemma that Coq checks.

    Attributes
    ----------
    claim : whose key lemma it is
    what : what of the claim it is
    left : what of the claim it is not
    states : makes the statement from the shipped bounds
    script : the file with its proof, without ".v"
    """

    claim: str
    what: str
    left: str
    states: Callable[..., Statement]
    script: str


MOMENTS = "that the uniform law on the sphere is symmetric and has these two moments; that what is left has a mean"
DRIFT = "Phi(-6/5) and Phi(-1/2) as chances of acceptance; steps between too short and too long; stopping"
LEMMAS = {
    "decrease": Lemma(
        "relative_loss.decrease",
        "the whole inequality, for each law of directions that is symmetric, with E|u|^2 = d and E|<a, u>| = m_d "
        "sqrt(d) |a|, of the point that the shipped step returns",
        MOMENTS,
        one_step.decrease,
        "decrease",
    ),
    "minibatch_pair": Lemma(
        "relative_loss_minibatch.decrease",
        "the inequality for a direction and its opposite, with the bound in one dimension",
        "the mean over directions",
        one_step.minibatch_pair,
        "minibatch",
    ),
    "minibatch_decrease": Lemma(
        "relative_loss_minibatch.decrease",
        "the whole inequality, for each law of samples, and of directions as above",
        f"{MOMENTS}; that direction and sample may be drawn in either order",
        one_step.minibatch_decrease,
        "minibatch",
    ),
    "telescoping": Lemma(
        "two_point.mean_gap_sharp",
        "from one step to the mean gap over k steps, under the shipped schedule: distances telescope, three sums",
        "expectations: gaps, slopes and lengths are numbers here; Lemma 1; that projections bring nearer; convexity",
        many_steps.telescoping,
        "telescoping",
    ),
    "grid": Lemma(
        "relative_loss.strongly_convex",
        "ceil(log2(Q gap/eps)/2) radii of ratio 2 are enough: one is within 2/3 and 4/3 of the best",
        "the draw of a radius, the fall of a step, the sum over steps",
        many_steps.grid,
        "grid",
    ),
    "too_long": Lemma(
        "one_fifth.hitting_time",
        "the potential falls by 1 where steps are too long",
        DRIFT,
        many_steps.too_long,
        "potential",
    ),
    "too_short": Lemma(
        "one_fifth.hitting_time",
        "the potential falls by 1 where steps are too short",
        DRIFT,
        many_steps.too_short,
        "potential",
    ),
    "fold": Lemma(
        "one_fifth.hitting_time",
        "the shipped drift is as small as the two lemmas above ask",
        DRIFT,
        many_steps.fold_of_the_drift,
        "potential",
    ),
    "tails": Lemma(
        "gld_search.ball_overlap",
        "the number Phi(-3/4) to twelve digits, erf being an integral",
        "that two balls share so much",
        many_steps.tails,
        "tails",
    ),
}


def checked_twice(claim: str) -> dict[str, str]:
    """Return the lemmas of a claim that Coq checks as well, and what of the claim they are."""
    return {name: lemma.what for name, lemma in LEMMAS.items() if lemma.claim == claim}
