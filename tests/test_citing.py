"""CITATION.cff, the BibTeX of docs/citing.md, the version of the package and the papers that claims name agree."""

import re
import tomllib
from pathlib import Path

import pytest

import zotheory
from zotheory.claims import select

ROOT = Path(__file__).parent.parent
CFF = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "citing.md").read_text(encoding="utf-8")
REFERENCES = re.split(r"^  - type: ", CFF, flags=re.MULTILINE)[1:]
ENTRIES = re.findall(r"^@(\w+)\{(\w+),\n(.*?)^\}", PAGE, re.MULTILINE | re.DOTALL)
SAME = {"title": "title", "year": "year", "url": "url", "doi": "doi", "journal": "journal", "volume": "volume"}
SAME |= {"issue": "number"}


def fields(entry):
    """BibTeX fields of an entry, accents as letters."""
    found = dict(re.findall(r"^  (\w+) *= \{(.*)\},$", entry, re.MULTILINE))
    assert len(found) == len(entry.splitlines())
    return {name: value.replace(r"{\'a}", "á") for name, value in found.items()}


def stated(reference):
    """What CITATION.cff says of a reference."""
    found = dict(re.findall(r'^    (\w+): "?(.*?)"?$', reference, re.MULTILINE))
    family = re.findall(r"family-names: ([^,]+), given-names: ([^}]+?) \}", reference)
    return {SAME[name]: value for name, value in found.items() if name in SAME}, " and ".join(map(", ".join, family))


@pytest.mark.parametrize("reference", REFERENCES, ids=[re.search(r'title: "(.{20})', r).group(1) for r in REFERENCES])
def test_every_reference_stands_as_bibtex(reference):
    said, authors = stated(reference)
    (entry,) = [fields(body) for _, _, body in ENTRIES if said["title"] in body]
    assert {name: entry.get(name) for name in said} == said
    assert entry["author"] == authors


def test_the_software_is_cited_as_it_is():
    assert len(ENTRIES) == len(REFERENCES) + 1
    software = next(fields(body) for kind, _, body in ENTRIES if kind == "software")
    for key in ("title", "version", "license"):
        assert software[key] == re.search(rf'^{key}: "?([^"#\n]+?)"?(?: #.*)?$', CFF, re.MULTILINE).group(1)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert software["version"] == version == zotheory.__version__
    newest, day = re.search(r"^## (\S+) \((unreleased|[\d-]{10})\)$", CHANGELOG, re.MULTILINE).groups()
    assert newest == version
    released = [] if day == "unreleased" else [day]  # a date stands everywhere, or nowhere
    assert re.findall(r'^date-released: "(.+)"$', CFF, re.MULTILINE) == released
    assert [software[key] for key in software if key == "date"] == released
    assert all(day.startswith(software["year"]) for day in released)


def test_every_paper_whose_statement_is_recalled_is_a_reference():
    for claim in select():
        if claim.provenance != "ours":
            (number,) = set(re.findall(r"arXiv:([\d.]+)", claim.source)) or {"s10208-015-9296-2"}
            assert number in CFF, claim.id
