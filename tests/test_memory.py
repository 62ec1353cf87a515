"""Memory beside what is asked for is that of a chunk, however many replicas there are."""

import numpy as np
import pytest

from benchmarks.memory import CASES, taken

CHUNK = 40e6  # bytes: chunks of 1 MiB of displacements, with a few temporaries and what they keep


@pytest.mark.parametrize("name", ["in memory", "in files", "a summary"])
def test_memory_over_outputs_is_that_of_a_chunk(name):
    """Points and best points of these take 128 MB."""
    before, largest, kept = taken(name, 8_000, d=1000, steps=1)
    assert kept > 128e6 if name == "in memory" else kept < 1e5
    assert largest - before - kept < CHUNK


def test_a_large_parent_is_not_taken_for_the_program_that_it_starts():
    """What a system says of a process may be the peak of the one that it was forked from."""
    large = np.ones(30_000_000)
    before, _, _ = taken("a summary", 10, d=2, steps=1)
    assert 1e7 < before < large.nbytes


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_hundred_thousand_replicas(name):
    _, largest, kept = taken(name, 100_000)
    assert largest - kept < (200e6 if kept > 1e6 else 500e6)
