"""Every command that a page, a docstring or a message names is one: it parses, and what it names exists."""

import argparse
import ast
import re
import runpy
import shlex
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

import proofs
from zotheory import cli
from zotheory.claims import UnknownClaim, select
from zotheory.pytest_plugin import pytest_addoption
from zotheory.trials import written
from zotheory.trials.written import Miswritten

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [path for room in (ROOT, DOCS, DOCS / "tutorials", ROOT / "benchmarks") for path in sorted(room.glob("*.md"))]
ROOMS = ("zotheory", "proofs", "figures", "docs", "benchmarks")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MARKS = PYPROJECT["tool"]["pytest"]["ini_options"]["markers"]
PROGRAM = re.compile(r"(?:[A-Z_]+=\S+ )*(?:zotheory|python|pip|pytest|bash)(?: [^|]*)?$")
NAMED = re.compile(r"(?<!from )(?<!import )\b(?:zotheory|python|pip|pytest|bash)(?![\w.:/-])")  # but in imports
LINE = re.compile(r"^ {4,}((?:[A-Z_]+=\S+ )*(?:zotheory|python|pip|pytest|bash) \S.*)$", re.MULTILINE)
MEASURING = ("verify", "report")
STANDS_FOR = re.compile(r"\W*[A-Z]+\W*|mine\b.*|\[.*")  # CAPITALS, `mine` and [what may be left out] stand for others


def quoted(text):
    """What stands in backticks, and the lines of blocks of shell."""
    yield from (" ".join(one.split()) for one in re.findall(r"`{1,2}([^`]+)`{1,2}", text))


def of_page(text):
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        yield from re.sub(r" *\\\n *", " ", block).splitlines()
    yield from quoted(re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def of_code(text):
    """Of docstrings, comments and messages: in backticks, in a line of its own, or what a message tells to install."""
    if not NAMED.search(text):  # most files, which need not be parsed
        return
    yield from quoted("\n".join(re.findall(r"#.*$", text, re.MULTILINE)))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from quoted(node.value)
            yield from LINE.findall(node.value)
            yield from re.findall(r"(?:python -m )?pip install [\w.'\[\]-]+", node.value)
            yield from re.findall(r"zotheory (?:list|show|verify|report|errata)(?: [\w.*]*\w)?(?=[;.]|$)", node.value)


def commands(lines):
    """The commands among these lines, each alone, without what is said about it."""
    parts = (part.strip() for line in lines for part in re.split(r" {2,}[#(]", line)[0].split("&&"))
    return sorted({re.sub(r"(?<=\w)\.$", "", part) for part in parts if PROGRAM.match(part)})


def documented():
    """Each command once, and the first place that names it."""
    found = {}
    for path in PAGES:
        for command in commands(of_page(path.read_text(encoding="utf-8"))):
            found.setdefault(command, path)
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        for command in commands(of_code(path.read_text(encoding="utf-8"))):
            found.setdefault(command, path)
    for path in sorted((ROOT / "tests").rglob("*.py")):  # whose code holds commands of claims made up there
        docstring = path.read_text(encoding="utf-8").split('"""')[1:2]
        for command in commands(quoted("".join(docstring))):
            found.setdefault(command, path)
    return [pytest.param(command, id=f"{path.relative_to(ROOT)}: {command}") for command, path in found.items()]


class Parsed(Exception):
    """The options that a script was given; it goes no further."""


@pytest.fixture
def parsed(monkeypatch):
    """Options of a script, by its own parser."""

    def options(script, words):
        original = argparse.ArgumentParser.parse_args

        def stop(parser, arguments=None, namespace=None):
            raise Parsed(original(parser, arguments, namespace))

        monkeypatch.setattr(argparse.ArgumentParser, "parse_args", stop)
        monkeypatch.setattr(sys, "argv", [str(script), *words])
        try:
            runpy.run_path(str(script), run_name="__main__")
        except Parsed as found:
            return found.args[0]
        except ModuleNotFoundError as error:
            pytest.skip(f"needs {error.name}, of an extra")
        raise AssertionError(f"{script} reads no command line")

    return options


def require_command(command, parsed, capsys):
    words = [word for word in shlex.split(command) if not re.fullmatch(r"[A-Z_]+=\S+|>\S+", word)]
    if words[0] == "zotheory" and words[1:2] in (["run"], ["compare"]):
        require_trial(words[1:])
        return
    if words[:2] == ["zotheory", "check"]:
        named = [] if any(set(":(") & set(word) for word in words) else ["mine.py:any"]  # the command itself is meant
        optimizer = cli.parser().parse_args([*words[1:], *named]).optimizer
        assert optimizer.startswith("mine.py:") or written.method(optimizer)
        return
    program, *given = [word for word in words if not STANDS_FOR.fullmatch(word)]
    if program == "python" and given[:2] == ["-m", "pip"]:
        program, given = "pip", given[2:]
    if program == "zotheory":
        require_zotheory(given, capsys)
    elif program == "pip":
        require_installable(given)
    elif program == "pytest":
        require_pytest(given)
    elif given == ["-m"]:
        pass  # the option itself is meant
    elif given[:2] == ["-m", "sphinx"]:
        assert (ROOT / next(word for word in given[2:] if not word.startswith("-")) / "conf.py").is_file()
    elif given[:2] in (["-m", "build"], ["-m", "twine"]):
        assert given[1] in named_packages()
    elif given[0] == "-m":
        module = ROOT.joinpath(*given[1].split("."))
        if not module.is_dir():  # a file, without options
            assert 'if __name__ == "__main__":' in module.with_suffix(".py").read_text(encoding="utf-8")
            assert given[2:] == []
            return
        options = parsed(module / "__main__.py", given[2:])
        if given[1] == "proofs":
            known = proofs.load()
            for name in options.names:
                assert name in known or [one for one in known if one.startswith(f"{name}.")], name
    else:
        require_script(program, given, parsed)


def require_zotheory(given, capsys):
    """Listing and showing is quick: these are run."""
    if given == []:
        return  # the package
    given = [*given, *["two_point.bias"] * (given[0] == "show" and given[1:] in ([], ["--latex"]))]
    if given[-1] in ("--help", "--version"):
        with pytest.raises(SystemExit, match="0"):
            cli.main(given)
    elif given[0] not in MEASURING:
        assert cli.main(given) == 0
    else:
        assert all(select(name) for name in cli.parser().parse_args(given).select)
    assert given[0] in MEASURING or capsys.readouterr().out


def require_trial(given):
    """Methods and problems that can be read, as it takes time to run them; those of files are of the reader's."""
    if given[1:] == [] or any(word.isupper() for word in given):
        return  # the command itself is meant, or words stand for what it is given
    options = cli.parser().parse_args(given)
    methods, problems = (
        [written.Labelled.of(one) for one in (given if isinstance(given, list) else [given])]
        for given in (options.method, options.problem)
    )
    known = [written.problem(one.text) for one in problems if not one.text.startswith("mine.py:")] or [None]
    shipped = [one for one in methods if not one.text.startswith("mine.py:")]
    assert all(written.method(one.text, problem) for one in shipped for problem in known)


def require_pytest(given):
    """Files that exist, marks that are declared, options of the plugin."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("-m", choices=[*(mark.partition(":")[0] for mark in MARKS), "claim"])
    parser.add_argument("-p", choices=["no:zotheory"])
    parser.add_argument("-n", type=int)
    parser.add_argument("-q", action="store_true")
    parser.add_argument("--durations", type=int)
    group = SimpleNamespace(addoption=parser.add_argument)
    pytest_addoption(SimpleNamespace(getgroup=lambda *names: group))
    parser.add_argument("files", nargs="*")
    assert all((ROOT / file).exists() for file in parser.parse_args(given).files)


def require_installable(given):
    """Packages that this project names, or itself, from a clone or from wheels at hand, with extras that it has."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("action", choices=["install", "wheel"])
    for flag in ("-e", "--no-deps", "--no-index"):
        parser.add_argument(flag, action="store_true")
    for folder in ("--wheel-dir", "--find-links"):
        parser.add_argument(folder)
    parser.add_argument("what", nargs="*")
    options = parser.parse_intermixed_args(given)
    itself = r"\.|zotheory" if options.no_index else r"\."  # it stands on no index
    for what in options.what:
        own = re.fullmatch(rf"(?:{itself})(?:\[([\w,]+)\])?", what)
        if own:
            assert set((own[1] or "test").split(",")) <= set(PYPROJECT["project"]["optional-dependencies"]), what
        else:
            assert re.match(r"[\w-]+", what)[0] in named_packages(), what


def named_packages():
    """What this project needs, but for itself."""
    needed = (PYPROJECT["project"]["dependencies"], *PYPROJECT["project"]["optional-dependencies"].values())
    return {re.match(r"[\w-]+", one)[0] for ones in needed for one in ones} - {"zotheory"}


def require_script(program, given, parsed):
    script = ROOT / given.pop(0)
    assert script.exists(), script
    if program == "python" and "parse_args" in script.read_text(encoding="utf-8"):
        options = parsed(script, given)
        if script.parent.name == "figures":
            assert all((script.parent / f"{name}.py").exists() for name in options.names)
    else:
        assert given == [], "the script takes no options"


@pytest.mark.parametrize("command", documented())
def test_a_command_that_is_named_is_one(command, parsed, capsys):
    require_command(command, parsed, capsys)


def test_programs_in_a_line_of_words_are_commands_of_the_package():
    """``zotheory list | show``: each is one."""
    known = re.search(r"\{(.*?)\}|(?<=choose from )(.*)", _refusal()).group(0)
    for path in (ROOT / "zotheory").rglob("*.py"):
        for line in re.findall(r"``zotheory ([\w |]+ \| [\w |]+)``", path.read_text(encoding="utf-8")):
            assert all(repr(word.strip()) in known for word in line.split("|")), (path, line)


def _refusal():
    parser = cli.parser()
    parser.exit_on_error = False
    try:
        parser.parse_args(["no such command"])
    except argparse.ArgumentError as error:
        return str(error)


@pytest.mark.parametrize(
    "command",
    [
        "zotheory prove two_point",
        "zotheory verify two_pont",
        "zotheory verify two_point --levels full",
        "zotheory verify two_point --level huge",
        "zotheory errata no-such-entry",
        "zotheory run 'relative_lost(radius=1.0)' 'golovin_family(1, 8, 20)'",
        "zotheory compare 'relative_loss(radius=1.0)' --on 'golovin_famly(1, 8, 20)'",
        "python -m proofs two_pont",
        "python -m proofs --wright",
        "python figures/make.py no_such_figure",
        "python figures/make.py --into DIR",
        "python docs/no_such_script.py",
        "python docs/linear_regression.py --fast",
        "pip install 'zotheory[bbob]'",
        "python -m pip install -e '.[tests]'",
        "bash .ci/walk",
        "pytest -m slowly",
        "pytest tests/test_nothing.py",
    ],
)
def test_a_command_that_is_none_is_seen(command, parsed, capsys):
    assert commands([command]) == [command]
    with pytest.raises((AssertionError, SystemExit, UnknownClaim, Miswritten, argparse.ArgumentError)):
        require_command(command, parsed, capsys)


def test_commands_are_found_wherever_they_are_named():
    page = "Run `zotheory list`, or\n```sh\nOMP=1 python a.py && pytest   # some\n```\n"
    assert commands(of_page(page)) == ["OMP=1 python a.py", "pytest", "zotheory list"]
    code = '"""See ``zotheory\nshow x``:\n\n    python b.py    (a minute)\n"""\nraise E("pip install c")  # or `bash d`'
    assert commands(of_code(code)) == ["bash d", "pip install c", "python b.py", "zotheory show x"]
