"""Statements: the claims as formulas, in the language of `zotheory.kernel.terms`. One file a method.

A function here takes the bound of a claim and returns what is claimed with it: ``decrease(bound) -> Statement``. So
the formula contains the bound by construction. `zotheory.claims` puts each beside the sentence that it makes precise.
"""
