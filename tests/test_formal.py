"""What the kernel derives of claims: exactly their conclusion, from exactly their hypotheses, and no other bound."""

import pytest

from proofs import FORMAL, formally
from zotheory.claims import find
from zotheory.kernel.facts import Refused, proves
from zotheory.proving.solver import Unsolved

QUICK = ("relative_loss.decrease", "two_point.second_moment")
EACH = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in FORMAL]


@pytest.mark.parametrize("name", EACH)
def test_the_last_fact_is_the_statement(name):
    statement = find(name).statement
    fact = formally(name)
    assert proves(fact, [*statement.given, *statement.where], statement.holds)


FACTORS = {"relative_loss.decrease": 1.01, "two_point.second_moment": 0.99}  # falls are larger, moments smaller


@pytest.mark.parametrize("name", QUICK)
def test_a_bound_that_is_a_little_too_good_is_not_derived(name):
    claim, hundredths = find(name), round(100 * FACTORS[name])
    false = claim.states(lambda **given: hundredths * claim.bound(**given) / 100)
    with pytest.raises((Refused, Unsolved)):
        formally(name, false)
