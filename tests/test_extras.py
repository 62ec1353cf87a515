"""What is not installed is told with the extra that it belongs to, and what to type."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from zotheory.extras import PACKAGES

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {
    extra: {re.split(r"[<>=\[ ]", each)[0] for each in held} for extra, held in PROJECT["optional-dependencies"].items()
}
BARE = """
import importlib, sys

class Missing:
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing)
import zotheory
import zotheory.testing

def told(what, get, *given):
    try:
        return get(*given)
    except ModuleNotFoundError as error:
        print(what, error, sep="\\t")

for package in (zotheory, zotheory.testing):
    for name in package.__all__:
        told(name, getattr, package, name)
for module in MODULES:
    told(module, importlib.import_module, module)
told("parametrize_with_checks", zotheory.testing.parametrize_with_checks, [])
told("check_method", zotheory.testing.check_method, zotheory.relative_loss(radius=0.1))
told("digits", importlib.import_module("zotheory.problems.datasets.digits").digits)
told("bbob", importlib.import_module("zotheory.problems.bbob").Bbob(1, 2), [0.0, 0.0])
for name in ("jax", "torch"):
    told(name, importlib.import_module("zotheory.backends").find, name)
"""
MISSING = (
    *("pytest", "_pytest", "hypothesis", "jax", "torch", "array_api_compat", "jinja2", "markupsafe", "latex2mathml"),
    *("sklearn", "cocoex", "distributed", "nevergrad", "cma", "nlopt", "optuna", "evosax", "gymnasium", "mujoco"),
)


def modules():
    """Those of the package that name what may be missing."""
    source = Path(__file__).parents[1]
    named = re.compile(rf"^ *(import|from) ({'|'.join(MISSING)})\b", re.MULTILINE)
    for path in sorted((source / "zotheory").rglob("*.py")):
        if named.search(path.read_text(encoding="utf-8")):
            yield ".".join(path.relative_to(source).with_suffix("").parts)


def test_packages_are_those_of_the_extras():
    for extra, packages in PACKAGES.items():
        assert set(packages.split()) <= EXTRAS[extra]


def test_what_is_not_installed_is_told_with_its_extra():
    program = f"MISSING, MODULES = {MISSING}, {list(modules())}\n{BARE}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    told = dict(line.split("\t") for line in done.stdout.splitlines())
    assert {
        *("ClaimWarning", "parametrize_with_checks", "check_method", "digits", "bbob", "jax", "torch"),
        *("zotheory.adapters.torch", "zotheory.backends.jax", "zotheory.report.html.page", "zotheory.testing.session"),
    } <= told.keys()
    for what, said in told.items():
        found = re.fullmatch(r".+ needs \w+, of the extra (\w+): python -m pip install (.+)", said)
        assert found, f"{what}: {said}"
        assert set(found[2].split()) <= EXTRAS[found[1]]
