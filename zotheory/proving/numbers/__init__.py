"""A second opinion on facts: evaluated in 30 digits where their hypotheses hold, by code that shares none with rules.

    given |- holds: where values of the free variables make every formula of `given` true, `holds` must be.

``check(fact)`` looks for such values and evaluates the conclusion, ``assignments(formulas)`` yields them, and
``witness(statement, values)`` says whether hypotheses hold together somewhere.
"""

from zotheory.proving.numbers.search import Outcome, Search, assignments, check, reached, witness

__all__ = ["Outcome", "Search", "assignments", "check", "reached", "witness"]
