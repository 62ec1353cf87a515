"""Optimizers of other packages as minimisers ``(f, x0, budget, seed)``: what `check_method` takes.

Each is called as its package documents it, with that package's defaults; the budget goes through its own option.
What it reports, its value `fun` and its number of evaluations `nfev`, is handed on as it is, and not counted again.

    from zotheory.testing import check_method, peers
    print(check_method(peers.nlopt("LN_SBPLX")))

Minimisers take ``bounds=[(low, high), ...]``, but for those of evosax. Methods that need a box, and are given no
bounds, search within `HALF_WIDTH` of x0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.kinds import shown

HALF_WIDTH = 2.0  # of the box about x0 in each variable
SEEDS = 2**32  # of generators that take no longer ones

Minimiser = Callable[..., Any]
Bounds = Sequence[tuple[float, float]] | None
LOCAL = {
    "Nelder-Mead": "maxfev",
    "Powell": "maxfev",
    "COBYLA": "maxiter",
    "COBYQA": "maxfev",
}  # -> option of the budget
GLOBAL = ("differential_evolution", "dual_annealing", "direct")


__all__ = ["Found", "evosax", "nevergrad", "nlopt", "optuna", "pycma", "scipy"]


class Found(NamedTuple):
    """What a package returned.

    Attributes
    ----------
    x : the point (d,) that it recommends
    fun : its value there, as the package reports it; None where it reports none
    nfev : evaluations, as the package reports them
    """

    x: np.ndarray
    fun: float | None
    nfev: int


# --- SciPy -----------------------------------------------------------------------------------------------------------


def scipy(method: str, **options: Any) -> Minimiser:
    """A method of `scipy.optimize` that needs no derivatives.

    Parameters
    ----------
    method : str
        One of `LOCAL`, for `scipy.optimize.minimize`; or of `GLOBAL`, functions of `scipy.optimize`.
    **options
        Of the method, as SciPy names them.

    Returns
    -------
    callable
        ``(f, x0, budget, seed, bounds=None)``, which returns SciPy's `OptimizeResult`.

    Raises
    ------
    ValueError
        For another method. The minimiser of ``differential_evolution`` refuses a budget below its population, 15 d.

    Notes
    -----
    The budget is `maxfev`, for COBYLA `maxiter`, for dual_annealing and direct `maxfun`. Differential evolution has no
    such option; its documentation says how many evaluations `maxiter` generations cost at most "with no polishing", so
    it is not polished. Of the local methods and of direct the seed decides nothing; direct takes no start.

    Examples
    --------
    >>> scipy("COBYQA")(lambda x: (x[0] - 3) ** 2, [0.0], budget=30, seed=1).x.round(3)
    array([3.])
    """
    if method in LOCAL:
        return local(method, options)
    found = {"differential_evolution": evolving, "dual_annealing": annealing, "direct": dividing}.get(method)
    if found is None:
        raise ValueError(f"method must be one of {', '.join((*LOCAL, *GLOBAL))}, got {shown(method)}")
    return found(options)


def local(method: str, options: dict[str, Any]) -> Minimiser:
    """A method of `scipy.optimize.minimize`."""
    from scipy.optimize import minimize

    def run(f: Any, x0: Any, budget: int, seed: int, bounds: Bounds = None) -> Any:
        return minimize(f, x0, method=method, bounds=bounds, options={LOCAL[method]: budget, **options})

    return run


def evolving(options: dict[str, Any]) -> Minimiser:
    """SciPy's differential evolution, not polished."""
    from scipy.optimize import differential_evolution

    def run(f: Any, x0: Any, budget: int, seed: int, bounds: Bounds = None) -> Any:
        population = max(5, options.get("popsize", 15) * len(x0))
        generations = fitting(budget, population) - 1
        given = {"polish": False, "rng": seed, "x0": x0, **options}
        return differential_evolution(f, box(x0, bounds), maxiter=generations, **given)

    return run


def annealing(options: dict[str, Any]) -> Minimiser:
    """SciPy's dual annealing."""
    from scipy.optimize import dual_annealing

    def run(f: Any, x0: Any, budget: int, seed: int, bounds: Bounds = None) -> Any:
        return dual_annealing(f, box(x0, bounds), maxfun=budget, rng=seed, x0=x0, **options)

    return run


def dividing(options: dict[str, Any]) -> Minimiser:
    """SciPy's DIRECT."""
    from scipy.optimize import direct

    def run(f: Any, x0: Any, budget: int, seed: int, bounds: Bounds = None) -> Any:
        return direct(f, box(x0, bounds), maxfun=budget, **options)

    return run


# --- other packages --------------------------------------------------------------------------------------------------


def nevergrad(name: str) -> Minimiser:
    """An optimizer of nevergrad.

    Parameters
    ----------
    name : str
        In ``nevergrad.optimizers.registry``: "OnePlusOne", "CMA", "DE", "PSO", "NGOpt" ...

    Returns
    -------
    callable
        ``(f, x0, budget, seed, bounds=None)``, which returns `Found`.

    Raises
    ------
    ModuleNotFoundError, ValueError
        Without nevergrad, of the extra ``peers``; for a name that it does not know.

    Notes
    -----
    The random state of the parametrization is replaced by one of this seed, as its documentation allows: to read it
    first would draw from the global stream of NumPy.
    """
    ng = package("nevergrad")
    if name not in ng.optimizers.registry:
        raise ValueError(f"name must be in nevergrad.optimizers.registry, got {shown(name)}")

    def run(f: Any, x0: Any, budget: int, seed: int, bounds: Bounds = None) -> Found:
        low, high = (None, None) if bounds is None else sides(bounds)
        space = ng.p.Array(init=np.array(x0, dtype=float), lower=low, upper=high)
        space.random_state = np.random.RandomState(seed % SEEDS)
        optimizer = ng.optimizers.registry[name](parametrization=space, budget=budget)
        found = optimizer.minimize(f)
        return Found(found.value, found.loss, optimizer.num_tell)

    return run


def pycma(sigma0: float = 0.5, **options: Any) -> Minimiser:
    """CMA-ES of pycma.

    Parameters
    ----------
    sigma0 : float
        Initial standard deviation, positive.
    **options
        As ``cma.CMAOptions`` lists them.

    Returns
    -------
    callable
        ``(f, x0, budget, seed, bounds=None)``, which returns `Found`: the best point that was evaluated.

    Raises
    ------
    ModuleNotFoundError
        Without cma, of the extra ``peers``.

    Notes
    -----
    The budget is `maxfevals`. pycma takes the seed 0 for "none", so that it is given the next one here.
    """
    cma = package("cma")
    sigma0 = require.POSITIVE.scalar("sigma0", sigma0)

    def run(f: Any, x0: Any, budget: int, seed: int, bounds: Bounds = None) -> Found:
        given = {"maxfevals": budget, "seed": seed % (SEEDS - 1) + 1, "verbose": -9, **options}
        if bounds is not None:
            given["bounds"] = [list(side) for side in sides(bounds)]
        found = cma.fmin2(f, x0, sigma0, given)[1].result
        return Found(found.xbest, found.fbest, found.evaluations)

    return run


def nlopt(name: str) -> Minimiser:
    """An algorithm of NLopt that needs no derivatives.

    Parameters
    ----------
    name : str
        "LN_..." or "GN_...", as NLopt names it: "LN_SBPLX", "LN_BOBYQA", "GN_CRS2_LM" ...

    Returns
    -------
    callable
        ``(f, x0, budget, seed, bounds=None)``, which returns `Found`. Algorithms "GN_..." need bounds.

    Raises
    ------
    ModuleNotFoundError, ValueError
        Without nlopt, of the extra ``peers``; for another name.

    Notes
    -----
    The budget is `maxeval`, and no other criterion stops; where rounding limits progress, the best point is taken. The
    random numbers of NLopt are one stream for all, which ``nlopt.srand`` seeds.
    """
    library = package("nlopt")
    if not str(name).startswith(("LN_", "GN_")) or not hasattr(library, name):
        raise ValueError(f"name must be that of an algorithm of NLopt, LN_... or GN_..., got {shown(name)}")

    def run(f: Any, x0: Any, budget: int, seed: int, bounds: Bounds = None) -> Found:
        solver = library.opt(getattr(library, name), len(x0))
        solver.set_min_objective(lambda x, gradient: f(x))
        if bounds is not None or name.startswith("GN_"):
            low, high = sides(box(x0, bounds))
            solver.set_lower_bounds(low)
            solver.set_upper_bounds(high)
        solver.set_maxeval(budget)
        solver.set_exceptions_enabled(False)
        library.srand(seed)
        try:
            x = solver.optimize(x0)
        except SystemError as error:  # in 2.11.0 an error of f is its cause, where other exceptions are disabled
            raise (error.__cause__ or error) from None
        if solver.last_optimize_result() < 0 and solver.last_optimize_result() != library.ROUNDOFF_LIMITED:
            raise RuntimeError(f"NLopt failed: {solver.get_errmsg() or solver.last_optimize_result()}")
        return Found(x, solver.last_optimum_value(), solver.get_numevals())

    return run


def optuna(name: str, **options: Any) -> Minimiser:
    """A sampler of optuna.

    Parameters
    ----------
    name : str
        In ``optuna.samplers``: "TPESampler", "CmaEsSampler" (which needs the package cmaes), "RandomSampler" ...
    **options
        Of the sampler.

    Returns
    -------
    callable
        ``(f, x0, budget, seed, bounds=None)``, which returns `Found`. The first trial is x0; all lie in a box.

    Raises
    ------
    ModuleNotFoundError, ValueError
        Without optuna, of the extra ``peers``; for a name that is none of a sampler.

    Notes
    -----
    The budget is `n_trials`. While it runs, optuna logs warnings alone.
    """
    library = package("optuna")
    if not str(name).endswith("Sampler") or not hasattr(library.samplers, name):
        raise ValueError(f"name must be that of a sampler in optuna.samplers, got {shown(name)}")

    def run(f: Any, x0: Any, budget: int, seed: int, bounds: Bounds = None) -> Found:
        names, sides_of = [f"x{i}" for i in range(len(x0))], box(x0, bounds)

        def objective(trial: Any) -> Any:
            pairs = zip(names, sides_of, strict=True)
            return f(np.array([trial.suggest_float(each, low, high) for each, (low, high) in pairs]))

        with silent(library.logging):
            study = library.create_study(sampler=getattr(library.samplers, name)(seed=seed % SEEDS, **options))
            study.enqueue_trial(dict(zip(names, map(float, x0), strict=True)))
            study.optimize(objective, n_trials=budget)
        best = study.best_trial
        return Found(np.array([best.params[each] for each in names]), best.value, len(study.trials))

    return run


def evosax(name: str, population_size: int = 16) -> Minimiser:
    """A distribution-based algorithm of evosax, in the precision of JAX: single, unless JAX is told otherwise.

    Parameters
    ----------
    name : str
        In ``evosax.algorithms``: "CMA_ES", "GradientlessDescent", "SimpleES" ...
    population_size : int
        Points a generation.

    Returns
    -------
    callable
        ``(f, x0, budget, seed)``, which returns `Found`: the best point that was evaluated. Its `nfev` is the number of
        generations, as evosax counts them, times the population. There are no bounds.

    Raises
    ------
    ModuleNotFoundError, ValueError
        Without evosax, of the extra ``peers``; for another name. The minimiser refuses a budget below the population.

    Notes
    -----
    evosax has no budget; there are as many generations as fit into it.
    """
    library = package("evosax.algorithms")
    base = package("evosax.algorithms.distribution_based.base").DistributionBasedAlgorithm
    if not isinstance(given := getattr(library, str(name), None), type) or not issubclass(given, base):
        raise ValueError(f"name must be that of a distribution-based algorithm of evosax, got {shown(name)}")
    population_size = require.count("population_size", population_size)

    def run(f: Any, x0: Any, budget: int, seed: int) -> Found:
        import jax

        strategy = compiled(given, population_size, len(x0))
        parameters, key = strategy.default_params, jax.random.key(seed)
        key, first = jax.random.split(key)
        state = strategy.init(first, jax.numpy.asarray(x0), parameters)
        for _ in range(fitting(budget, population_size)):
            key, asks, tells = jax.random.split(key, 3)
            points, state = strategy.ask(asks, state, parameters)
            values = jax.numpy.asarray([float(f(x)) for x in np.array(points)])
            state, _ = strategy.tell(tells, points, values, state, parameters)
        calls = int(state.generation_counter) * population_size
        return Found(np.array(state.best_solution), float(state.best_fitness), calls)

    return run


@cache
def compiled(algorithm: Any, population_size: int, d: int) -> Any:
    """An algorithm of evosax: each object is compiled anew."""
    import jax

    return algorithm(population_size=population_size, solution=jax.numpy.zeros(d))


# --- what they share -------------------------------------------------------------------------------------------------


def package(name: str) -> Any:
    """Import it; ModuleNotFoundError, naming the extra, where it is not installed."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        missing = str(error.name or name).partition(".")[0]
        raise ModuleNotFoundError(
            f"{missing}, of the extra peers, is needed: python -m pip install {missing}"
        ) from error


def box(x0: Any, bounds: Bounds) -> Sequence[tuple[float, float]]:
    """These bounds; without any, those at `HALF_WIDTH` from the start."""
    return bounds if bounds is not None else [(float(x) - HALF_WIDTH, float(x) + HALF_WIDTH) for x in x0]


def sides(bounds: Sequence[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bounds (d,)."""
    low, high = np.array(bounds, dtype=float).T
    return low, high


def fitting(budget: int, population: int) -> int:
    """How many generations fit into a budget; ValueError where none does."""
    if budget < population:
        raise ValueError(f"budget must be at least the population, {population}, got {budget}")
    return budget // population


@contextmanager
def silent(logging: Any) -> Any:
    """Optuna tells warnings alone, for a while."""
    before = logging.get_verbosity()
    logging.set_verbosity(logging.WARNING)
    try:
        yield
    finally:
        logging.set_verbosity(before)
