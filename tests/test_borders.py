"""Any object for any argument: a constructor or a bound gives what it says, or an error that names the argument."""

import importlib
import inspect
import itertools
import math
import pkgutil
import re
import typing
import warnings
from dataclasses import is_dataclass
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import zotheory as zo
from tests.strategies import example
from tests.test_bounds import BOUNDS
from tests.test_datasets import CIFAR, MNIST, written
from zotheory import methods, problems, theorems
from zotheory.annotations import read
from zotheory.arguments import check_calls
from zotheory.border import Signature
from zotheory.looks import ObjectiveWarning
from zotheory.objective import ObjectiveError
from zotheory.problems.bbob import Bbob
from zotheory.problems.networks import Autoencoder, Gaussian, Lstm, Perceptron
from zotheory.problems.networks.parameters import Network
from zotheory.problems.networks.tasks import Adding
from zotheory.protocols import Stating, Stochastic, Told
from zotheory.reduced import building

# --- what there is ---------------------------------------------------------------------------------------------------

ROOMS = [zo.oracles, zo.radii, zo.geometry, zo.directions, building, methods, problems, theorems]
ROOMS += [problems.networks, problems.datasets]
MADE = (zo.Method, zo.radii.Radius, zo.geometry.Mirror, zo.directions.Law)
OPEN = {"reduced.building.Reduced", "oracles.Vectorised", "oracles.Plain"}  # made by what checks arguments
OPEN |= {"problems.networks.one_weight.Above"}
NEEDS_JAX = {"zotheory.problems.networks.layer_by_layer"}  # tests/test_layer_by_layer.py says what it refuses


def found():
    """Yield what is public in these rooms, by name."""
    for room in ROOMS:
        inside = {info.name for info in pkgutil.iter_modules(getattr(room, "__path__", []), room.__name__ + ".")}
        for module in [room, *map(importlib.import_module, sorted(inside - NEEDS_JAX))]:
            for name, value in vars(module).items():
                if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__:
                    yield f"{module.__name__.removeprefix('zotheory.')}.{name}", value


def returned(function):
    """Return what its annotation says that a function returns; None without one."""
    try:
        made = eval(function.__annotations__["return"], inspect.unwrap(function).__globals__)
    except (KeyError, NameError, TypeError):
        return None
    return made if isinstance(made, type) and made is not typing.Any else None


def makes(value):
    """Whether it makes a method, a radius, a law, a mirror or a problem."""
    if isinstance(value, type):
        return is_dataclass(value) and (issubclass(value, MADE) or any("__call__" in vars(c) for c in value.__mro__))
    made = returned(value) if inspect.isfunction(value) and inspect.signature(value).parameters else None
    return isinstance(made, type) and makes(made)


def has_border(value):
    function = value.__init__ if isinstance(value, type) else value
    return getattr(function, "__code__", None) in check_calls.__code__.co_consts


CONSTRUCTORS = {name: value for name, value in found() if has_border(value)}
del CONSTRUCTORS["theorems.relative_loss_momentum.best_momentum"]  # a search that takes seconds
CONSTRUCTORS |= {  # which have borders of their own
    "oracles.Batches": zo.oracles.Batches,
    "evidence.claim.Claim": zo.Claim,
    "evidence.claim.Experiment": zo.Experiment,
    "evidence.observations.Value": zo.Value,
    "problems.datasets.images.Images": problems.datasets.Images,
}
per_constructor = pytest.mark.parametrize("name", CONSTRUCTORS)


def test_every_constructor_has_a_border():
    assert {name for name, value in found() if makes(value)} - CONSTRUCTORS.keys() == OPEN
    assert {f"methods.{name}.{name}" for name in zo.METHODS} < CONSTRUCTORS.keys()
    assert {value for value in vars(problems).values() if isinstance(value, type)} < set(CONSTRUCTORS.values())


# --- any object ------------------------------------------------------------------------------------------------------


class Hostile:
    """Its text, length and truth raise; nothing else is there."""

    def __getattr__(self, name):
        raise AttributeError(f"no {name}")

    def __repr__(self):
        raise RuntimeError("no text")

    def __bool__(self):
        raise RuntimeError("neither true nor false")

    def __len__(self):
        raise RuntimeError("no length")


class Whole(int):
    """An integer of a class of its own."""


NUMBERS = [0, -1, 1, 2, 3, 10**30, 10**400, -(10**400), 0.0, -0.0, 5e-324, 1e-300, 1e-8, 0.5, -1.5, 2.0]
NUMBERS += [math.nan, math.inf, -math.inf, True, False, 1j, Fraction(1, 3), Fraction(10**400), Decimal("0.5"), Whole(2)]
NUMBERS += [np.float16(0.5), np.float32(1e-30), np.longdouble("1e4000"), np.int8(3), np.uint8(200), np.int64(2**62)]
NUMBERS += [
    np.bool(True),
    np.complex128(1),
    np.float64(0.25),
    np.float64("nan"),
    np.str_("1"),
    np.datetime64("2020-01-01"),
]
NUMBERS += [mpmath.mpf(0.5), mpmath.mpf("nan"), mpmath.mpf("inf"), mpmath.mpc(1, 1)]
NUMBERS += [
    sympy.Symbol("x", positive=True),
    sympy.Symbol("y", negative=True),
    sympy.Rational(1, 2),
    sympy.nan,
    sympy.oo,
]
NUMBERS += [sympy.zoo, sympy.I, sympy.true, sympy.S.EmptySet, sympy.Integer(3)]
ARRAYS = [
    np.array(0.5),
    np.array(2),
    np.array("1"),
    np.array(None),
    np.zeros(0),
    np.ones(1),
    np.ones(3),
    np.full(3, np.nan),
]
ARRAYS += [np.arange(3), np.array([True, False, True]), np.ones((2, 3)), np.zeros((0, 3)), np.ones((3, 0)), np.eye(3)]
ARRAYS += [np.array(["a", "b", "c"]), np.array([1, None, 2], dtype=object), np.ones(3, dtype=complex), -np.eye(3)]
ARRAYS += [
    np.full(3, 1e300),
    np.full(3, 10**400, dtype=object),
    np.ones(3, np.float16),
    np.array([2, 3, 200], np.uint8),
]
ARRAYS += [np.ma.masked_array([1.0, 2.0, 3.0], [False, True, False]), np.zeros(3, dtype=[("a", float)])]
ARRAYS += [np.array(sympy.symbols("a b c", positive=True)), np.array([mpmath.mpf(1)] * 3)]
LISTS = [
    [],
    [1.0],
    [0.1, 0.2, 0.3],
    [1, [2, 3]],
    ["a"],
    [None],
    (1, 2, 3),
    (),
    {},
    {"a": 1},
    {1, 2},
    range(3),
    [10**400] * 3,
]
LISTS += [
    "",
    "sphere",
    "l2",
    "simplex",
    "1",
    b"1",
    "x" * 1000,
    iter([1, 2, 3]),
    [[1.0, 0], [0, 1]],
    [True, False],
    (2, 3),
]
THINGS = [
    None,
    Ellipsis,
    NotImplemented,
    object(),
    Hostile(),
    Hostile,
    int,
    len,
    np.sum,
    np.arctan,
    np,
    lambda: 0,
    lambda t: 0.1,
]
THINGS += [lambda t: -1.0, lambda t: "0.1", lambda t: None, lambda t: np.ones(3), lambda t: 10**400, lambda t: 0 / 0]
THINGS += [zo.radii.fixed, zo.geometry.entropy, zo.gld_search, zo.Method, zo.directions.sphere, zo.geometry.euclidean]
THINGS += [
    zo.radii.one_fifth(0.5),
    zo.gld_search(R=1.0, r=0.1),
    zo.three_point(radius=0.1),
    np.random.default_rng(0),
    np.random,
]
PROBLEM = zo.problems.golovin_family(1, 8, 3, minimiser=0.3)
THINGS += [PROBLEM, zo.problems.Quadratic, zo.problems.Bent(3), zo.problems.Wavy(3), zo.geometry.p_norm(1.0, 3)]
SLOW = [1e300, 1.7e308, np.full(3, 1e300), np.full((3, 3), 1e200)]  # as dimensions, in fifty digits
COUNTED = NUMBERS + ARRAYS + LISTS + THINGS
OBJECTS = COUNTED + SLOW
objects = st.recursive(
    st.sampled_from([value for value in OBJECTS if not isinstance(value, Hostile)])
    | st.floats()
    | st.integers(-9, 9)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.lists(st.floats(), max_size=4).map(np.array),
    max_leaves=3,
)


KINDS = (TypeError, ValueError, OverflowError, KeyError, FileNotFoundError)


def is_named(error, names):
    """Whether an error is of the package: a kind of its own, one of these arguments, and a condition."""
    text = str(error)
    names_one = any(re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text) for name in names)
    return isinstance(error, KINDS) and names_one and " must " in text


# --- constructors ----------------------------------------------------------------------------------------------------

STATED = zo.problems.Quadratic([1, 2, 3], [0.1, 0.1, 0.1], [0.3, 0.2, 0.1], radius=1.0)
LINEAR = zo.problems.NoisyLinear(np.ones(3), 1.0, 1.0)
EXPERIMENT = {"label": "a thing", "d": 3, "measure": lambda bound, replicas, seed: zo.Value(1, 2), "replicas": 5}


class Still:
    """An environment of one step."""

    observation_space, action_space = SimpleNamespace(shape=(2,)), SimpleNamespace(shape=(1,))

    def reset(self, *, seed):
        return np.zeros(2), {}

    def step(self, action):
        return np.zeros(2), 1.0, True, False, {}


LATENT = Gaussian(2)
PROPER = {  # arguments in range, where the annotation alone does not say what fits
    "problems.signs.SignLinear": {"mean": [0.5, -0.2, 0.1]},
    "problems.embedded.Embedded": {"A": np.eye(4, 3)},
    "problems.embedded.Perturbed": {"h": problems.cliffs(PROBLEM.minimiser)},
    "problems.transforms.Increasing": {"g": np.arctan},
    "problems.norms.Norm": {"kind": "l2", "kink": np.zeros(3), "x0": np.zeros(3)},
    "problems.logistic.Logistic": {"features": [[1.0, 0], [0, 1]], "labels": [1, -1]},
    "problems.least_squares.LeastSquares": {"features": np.eye(4, 3), "targets": np.arange(4)},
    "problems.quadratic.block_quadratic": {"curvatures": (1, 2), "sizes": (2, 3), "start": (1, 0)},
    "problems.embedded.square_wave": {"centre": np.zeros(3)},
    "problems.instances.instance": {"name": "hard"},
    "problems.instances.in_blocks": {"name": "hard"},
    "problems.instances.rung": {"name": "hard"},
    "problems.instances.words": {"name": "hard"},
    "problems.instances.low_rank": {"name": "hard"},
    "evidence.claim.Experiment": EXPERIMENT,
    "evidence.claim.Claim": {"id": "a.b", "bound": lambda: 1.0, "says": "So.", "on": [zo.Experiment(**EXPERIMENT)]},
    "theorems.random_gradient_free.prescribed_effective_dimension": {"trace": 6.0, "mu": 1.0},
    "theorems.relative_loss_momentum.limit": {"spectrum": [1.0, 2.0], "kappa": 0.3},
    "methods.rso.rso": {"deviations": 0.3},
    "problems.policies.Policies": {"make": Still},
    "problems.networks.autoencoder.Autoencoder": {"latent": LATENT},
    "problems.networks.convolutional.Convolutional": {"images": (8, 8, 1), "filters": (2, 3, 3)},
    "problems.networks.elbo.Elbo": {"network": Autoencoder(3, LATENT), "images": np.eye(3)},
    "problems.networks.labelled.Labelled": {"inputs": np.eye(3, 2), "labels": np.zeros(3, dtype=int)},
    "problems.networks.perceptron.Perceptron": {"widths": (2, 1)},
    "problems.networks.sequences.Sequences": {"network": Lstm(2, 2, 1), "task": Adding(4)},
    "problems.networks.tasks.Characters": {"codes": np.arange(5), "symbols": 5, "length": 2},
    "problems.datasets.images.Images": dict.fromkeys(("train", "test"), np.ones((2, 4, 4, 1)))
    | dict.fromkeys(("train_labels", "test_labels"), np.arange(2)),
    "problems.datasets.images.pooled": {"pixels": np.ones((2, 4, 4, 1)), "factor": 2},
    "oracles.Batches": {"problem": LINEAR, "sizes": 2},
    "methods.Method": {"calls": (1, 1), "vectors": ("x",)},
    "reduced.building.reduce": {
        "build": lambda width: zo.problems.hard_instance(9, 4.0, width),
        "sizes": (1, 8),
        "method": zo.gld_search(R=1.0, r=0.1, law=zo.directions.sphere),
    },
}
STANDING = {
    zo.Method: zo.three_point(radius=0.1),
    np.random.Generator: np.random.default_rng(0),
    str: "name",
    bool: True,
    Perceptron: Perceptron((2, 1)),
    Network: Perceptron((2, 1)),
}
STANDING |= {zo.directions.Law: zo.directions.sphere, zo.geometry.Mirror: zo.geometry.euclidean}


def proper(name):
    """Return arguments in range, those that have no default."""
    if name.startswith("evidence.claim.") or name.endswith(".Images"):  # whose annotations are there for readers
        return PROPER[name]
    target = CONSTRUCTORS[name]
    function = target.__init__ if isinstance(target, type) else target
    hints = typing.get_type_hints(function, include_extras=True)
    _, _, relations = read(inspect.unwrap(function))
    required = [
        p.name for p in inspect.signature(target).parameters.values() if p.default is p.empty and p.kind in (1, 3)
    ]
    marks = [(argument, mark) for argument in required for mark in getattr(hints[argument], "__metadata__", ())]
    numbers = {argument: mark for argument, mark in marks if isinstance(mark, zo.quantities.Quantity)}
    scalar = {n: q for n, q in numbers.items() if hints[n].__origin__ is not np.ndarray}
    ranges = {n: tuple(r for m, r in relations if m == n) for n in scalar if any(m == n for m, _ in relations)}
    arguments = example(Signature(scalar, ranges, {}, None)) if scalar else {}
    for argument in required:
        if argument not in arguments:
            arguments[argument] = standing(hints[argument])
    return arguments | PROPER.get(name, {})


def standing(hint):
    if hint in (Stating, Told):
        return STATED
    base = getattr(hint, "__origin__", hint) if hasattr(hint, "__metadata__") else hint
    if base in STANDING:
        return STANDING[base]
    if base is np.ndarray:
        return np.array([0.3, 0.2, 0.1])
    if getattr(base, "_is_protocol", False):
        return LINEAR if base is Stochastic else PROBLEM
    return 0.5 if base in (float, typing.Any) else lambda t: 0.1


BEYOND = r" must be (positive|finite), got (0\.0|inf|np.float64\(inf\))$| not representable in| representable in double"


def try_out(name, arguments):
    """Make it, and use what was made; an error of either names an argument."""
    target = CONSTRUCTORS[name]
    expected = target if isinstance(target, type) else returned(target)
    with np.errstate(all="ignore"):  # numbers of 1e300 overflow here and there
        try:
            made = target(**arguments)
        except Exception as error:
            beyond = name.startswith("theorems.") and re.search(BEYOND, str(error))
            unread = isinstance(error, OSError) and error.filename is not None  # the system's, which names the file
            if not (beyond or unread or is_named(error, [*inspect.signature(target).parameters, "claim"])):
                pytest.fail(f"{name}: {type(error).__name__}: {error}")
            return
        assert expected is None or isinstance(made, expected)
        if target not in MADE:  # which hold the user's own functions
            use(made)


def use(made):
    """A method runs; a radius and a problem return numbers; or an error says what keeps them from it."""
    if isinstance(made, tuple) and made and isinstance(made[0], zo.Method):
        made = made[0]
    if isinstance(made, zo.radii.Radius):
        made = zo.three_point(radius=made)
    try:
        if isinstance(made, zo.Method):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ObjectiveWarning)  # steps of 1e300 diverge
                zo.run(made, PROBLEM, steps=2, seed=1)
        elif hasattr(made, "x0"):
            if isinstance(made, Bbob):
                pytest.importorskip("cocoex", reason="the extra bbob is not installed")
            value = made(made.x0)
            assert np.shape(value) == ()
            assert np.asarray(value).dtype.kind == "f"
        elif hasattr(made, "parameters"):
            assert made.start(0).shape == (made.parameters.count,)
    except (OverflowError, MemoryError, ObjectiveError):
        pass
    except Exception as error:
        if any(note.startswith("raised by the function ") for note in getattr(error, "__notes__", [])):
            return
        schedules = [f"{name}({t})" for name in ("h", "delta", "eta", "alpha") for t in (0, 1)]
        if not is_named(error, [*schedules, "x0"]):
            raise


@pytest.fixture(autouse=True, scope="module")
def few_data(tmp_path_factory):
    """Where no folder is given, readers find data, but few."""
    folder = written(tmp_path_factory.mktemp("data"), MNIST | CIFAR | {"text": b"abc" * 9})
    with pytest.MonkeyPatch.context() as patch:
        for variable, file in (("ZOTHEORY_MNIST", ""), ("ZOTHEORY_CIFAR10", ""), ("ZOTHEORY_TEXT", "text")):
            patch.setenv(variable, str(folder / file))
        yield


def test_proper_arguments_are_taken():
    for name, constructor in CONSTRUCTORS.items():
        constructor(**proper(name))


@per_constructor
def test_any_object_for_one_argument(name):
    target = CONSTRUCTORS[name]
    given_ = proper(name)
    for argument, parameter in inspect.signature(target).parameters.items():
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            for value in OBJECTS:
                try_out(name, given_ | {argument: value})


@per_constructor
def test_any_objects_for_all_arguments(name):
    parameters = inspect.signature(CONSTRUCTORS[name]).parameters.values()
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    usual = proper(name)

    @settings(max_examples=max(10, settings().max_examples // 2))
    @given(st.fixed_dictionaries({}, optional=dict.fromkeys(names, objects)))
    def tried(drawn):
        try_out(name, usual | drawn)

    tried()


# --- bounds ----------------------------------------------------------------------------------------------------------


def weigh(name, arguments):
    """Call a bound: it gives finite numbers or a formula, or an error that names one of its arguments."""
    try:
        value = BOUNDS[name](**arguments)
    except Exception as error:
        beyond = isinstance(error, OverflowError) and "is not representable in double precision at" in str(error)
        numeric = isinstance(error, TypeError) and "takes numbers only" in str(error)
        if not (beyond or numeric or is_named(error, arguments)):
            pytest.fail(f"{name}: {type(error).__name__}: {error}")
        return
    if isinstance(value, sympy.Basic) or (isinstance(value, np.ndarray) and value.dtype.hasobject):
        return
    assert isinstance(value, mpmath.mpf | float | np.ndarray), type(value)
    assert np.all(np.isfinite(np.asarray(value, dtype=float)))


@pytest.mark.parametrize("name", BOUNDS)
def test_any_object_for_one_argument_of_a_bound(name):
    """HYPOTHESIS_PROFILE=deep tries all objects; else each bound is tried with a share, and the next with another."""
    share = 1 if settings().max_examples > 100 else 5
    first = list(BOUNDS).index(name)
    signature = BOUNDS[name].signature
    usual = example(signature)
    for argument in usual:
        counts = argument in signature.quantities and signature.quantities[argument].whole
        for value in (COUNTED if counts else OBJECTS)[first % share :: share]:
            weigh(name, usual | {argument: value})


# --- runs ------------------------------------------------------------------------------------------------------------


def sphere(x):
    return np.sum(np.square(x), axis=-1)


USUAL = {"method": zo.three_point(radius=0.1), "problem": sphere, "steps": 2, "seed": 0, "x0": np.ones(3)}
USUAL |= {"replicas": None, "record": None, "vectorised": None, "nonfinite": "error", "executor": None, "store": None}
USUAL |= {"backend": "numpy", "device": None}
OF_RUNS = ("steps", "record", "executor", "store", "backend", "device")
RUNS = {
    "run": [*USUAL],
    "iterate": [*(name for name in USUAL if name not in OF_RUNS), "rng"],
}


def test_all_arguments_of_runs_are_tried():
    for name, tried in RUNS.items():
        assert set(inspect.signature(getattr(zo, name)).parameters) == set(tried)


def go(name, arguments):
    """Run, or take two steps: a result of the documented type, or an error that names an argument."""
    arguments = {key: value for key, value in arguments.items() if key in RUNS[name]}
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", ObjectiveWarning)
            if name == "run":
                result = zo.run(**arguments)
            else:
                state, _ = next(itertools.islice(zo.iterate(**arguments), 2, None))
    except Exception as error:
        of_values = isinstance(error, ObjectiveError) and re.match("the (objective|points of a run) ", str(error))
        if not of_values and not is_named(error, arguments):
            pytest.fail(f"{name}: {type(error).__name__}: {error}")
        return
    if name == "run":
        assert isinstance(result, zo.Run)
        assert result.x.dtype == result.values.dtype == float
        assert result.values.shape[0] == len(result.steps)
    else:
        assert isinstance(state, tuple)


@pytest.mark.parametrize(("name", "argument"), [(name, argument) for name in RUNS for argument in RUNS[name]])
def test_any_object_for_one_argument_of_a_run(name, argument, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where a store may be made
    for value in COUNTED:
        go(name, USUAL | {argument: value})
