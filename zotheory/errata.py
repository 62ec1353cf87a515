"""The errata ledger: where a source's statement, or a program that implements it, fails a derivation or a certificate.

Also the candidates that were examined and found right: the ledger says what became of each.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One entry.

    Attributes
    ----------
    id, source : what is examined
    verdict : "wrong", "imprecise" (true once completed as said), "improvable" (true, and a sharper statement is
        proved), "misprint", "right" (a suspicion that was not confirmed) or "departs" (a program from its paper)
    statement : the source's statement, in our words
    wording : "printed" if the printed text was at hand, "recalled" if not
    ours : the corrected statement
    evidence : where to see it
    claims : claims it bears on
    """

    id: str
    verdict: str
    source: str
    statement: str
    wording: str
    ours: str
    evidence: str
    claims: tuple[str, ...]


LEDGER = (
    Entry(
        id="gld-ball-overlap",
        verdict="wrong",
        source="Golovin et al., ICLR 2020 (arXiv:1911.06317), Lemma 8 and Theorem 7",
        statement="Balls B1, B2 with r1 in [l/(2 sqrt n), l/sqrt n], r2 >= l - l/(4n) overlap in at least "
        "a quarter of B1, for every n; Theorem 7 takes its 1/4 from there.",
        wording="recalled",
        ours="The overlap is 1/4 at n = 1 and smaller at n = 2 already (0.2479); it stays above Phi(-3/4) = 0.2266..., "
        "its infimum over n. Theorem 7 stands with 1/4, but by another choice of radius: in [L/2, L] the "
        "geometry of its proof gives Phi(-7/10) = 0.24196... only, in [9L/20, 9L/10] more than 1/4 (L the distance of "
        "the centres).",
        evidence="proofs/gld_search.py (interval arithmetic up to a dimension, an argument beyond it); "
        "`zotheory verify gld_search.ball_overlap`, control gld_search.ball_overlap.quarter",
        claims=("gld_search.ball_overlap", "gld_search.one_step"),
    ),
)


class UnknownEntry(KeyError):
    """No entry of the ledger has this id; the message suggests the nearest."""


def find(name: str) -> Entry:
    """Return the entry with this id.

    Raises
    ------
    KeyError
        For an unknown id, suggesting the nearest.
    """
    from difflib import get_close_matches

    entries = {entry.id: entry for entry in LEDGER}
    if name not in entries:
        near = get_close_matches(name, entries, n=1, cutoff=0.0)
        raise UnknownEntry(f"unknown entry {name!r}: did you mean {near[0]!r}?")
    return entries[name]
