"""Runs on JAX: steps compiled from record to record, in double precision, with the law that NumPy's have."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import zotheory as zo
from tests import test_docs
from tests.backends import FAMILY, METHODS, NOT_PLAIN, STARTS, STOCHASTIC, UNKEPT, refuted
from zotheory.arguments import at_step
from zotheory.backends.running import OnLibrary
from zotheory.problems.instances import instance
from zotheory.problems.named import INSTANCES
from zotheory.storage.database import Refused

jax = pytest.importorskip("jax")
jnp = jax.numpy
from zotheory.backends.jax import Jax, Source, generator  # noqa: E402

START = np.full(5, 0.3)
METHOD = METHODS["relative_loss"]


def square(x):
    return jnp.sum(x * x, axis=-1)


def run(method=METHOD, f=square, **options):
    return zo.run(method, f, **{"steps": 20, "x0": START, "backend": "jax"} | options)


# --- what a run is ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_is_one_of_doubles_that_its_seed_determines():
    first, again, other = (run(f=FAMILY, x0=None, seed=seed, replicas=4) for seed in (1, 1, 2))
    assert np.array_equal(first.values, again.values)
    assert np.array_equal(first.x, again.x)
    assert not np.any(first.x == other.x)
    assert first.x.dtype == first.values.dtype == np.float64
    assert first.calls - first.looks == 21
    assert np.allclose(first.value, FAMILY(first.x), rtol=1e-14)
    assert np.all(np.diff(first.values, axis=0) <= 0)
    assert len(set(first.value)) == 4  # each replica for itself


def test_a_plain_function_and_a_single_run():
    result = run(seed=3, record=[0, 10, 20])
    assert result.x.shape == START.shape
    assert result.values[0] == pytest.approx(np.sum(START**2))
    assert result.value == pytest.approx(np.sum(result.x**2))
    assert 0 < result.best_value == result.value <= result.values[1] <= result.values[0]


def test_settings_come_back_also_after_an_error():
    names = ("jax_enable_x64", "jax_default_device", "jax_threefry_partitionable", "jax_numpy_dtype_promotion")
    before = [getattr(jax.config, name) for name in names]
    assert before[0] is False
    run(steps=1)
    with pytest.raises(zo.ObjectiveError):
        run(f=lambda x: jnp.log(-square(x)))
    assert [getattr(jax.config, name) for name in names] == before
    assert jnp.ones(1).dtype == np.float32


@pytest.mark.slow
@pytest.mark.parametrize("chunks", [1, 3])
def test_steps_are_traced_as_often_for_many_chunks_as_for_one(chunks, monkeypatch):
    """Once for the kinds that it returns, from the start and from a later step, and once to be compiled."""
    monkeypatch.setattr(OnLibrary, "most", 8 * len(START) * 2)
    traced = []

    def f(x):
        traced.extend([1] * isinstance(x, jax.core.Tracer))
        return square(x)

    run(f=f, replicas=2 * chunks, record=[10, 20])
    assert len(traced) == 3


@pytest.mark.slow
def test_segments_do_not_show_in_the_result():
    """Whether records lie close or far: the same steps."""
    often, seldom = (run(seed=1, record=record) for record in (range(0, 21, 4), [20]))
    assert np.array_equal(often.x, seldom.x)


def test_a_step_draws_anew_what_it_drew():
    """The stream of step 7 can be had without those before; another step or draw has other numbers."""
    source = generator(5)
    first, second = (source.at(7) for _ in range(2))
    drawn = first.standard_normal(3)
    assert np.array_equal(drawn, second.standard_normal(3))
    others = [first.standard_normal(3), source.at(8).standard_normal(3), generator(6).at(7).standard_normal(3)]
    assert not any(np.isin(drawn, other).any() for other in others)


def test_functions_of_the_step_have_the_values_and_the_errors_that_they_have_on_numpy():
    """They are asked on the host, at whole numbers: 0 in the first step of random gradient-free search."""
    asked = []

    def h(k):
        asked.append(k)
        return 0.1 if k < 12 else -1.0

    method = zo.random_gradient_free(h=h, delta=1e-6)
    with pytest.raises(ValueError, match=r"h\(12\) must be positive, got -1.0") as caught:
        run(method, record=[0, 10, 20])
    assert asked == list(range(13))
    assert np.isfinite(caught.value.partial.values).tolist() == [True, True, False]
    assert caught.value.partial.x.shape == START.shape


# --- what may go wrong ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_values_that_are_not_finite_end_the_run_and_keep_what_there_was():
    def walled(x):
        return jnp.where(x[..., 0] < -1.5, jnp.nan, x[..., 0])

    with pytest.raises(zo.ObjectiveError, match=r"must return finite values, but did not in step \d+: ") as caught:
        run(zo.three_point(radius=0.5), walled, steps=60, record=range(61))
    step = int(str(caught.value).split("step ")[1].split(":")[0])
    finite = np.isfinite(caught.value.partial.values)
    assert finite.tolist() == [t < step for t in range(61)]
    assert caught.value.partial.value == caught.value.partial.values[step - 1] >= -1.5 - 1e-12
    assert f"stopped at step {step} of 60" in caught.value.__notes__[-1]
    result = run(zo.three_point(radius=0.5), walled, steps=60, nonfinite="worst", replicas=3)
    assert np.all(result.value >= -1.5)
    with pytest.raises(zo.ObjectiveError, match="must return no -inf, but did not in step"):
        run(zo.three_point(radius=0.5), lambda x: jnp.log(jnp.maximum(x[..., 0], 0)), steps=60, nonfinite="worst")


WRONG = {
    "arrays of NumPy": (lambda x: np.linalg.norm(x, axis=-1), "must return arrays of the library .* got .*ndarray"),
    "half precision": (lambda x: square(x).astype(jnp.float16), "in single precision at least, got dtype float16"),
    "complex numbers": (lambda x: square(x) + 0j, "must return real numbers"),
    "one point": (lambda x: jnp.sum(x * x), "must return shape"),
    "another axis": (lambda x: jnp.sum(x * x, axis=0), "must return shape"),
    "a branch": (lambda x: square(x) if x[0, 0] > 0 else -square(x), "operations that jax can compile, without `if`"),
    "an exception": (lambda x: x[..., 7:8] @ jnp.ones(3), "the objective raised TypeError: "),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_an_objective_does_wrong_is_said(name):
    f, words = WRONG[name]
    with pytest.raises((zo.ObjectiveError, ValueError), match=words):
        run(f=f)


def test_undeclared_noise_is_found_before_the_first_step():
    calls = []

    def noisy(x):
        calls.append(1)
        return square(x) * (1 + 1e-3 * len(calls))

    with pytest.raises(ValueError, match="one function within a step"):
        run(f=noisy)


def test_a_method_that_cannot_be_compiled_is_said():
    def step(f, state, u):
        return METHOD.step(f, state, u) if state.x[0] > 0 else state

    with pytest.raises(TypeError, match="method must be made of operations that jax can compile, which mine is not"):
        run(replace(METHOD, name="mine", step=step))


@pytest.mark.slow
def test_a_number_of_the_step_of_another_kind_is_refused():
    def asking(t):
        return replace(
            METHOD, draw=lambda rng, state, d: METHOD.draw(rng, state, d)._replace(sigma=at_step("s", abs, t(state)))
        )

    with pytest.raises(TypeError, match="s must be asked for at the number of a step that the state holds"):
        run(asking(lambda state: state.t + 1))
    slow = asking(lambda state: state.t)
    slow = replace(slow, step=lambda f, state, u: METHOD.step(f, state, u)._replace(t=state.t))
    with pytest.raises(ValueError, match=r"s must be asked for at a number that grows by 1 a step, got 1 before 20"):
        run(slow, record=[20])


# --- problems ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", INSTANCES)
def test_every_named_problem_compiles_and_has_its_values(name):
    f = instance(name, 30, **NOT_PLAIN.get(name, {}))
    x = f.x0 + 0.3 * np.random.default_rng(0).standard_normal((2, 3, 30))
    with jax.enable_x64(True):
        value = jax.jit(f.__call__)(jnp.asarray(x))
    assert value.dtype == np.float64
    np.testing.assert_allclose(value, f(x), rtol=1e-11)


def test_what_cannot_run_here_is_said():
    growing = zo.oracles.Batches(zo.problems.cell_nuclei(), lambda t: t)
    with pytest.raises(ValueError, match="sizes must be a number with backend='jax'"):
        run(UNKEPT, growing, x0=None)


def test_a_run_in_a_folder_counts_the_code_of_the_library(monkeypatch, tmp_path):
    """A run that goes on with other streams or steps would be neither."""
    options = {"f": FAMILY, "x0": None, "steps": 1, "record": [1], "store": tmp_path}
    run(**options)
    for name in ("stream", "repeat"):
        with monkeypatch.context() as patched:
            patched.setattr(Jax, name, lambda *given: None)
            with pytest.raises(Refused, match=r"holds another run: code [0-9a-f]+ there"):
                run(**options)


# --- the law ----------------------------------------------------------------------------------------------------------

STEPS, REPLICAS = 40, 3000
BUDGET = 1e-4  # of one false alarm in all of these comparisons together


def ends(name, backend, method=None, problem=FAMILY):
    """Values at the end of so many independent runs."""
    options = {"steps": STEPS, "replicas": REPLICAS, "record": [STEPS], "x0": STARTS.get(name), "backend": backend}
    return zo.run(method or METHODS[name], problem, seed=7, **options).values[-1]


@pytest.mark.slow
def test_every_method_has_the_law_that_it_has_on_numpy():
    """Kolmogorov and Smirnov's test of two samples, by Holm; nine times in ten they see a distance of 0.08."""
    cases = {name: (METHODS[name], FAMILY) for name in METHODS} | {name: (UNKEPT, f) for name, f in STOCHASTIC.items()}
    chances = {
        name: stats.ks_2samp(*(ends(name, backend, *case) for backend in ("numpy", "jax"))).pvalue
        for name, case in cases.items()
    }
    assert refuted(chances, BUDGET) == []


@pytest.mark.slow
def test_another_law_is_refuted(monkeypatch):
    """Directions of which each coordinate is a tenth too long."""
    name = "random_gradient_free"
    drawn = Source.standard_normal
    monkeypatch.setattr(Source, "standard_normal", lambda self, size=(): 1.1 * drawn(self, size))
    chances = {name: stats.ks_2samp(*(ends(name, backend) for backend in ("numpy", "jax"))).pvalue}
    assert refuted(chances | dict.fromkeys(range(len(METHODS) + len(STOCHASTIC) - 1), 1.0), BUDGET) == [name]


def test_the_source_draws_the_laws_that_it_names():
    """One sample against the exact law, by Holm; 10^5 draws see a distance of 0.01."""
    with jax.enable_x64(True):
        source, n = generator(11), 100_000
        drawn = {
            "norm": source.standard_normal(n),
            "uniform": source.random(n),
            "expon": source.standard_exponential(n),
        }
        counts = np.bincount(np.asarray(source.integers(2, 9, n)), minlength=12)
    chances = {name: stats.kstest(np.asarray(x), name).pvalue for name, x in drawn.items()}
    assert counts[:2].sum() == counts[9:].sum() == 0
    chances["integers"] = stats.chisquare(counts[2:9]).pvalue
    assert refuted(chances, BUDGET) == []


@pytest.mark.slow
def test_the_page_shows_what_its_code_prints():
    pairs = test_docs.printed("backends.md", "jax")
    assert len(pairs) == 2
    assert [shown for shown, _ in pairs] == [found for _, found in pairs]


@pytest.mark.parametrize("device", ["nonsense", "cpu:99", "cpu:-1", "cpu:x", "cpu:", "", 3])
def test_a_device_is_a_platform_and_a_number(device):
    with pytest.raises(ValueError, match="device must be"):
        run(device=device)


THREADS = """
import jax
import numpy as np

import zotheory as zo

if __name__ == "__main__":
    f, method = jax.jit(lambda x: (x * x).sum(-1)), zo.three_point(radius=0.1)
    options = {"x0": np.ones(3), "steps": 3, "replicas": 4}
    here, there = (zo.run(method, f, executor=executor, **options).value for executor in (None, 1))
    print(np.array_equal(here, there))
"""


def test_processes_start_anew_where_jax_has_threads(tmp_path):
    """A forked one would wait for them without end."""
    script = tmp_path / "threads.py"
    script.write_text(THREADS)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "True\n", done.stderr
