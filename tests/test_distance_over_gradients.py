"""Distance over gradients: its steps against the recursion written out, its scales, and what noise does to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zotheory as zo
from zotheory.oracles import Fresh, Noisy

D = 4
F = zo.problems.golovin_family(1, 8, D, minimiser=0.3, f_star=-1.0)


def widths(t):
    return 0.3 / t**0.5


METHOD = zo.distance_over_gradients(delta=widths, reach=0.1)


def along(method, f, x0, draws):
    """What a method returns after these draws."""
    state = method.init(f, x0)
    for u in draws:
        state = method.step(f, state, u)
    return method.output(state)


def draws(seed, steps=12):
    return zo.directions.sphere.draw(zo.generator(seed), (steps,), D)


def test_steps_and_mean_are_those_of_the_paper():
    """All iterates and gradients kept, each sum taken anew; the mean by its weights, not by its recursion."""
    us, x = draws(1), [F.x0]
    gradients = []
    for t, u in enumerate(us, start=1):
        delta = widths(t)
        gradients.append((F(x[-1] + delta * u) - F(x[-1] - delta * u)) / (2 * delta) * u)
        far = max([0.1, *(np.linalg.norm(each - x[0]) for each in x)])
        x.append(x[-1] - far / np.sqrt(sum(g @ g for g in gradients)) * gradients[-1])
    weights = np.array([t * (t + 1) * (t + 2) for t in range(1, len(us) + 1)])  # 1, 4, 10 ...: those of gamma = 3
    np.testing.assert_allclose(along(METHOD, F, F.x0, us), weights @ x[:-1] / weights.sum(), rtol=1e-12)


@given(seed=st.integers(0, 10**6), a=st.sampled_from([2.0**-20, 0.5, 8.0, 2.0**30]), c=st.floats(-8, 8))
def test_units_of_values_do_not_matter(seed, a, c):
    us = draws(seed)
    other = along(METHOD, lambda x: a * F(x) + c * a, F.x0, us)
    np.testing.assert_allclose(other, along(METHOD, F, F.x0, us), rtol=1e-6)


@given(seed=st.integers(0, 10**6), a=st.sampled_from([2.0**-10, 0.5, 8.0, 2.0**20]))
def test_units_of_space_come_with_its_two_lengths(seed, a):
    us = draws(seed)
    scaled = zo.distance_over_gradients(delta=lambda t: a * widths(t), reach=0.1 * a)
    np.testing.assert_array_equal(along(scaled, lambda x: F(x / a), a * F.x0, us), a * along(METHOD, F, F.x0, us))


def test_where_there_is_no_difference_there_is_no_step():
    assert np.array_equal(along(METHOD, lambda x: 0 * x[..., 0] + 2.0, F.x0, draws(1)), F.x0)


def test_the_first_step_is_as_long_as_was_told():
    state = METHOD.step(F, METHOD.init(F, F.x0), draws(1)[0])
    assert np.linalg.norm(state.x - F.x0) == pytest.approx(0.1)


def test_wide_differences_bear_noise_that_short_ones_do_not():
    """Noise of a tenth of the first gap; 25 runs."""
    noisy = Fresh(Noisy(F, 0.1 * (float(F(F.x0)) - F.f_star)))
    wide, short = (
        np.median(zo.run(zo.distance_over_gradients(delta=lambda t, w=w: w, reach=0.1), noisy, steps=1000, replicas=25,
                         seed=1, record=[1000]).values[-1]) - F.f_star
        for w in (0.5, 0.01)
    )  # fmt: skip
    assert wide < 0.01 * short


@pytest.mark.parametrize(("name", "value"), [("delta", 0.1), ("reach", 0.0), ("reach", -1.0), ("reach", "1")])
def test_wrong_arguments_are_named(name, value):
    with pytest.raises((TypeError, ValueError), match=name):
        zo.distance_over_gradients(**{"delta": widths, "reach": 0.1, name: value})
