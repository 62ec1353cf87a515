"""The public names and their signatures are those that `tests/tables/api.txt` shows, and each is there."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests import api

DOCS = Path(__file__).parent.parent / "docs"
CHANGED = (
    "public names or signatures have changed. Where that is meant: run `python -m tests.api`, say in CHANGELOG.md what "
    "users have to do, and deprecate first what is to go (docs/compatibility.md)"
)


def test_public_names_and_signatures_are_those_that_are_written_down():
    shown, found = api.TABLE.read_text(encoding="utf-8").splitlines(), api.text().splitlines()
    differ = [f"- {line}" for line in shown if line not in found] + [f"+ {line}" for line in found if line not in shown]
    assert shown == found, "\n".join([CHANGED, *differ[:20]])


@pytest.mark.parametrize("module", api.modules())
def test_each_public_name_is_there(module):
    try:
        loaded = import_module(module)
        assert [name for name in api.names(module) if not hasattr(loaded, name)] == []
    except ModuleNotFoundError as error:
        if error.name.startswith("zotheory"):
            raise
        pytest.skip(f"needs {error.name}, of an extra")


def test_pages_take_what_is_public():
    known = {f"{module}.{name}" for module in api.modules() for name in api.names(module)} | set(api.modules())
    known |= {"zotheory.torch"}  # for those who have it
    for page in DOCS.rglob("*.md"):
        code = "".join(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
        for module, names in re.findall(r"^from (zotheory[\w.]*) import (.+)$", code, re.MULTILINE):
            taken = {f"{module}.{name.split(' as ')[0].strip()}" for name in names.split(",")}
            assert taken <= known | INNER, (page.name, taken - known)


INNER = {
    "zotheory.backends.jax.generator",  # a source of random numbers for code that is written for JAX
    "zotheory.evidence.derivation.Derivation",  # what derivations are written with, beside which it stands in a clone
    "zotheory.evidence.derivation.NotProved",
    "zotheory.measurements.spoiled.keep_the_highest",  # a falsehood that a tutorial shows to fail
}


CODE = """
def f(x: int, /, *points: float, step: float = 0.5, **more: str) -> int: ...
class Base:
    first: int
    def _hidden(self): ...
class Kind(Base):
    second: float = 1.0
    def __call__(self, x: float) -> float: ...
    @property
    def third(self) -> str: ...
    @classmethod
    def of(cls, text: str) -> 'Kind': ...
_private = known = 1
"""


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A package with one module, whose source is returned and can be written anew."""
    monkeypatch.setattr(api, "ROOT", tmp_path)
    (tmp_path / "mine.py").write_text(CODE)
    api.statements.cache_clear()
    yield lambda: {name: api.described("mine", name) for name in api.names("mine")}
    api.statements.cache_clear()


def test_names_are_described_by_their_signatures(made):
    assert made() == {
        "f": ["mine.f(x: int, /, *points: float, step: float=0.5, **more: str) -> int"],
        "Base": ["class mine.Base", "    first: int"],
        "Kind": [
            "class mine.Kind(Base)",
            "    first: int",
            "    second: float = 1.0",
            "    __call__(x: float) -> float",
            "    third -> str",
            "    of(text: str) -> 'Kind'",
        ],
    }
    assert made() == made()


def test_a_long_signature_has_a_line_for_each_argument(made, monkeypatch):
    monkeypatch.setattr(api, "WIDTH", 20)
    assert made()["f"] == [
        "mine.f(",
        "    x: int,",
        "    /,",
        "    *points: float,",
        "    step: float = 0.5,",
        "    **more: str,",
        ") -> int",
    ]
