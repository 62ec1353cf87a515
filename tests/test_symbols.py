"""The shipped steps on SymPy symbols: the fourth input that the same line serves."""

import numpy as np
import pytest
import sympy as sp

import zotheory as zo
from zotheory.exact import expectation
from zotheory.geometry import project
from zotheory.methods.gld_search import State as GldState
from zotheory.methods.gld_search import step as gld_step
from zotheory.methods.two_point import State, step
from zotheory.reduced import symbols


def test_two_point_step_on_symbols_is_the_formula():
    x, u = np.array(sp.symbols("x0:3", real=True)), np.array(sp.symbols("u0:3", real=True))
    h, delta, lam = sp.symbols("h delta lam", positive=True)
    state = step(lambda z: lam * np.vecdot(z, z) / 2, State(x, x, 1), u, h=h, delta=delta)
    slope = sp.expand(lam * (2 * delta * (x @ u) + delta**2 * (u @ u)) / 2) / delta
    for i in range(3):
        assert sp.expand(state.x[i] - (x[i] - h * slope * u[i])) == 0


def test_one_step_expectation_on_a_quadratic_for_every_dimension():
    """E f after the shipped step in two blocks of symbolic dimension, against the full method by brute sampling."""
    n1, n2 = sp.symbols("n1 n2", positive=True)
    a, b, h, delta = sp.symbols("a b h delta", positive=True)
    blocks = [symbols(n1, 1, 1, "y"), symbols(n2, 1, 1, "z")]
    u = np.concatenate([vectors[0] for vectors, _ in blocks])
    laws = blocks[0][1] | blocks[1][1]
    curvature = np.array([1, 1, 10, 10])
    x = np.array([a, sp.Integer(0), b, sp.Integer(0)])

    def f(z):
        return sum(curvature * z * z) / 2

    after = expectation(sp.expand(f(step(f, State(x, x, 1), u, h=h, delta=delta).x)), laws)
    point = {a: 1.0, b: 0.7, h: 0.01, delta: 0.2, n1: 4, n2: 6}
    full = zo.problems.block_quadratic((1.0, 10.0), (4, 6), start=(1.0, 0.7))
    method = zo.two_point(h=lambda t: 0.01, delta=lambda t: 0.2, law=zo.directions.gaussian)
    state = next(zo.iterate(method, full, replicas=400_000, seed=1))[0]
    state = method.step(full, state, method.draw(zo.generator(2), state, 10))
    sample = full(state.x)
    assert abs(sample.mean() - float(after.subs(point))) < 6 * sample.std() / np.sqrt(len(sample))


def test_gld_step_on_exact_rationals():
    def f(z):
        return np.vecdot(z, z)

    x = np.array([sp.Rational(1, 3), sp.Rational(1, 7)])
    v = np.array([[sp.Rational(-1, 3), 0], [0, sp.Rational(-1, 7)], [1, 1]], dtype=object)
    state = gld_step(f, GldState(x, f(x)), v)
    assert list(state.x) == [0, sp.Rational(1, 7)]
    assert state.fx == sp.Rational(1, 49)


def test_projection_on_symbols():
    s = sp.Symbol("s", nonnegative=True)
    outside = project(np.array([2 + s, sp.Integer(0)]), sp.Integer(2))
    assert sp.simplify(outside[0]) == 2
    inside = project(np.array([sp.Rational(1, 2), sp.Rational(1, 3)]), sp.Integer(2))
    assert list(inside) == [sp.Rational(1, 2), sp.Rational(1, 3)]


@pytest.mark.parametrize("estimate", [zo.estimators.two_point, zo.estimators.central, zo.estimators.one_point])
def test_estimators_are_unbiased_on_quadratics_for_every_dimension(estimate):
    """Odd moments vanish: E g = Hx for a Gaussian direction, with n symbolic."""
    n, a, delta = sp.symbols("n a delta", positive=True)
    (u,), laws = symbols(n, 1, 1)
    x = np.array([a, sp.Integer(0)])
    g = estimate(lambda z: np.vecdot(z, z) / 2, x, u, delta)
    assert sp.simplify(expectation(sp.expand(g[0]), laws) - a) == 0


def test_double_smoothing_and_pairs():
    x, u, w = np.array([1.0, 2.0]), np.array([1.0, -1.0]), np.array([0.5, 0.5])

    def f(z):
        return np.abs(z).sum(axis=-1)

    g = zo.estimators.double_smoothed(f, x, u, w, 0.1, 0.2)
    assert np.allclose(g, (f(x + 0.2 * w + 0.1 * u) - f(x + 0.2 * w)) / 0.1 * u)
    mean = (zo.estimators.two_point(f, x, u, 0.1) + zo.estimators.two_point(f, x, w, 0.1)) / 2
    assert np.allclose(zo.estimators.pairs(f, x, np.stack([u, w]), 0.1), mean)
