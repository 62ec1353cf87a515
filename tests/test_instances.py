"""The named instances: their constants by means of their own, and their two forms against each other."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from zotheory.loop import run
from zotheory.methods import gld_search, relative_loss
from zotheory.oracles import Expected, is_stochastic
from zotheory.problems import Bent, Increasing, Quadratic, Targets
from zotheory.problems.instances import first_gap, first_slope, in_blocks, instance, low_rank, rung
from zotheory.problems.named import INSTANCES
from zotheory.reduced import DECADES

OPTIONS = {"tight linear": {"k": 50}, "noisy linear": {"ratio": 0.5}, "targets": {"p": 0.3, "start": 2.0}}
DATA = [name for name in INSTANCES if name.startswith("logistic")]
STEP = relative_loss(radius=0.3)
KEPT = json.loads((Path(__file__).parent / "tables" / "instances.json").read_text(encoding="utf-8"))


def _made(name, d=12, **options):
    return instance(name, 30 if name in DATA else d, **OPTIONS.get(name, {}) | options)


def _near(problem, count=6):
    """Points about x0, none of them on a kink."""
    return problem.x0 + 0.1 * np.random.default_rng(5).standard_normal((count, len(problem.x0)))


def _differences(f, x, step=1e-5):
    return np.stack([(f(x + step * e) - f(x - step * e)) / (2 * step) for e in np.eye(x.shape[-1])], axis=-1)


def told(problem):
    """Numbers that identify a problem, whatever its rotation: values on the line through start and minimiser, ..."""
    minimiser, f_star = getattr(problem, "minimiser", problem.x0), getattr(problem, "f_star", None)
    line = problem.x0 + np.array([[0.0], [1.3]]) * (problem.x0 - minimiser)
    around = np.mean(problem(minimiser + np.eye(len(problem.x0))))
    values = [f_star, *problem(line), around, np.linalg.norm(minimiser), np.linalg.norm(problem.x0 - minimiser)]
    return [problem.d, len(problem.x0), *(None if v is None else round(float(v), 9) for v in values)]


def entry(name):
    """What the table of instances says of one: its numbers, those of its reduced form, and what is known of it."""
    known, options = INSTANCES[name], OPTIONS.get(name, {})
    reduced = None if known.sizes is None else told(known.build(40, width=3, **options))
    sizes = None if known.sizes is None else list(known.sizes(40))
    rest = {"sizes": sizes, "fixed": known.fixed, "worst": known.worst, "dimensions": known.dimensions.words}
    return {"plain": told(_made(name)), "reduced": reduced} | rest


@pytest.mark.parametrize("name", INSTANCES)
def test_an_instance_stays_what_it_was(name):
    """Results are recorded under its name: one that changes is another one, and its row in the table says so."""
    seen, kept = entry(name), KEPT[name]
    for form in ("plain", "reduced"):
        numbers = [seen.pop(form), kept[form]]
        assert (numbers[0] is None) == (numbers[1] is None)
        for one, other in zip(*(each or () for each in numbers), strict=True):
            assert one == other or one == pytest.approx(other, rel=1e-6, abs=1e-8)
    assert seen == {key: kept[key] for key in seen}


def test_the_table_of_instances_holds_all_of_them():
    assert list(KEPT) == list(INSTANCES)


@pytest.mark.parametrize("name", INSTANCES)
def test_gradient_is_the_derivative(name):
    problem = _made(name)
    if not hasattr(problem, "gradient"):
        pytest.skip("states no gradient")
    x = _near(problem)
    stated = problem.gradient(x)
    assert np.allclose(stated, _differences(problem, x), atol=1e-5 * (1 + np.max(abs(stated))))


@pytest.mark.parametrize("name", INSTANCES)
def test_curvature_lies_between_mu_and_l1(name):
    problem = _made(name)
    if not hasattr(problem, "gradient") or problem.L1 is None:
        pytest.skip("states no L1")
    for x in _near(problem, 3):
        hessian = _differences(lambda y: problem.gradient(y), np.tile(x, (problem.d, 1)))[0]
        curvatures = np.linalg.eigvalsh((hessian + hessian.T) / 2)
        assert np.max(abs(curvatures)) <= problem.L1 + 1e-5
        assert problem.mu is None or curvatures.min() >= problem.mu - 1e-5
        if isinstance(problem, Quadratic):
            assert pytest.approx(curvatures[-1] / curvatures[0], rel=1e-5) == problem.Q


@pytest.mark.parametrize("name", [name for name in INSTANCES if name != "bent"])
def test_minimiser_is_one(name):
    problem = _made(name)
    assert float(problem(problem.minimiser)) == pytest.approx(problem.f_star, abs=1e-9)
    assert pytest.approx(np.linalg.norm(problem.x0 - problem.minimiser), abs=1e-12) == problem.R
    assert first_gap(problem) >= -1e-12
    assert first_gap(problem) > 0 or name == "at rest"
    inside = problem.minimiser + 0.3 * np.random.default_rng(2).standard_normal((500, len(problem.x0)))
    if getattr(problem, "radius", None):
        inside *= np.minimum(1, problem.radius / np.linalg.norm(inside, axis=-1, keepdims=True))
    if "l1 ball" not in name and "simplex" not in name:  # whose domains are smaller than that ball
        assert np.all(problem(inside) >= problem.f_star - 1e-12)


@pytest.mark.parametrize("name", [name for name in INSTANCES if is_stochastic(_made(name))])
def test_stochastic_ones_have_the_mean_they_state(name):
    problem, rng, size = _made(name), np.random.default_rng(3), 20_000
    x = _near(problem, 1)[0]
    values = problem.at(problem.sample(rng, (size,)))(np.tile(x, (size, 1)))
    assert abs(np.mean(values) - problem(x)) < 5 * np.std(values) / np.sqrt(size) + 1e-12


REDUCED = [name for name, known in INSTANCES.items() if known.sizes is not None and name != "at rest"]


@pytest.mark.parametrize("name", REDUCED)
def test_both_forms_have_one_law(name):
    options, d = OPTIONS.get(name, {}), 12
    method = relative_loss(radius=0.3, cached=not is_stochastic(_made(name)))
    plain, reduced = _made(name, d), in_blocks(name, d, method, **options)
    seen = []
    for seed, problem in enumerate((plain, reduced)):
        after = run(method, problem, steps=3, replicas=4000, seed=seed, record=[0, 3])
        scale = abs(float(problem(problem.x0)) - getattr(problem, "f_star", 0.0)) or 1.0
        seen.append((after.values[1] - after.values[0]) / scale)
    assert stats.ks_2samp(*seen, method="asymp").pvalue > 1e-3
    for constant in ("d", "mu", "Q"):
        assert getattr(plain, constant) == pytest.approx(getattr(reduced, constant))
    if name != "noisy linear":  # whose slope differs, at the same ratio of noise to slope
        assert (plain.L1, getattr(plain, "R", 0)) == pytest.approx((reduced.L1, getattr(reduced, "R", 0)))


@pytest.mark.parametrize("d", DECADES)
@pytest.mark.parametrize("name", ["hard", "halves", "oval"])
def test_first_gap_and_slope_do_not_depend_on_the_form(name, d):
    reduced, plain = instance(name, d, STEP), instance(name, 10)
    assert first_gap(reduced) == pytest.approx(first_gap(plain)) == pytest.approx(0.5)
    assert first_slope(reduced) == pytest.approx(first_slope(plain)) == pytest.approx(1.0)


@pytest.mark.parametrize("name", INSTANCES)
def test_an_instance_has_the_dimension_asked_for_or_says_which_there_are(name):
    options, found = OPTIONS.get(name, {}), []
    for d in [*range(1, 14), 30]:
        try:
            found.append((instance(name, d, **options).d, d))
        except ValueError as error:
            least = INSTANCES[name].dimensions.low
            if d >= least or not str(error).startswith(f"d must be a whole number, at least {least}"):
                raise
    assert found
    assert all(made == asked for made, asked in found)


def test_rungs():
    assert rung("hard", 10) == "worst case"
    assert rung("family", 10) == "measured"
    assert {rung(name, d) for name in ("hard", "halves") for d in DECADES} == {"reduced"}


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: instance("parabola", 3), KeyError, "name must be one of family, hard"),
        (lambda: instance("hard", 10**6), ValueError, "method must be given for d = 1000000"),
        (lambda: instance("family", 10**6, STEP), ValueError, "'family' has no reduced form"),
        (lambda: instance("hard", 10, width=3, P=2), TypeError, "P"),
        (lambda: rung("parabola", 3), KeyError, "parabola"),
        (lambda: low_rank("hard", 5, 3), ValueError, "k must be at most n, got k = 5 and n = 3"),
        (lambda: low_rank("family", 5, 10**6, STEP), ValueError, "name must be 'hard'"),
        (lambda: Targets(1.5, 2), ValueError, "p must be strictly between 0 and 1"),
        (lambda: Bent(1, w=0.0), ValueError, "w must be positive"),
    ],
)
def test_errors(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_low_rank_ignores_the_other_directions():
    problem = low_rank("family", 3, 10)
    assert first_gap(problem) == pytest.approx(first_gap(instance("family", 3)))
    across = np.linalg.svd(problem.A.T)[2][3:]
    assert np.allclose(problem(problem.x0 + across), problem(problem.x0))
    far = low_rank("hard", 5, 10**9, gld_search(R=1.0, r=0.1))
    assert far.d == 10**9
    assert first_gap(far) == pytest.approx(0.5)
    assert pytest.approx(1) == far.R
    assert np.linalg.norm(far.x0) == pytest.approx(np.sqrt(2))  # as far off the span


def test_transform_keeps_reduced_coordinates():
    problem = instance("hard", 10**6, STEP)
    assert Increasing(problem, np.arctan).frame is problem.frame
    assert not hasattr(Increasing(instance("hard", 5), np.arctan), "frame")


def test_logistic_is_the_mean_of_its_rows():
    assert isinstance(instance("logistic", 30), Expected)
    assert not is_stochastic(instance("logistic", 30))
    assert is_stochastic(instance("logistic, one row", 30))
