"""The audits of published optimizers are what the record says, and what their reproductions print."""

import io
import json
import re
import runpy
import sys
from contextlib import redirect_stdout
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

import pytest

from benchmarks.audits import AUDITS, audited, keep, main, stands, text_of

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "audits.md").read_text(encoding="utf-8")
WORDS = PAGE.split("## All that was found")[0]
GENERATOR = runpy.run_path(str(ROOT / "docs" / "make_audits.py"))
RECORD = json.loads((ROOT / "benchmarks" / "audits.json").read_text(encoding="utf-8"))
VERSIONS = {audit["package"]: audit["version"] for audit in RECORD["audits"]}
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)


def require_version(package):
    """Skip, unless the version that was audited is installed: another one may do otherwise, and rightly."""
    try:
        found = version(package)
    except PackageNotFoundError:
        pytest.skip(f"needs {package}, of the extra peers")
    if found != VERSIONS[package]:
        pytest.skip(f"{package} {VERSIONS[package]} was audited, and {found} is installed")
    if version("numpy").split(".")[:2] != RECORD["versions"]["numpy"].split(".")[:2]:
        pytest.skip(f"NumPy {RECORD['versions']['numpy']} was there, and {version('numpy')} is installed")


def test_the_page_is_what_the_record_says():
    assert GENERATOR["page"](PAGE, RECORD) == PAGE


def test_every_audit_is_recorded():
    assert [(audit["package"], audit["name"]) for audit in RECORD["audits"]] == [
        (audit.package, audit.name) for audit in AUDITS
    ]
    assert len(RECORD["audits"]) >= 8
    for audit, recorded in zip(AUDITS, RECORD["audits"], strict=True):
        assert [said._asdict() for said in audit.said] == recorded["said"]


def test_what_contradicts_documentation_needs_a_finding():
    (name, trait), *_ = sorted(GENERATOR["contradictions"](RECORD))
    without = PAGE.replace(f"<!-- finding: {name} {trait} -->\n", "")
    assert without != PAGE
    with pytest.raises(ValueError, match=f"findings are missing of .*{re.escape(name)}"):
        GENERATOR["page"](without, RECORD)
    with pytest.raises(ValueError, match=r"stand on nothing in the record of .*'nobody'"):
        GENERATOR["page"](PAGE + "<!-- finding: nobody budget -->\n", RECORD)


@pytest.mark.parametrize("audit", AUDITS, ids=lambda audit: audit.name)
def test_what_is_quoted_stands_in_the_documentation(audit):
    require_version(audit.package)
    for said in audit.said:
        assert stands(said), said
        assert not said.where or not stands(said._replace(quote=said.quote + " indeed"))


def test_what_is_quoted_in_words_stands_there_too():
    """But for what stands on pages of NLopt alone, which does not install its documentation."""
    for package in ("scipy", "cma", "nevergrad", "evosax"):
        require_version(package)
    held = [text_of(said.where) for audit in AUDITS for said in audit.said if said.where and audit.package != "optuna"]
    held += [text_of(name) for name in ("scipy.optimize.direct", "evosax.algorithms.GradientlessDescent")]
    held += [str(distribution("nevergrad").read_text("METADATA"))]
    plain = " ".join(" ".join(held).replace("`", "").split())
    words = [" ".join(quote.replace("`", "").split()) for quote in re.findall("\u201c(.*?)\u201d", WORDS, re.DOTALL)]
    assert len(words) > 8
    nlopt = [quote for quote in words if quote not in plain]
    assert [quote[:20] for quote in nlopt] == ["the optimization wil", "For Python, the exce", "This is not a strict"]


@pytest.mark.parametrize(
    ("code", "shown"),
    [pytest.param(*pair, marks=[pytest.mark.slow] * ("subprocess" in pair[0])) for pair in EXAMPLES],
)
def test_a_reproduction_prints_what_the_page_shows(code, shown):
    package = next(name for name in VERSIONS if re.search(rf"^\s*(import|from) {name}\b", code, re.MULTILINE))
    require_version(package)
    assert "zotheory" not in code
    printed = io.StringIO()
    with redirect_stdout(printed), pytest.MonkeyPatch.context() as patched:
        patched.setattr("warnings.showwarning", lambda *_: None)
        run_quietly(code)
    assert printed.getvalue() == shown


def run_quietly(code):
    """Run it as its own program would: what packages warn of is no error there."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(code, "reproduction", "exec"), {"__name__": "reproduction"})


def test_under_noise_none_was_found_to_return_a_better_point_than_the_luckiest():
    assert "(`recommends`, of all for which it was decided.)" in WORDS
    found = [row["holds"] for audit in RECORD["audits"] for row in audit["properties"] if row["name"] == "recommends"]
    assert True not in found
    assert found.count(False) > found.count(None)


def test_each_finding_against_documentation_can_be_reproduced():
    findings = PAGE.split("## Against their documentation")[1].split("## Observed")[0].split("\n### ")[1:]
    assert len(findings) >= 3
    for finding in findings:
        assert "```python" in finding, finding[:80]
        assert "\u201c" in finding, finding[:80]  # what the documentation says


def test_an_audit_finds_and_is_kept(tmp_path):
    require_version("scipy")
    direct = next(audit for audit in AUDITS if audit.name == "direct")
    found = audited(replace(direct, apart=False), 1)
    assert found["version"] == version("scipy")
    holds = {row["name"]: row["holds"] for row in found["properties"]}
    assert holds["counts"]
    assert not holds["random"]  # it is deterministic
    path = tmp_path / "audits.json"
    for audit in ({**found, "name": "direct"}, {**found, "name": "Powell"}, {**found, "name": "direct", "least": 3}):
        keep(path, audit)
    kept = json.loads(path.read_text(encoding="utf-8"))["audits"]
    assert [(one["name"], one["least"]) for one in kept] == [("Powell", 1), ("direct", 3)]


def test_a_quotation_that_does_not_stand_stops_the_audit():
    direct = next(audit for audit in AUDITS if audit.name == "direct")
    wrong = direct.said[0]._replace(quote="It is always right.")
    with pytest.raises(SystemExit, match=r"does not say: It is always right"):
        audited(replace(direct, said=[wrong]), 1)


def test_a_name_that_none_has_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["--only", "Best"])
    assert "--only must name some of Nelder-Mead" in capsys.readouterr().err
    assert "benchmarks.audits" in sys.modules
