"""Runs on JAX: steps compiled from record to record, in double precision, with the law that NumPy's have."""

import numpy as np
import pytest

import zotheory as zo
from tests.backends import FAMILY, METHODS

jax = pytest.importorskip("jax")


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not():
    method = METHODS["relative_loss"]
    first, again, other = (zo.run(method, FAMILY, steps=20, seed=seed, replicas=4, backend="jax") for seed in (1, 1, 2))
    assert np.array_equal(first.values, again.values)
    assert np.array_equal(first.x, again.x)
    assert not np.any(first.x == other.x)
