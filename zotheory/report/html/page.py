"""The page: all that is said of claims and was found of them, in one file.

Its text is put in by Jinja, which escapes it. Besides, the page forbids itself, by its content security policy, to
fetch anything and to run any script but its own: what a stranger's claim says can be read, and does nothing.
"""

from __future__ import annotations

import shlex
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from inspect import signature
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import zotheory
from zotheory.claims import shipped, title
from zotheory.errata import about
from zotheory.evidence.exponents import exponents
from zotheory.evidence.findings import Report
from zotheory.evidence.rates import Rate
from zotheory.evidence.verdicts import verify
from zotheory.report.html import plots
from zotheory.report.html.audits import Audit
from zotheory.report.html.mathml import is_short
from zotheory.report.html.prose import anchor, breakable, minus, power, prose
from zotheory.report.html.shown import Shown, kinds
from zotheory.report.rates import interval, points, remarks, signed
from zotheory.report.tables import WORDS, number, rests_on, verdict_words
from zotheory.report.text import interrupted, rests_upon, sourced, summary

FILTERS = (anchor, breakable, kinds, minus, number, power, rests_on, rests_upon, sourced, verdict_words)
OF_RATES = (interval, points, remarks, signed)
SETTINGS = ("level", "seed", "alpha")  # of `verify`, which has a default for each


def page(
    report: Report,
    names: Mapping[str, str] | None = None,
    rates: Iterable[Rate] | None = None,
    audits: Sequence[Audit] = (),
) -> str:
    """Return a report as one HTML file, which needs nothing beside it.

    Parameters
    ----------
    report : Report
        Of a whole run, or of one that was interrupted.
    names : mapping, id -> what names the claim on the command line, optional
        Of claims that are not shipped: "mine.py::mine.rate".
    rates : iterable of Rate, optional
        Exponents to show. Default: all that the experiments show, at the cost of one run of each, with one replica.
    audits : sequence of Audit
        Of optimizers, as `zotheory.report.html.audits.read` returns them.

    Examples
    --------
    >>> from zotheory.claims import find
    >>> report = zotheory.verify([find("gld_search.tangent_ball")])
    >>> page(report).splitlines()[0]
    '<!doctype html>'
    """
    record, names = report.as_dict(), names or {}
    controls: dict[str, list[dict[str, Any]]] = {}
    for control in record["controls"]:
        controls.setdefault(control["of"], []).append(control)
    drawn: dict[str, list[Rate]] = {}
    for rate in exponents(report.verdicts) if rates is None else rates:
        drawn.setdefault(rate.claim, []).append(rate)
    families: dict[str, list[Shown]] = {}
    for verdict, found in zip(report.verdicts, record["claims"], strict=True):
        claim = verdict.claim
        command = _command(names.get(claim.id, claim.id if shipped(claim) else f"FILE.py::{claim.id}"), report)
        shown = Shown(claim, found, controls.get(claim.id, []), about([claim.id]), command, drawn.get(claim.id, []))
        families.setdefault(claim.id.rpartition(".")[0], []).append(shown)
    style, script = _source("page.css"), _source("page.js")
    return (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            families=[(_title(family, members), members) for family, members in families.items()],
            verdicts=[word for word in WORDS if any(verdict.verdict == word for verdict in report.verdicts)],
            proofs=sorted({found["proof"] for found in record["claims"]}),
            audited=audits,
            summary=summary(report),
            interrupted="" if report.complete else interrupted(report),
            version=zotheory.__version__,
            prose=prose([verdict.claim.id for verdict in report.verdicts]),
            style=Markup(style),
            script=Markup(script),
            policy=f"default-src 'none'; img-src data:; style-src {_digest(style)}; script-src {_digest(script)}; "
            "base-uri 'none'; form-action 'none'",
        )
    )


def _command(name: str, report: Report) -> str:
    defaults = signature(verify).parameters
    told = ((key, getattr(report, key)) for key in SETTINGS if getattr(report, key) != defaults[key].default)
    return " ".join(["zotheory verify", shlex.quote(name), *(f"--{key} {value}" for key, value in told)])


def _title(family: str, members: Sequence[Shown]) -> str:
    """What the claims of a family are about: of shipped ones what their file says."""
    if not all(shipped(shown.claim) for shown in members):
        return family or "Claims"
    return title(family)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("zotheory.report", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {function.__name__: function for function in FILTERS + OF_RATES}
    made.tests["short"] = is_short
    made.globals |= {"STRIP": plots.STRIP, "PANEL": plots.PANEL}
    return made


@cache
def _source(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
