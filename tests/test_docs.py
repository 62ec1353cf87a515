"""The pages on how to use the package do what they say."""

import io
import re
import shlex
import tomllib
import warnings
from contextlib import redirect_stdout
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import zotheory as zo
from zotheory import cli

DOCS = Path(__file__).parent.parent / "docs"
PROJECT = DOCS.parent / "pyproject.toml"
PAGES = ("index.md", "faq.md", "state-a-claim.md", "minimise.md", "large-runs.md")
PAGES += ("many-replicas.md", "sweeps.md", "compare.md")


def blocks(page):
    return re.findall(r"```(\w+)\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


EXAMPLE = blocks("state-a-claim.md")[0][1]


def printed(page, of=""):
    """Run a page from top to bottom: what each block of text shows, beside what the code above it prints.

    `of` what: a word that stands in each block of code that is to run.
    """
    names, pairs, runs = {"__name__": "page"}, [], False
    for kind, text in blocks(page):
        runs = of in text if kind == "python" else runs
        if kind == "python" and runs:
            output = io.StringIO()
            with redirect_stdout(output):
                exec(compile(text, page, "exec"), names)
        elif kind == "text" and runs:
            pairs.append((text, output.getvalue()))
    return pairs


def split(text):
    """Words, and the numbers between them."""
    return re.sub(r"\d+\.\d+", "#", " ".join(text.split())), [float(x) for x in re.findall(r"\d+\.\d+", text)]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_its_code_prints(page):
    """Words must agree; numbers to 5 %: another version of NumPy may round them otherwise."""
    pairs = printed(page)
    assert len(pairs) == (DOCS / page).read_text(encoding="utf-8").count("```text") > 0
    for shown, found in pairs:
        assert split(found)[0] == split(shown)[0]
        assert split(found)[1] == pytest.approx(split(shown)[1], rel=0.05)


def test_the_page_on_comparing_shows_what_its_commands_print(capsys, tmp_path, monkeypatch):
    """Words must agree; numbers to 5 %, but counts, which a rounding may change by one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    found = blocks("compare.md")
    shown = [
        (command, text) for (kind, command), (other, text) in pairwise(found) if (kind, other) == ("sh", "console")
    ]
    assert len(shown) == 2
    for command, text in shown:
        words = shlex.split(command.replace("\\\n", " "))
        assert cli.main([*words[1:], *["--workers", "1"] * (words[1] == "compare")]) == 0
        printed = split(capsys.readouterr().out)
        assert printed[0] == split(text)[0]
        assert printed[1] == pytest.approx(split(text)[1], rel=0.05)


def troubles():
    """What makes a run say each line of the table of errors on docs/minimise.md, in its order."""
    method, long, noise = zo.relative_loss(radius=1.0), lambda t: 10.0, np.random.default_rng(0)
    square, x0 = (lambda x: np.sum(x * x, axis=-1)), np.ones(5)
    steep = zo.two_point(h=long, delta=lambda t: 1e-3)
    stochastic = zo.oracles.Noisy(zo.problems.golovin_family(1, 8, 5), 1.0)

    class Crossed(zo.oracles.Noisy):
        def at(self, xi):
            return lambda x: np.sum(x * x, axis=0)

    return (
        (method, lambda x: np.sum(x * x), {"vectorised": True}),
        (method, lambda x: float(x[0] ** 2), {}),
        (method, lambda x: np.sum((x - x.mean(axis=0)) ** 2, axis=-1), {"vectorised": True}),
        (method, lambda x: square(x) + noise.standard_normal(x.shape[:-1]), {}),
        (steep, Crossed(stochastic, 1.0), {"replicas": 5}),
        (method, lambda x: np.where(x[..., 0] > 1.5, np.nan, -x[..., 0]), {}),
        (method, stochastic, {}),
        (steep, square, {}),
        (method, lambda x: 0 * x[..., 0], {}),
    ), x0


@pytest.mark.filterwarnings("always")
def test_the_table_of_errors_says_what_runs_say():
    page = (DOCS / "minimise.md").read_text(encoding="utf-8").split("## When something goes wrong")[1]
    lines = re.findall(r"^\| `(.*?)(?: \.\.\.)?`( \(warning\))? \|", page, re.MULTILINE)
    made, x0 = troubles()
    for (line, warns), (method, f, options) in zip(lines, made, strict=True):
        with warnings.catch_warnings(record=True) as warned:
            try:
                zo.run(method, f, x0=x0, steps=100, **options)
                said = ""
            except (ValueError, zo.ObjectiveError) as error:
                said = str(error)
        assert bool(warns) == (said == ""), line
        assert line in (said or next(str(one.message) for one in warned)), said


def test_a_report_on_the_page_of_verdicts_is_what_its_command_prints(capsys):
    (_, command), (_, shown) = blocks("verdicts.md")[:2]
    assert cli.main([*command.split()[1:], "--workers", "1"]) == 0
    found = capsys.readouterr().out
    assert split(found)[0] == split(shown)[0]
    assert split(found)[1] == pytest.approx(split(shown)[1], rel=0.05)


def test_the_page_on_installing_names_what_the_project_does():
    page, project = (DOCS / "install.md").read_text(encoding="utf-8"), tomllib.loads(PROJECT.read_text())["project"]
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(project["optional-dependencies"])
    (named,) = re.findall(r"It takes (.*?), some \d+ MB", page, re.DOTALL)
    needed = {re.match(r"[\w-]+", one).group().lower() for one in project["dependencies"]}
    assert {name.lower() for name in re.split(r",\s+|\s+and\s+", named)} == needed


def test_the_page_on_versions_says_which_extras_are_tested_and_which_is_not():
    page, run = ((DOCS.parent / path).read_text(encoding="utf-8") for path in ("docs/compatibility.md", ".ci/run"))
    (tested,) = re.findall(r" test,([\w,]+) --resolution lowest", run)
    (named,) = re.findall(r"the extras ((?:`\w+`(?:, | and )?)+)", page)
    assert re.findall(r"`(\w+)`", named) == tested.split(",")
    installed = {one for extras in re.findall(r"-e '\.\[([\w,]+)\]'", run) for one in extras.split(",")}
    assert set(tested.split(",")) <= installed
    left_out = re.findall(r"does not install \w+, the extra `(\w+)`", page)
    assert left_out == ["torch"]
    assert not set(left_out) & installed


def test_the_example_takes_twelve_lines_and_no_inner_import():
    lines = [line for line in EXAMPLE.splitlines() if line.strip()]
    assert len(lines) == 12
    assert [line for line in lines if "import" in line] == ["import numpy as np", "import zotheory as zo"]


ONE_IMPORT = """import zotheory as zo
def rate(*, d): return 1 - 1 / (5 * d)
def one_step(bound, replicas, seed):
    u = zo.directions.sphere.draw(zo.generator(seed), (replicas,), 10, 0.06)
    left = ((1 + u[:, 0]) ** 2 + (u[:, 1:] ** 2).sum(axis=1)).clip(0, 1)
    return zo.Mean(left, bound(d=10), ceiling=1.0)
on = zo.Experiment("one step on the sphere function", d=10, measure=one_step, replicas=1000)
power = ("the dimension enters by its root", lambda *, d: 1 - 1 / (5 * d**0.5), on)
CLAIMS = [zo.Claim("mine.rate", bound=rate, says="A step leaves 1 - 1/(5 d).", on=[on], but={"power": power})]
"""


def test_one_import_is_enough():
    names = {}
    exec(compile(ONE_IMPORT, "mine.py", "exec"), names)
    report = zo.verify(names["CLAIMS"])
    assert [(v.claim.id, v.verdict) for v in report.verdicts] == [("mine.rate", "supported")]
    found = report.as_dict()
    assert [(c["id"], c["refuted"]) for c in found["controls"]] == [("mine.rate.power", True)]
    assert found["complete"]


def test_the_example_runs_as_a_file(tmp_path, capsys):
    (tmp_path / "mine.py").write_text(EXAMPLE, encoding="utf-8")
    assert cli.main(["verify", str(tmp_path / "mine.py"), "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"mine\.rate +supported", out)
    assert "1 of 1 control refuted" in out
