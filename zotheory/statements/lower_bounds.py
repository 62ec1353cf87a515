"""No method with m values a round does better: what of the claims is a formula."""

from __future__ import annotations

from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import dimension, natural
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import Le
from zotheory.theorems.lower_bounds import upper_over_lower


def factor(bound: Bound) -> Statement:
    """Theorem 1 over the lower bound, from k = d on."""
    k, d = natural("k"), dimension("d")
    return Statement(given=[Le(d, k)], holds=Le(upper_over_lower(k, d), bound()))
