"""Words that a newcomer reads: docstrings begin as mathematics is written, and claims are told in full phrases."""

import ast
import re
from pathlib import Path

from zotheory.claims import select
from zotheory.problems.named import INSTANCES

ROOT = Path(__file__).parent.parent
ROOMS = ("zotheory", "proofs", "tests", "figures", "docs", "benchmarks")

# --- docstrings ------------------------------------------------------------------------------------------------------

SPELT = re.compile(r"(Alpha|Beta|Delta|Eps|Exp|High|Kappa|Lambda|Log|Low|Mu|Pi|Psi|Rho|Sigma|Sqrt|Tau|Theta)\b")
LETTER = re.compile(r"[B-DF-OQ-Z](?=[ .])")  # but for the article, expectation and probability
INDEED = ("B at which", "B for", "K = (1 - w)", "K of the", "L + ", "R of the QR", "U v for v", "X on {0, 1 + V}")


def documented(node, lines, context=""):
    """Every docstring below a node, with the text that may use its first symbol: its function's, and what holds it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            text = ast.get_docstring(child) or ""
            whole = "\n".join(lines[child.lineno - 1 : child.end_lineno])
            yield text, context + whole.replace(text.partition("\n")[0], text.partition(" ")[2], 1)
            yield from documented(child, lines, context + text)


def capitalised(text, context):
    """Whether a docstring begins with a capital that stands nowhere else: k was written as K, exp as Exp."""
    letter = None if text.startswith(INDEED) else LETTER.match(text)
    return bool(SPELT.match(text) or (letter and not re.search(rf"\b{letter.group()}\b", context)))


def test_docstrings_begin_as_mathematics_is_written():
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    found = [
        (str(path.relative_to(ROOT)), text)
        for path, source in ((path, path.read_text()) for path in paths)
        for text, context in documented(ast.parse(source), source.splitlines())
        if capitalised(text, context)
    ]
    assert found == []


# --- claims, experiments, controls -----------------------------------------------------------------------------------

VERBS = re.compile(
    r"\b(is|are|may|does|do|has|have|holds|keeps?|leaves|takes?|costs?|counts|gains?|pays|falls|grows|adds|helps|needs|"
    r"changes|averages|brings?|contracts|divides?|reach|serves?|suffices?|promises|bounds|lies|fluctuate|stays|visits|"
    r"matter|enter)\b"
)
BEGINS = re.compile(r"[a-z(\d]|[A-Z]\b|n Q |Gaussian|GLD-|T = |L1 ")  # lower case, a symbol, a name


def test_a_control_says_in_a_sentence_what_is_false():
    """So that it is understood without its code: "one step from one far too long" has no verb."""
    for control in (control for claim in select() for control in claim.controls):
        said = control.falsehood
        assert len(said.split()) >= 5, control.id
        assert VERBS.search(said), (control.id, said)
        assert BEGINS.match(said), (control.id, said)
        assert not said.endswith("."), (control.id, said)


def test_an_experiment_is_named_by_what_is_measured():
    """In words, not by the short names of instances."""
    short = {name for name, known in INSTANCES.items() if " " not in name and name not in known.words}
    assert "family" in short
    owners = [owner for claim in select() for owner in (claim, *claim.controls)]
    experiments = [e for owner in owners for e in getattr(owner, "on", None) or [owner.experiment]]
    for label in {e.label for e in experiments}:
        assert len(label.split()) >= 3, label
        assert BEGINS.match(label), label
        assert not short & set(re.findall(r"[a-z]+", label)), label


def test_every_instance_has_words_of_its_own():
    assert len({known.words for known in INSTANCES.values()}) == len(INSTANCES)


def test_a_claim_can_be_read_without_the_claim_before_it():
    for claim in select():
        assert not re.match(r"(\w+ )?(the )?same\b", claim.says, re.IGNORECASE), claim.says
        assert claim.states or "beside the formula" not in claim.says
