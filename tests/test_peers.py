"""Optimizers of other packages do with f, x0, budget, seed and bounds what is said, and report what happened."""

import sys
import warnings

import numpy as np
import pytest

from zotheory.testing import peers

MADE = {  # a name -> the package that it needs, and the minimiser
    "Nelder-Mead": ("scipy", lambda: peers.scipy("Nelder-Mead")),
    "Powell": ("scipy", lambda: peers.scipy("Powell")),
    "COBYLA": ("scipy", lambda: peers.scipy("COBYLA")),
    "COBYQA": ("scipy", lambda: peers.scipy("COBYQA")),
    "differential_evolution": ("scipy", lambda: peers.scipy("differential_evolution")),
    "dual_annealing": ("scipy", lambda: peers.scipy("dual_annealing")),
    "direct": ("scipy", lambda: peers.scipy("direct")),
    "OnePlusOne": ("nevergrad", lambda: peers.nevergrad("OnePlusOne")),
    "pycma": ("cma", lambda: peers.pycma()),
    "LN_SBPLX": ("nlopt", lambda: peers.nlopt("LN_SBPLX")),
    "GN_CRS2_LM": ("nlopt", lambda: peers.nlopt("GN_CRS2_LM")),
    "RandomSampler": ("optuna", lambda: peers.optuna("RandomSampler")),
    "SimpleES": ("evosax", lambda: peers.evosax("SimpleES")),
}
RANDOM = {"differential_evolution", "dual_annealing", "OnePlusOne", "pycma", "GN_CRS2_LM", "RandomSampler", "SimpleES"}
BOXED = {"differential_evolution", "dual_annealing", "direct", "GN_CRS2_LM", "RandomSampler"}
ROUGHLY = {"dual_annealing", "direct", "GN_CRS2_LM", "pycma"}  # keep a budget, as is documented but for pycma
COMPILED = {"SimpleES"}  # by JAX, which takes seconds
NAMES = [pytest.param(name, marks=[pytest.mark.slow] * (name in COMPILED)) for name in MADE]
X0, CENTRE = np.array([0.4, -0.3]), np.array([0.9, 0.2])
BUDGET = 120


def run(name, seed=1, f=None, **given):
    """One run on a bowl: the points where it was evaluated, and what was returned."""
    package, make = MADE[name]
    pytest.importorskip(package, reason="the extra peers is not installed", exc_type=ImportError)
    points = []

    def bowl(x):
        points.append(np.array(x, dtype=float))
        return float(np.sum((points[-1] - CENTRE) ** 2)) - 2 if f is None else f(x)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the packages
        found = make()(bowl, X0.copy(), BUDGET, seed, **given)
    return np.array(points), found


@pytest.mark.parametrize("name", NAMES)
def test_it_spends_the_budget_and_reports_what_happened(name):
    points, found = run(name)
    assert found.nfev == len(points)
    assert 5 < len(points) <= BUDGET * (1.5 if name in ROUGHLY else 1)
    assert found.x.shape == (2,)
    values = np.sum((points - CENTRE) ** 2, axis=1) - 2
    assert found.fun == pytest.approx(values.min(), abs=1e-4)
    assert np.sum((found.x - CENTRE) ** 2) - 2 == pytest.approx(found.fun, abs=1e-6)
    assert found.fun < -1.51  # the start is at -1.5


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides_what_is_random(name):
    one, same, other = (run(name, seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.array_equal(one, other) == (name not in RANDOM)


@pytest.mark.parametrize("name", [name for name in MADE if name not in ("COBYLA", "SimpleES")])
def test_bounds_are_handed_on(name):
    low, high = X0 - 0.1, X0 + 0.3
    points, found = run(name, bounds=list(zip(low, high, strict=True)))
    assert np.all((low <= points) & (points <= high))
    np.testing.assert_allclose(found.x, high, atol=0.25)  # the corner next to the minimiser


@pytest.mark.parametrize("name", sorted(BOXED))
def test_without_bounds_the_box_is_about_the_start(name):
    points = run(name)[0]
    assert abs(points - X0).max() <= peers.HALF_WIDTH
    assert abs(points - X0).max() > peers.HALF_WIDTH / 2


@pytest.mark.parametrize("name", ["Powell", "OnePlusOne", "LN_SBPLX", "RandomSampler"])
def test_errors_of_f_come_through(name):
    def fails(x):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(name, f=fails)


@pytest.mark.parametrize(("name", "population"), [("differential_evolution", 30), ("SimpleES", 16)])
def test_a_budget_below_the_population_is_refused(name, population, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "BUDGET", population - 1)
    with pytest.raises(ValueError, match=f"budget must be at least the population, {population}, got {population - 1}"):
        run(name)


@pytest.mark.parametrize("package", ["nevergrad", "cma", "nlopt", "optuna", "evosax"])
def test_a_missing_package_is_named_with_its_extra(package, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModuleNotFoundError, match=f"{package}, of the extra peers, is needed: .* install {package}"):
        peers.pycma() if package == "cma" else getattr(peers, package)("any")


@pytest.mark.parametrize(
    ("package", "make", "words"),
    [
        ("scipy", lambda: peers.scipy("BFGS"), "method must be one of Nelder-Mead, .*, direct, got 'BFGS'"),
        ("nevergrad", lambda: peers.nevergrad("Best"), r"name must be in nevergrad.optimizers.registry, got 'Best'"),
        ("cma", lambda: peers.pycma(sigma0=0), "sigma0 must be positive"),
        ("nlopt", lambda: peers.nlopt("LD_LBFGS"), "LN_... or GN_..., got 'LD_LBFGS'"),
        ("nlopt", lambda: peers.nlopt("LN_BEST"), "LN_... or GN_..., got 'LN_BEST'"),
        ("optuna", lambda: peers.optuna("Study"), "name must be that of a sampler in optuna.samplers, got 'Study'"),
        ("evosax", lambda: peers.evosax("PSO"), "distribution-based algorithm of evosax, got 'PSO'"),
        ("evosax", lambda: peers.evosax("CMA_ES", population_size=0), "population_size must be"),
    ],
)
def test_wrong_names_and_numbers(package, make, words):
    pytest.importorskip(package, reason="the extra peers is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match=words):
            make()


def test_optuna_logs_again_what_it_did_before():
    optuna = pytest.importorskip("optuna", reason="the extra peers is not installed")
    before = optuna.logging.get_verbosity()
    run("RandomSampler")
    assert optuna.logging.get_verbosity() == before
