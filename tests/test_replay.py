"""What a step drew and saw is handed out once more: the same numbers, in the same order, or not at all."""

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest

from zotheory.reduced.replay import LARGEST, Recorder, Replay, Seen, Told, Unfit, leaves, mapped

D, BATCH = 5, (2,)
DRAWS = {  # a call, the name under which it is kept, and calls that are not the same
    "vectors": (("standard_normal", (2, D)), "standard_normal", [("standard_normal", (2, D - 1)), ("random", (2,))]),
    "several vectors": (("standard_normal", (2, 3, D)), "standard_normal", [("standard_normal", (2, 4, D))]),
    "a normal number each": (("standard_normal", (2,)), "a number", [("random", (2,)), ("standard_normal", (2, D))]),
    "a number each": (("random", (2,)), "random", [("standard_exponential", (2,)), ("random", (3,)), ("random", None)]),
    "a number": (("random", None), "random", [("standard_exponential", None), ("random", (2,))]),
    "a waiting time": (("standard_exponential", 2), "standard_exponential", [("random", 2), ("standard_normal", (2,))]),
}


class Source:
    """Reduced normals, three coordinates each, and numbers."""

    batch = BATCH
    kept = "what the source knows besides"

    def __init__(self):
        self.rng = np.random.default_rng(4)

    def standard_normal(self, size):
        lead = size[:-1] if size != self.batch else size
        return self.rng.standard_normal((*lead, 3) if size != self.batch else size)

    def random(self, size):
        return self.rng.random(size)

    def standard_exponential(self, size):
        return self.rng.standard_exponential(size)


def drawn(name):
    (call, size), _, _ = DRAWS[name]
    recorder = Recorder(Source())
    value = getattr(recorder, call)(size)
    return recorder.drawn, np.array(value)


@pytest.mark.parametrize("name", DRAWS)
def test_the_same_call_gives_the_same_numbers_and_no_other_call_does(name):
    (call, size), kept, others = DRAWS[name]
    found, value = drawn(name)
    assert [word for word, _ in found] == [kept]
    replay = Replay(found, D, BATCH, lambda z: 10 * z)
    again = getattr(replay, call)(size)
    np.testing.assert_array_equal(again, 10 * value if kept == "standard_normal" else value)
    assert np.ndim(again) == value.ndim
    with pytest.raises(Unfit, match="depends on how many coordinates"):
        getattr(replay, call)(size)  # once only
    for other, shape in others:
        with pytest.raises(Unfit, match="depends on how many coordinates"):
            getattr(Replay(found, D, BATCH, lambda z: z), other)(shape)


def test_what_is_kept_is_a_copy_both_ways():
    recorder = Recorder(Source())
    value = recorder.standard_normal((2, D))
    value *= 0
    assert np.all(recorder.drawn[0][1] != 0)
    Replay(recorder.drawn, D, BATCH, lambda z: z).standard_normal((2, D))[:] = 0
    assert np.all(recorder.drawn[0][1] != 0)
    assert recorder.kept == Source.kept


def test_a_few_numbers_are_drawn_and_no_more():
    assert Recorder(Source()).random(LARGEST).shape == (LARGEST,)
    with pytest.raises(Unfit, match="is drawn of shape"):
        Recorder(Source()).random((2, LARGEST // 2 + 1))


PLACED = [("random", D, True), ("random", D - 1, False), ("standard_normal", (2, D), False)]


@pytest.mark.parametrize(("call", "size", "explained"), PLACED)
def test_numbers_in_the_place_of_a_vector_are_told(call, size, explained):
    def fails(recorder):
        with recorder.explaining(D):
            getattr(recorder, call)(size)
            raise ValueError("shapes do not fit")

    with pytest.raises(ValueError, match="in the place of a vector" if explained else "shapes"):
        fails(Recorder(Source()))


def test_an_objective_is_told_what_was_seen_and_asked_as_often():
    seen = Seen(lambda x: np.sum(x * x, axis=-1))
    points = [np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(2, 2, 3)]
    values = [seen(x) for x in points]
    told = Told(seen.values)
    for x, value in zip(points, values, strict=True):
        np.testing.assert_array_equal(told(-x), value)  # whatever the points
        np.testing.assert_array_equal(told.points[-1], -x)
    for one, other in zip(seen.points, points, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one is not other
    with pytest.raises(Unfit, match="how often"):
        told(points[0])
    with pytest.raises(Unfit, match="how often"):
        Told(seen.values)(points[1])


class State(NamedTuple):
    x: np.ndarray
    inner: object


def test_the_leaves_of_a_state_have_paths_and_nothing_else_is_touched():
    word, function = "word", len
    held = SimpleNamespace(a=np.ones(2), b=3, f=function)
    state = State(np.arange(3.0), {"list": [1, (2.5, np.zeros(1))], "held": held, "word": word, "f": function})
    found = leaves(state, "state")
    assert list(found) == [
        "state.x", "state.inner.list.0", "state.inner.list.1.0", "state.inner.list.1.1", "state.inner.held.a",
        "state.inner.held.b",
    ]  # fmt: skip
    assert [float(np.sum(leaf)) for leaf in found.values()] == [3, 1, 2.5, 0, 2, 3]
    doubled = mapped(state, lambda path, leaf: 2 * leaf)
    assert isinstance(doubled, State)
    assert isinstance(doubled.inner["list"], list)
    assert isinstance(doubled.inner["list"][1], tuple)
    assert (doubled.inner["held"].b, held.b) == (6, 3)
    assert (doubled.inner["word"], doubled.inner["f"], doubled.inner["held"].f) == (word, function, function)
