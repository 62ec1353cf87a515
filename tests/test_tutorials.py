"""The tutorials do what they say, typed from their first line to their last."""

import io
import re
import runpy
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from textwrap import dedent

import pytest

from figures import make
from proofs import __main__ as derivations
from tests.test_docs import DOCS, blocks, split
from zotheory import cli
from zotheory.testing.conformance import checking

ROOT = DOCS.parent
PAGES = sorted(f"tutorials/{path.name}" for path in (DOCS / "tutorials").glob("*.md"))
LONG = ("python figures/make.py", "pytest")  # commands that take seconds, which only the slow test runs


class Learner:
    """Who types a page, block by block, in a folder: what each block of code or of commands has printed."""

    def __init__(self, folder):
        self.folder, self.names = folder, {"__name__": "page"}

    def types(self, kind, text):
        """What is printed; None where a block is a file to save, or quotes one of the repository."""
        first = re.match(r"# ([\w/]+\.py)\n", text)
        if kind == "python" and first and "/" in first[1]:
            require_quoted(first[1], text.partition("\n")[2])
        elif kind == "python" and first:
            (self.folder / first[1]).write_text(text, encoding="utf-8")
        elif kind in ("python", "sh"):
            output = io.StringIO()
            with redirect_stdout(output):
                if kind == "python":
                    exec(compile(text, "page", "exec"), self.names)
                else:
                    for line in text.splitlines():
                        assert run(shlex.split(line)) == 0, line
            return output.getvalue()
        return None


def require_quoted(file, excerpt):
    """The lines of an excerpt stand in the file, in one piece but for where it says `...`."""
    source = dedent((ROOT / file).read_text(encoding="utf-8"))
    lines = [line.strip() for line in source.splitlines()]
    for part in re.split(r"^ *\.\.\.\n", excerpt, flags=re.MULTILINE):
        quoted = [line.strip() for line in part.splitlines()]
        assert any(lines[i : i + len(quoted)] == quoted for i in range(len(lines))), f"{file} does not hold {part}"


def run(words):
    """Run a command in this process, where that can be; its exit code."""
    match words:
        case ["zotheory", *given]:
            return cli.main([*given, *["--workers", "1"] * (given[0] == "verify")])
        case ["python", "-m", "proofs", *given]:
            return derivations.main(given)
        case ["python", "figures/make.py", *given]:
            return make.main(given)
        case ["python", file]:
            runpy.run_path(file, run_name="__main__")
            return 0
        case ["pytest", *given]:
            found = subprocess.run([sys.executable, "-m", "pytest", *given], capture_output=True, text=True)
            print(found.stdout)
            return found.returncode
    raise AssertionError(f"no tutorial needs {words}")


def masked(text):
    """Without seconds, and numbers apart from words."""
    return split(re.sub(r"\(\d+ s\)|\d+\.\d+s", "", text))


def typed(page, folder, *, whole):
    """What the page shows below its blocks, beside what they print; `whole`: long commands, too."""
    learner, pairs, printed = Learner(folder), [], None
    for kind, text in blocks(page):
        if kind in ("text", "console"):
            if printed is not None:
                pairs.append((text, printed))
            printed = None
        elif whole or not (kind == "sh" and text.startswith(LONG)):
            printed = learner.types(kind, text)
    return pairs


def require_shown(pairs):
    """Words must agree; numbers to 5 %: another version of NumPy may round them otherwise."""
    for shown, found in pairs:
        assert masked(found)[0] == masked(shown)[0]
        assert masked(found)[1] == pytest.approx(masked(shown)[1], rel=0.05)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def hurried(monkeypatch):
    """Checks of optimizers try what must hold and what the pages declare, and no processes of their own."""
    promised, all_of = {"returns_best", "increasing", "scaling"}, checking.applying
    fewer = [name for name in checking.CHECKS if checking.described(name)[0] in ("", *promised)]
    monkeypatch.setattr(checking, "applying", lambda subject: [name for name in all_of(subject) if name in fewer])
    monkeypatch.setattr(checking, "tried", lambda *given, apart, tried=checking.tried: tried(*given, apart=False))


@pytest.mark.parametrize("page", PAGES)
def test_a_tutorial_shows_what_a_learner_sees(page, tmp_path, hurried):
    pairs = typed(page, tmp_path, whole=False)
    assert len(pairs) >= 4
    require_shown(pairs)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_tutorial_shows_it_to_the_letter(page, tmp_path):
    pairs = typed(page, tmp_path, whole=True)
    assert len(pairs) == len(re.findall(r"^```(?:text|console)$", (DOCS / page).read_text(), re.MULTILINE))
    require_shown(pairs)
