"""The tutorials do what they say, typed from their first line to their last."""

import io
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

import pytest

from figures import make
from proofs import __main__ as derivations
from tests.test_docs import DOCS, blocks, split
from zotheory import cli
from zotheory.testing import check_method

ROOT = DOCS.parent
PAGES = sorted(f"tutorials/{path.name}" for path in (DOCS / "tutorials").glob("*.md"))
LONG = ("python figures/make.py", "pytest")  # commands that take seconds: only the slow test runs them
by_page = pytest.mark.parametrize("page", PAGES)


# --- a learner -------------------------------------------------------------------------------------------------------


def typed(page, *, whole):
    """What a page shows below its blocks, beside what they print here, in this folder; `whole`: long commands, too."""
    names, pairs, printed = {"__name__": "page"}, [], None
    for kind, text in blocks(page):
        file = re.match(r"# ([\w/]+\.py)\n", text) if kind == "python" else None
        if kind in ("text", "console"):
            pairs += [(text, printed)] * (printed is not None)
        elif file and "/" in file[1]:
            require_quoted(file[1], text.partition("\n")[2])
        elif file:
            Path(file[1]).write_text(text, encoding="utf-8")
        elif kind == "python":
            printed = output(lambda code: exec(compile(code, page, "exec"), names), text)
        elif kind == "sh":
            printed = None if text.startswith(LONG) and not whole else output(require_success, text)
    return pairs


def output(does, text):
    """What a block prints."""
    stream = io.StringIO()
    with redirect_stdout(stream):
        does(text)
    return stream.getvalue()


def require_success(block):
    """Each of these commands ends with exit code 0."""
    for line in block.splitlines():
        assert run(shlex.split(line)) == 0, line


def run(words):
    """Run a command, in this process where that can be; its exit code."""
    match words:
        case ["zotheory", "verify", *given]:
            return cli.main(["verify", *given, "--workers", "1"])
        case ["python", "-m", "proofs", *given]:
            return derivations.main(given)
        case ["python", "figures/make.py", *given]:
            return make.main(given)
        case ["pytest", *given]:
            found = subprocess.run([sys.executable, "-m", "pytest", *given], capture_output=True, text=True)
            print(found.stdout)
            return found.returncode
    raise AssertionError(f"no tutorial needs {words}")


def require_quoted(file, excerpt):
    """An excerpt stands in the file, in one piece."""
    lines, quoted = ([line.strip() for line in text.splitlines()] for text in ((ROOT / file).read_text(), excerpt))
    assert any(lines[i : i + len(quoted)] == quoted for i in range(len(lines))), f"{file} does not hold {excerpt}"


def require_shown(pairs):
    """Words must agree; numbers to 5 %: another version of NumPy may round them otherwise. Seconds are left out."""
    for pair in pairs:
        shown, found = (split(re.sub(r"\(\d+ s\)|\d+\.\d+s", "", text)) for text in pair)
        assert found[0] == shown[0]
        assert found[1] == pytest.approx(shown[1], rel=0.05)


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def hurried(monkeypatch):
    """Optimizers are checked in this process, and not each property in one of its own."""
    monkeypatch.setattr("zotheory.testing.check_method", partial(check_method, apart=False))


@by_page
def test_a_tutorial_shows_what_a_learner_sees(page, hurried):
    pairs = typed(page, whole=False)
    assert len(pairs) >= 4
    require_shown(pairs)


@pytest.mark.slow
@by_page
def test_a_tutorial_shows_it_to_the_letter(page):
    pairs = typed(page, whole=True)
    assert len(pairs) == len(re.findall(r"^```(?:text|console)$", (DOCS / page).read_text(), re.MULTILINE))
    require_shown(pairs)


@by_page
def test_a_tutorial_says_what_it_takes_and_what_it_gives(page):
    """Its second paragraph says what is needed and how long it takes; its last part where to go on."""
    text = (DOCS / page).read_text(encoding="utf-8")
    assert text.startswith("# Tutorial: ")
    assert re.match(r"You need .*(minutes|half an\s+hour)", text.split("\n\n")[2], re.DOTALL)
    last = text.split("\n## ")[-1]
    assert last.startswith("What you can do now\n\nYou can ")
    assert "\n\nGo on with " in last
    assert len(re.findall(r"\]\([\w./-]+\)", last)) >= 2


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("a 1.0", "b 1.0"),
        ("a 1.0", "a 1.2"),
        ("3 of 4", "4 of 4"),
        ("1.0", "1.0 2.0"),
        ("6 in 1.0s", "5 in 1.0s"),
    ],
)
def test_another_output_is_seen(shown, found):
    with pytest.raises(AssertionError):
        require_shown([(shown, found)])


def test_an_excerpt_that_does_not_stand_in_the_file_is_seen():
    require_quoted("zotheory/methods/rso.py", "    x, k = state\n    i, delta = move\n")
    with pytest.raises(AssertionError, match="does not hold"):
        require_quoted("zotheory/methods/rso.py", "    x, k = state\n    w = (1 - decay) * x[..., i]\n")
