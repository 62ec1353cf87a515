"""What the truth suite needs to know of each theorem module: one table a module, of the same name.

ARGUMENTS    claim -> strategies for the arguments of its bound
EXAMPLES     claim -> arguments of its bound, all different from 1, for the check that wrong units are noticed
CONDITIONS   bound -> argument -> condition outside which it raises (the words of `OUTSIDE` in test_claims.py)
VALUES       argument -> a valid value, for the bounds in CONDITIONS
NUMERIC_ONLY bounds that do not take symbols
FALSEHOODS   what -> (what derives it in vain, the step at which that has to fail)
TRUTHS       what -> the derivation beside a falsehood that has to succeed
NOT_REDUCED  claim -> why it is not measured in reduced coordinates over all decades
"""

from hypothesis import strategies as st

reals = st.floats(-3, 3).map(lambda x: 10.0**x)
numbers = st.floats(0, 4).map(lambda x: 10.0**x)  # at least 1
counts = st.integers(1, 10**6)
