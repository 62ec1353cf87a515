"""The shipped steps, laws and problems on an array library that is not NumPy, with the numbers that NumPy draws."""

import sys
import tomllib
from pathlib import Path

import array_api_strict
import numpy as np
import pytest

import zotheory as zo
from tests.backends import FAMILY, METHODS, NOT_PLAIN, STARTS, STOCHASTIC, UNKEPT, D, on
from zotheory.backends import BACKENDS
from zotheory.backends.eager import Eager
from zotheory.backends.library import Converted
from zotheory.backends.running import OnLibrary, on_library
from zotheory.directions import LAWS
from zotheory.extras import PACKAGES
from zotheory.libraries import as_numpy
from zotheory.problems.bbob import Bbob
from zotheory.problems.instances import instance
from zotheory.problems.named import INSTANCES
from zotheory.problems.transforms import TRANSFORMS
from zotheory.replicas import Replicas
from zotheory.setting import Setting

STRICT = Eager(array_api_strict, "strict")
PROJECT = Path(__file__).parent.parent / "pyproject.toml"
EXTRAS = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
every = range(31)


@pytest.mark.parametrize("replicas", [None, 3])
@pytest.mark.parametrize("name", METHODS)
def test_every_method_takes_the_steps_that_it_takes_on_numpy(name, replicas):
    """To rounding, at every step: NumPy draws for both."""
    options = {"steps": 30, "seed": 1, "replicas": replicas, "record": every, "x0": STARTS.get(name)}
    expected = zo.run(METHODS[name], FAMILY, **options)
    found = on(STRICT, METHODS[name], FAMILY, **options)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9)
    np.testing.assert_allclose(found.x, expected.x, rtol=1e-9)
    np.testing.assert_allclose(found.best, expected.best, rtol=1e-9)
    np.testing.assert_allclose(found.best_value, expected.best_value, rtol=1e-9)
    assert found.calls - found.looks == expected.calls - expected.looks


@pytest.mark.parametrize("name", STOCHASTIC)
def test_every_stochastic_problem_draws_the_samples_that_it_draws_on_numpy(name):
    options = {"steps": 30, "seed": 1, "replicas": 3, "record": every}
    expected, found = zo.run(UNKEPT, STOCHASTIC[name], **options), on(STRICT, UNKEPT, STOCHASTIC[name], **options)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9)


def test_batches_may_grow_where_steps_are_taken_one_by_one():
    growing = zo.oracles.Batches(zo.problems.cell_nuclei(), lambda t: t)
    options = {"steps": 5, "seed": 1, "record": range(6)}
    expected, found = zo.run(UNKEPT, growing, **options), on(STRICT, UNKEPT, growing, **options)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9)


@pytest.mark.parametrize("scale", [1.0, 0.5, np.array([0.5, 2.0])], ids=["none", "one", "each"])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_laws_scale_as_on_numpy(law, scale):
    drawn = law.draw(np.random.default_rng(5), (3, 2), D, scale)
    converted = law.draw(Converted(np.random.default_rng(5), STRICT.array), (3, 2), D, scale)
    np.testing.assert_allclose(as_numpy(converted), drawn, rtol=1e-12)


@pytest.mark.parametrize("g", TRANSFORMS.values(), ids=TRANSFORMS)
def test_increasing_transforms_are_those_of_numpy(g):
    f = zo.problems.Increasing(zo.problems.golovin_family(1, 8, D, minimiser=0.3), g)
    x = np.random.default_rng(5).standard_normal((4, D))
    np.testing.assert_allclose(as_numpy(f(STRICT.array(x))), f(x), rtol=1e-12)


@pytest.mark.parametrize("name", INSTANCES)
def test_every_named_problem_has_its_values(name):
    f = instance(name, 30, **NOT_PLAIN.get(name, {}))
    x = f.x0 + 0.3 * np.random.default_rng(0).standard_normal((2, 3, 30))
    np.testing.assert_allclose(as_numpy(f(STRICT.array(x))), f(x), rtol=1e-12)


@pytest.mark.parametrize("h", [zo.problems.square_wave, zo.problems.cliffs])
def test_steep_functions_have_their_values(h):
    f = zo.problems.Perturbed(
        FAMILY, h(FAMILY.minimiser, 0.5) if h is zo.problems.square_wave else h(FAMILY.minimiser), 0.1
    )
    x = FAMILY.minimiser + np.linspace(0, 1, 8)[:, None] * np.ones(D)
    found = as_numpy(f(STRICT.array(x)))
    np.testing.assert_allclose(found, f(x), rtol=1e-12)
    assert len(np.unique(np.round(found - as_numpy(FAMILY(STRICT.array(x))), 9))) == 2


# --- what may go wrong -----------------------------------------------------------------------------------------------


def square(x):
    return np.sum(x * x, axis=-1)


ASKED = {
    "an unknown backend": (
        {"backend": "cupy"},
        ValueError,
        r"backend must be one of \('numpy', 'jax', 'torch'\), got 'cupy'",
    ),
    "no backend": ({"backend": None}, ValueError, "backend must be one of"),
    "a device of NumPy": ({"device": "cpu"}, ValueError, "device must be None with backend='numpy', got 'cpu'"),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_cannot_be_asked_for_is_said(name):
    options, error, words = ASKED[name]
    with pytest.raises(error, match=words):
        zo.run(METHODS["relative_loss"], square, x0=np.ones(3), steps=2, **options)


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_a_library_that_is_missing_is_said_with_what_to_do(backend, monkeypatch):
    for name in [
        name for name in sys.modules if name.split(".")[0] == backend or name == f"zotheory.backends.{backend}"
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, backend, None)
    words = f"backend='{backend}' needs \\w+, of the extra {backend}: python -m pip install {PACKAGES[backend]}$"
    with pytest.raises(ModuleNotFoundError, match=words) as caught:
        zo.run(METHODS["relative_loss"], square, x0=np.ones(3), steps=2, backend=backend)
    assert caught.value.name.split(".")[0] in (backend, "array_api_compat")


def test_reduced_coordinates_stay_on_numpy():
    problem = instance("halves", 1000, METHODS["relative_loss"])
    with pytest.raises(ValueError, match="problem must not be in reduced coordinates with backend='strict'"):
        on(STRICT, METHODS["relative_loss"], problem, steps=2)


def test_compiled_functions_stay_on_numpy():
    with pytest.raises(
        zo.ObjectiveError, match=r"functions of BBOB take arrays of NumPy \(backend='numpy'\), got Array"
    ):
        on(STRICT, METHODS["relative_loss"], Bbob(1, 2), steps=2)


def test_functions_of_one_point_stay_on_numpy():
    plan = Replicas.of(
        Setting.of(METHODS["relative_loss"], square, x0=np.ones(3), vectorised=False, nonfinite="error"),
        2,
        None,
        0,
        None,
    )
    with pytest.raises(ValueError, match="vectorised must not be False with backend='strict': map f over rows"):
        on_library(plan, STRICT)


def writing(x):
    x[...] = 0.0
    return array_api_strict.sum(x, axis=-1)


WRONG = {
    "another library": (square, "must return arrays of the library .* got .*: use its functions, or run with"),
    "a number": (lambda x: 1.0, r"must return arrays of the library .* got 1.0 \(float\)"),
    "one value": (lambda x: array_api_strict.sum(x * x), "must return shape"),
    "complex numbers": (lambda x: array_api_strict.sum(x * x, axis=-1) + 0j, "must return real numbers"),
    "its argument": (writing, "must not write into its argument"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_an_objective_does_wrong_is_said(name):
    f, words = WRONG[name]
    with pytest.raises(zo.ObjectiveError, match=words):
        on(STRICT, METHODS["relative_loss"], f, x0=np.ones(3), steps=2)


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool"])
def test_values_of_other_kinds_are_taken_as_doubles(dtype):
    xp = array_api_strict

    def f(x):
        return xp.astype(
            xp.floor(xp.sum(x * x, axis=-1)) > 1 if dtype == "bool" else xp.sum(x * x, axis=-1), getattr(xp, dtype)
        )

    result = on(STRICT, METHODS["relative_loss"], f, x0=np.ones(3), steps=5)
    assert result.values.dtype == np.float64
    assert result.value == as_numpy(f(STRICT.array(result.x)))


def test_nan_ends_a_run_or_is_the_worst_value():
    xp = array_api_strict

    def walled(x):
        return xp.where(x[..., 0] < -1.5, xp.asarray(xp.nan), x[..., 0])

    method = zo.three_point(radius=0.5)
    with pytest.raises(zo.ObjectiveError, match=r"must return finite values, but did not in step \d+: ") as caught:
        on(STRICT, method, walled, x0=np.zeros(3), steps=60, record=[0, 1, 60])
    assert np.isfinite(caught.value.partial.values).tolist() == [True, True, False]
    assert "nonfinite='worst'" in str(caught.value)
    result = on(STRICT, method, walled, x0=np.zeros(3), steps=60, nonfinite="worst", replicas=4)
    expected = zo.run(method, lambda x: np.where(x[:, 0] < -1.5, np.nan, x[:, 0]), x0=np.zeros(3), steps=60, seed=1,
                      nonfinite="worst", replicas=4)  # fmt: skip
    np.testing.assert_allclose(result.values, expected.values, rtol=1e-12)


@pytest.mark.parametrize("name", ["two_point", "relative_loss"])
def test_many_lengths_of_segments_and_chunks_give_one_result(name, monkeypatch):
    """Records at uneven distances are cut into powers of two; each chunk has a stream of its own."""
    uneven = [0, 1, 3, 6, 10, 15, 21, 28]
    once, again = (on(STRICT, METHODS[name], FAMILY, steps=28, record=record) for record in (uneven, [28]))
    np.testing.assert_array_equal(once.x, again.x)
    monkeypatch.setattr(OnLibrary, "most", 8 * D * 2)
    split = on(STRICT, METHODS[name], FAMILY, steps=28, record=uneven, replicas=5)
    monkeypatch.setattr("zotheory.streams.CHUNK_BYTES", 8 * D * 2)
    expected = zo.run(METHODS[name], FAMILY, steps=28, record=uneven, replicas=5, seed=1)
    np.testing.assert_allclose(split.values, expected.values, rtol=1e-9)


def test_a_diverging_run_warns():
    method = zo.two_point(h=lambda t: 10.0, delta=lambda t: 1e-3)
    with pytest.warns(zo.ObjectiveWarning, match="seems to diverge"):
        on(STRICT, method, FAMILY, steps=20)
