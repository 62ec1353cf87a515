"""Search strategies and examples for the arguments of bounds, read off their signatures."""

import math

import numpy as np
from hypothesis import strategies as st

from zotheory.border import Signature
from zotheory.quantities import Quantity

LARGEST_WHOLE = 10**18


def _positive(exponent):
    return st.floats(-exponent, exponent).map(lambda x: 10.0**x)


def _numbers(quantity: Quantity, exponent: float):
    low, high = quantity.low, quantity.high
    if quantity.whole:
        top = int(min(high, LARGEST_WHOLE))
        near = st.integers(int(low), min(top, int(low) + 20))
        far = st.floats(math.log(max(low, 1)), math.log(top)).map(lambda x: min(max(int(math.exp(x)), int(low)), top))
        return near | far
    if math.isinf(low) and math.isinf(high):
        return st.just(0.0) | _positive(exponent) | _positive(exponent).map(lambda x: -x)
    if math.isinf(high):
        ends = st.just(low) if quantity.closed else st.nothing()
        return ends | _positive(exponent).map(lambda x: low + x).filter(lambda x: x > low)
    share = st.floats(1e-3, 1 - 1e-3) | st.floats(-16, -3).map(lambda x: 10.0**x)
    share = share | share.map(lambda x: 1 - x)
    inside = share.map(lambda x: low + x * (high - low)).filter(lambda x: low < x < high)
    return inside | st.sampled_from([low, high]) if quantity.closed else inside


def arguments(signature: Signature, exponent: float = 3):
    """Arguments in range: numbers over so many powers of ten either way, whole ones up to 10^18, relations kept."""
    fixed = {name: _numbers(quantity, exponent) for name, quantity in signature.quantities.items()}
    fixed |= {name: st.sampled_from(choices) for name, choices in signature.choices.items()}
    return (
        st.tuples(st.fixed_dictionaries(fixed), st.floats(0.01, 0.99))
        .map(lambda drawn: related(signature, drawn[0], drawn[1]))
        .filter(lambda drawn: in_range(signature, drawn))
    )


def related(signature: Signature, drawn: dict, share: float) -> dict:
    """Move arguments that break a relation to a `share` of its limit, or beyond it."""
    drawn = dict(drawn)
    for name, relations in signature.relations.items():
        for relation in relations:
            with np.errstate(all="ignore"):
                limit = float(relation.limit(**{need: drawn[need] for need in relation.needs}))
            if math.isfinite(limit) and not relation.sign * (limit - drawn[name]) > 0:
                moved = limit * (share if (relation.sign > 0) == (limit > 0) else 1 / share)
                drawn[name] = round(moved) if signature.quantities[name].whole else moved
    return drawn


def in_range(signature: Signature, drawn: dict) -> bool:
    """Whether the signature takes these arguments."""
    try:
        signature.check(drawn)
    except ValueError:
        return False
    return True


def example(signature: Signature) -> dict:
    """Return plain arguments in range, the same at every call: powers and products of them are all different."""
    drawn = {}
    for index, (name, quantity) in enumerate(signature.quantities.items()):
        offset = 0.2 + 0.37 * index % 0.7
        if quantity.whole:
            drawn[name] = int(min(max(quantity.low, 3 + index), quantity.high))
        elif math.isfinite(quantity.high):
            drawn[name] = quantity.low + offset * (quantity.high - quantity.low)
        else:
            drawn[name] = (quantity.low if math.isfinite(quantity.low) else 0.0) + 0.6 + offset
    drawn |= {name: choices[0] for name, choices in signature.choices.items()}
    for _ in range(3):
        drawn = related(signature, drawn, 0.6)
    signature.check(drawn)
    return drawn


def outside(quantity: Quantity) -> list:
    """Numbers that the quantity does not take."""
    beyond = []
    if math.isfinite(quantity.low):
        beyond += [quantity.low - 1, quantity.low - 1e-9] + ([] if quantity.closed else [quantity.low])
        beyond += [np.array([max(quantity.low, 0) + 1, quantity.low - 1])]
    if math.isfinite(quantity.high):
        beyond += [quantity.high + 1, quantity.high + 1e-9] + ([] if quantity.closed else [quantity.high])
    if quantity.whole:
        beyond += [max(quantity.low, 1) + 0.5]
    return beyond
