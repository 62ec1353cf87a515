"""What is released: the two files that an index takes, and what type checkers tell those who installed one."""

import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TYPED = Path(__file__).parent / "typed"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("distribution")]


def output_of(*words, cwd, code=0):
    ended = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True)
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Both files; the wheel is made of the source distribution, which so holds all that it needs."""
    for tool in ("build", "twine"):
        pytest.importorskip(tool, reason=f"needs {tool}, of the extra release")
    into = tmp_path_factory.mktemp("built")
    output_of(sys.executable, "-m", "build", "--outdir", into, ROOT, cwd=into)
    (source,), (wheel,) = into.glob("*.tar.gz"), into.glob("*.whl")
    return source, wheel


@pytest.fixture(scope="module")
def metadata(built):
    with zipfile.ZipFile(built[1]) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(wheel.read(name))


@pytest.fixture(scope="module")
def kept():
    """The files that the repository keeps, or is about to."""
    if not (ROOT / ".git").exists():
        pytest.skip("compares with the repository")
    return set(output_of("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).splitlines())


def test_an_index_would_take_them(built, tmp_path):
    output_of(sys.executable, "-m", "twine", "check", "--strict", *built, cwd=tmp_path)


def test_the_wheel_holds_the_package_and_nothing_else(built, kept):
    with zipfile.ZipFile(built[1]) as wheel:
        found = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert found == {name for name in kept if name.startswith("zotheory/")}
    assert "zotheory/py.typed" in found


def test_the_source_distribution_is_the_repository(built, kept):
    """So tests, derivations, figures and pages can be run from it."""
    with tarfile.open(built[0]) as source:
        found = {name.partition("/")[2] for name in source.getnames()}
    assert found == kept | {"PKG-INFO"}


def test_the_description_needs_no_repository_beside_it(metadata, kept):
    """Links that lead nowhere and pictures are gone; the examples, which tests of the README run, are there."""
    text, readme = metadata.get_payload(), (ROOT / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n.*?```", readme, re.DOTALL)
    assert examples == re.findall(r"```python\n.*?```", text, re.DOTALL)
    assert re.findall(r"\]\(.*?\)", re.sub("```.*?```", "", text, flags=re.DOTALL)) == []
    assert "clone" not in text
    assert all(file in kept for file in re.findall(r"\(`([\w/.-]+\.md)`\)", text))


def test_each_version_of_python_that_is_tested_is_named(metadata):
    """And no other: `.ci/run` says which it tests."""
    (tested,) = re.findall(r"^for version in ([\d. ]+); do", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    named = [one.removeprefix("Programming Language :: Python :: ") for one in metadata.get_all("Classifier")]
    assert [one for one in named if re.fullmatch(r"3\.\d+", one)] == tested.split()
    assert metadata["Requires-Python"] == f">={tested.split()[0]}"


# --- types -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def checking(built, tmp_path_factory):
    """An environment with the wheel and two type checkers, and the files of a user."""
    into = tmp_path_factory.mktemp("typed")
    venv.create(into / "venv", with_pip=True)
    python = into / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    output_of(python, "-m", "pip", "install", "-q", built[1], "mypy", "pyright[nodejs]", cwd=into)
    for path in TYPED.glob("*.py"):
        (into / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    mypy, pyright = [python, "-m", "mypy", "--strict"], [python, "-m", "pyright", "--pythonpath", python]
    return into, {"mypy": mypy, "pyright": pyright}


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_what_users_write_has_the_types_that_they_expect(checking, checker):
    folder, checkers = checking
    output_of(*checkers[checker], "used.py", cwd=folder)


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_mistakes_of_users_are_found_where_they_are(checking, checker):
    folder, checkers = checking
    found = output_of(*checkers[checker], "misused.py", cwd=folder, code=1)
    lines = {int(line) for line in re.findall(r"misused\.py:(\d+)(?::\d+)?(?: -|:) error", found)}
    marked = (TYPED / "misused.py").read_text(encoding="utf-8").splitlines()
    assert lines == {number for number, line in enumerate(marked, 1) if "# refused" in line}
