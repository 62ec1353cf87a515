"""The digest of the code that ran: it changes with whatever decides what is measured, and with nothing else."""

import importlib
import os
import random
import subprocess
import sys
import textwrap
import threading
import time
from functools import partial
from pathlib import Path
from random import shuffle

import numpy as np
import pytest
import scipy
from scipy.stats import norm

import zotheory as zo
from tests.test_fingerprint import closes_over
from zotheory.claims import find, select
from zotheory.code.chance import generator_in
from zotheory.code.imports import reached
from zotheory.code.modules import edited, is_read
from zotheory.code.reach import reach
from zotheory.evidence.running import tasks
from zotheory.measurements.two_point import mean_gap
from zotheory.replicas import Replicas

# --- modules ---------------------------------------------------------------------------------------------------------

SOURCES = {
    "plain": "from reach_lib import helper",
    "whole": "import reach_lib.helper",
    "named": "import reach_lib.helper as h",
    "relative": "from .helper import spread",
    "late": "def f():\n    from reach_lib import helper",
    "method": "class C:\n    def f(self):\n        import reach_lib.helper",
    "starred": "from reach_lib.helper import *",
    "attribute": "import reach_lib\ndef f(): return reach_lib.helper.spread()",
    "re-exported": "import reach_lib as r\ndef f(): return r.spread()",
    "from the package": "from reach_lib import spread",
    "chain": "import reach_lib as r\ndef f(): return r.inner.deep.spread()",
    "by name": "from importlib import import_module\ndef f(): return import_module('reach_lib.helper')",
    "dunder": "__import__('reach_lib.helper')",
    "passed on": "import reach_lib as r\ndef f(): return getattr(r, 'spread')()",
    "constant": "from reach_lib import WIDTH",
    "tried": "try:\n    import reach_lib.helper\nexcept ImportError:\n    pass",
    "beside types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\nelse:\n    import reach_lib.helper",
    "decorated": "import reach_lib as r\n@r.spread\ndef f(): pass",
    "in a default": "import reach_lib as r\ndef f(x=r.helper): pass",
    "namespace": "from reach_space import module",
    "namespace, whole": "import reach_space.module",
}
NOT = {
    "for types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import reach_lib.helper",
    "in words": "'import reach_lib.helper'",
    "beside": "from reach_lib import beside",
    "beside, by attribute": "import reach_lib as r\ndef f(): return r.beside.SHARE",
    "of itself": "import reach_lib\ndef f(): return reach_lib.__name__",
}
LIBRARY = {
    "__init__.py": "from reach_lib.helper import WIDTH, spread\nfrom reach_lib import inner\n",
    "helper.py": "from reach_lib.inner import deep\nWIDTH = 1.0\ndef spread(*given): return deep.spread()",
    "inner/__init__.py": "from . import deep",
    "inner/deep.py": "def spread(): return 1.0",
    "beside.py": "SHARE = 0.5",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A package, a namespace, and modules that import them."""
    folder = tmp_path_factory.mktemp("library")
    texts = {f"reach_lib/{name}": text for name, text in LIBRARY.items()} | {"reach_space/module.py": "HERE = 1"}
    for number, source in enumerate([*SOURCES.values(), *NOT.values()]):
        texts["reach_lib/relative.py" if "from ." in source else f"reach_{number}.py"] = source
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield folder
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith("reach_")]:
        del sys.modules[name]


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_imported_is_reached(library, name):
    module = "reach_lib.relative" if name == "relative" else f"reach_{list(SOURCES).index(name)}"
    found = reached([module])
    if name.startswith("namespace"):
        assert "reach_space.module" in found
    else:
        assert {"reach_lib", "reach_lib.helper" if name != "chain" else "reach_lib", "reach_lib.inner.deep"} <= set(
            found
        )
        assert "reach_lib.beside" not in found


@pytest.mark.parametrize("name", NOT)
def test_what_is_not_imported_is_not_reached(library, name):
    found = reached([f"reach_{len(SOURCES) + list(NOT).index(name)}"])
    assert "reach_lib.helper" not in found
    assert ("reach_lib.beside" in found) == ("beside" in name)


def test_modules_count_by_text_and_installed_ones_by_version(library, tmp_path):
    found = reached(["reach_0", "numpy.linalg", "json", "nowhere_to_be_found"])
    assert found["numpy"] == f"numpy {np.__version__}"
    assert (found["json"], found["nowhere_to_be_found"]) == ("Python's", "absent")
    assert len(found["reach_lib.helper"]) == 64
    assert not [name for name in found if name.startswith("numpy.")]


EDITED = {  # what is done to a file of which all before was read, and whether that is seen
    "nothing": (lambda file: None, False),
    "another text of one length": (lambda file: file.write_text("WIDTH = 2.0"), True),
    "another length at the old time": (lambda file: put_back(file, "WIDTH = 10.0"), True),
    "another text of one length at the old time": (lambda file: put_back(file, "WIDTH = 2.0"), True),
    "another right": (lambda file: file.chmod(0o600), False),
    "no file": (lambda file: file.unlink(), True),
}


def put_back(file, text):
    state = file.stat()
    file.write_text(text)
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A module with a name that no other test has."""
    monkeypatch.syspath_prepend(tmp_path)
    made = tmp_path / f"reach_{tmp_path.name}.py"
    made.write_text("WIDTH = 1.0")
    return made


@pytest.mark.parametrize("what", EDITED)
@pytest.mark.parametrize("age", [0, 3600])
def test_what_was_edited_since_it_was_read_is_named(file, what, age):
    os.utime(file, (time.time() - age,) * 2)
    edit, seen = EDITED[what]
    names, since = [file.stem, "numpy", "json"], time.time() + 1
    assert edited(names, since) == []
    edit(file)
    assert edited(names, since) == [str(file)] * seen


def test_what_was_edited_before_it_was_read_is_named(file):
    began = time.time() - 1
    put_back(file, "WIDTH = 2.0")
    os.utime(file, (began - 1000,) * 2)
    assert edited([file.stem], began) == [str(file)]


def test_a_module_that_appears_is_found(tmp_path, monkeypatch):
    """Also where it was asked for before, and inside of what is there."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "reach_late_user.py").write_text(
        "def f():\n    import reach_late.inner\n    from reach_late_beside import g\n"
    )
    user = importlib.import_module("reach_late_user")
    before = reach(user.f)
    assert reach(user.f) == before
    (tmp_path / "reach_late").mkdir()
    (tmp_path / "reach_late" / "__init__.py").write_text("")
    importlib.invalidate_caches()
    between = reach(user.f)
    assert between.modules - before.modules == {"reach_late"}
    (tmp_path / "reach_late" / "inner.py").write_text("import reach_late_beside")
    (tmp_path / "reach_late_beside.py").write_text("def g(): return 1")
    importlib.invalidate_caches()
    after = reach(user.f)
    assert {"reach_late", "reach_late.inner", "reach_late_beside"} <= after.modules
    assert len({before.code, between.code, after.code}) == 3


def test_two_helpers_of_a_package_are_told_apart_by_its_text(tmp_path, monkeypatch):
    """Which of two functions a package gives a name to stands in its own file."""
    (tmp_path / "reach_alias").mkdir()
    (tmp_path / "reach_alias" / "__init__.py").write_text("from reach_alias_home import one as f")
    (tmp_path / "reach_alias_home.py").write_text("def one(): return 1\ndef two(): return 2")
    (tmp_path / "reach_alias_user.py").write_text("import reach_alias\ndef g(): return reach_alias.f()")
    monkeypatch.syspath_prepend(tmp_path)
    assert {"reach_alias", "reach_alias_home"} <= set(reached(["reach_alias_user"]))


# --- shipped claims --------------------------------------------------------------------------------------------------

CLAIMS = [task for name in ("two_point.mean_gap", "relative_loss.decrease") for task in tasks([find(name)])]


def test_no_two_experiments_of_a_claim_have_one_digest():
    codes = [reach(experiment.measure, owner.bound).code for owner, experiment in CLAIMS]
    assert len(set(codes)) == len(codes)


def test_reports_and_command_line_are_not_reached():
    for owner, experiment in CLAIMS:
        found = reach(experiment.measure, owner.bound)
        assert found.lasting
        assert {"zotheory.loop", "zotheory.directions", "zotheory.evidence.statistics"} <= found.modules
        outside = (
            "zotheory.report",
            "zotheory.cli",
            "zotheory.options",
            "zotheory.evidence.store",
            "zotheory.evidence.verdicts",
        )
        assert not [name for name in found.modules if name.startswith(outside)]


def test_a_run_reaches_nothing_of_how_claims_are_weighed():
    found = reach(Replicas.run, zo.gld_search(R=1.0, r=0.1), zo.problems.golovin_family(1, 8, 5))
    assert {"zotheory.walk", "zotheory.methods.gld_search", "zotheory.problems.quadratic"} <= found.modules
    assert not [name for name in found.modules if name.startswith(("zotheory.evidence", "zotheory.kernel"))]


def test_a_method_that_is_not_used_is_not_reached(tmp_path, monkeypatch):
    (tmp_path / "reach_mean.py").write_text("import zotheory as zo\ndef f(x): return zo.Mean(x, 1.0)")
    monkeypatch.syspath_prepend(tmp_path)
    found = reached(["reach_mean"])
    assert "zotheory.evidence.expectations" in found
    assert not [name for name in found if name.startswith(("zotheory.methods.", "zotheory.problems."))]
    owner, experiment = next(iter(tasks([find("two_point.bias")])))
    assert "zotheory.theorems.relative_loss" not in reach(experiment.measure, owner.bound).modules


def test_arguments_of_a_factory_count():
    """Also where label and dimension do not show them."""

    def code(k):
        return reach(mean_gap("quadratic", 10, k).measure).code

    assert code(10) == code(10)
    assert code(10) != code(11)


def test_digests_are_the_same_in_every_process():
    script = """
        from zotheory.claims import find
        from zotheory.code.reach import reach
        from zotheory.evidence.running import tasks
        for name in ("two_point.mean_gap", "relative_loss.decrease"):
            for owner, experiment in tasks([find(name)]):
                print(reach(experiment.measure, owner.bound).code)
        """
    words = [sys.executable, "-c", textwrap.dedent(script)]
    root = Path(__file__).parent.parent
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [reach(experiment.measure, owner.bound).code for owner, experiment in CLAIMS]


@pytest.mark.slow
def test_every_shipped_experiment_has_a_lasting_digest_of_its_own():
    found = [(owner.id, reach(experiment.measure, owner.bound)) for owner, experiment in tasks(select())]
    assert all(one.lasting for _, one in found)
    assert len(set(found)) == len(found)


# --- values ----------------------------------------------------------------------------------------------------------

MINE = """
    import reach_other
    from reach_other import level, scaled
    noise = scaled(VALUE)
    def by_closure(): return noise(1)
    def by_name(): return level()
    def by_module(): return reach_other.level()
    def by_attribute(): return reach_other.LEVEL
    C = {VALUE, 0.5}
    def a(): return C
    def b(): return C
    def by_set(): return a(), b()
    """
OTHER = """
    LEVEL = 0
    def level(): return LEVEL
    def scaled(c):
        return lambda x: c * x
    """


@pytest.mark.parametrize("name", ["by_closure", "by_name", "by_module", "by_attribute", "by_set"])
def test_what_a_program_computed_counts_in_whichever_module_of_the_users_it_stands(name, tmp_path, monkeypatch):
    """The texts are the same, and so is where each function stands."""
    (tmp_path / "reach_other.py").write_text(textwrap.dedent(OTHER))
    monkeypatch.syspath_prepend(tmp_path)
    other = importlib.import_module("reach_" + "other")  # which this file itself is not to reach
    codes = []
    for value in (1.0, 2.0):
        monkeypatch.setattr(other, "LEVEL", value)
        mine = {"__name__": "reach_mine", "VALUE": value}
        exec(textwrap.dedent(MINE), mine)
        codes.append([reach(mine[name]).code for _ in range(2)])
    monkeypatch.delitem(sys.modules, "reach_other")
    (one, again), (two, _) = codes
    assert one == again != two


def test_two_lambdas_in_one_line_are_told_apart():
    one, two = (lambda x: x + 1, lambda x: x + 2)
    assert reach(one).code != reach(two).code


def test_what_nothing_is_known_of_does_not_last():
    assert reach(closes_over(1)).lasting
    assert not reach(closes_over(threading.Lock())).lasting


def test_a_function_that_was_typed_in_reaches_the_modules_that_it_names(library):
    """No file tells what was imported there."""
    typed = {"__name__": "__main__"}
    exec("import reach_lib.helper as h\ndef f(): return h.spread()\ndef late():\n    import reach_0\n", typed)
    for name, module in (("f", "reach_lib.helper"), ("late", "reach_0")):
        typed[name].__module__ = "typed_into_a_shell"
        assert module in reach(typed[name]).modules


def test_a_program_of_a_package_finds_its_neighbours(library, tmp_path):
    """Run by its name it is called otherwise."""
    (library / "reach_lib" / "program.py").write_text(
        "from .helper import spread\nfrom zotheory.code.imports import reached\nprint(*reached(['__main__']))"
    )
    words = [sys.executable, "-m", "reach_lib.program"]
    root = str(Path(__file__).parent.parent)
    done = subprocess.run(words, cwd=library, env=os.environ | {"PYTHONPATH": root}, capture_output=True, text=True)
    assert {"reach_lib.helper", "reach_lib.inner.deep"} <= set(done.stdout.split()), done.stderr


def test_a_bound_counts():
    def measure(bound, replicas, seed):
        return zo.Value(1.0, bound())

    assert reach(measure, closes_over(1)).code != reach(measure, closes_over(2)).code
    assert is_read(__name__)
    assert __name__ in reach(measure).modules


# --- random numbers --------------------------------------------------------------------------------------------------

OWN, GLOBAL = np.random.default_rng(1), random.Random(2)


def imports_inside(x):
    from random import gauss

    import numpy.random as drawing

    return drawing.standard_normal() if x else gauss(0, 1)  # noqa: NPY002


class Method:
    def __call__(self, x):
        return self.inner(x)

    def inner(self, x):
        return [np.random.random() for _ in x]  # noqa: NPY002


def test_how_far_a_global_generator_has_come_is_no_code():
    """Each distribution of SciPy has NumPy's."""

    def density(x):
        return norm.pdf(x)

    before = reach(density)
    np.random.random()  # noqa: NPY002
    assert reach(density) == before
    assert before.lasting


DRAWS = {
    "a generator": (lambda x: OWN.random(), "OWN.random"),
    "Python's": (lambda x: GLOBAL.random(), "GLOBAL.random"),
    "a default": (lambda x, rng=OWN: rng.random(), "default 0"),
    "NumPy's, global": (lambda x: np.random.rand(), "np.random.rand"),  # noqa: NPY002
    "Python's, global": (lambda x: random.random(), "random.random"),
    "by its own name": (lambda x: shuffle(x), "shuffle"),
    "in a loop": (lambda x: [random.gauss(0, 1) for _ in x], "random.gauss"),
    "imported inside": (imports_inside, "numpy.random.standard_normal"),
    "of a class": (Method(), "np.random.random"),
    "bound": (np.random.standard_normal, "of"),
    "called by another": (lambda x: imports_inside(x), "numpy.random.standard_normal"),
}
HANDED = {
    "made of the seed": lambda seed: np.random.default_rng(seed).random(),
    "handed": lambda rng: rng.random() + rng.normal() + rng.shuffle([1]) + rng.OWN,
    "a name like it": lambda seed, np=np: np.random.default_rng(seed).random(),
    "a distribution": lambda x: scipy.stats.norm.pdf(x),
    "a distribution, named": lambda x: norm.logpdf(x),
    "a distribution, frozen": partial(lambda law, x: law.logpdf(x), scipy.stats.norm(0.0, 2.0)),
    "a method": zo.gld_search(R=1.0, r=1e-3),
    "a problem": zo.problems.golovin_family(1, 8, 5),
    "a stochastic problem": zo.problems.breast_cancer(),
}


@pytest.mark.parametrize("kind", DRAWS)
def test_what_draws_random_numbers_that_it_is_not_handed_is_found(kind):
    what, words = DRAWS[kind]
    assert generator_in(what) == words


@pytest.mark.parametrize("kind", HANDED)
def test_what_draws_what_it_is_handed_is_not_blamed(kind):
    assert generator_in(HANDED[kind]) == ""
