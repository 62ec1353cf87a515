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


# --- what pages name -------------------------------------------------------------------------------------------------

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"(?<![\w./:-])(?:zotheory|zo)((?:\.[A-Za-z_]\w*)+)")
TAKEN = re.compile(r"^(?:>>> )? *from zotheory([\w.]*) import \(?([\w, ]+)", re.MULTILINE)
QUOTED = re.compile(r"# ([\w/]+\.py)\n")  # how a block begins that shows a part of a file

INNER = {  # of pages that work in a clone, where the inside of the package is at hand
    "read-a-proof.md": {"zotheory.measurements.spoiled.keep_the_highest"},  # a falsehood that is shown to fail
}


def named(text):
    """The names of the package in the Python of a page, and in what it sets as code, from `zotheory` on."""
    prose = BLOCK.sub("", text)
    python = [code for kind, code in BLOCK.findall(text) if kind == "python" and not shows_a_file(code)]
    for code in [*python, *re.findall(r"`([^`\n]+)`", prose)]:
        yield from (f"zotheory{dotted}" for dotted in NAME.findall(TAKEN.sub("", code)))
        for module, names in TAKEN.findall(code):
            yield from (f"zotheory{module}.{one.split()[0]}" for one in names.split(",") if one.strip())


def shows_a_file(code):
    begin = QUOTED.match(code)
    return begin is not None and (DOCS.parent / begin[1]).is_file()


def is_described(name):
    """Whether a name is a public or a provisional module, or begins with one and what that has."""
    parts, (public, provisional) = name.split("."), api.rows()
    known = {*public, *provisional, *api.modules()}
    module = next(one for n in range(len(parts), 0, -1) if (one := ".".join(parts[:n])) in known)
    rest = parts[len(module.split(".")) :]
    return not rest or rest[0] in {*api.names(module), *EVERYWHERE[module == "zotheory"]}


EVERYWHERE = ((), ("torch", "__version__"))  # of zotheory, which has them when they are asked for


PAGES = [DOCS.parent / "README.md", *sorted(DOCS.glob("*.md")), *sorted((DOCS / "tutorials").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_what_is_public_or_provisional(page):
    found = set(named(page.read_text(encoding="utf-8"))) - INNER.get(page.name, set())
    assert sorted(name for name in found if not is_described(name)) == []


def test_names_are_found_wherever_a_page_has_them():
    page = """`zo.run(f)`, `zotheory.radii`, and `zotheory/loop.py`, but not zo.prose.
```python
from zotheory.radii import fixed as held, one_fifth
import zotheory.loop as loop
method = zo.torch.optimizer
    from zotheory.loop import run
```
```python
# zotheory/loop.py
from zotheory.inner import thing
```
```sh
zotheory run zotheory.problems.bbob:Bbob
```
"""
    found = "run radii radii.fixed radii.one_fifth loop torch.optimizer loop.run"
    assert set(named(page)) == {f"zotheory.{name}" for name in found.split()}
    assert {name for name in named(page) if not is_described(name)} == {"zotheory.loop", "zotheory.loop.run"}
    assert not is_described("zotheory.radii.fifth")
    assert is_described("zotheory.theorems.two_point.prescribed")
    assert is_described("zotheory.Report.rate")


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
