"""What the truth suite needs to know of the derivations of each method's claims: one table a method, of the same name.

FALSEHOODS   what -> (what derives it in vain, the step at which that has to fail)
TRUTHS       what -> the derivation beside a falsehood that has to succeed
NOT_REDUCED  claim -> why it is not measured in reduced coordinates over all decades
"""
