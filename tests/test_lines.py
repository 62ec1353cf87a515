"""What the command line prints fits narrow and wide terminals, and says the same on each."""

import io
import re
import subprocess
import sys
from contextlib import redirect_stdout
from functools import cache

import pytest

import zotheory as zo
from proofs import __main__ as runner
from proofs import derive
from zotheory import cli
from zotheory.claims import select
from zotheory.errata import LEDGER
from zotheory.evidence.verdicts import verify
from zotheory.report.lines import cut, filled
from zotheory.report.text import claim, entry, ledger, listing

NUMBER = re.compile(r"\d[\d.,]*(?:e[-+]?\d+)?")
SOME = ("gld_search.one_step", "relative_loss_momentum.rate", "two_point_corollaries.simplex", "lower_bounds.factor")


def report():
    """Claims with a long name, a long reason, a control that is not refuted; one supported, one failed."""

    def measure(bound, replicas, seed):
        return zo.Value(0.123456789, bound())

    def broken(bound, replicas, seed):
        raise ValueError("measured 123456.789 at a point with 1234567890 coordinates of 0.000123, which is too many")

    on, off = (zo.Experiment("one number", d=10**9, measure=m, replicas=1) for m in (measure, broken))
    but = {"same": ("the bound is a thousand times larger, 1000.001", lambda: 1000.001, on)}
    name = "a_claim_whose_name_is_long.and_says_in_many_words_what_it_is_about_as_others_do"
    return verify(
        [
            zo.Claim(name, bound=lambda: 1.0, says="It is small.", on=[on], but=but),
            zo.Claim("short.failing", bound=lambda: 1.0, says="It is small.", on=[off]),
        ]
    )


TEXTS = {
    "list": lambda: listing(select()),
    "errata": lambda: ledger(LEDGER),
    "report": lambda: str(report()),
    **{f"show {name}": lambda name=name: claim(select(name)[0]) for name in SOME},
    **{f"errata {one.id}": lambda one=one: entry(one) for one in LEDGER},
    "derivation": lambda: derived("two_point.bias"),
    **{f"help {name}": lambda name=name: helped(name) for name in ("", "list", "show", "verify", "errata")},
}


def helped(command):
    output = io.StringIO()
    with redirect_stdout(output), pytest.raises(SystemExit):
        cli.parser().parse_args([*command.split(), "--help"])
    return output.getvalue()


@cache
def derivation(name):
    return derive(name)


def derived(name):
    output = io.StringIO()
    with redirect_stdout(output):
        runner.show(name, derivation(name))
    return output.getvalue()


@pytest.mark.parametrize("text", TEXTS)
def test_lines_fit_the_terminal_and_break_no_number(text, monkeypatch):
    shown = {}
    for columns in (60, 80, 300):
        monkeypatch.setenv("COLUMNS", str(columns))
        shown[columns] = TEXTS[text]()
        assert max(map(len, shown[columns].splitlines())) <= columns
    if text != "list":  # which is cut
        for columns in (60, 80):
            numbers, words = ([f(shown[n]) for n in (columns, 300)] for f in (NUMBER.findall, squeezed))
            assert sorted(numbers[0]) == sorted(numbers[1])
            assert words[0] == words[1]


def squeezed(text):
    return "".join(text.split())


def test_a_claim_has_one_line_in_the_list(monkeypatch):
    for columns in (60, 80, 200):
        monkeypatch.setenv("COLUMNS", str(columns))
        lines = listing(select()).splitlines()
        for line, one in zip(lines, select(), strict=True):
            name, label, text = re.fullmatch(r"(\S+) +(steps checked|partly|none)(?:  +(\S.*))?", line).groups()
            assert (name, label) == (one.id, one.proof)
            assert (text or "...").removesuffix("...") in one.says
    assert "visits the same points, bit by bit, on f and on every" in "\n".join(lines)


def test_listing_loads_no_more_than_it_needs():
    """What measures and draws would take longer to load than the list itself."""
    code = (
        "import sys; from zotheory import cli; cli.main(['list', 'two_point']); "
        "print([name for name in ('scipy.stats', 'scipy.optimize', 'matplotlib', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_name_that_is_too_long_for_the_list_has_lines_of_its_own(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    names = [verdict.claim for verdict in report().verdicts]
    assert listing(names).splitlines()[-1] == "short.failing  none  It is small."
    assert squeezed(names[0].id) in squeezed(listing(names))


def test_a_formula_without_spaces_breaks_between_its_numbers_and_names(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    formula = "sqrt(2)*123456.789*alpha**2/1e-08+" * 20
    lines = filled(formula, "    ", "  - ").splitlines()
    assert squeezed("".join(lines)) == squeezed(f"- {formula}")
    assert max(map(len, lines)) <= 40
    assert {number for line in lines for number in NUMBER.findall(line)} == {"2", "123456.789", "1e-08"}
    assert {name for line in lines for name in re.findall("[a-z]{2,}", line)} == {"sqrt", "alpha"}


def test_a_text_is_cut_between_words_where_there_are_some():
    assert cut("one  two\nthree", 13) == "one two three"
    assert cut("one, two, three", 10) == "one..."
    assert cut("one, two, three", 13) == "one, two..."
    assert cut("x" * 50, 10) == "xxxxxxx..."
