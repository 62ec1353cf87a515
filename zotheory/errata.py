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
        proved), "misprint", "right" (a suspicion that was not confirmed), "departs" (a program from its paper) or
        "undecided"
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
    Entry(
        id="duchi-theorem-1",
        verdict="improvable",
        source="Duchi et al., IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Theorem 1",
        statement="2 R G sqrt(s/k) max(alpha, 1/alpha) + alpha u^2 R G sqrt(s)/k + u R G sqrt(s) log(2k)/k.",
        wording="recalled",
        ours="It holds, with slack: alpha + 1/alpha may replace 2 max(alpha, 1/alpha), zeta(5/2)/8 = 0.168 the factor "
        "1 of the u^2 term, (1 + log k)/2 the log(2k). No erratum.",
        evidence="proofs/two_point.py; `zotheory verify two_point.mean_gap_sharp`",
        claims=("two_point.mean_gap", "two_point.mean_gap_sharp"),
    ),
    Entry(
        id="stp-sphere",
        verdict="wrong",
        source="Bergou, Gorbunov, Richtarik, SIAM J. Optim. 30(4), 2020 (three points), mean of |<g, s>| on the sphere",
        statement="E |<g, s>| is about |g|/sqrt(2 pi d) for s uniform on the unit sphere.",
        wording="recalled",
        ours="It is Gamma(d/2)/(sqrt(pi) Gamma((d+1)/2)) |g|, about sqrt(2/(pi d)) |g|: twice as much (0.0800 against "
        "0.0399 at d = 100). The smaller value is safe where it serves as a lower bound, wrong as an equivalence.",
        evidence="proofs/directions.py, E |<e, u>| of the sphere; tests/test_directions.py",
        claims=(),
    ),
    Entry(
        id="ghadimi-lan-summary",
        verdict="misprint",
        source="a note on the web that summarises Ghadimi, Lan, SIAM J. Optim. 23(4), 2013 (RSG, non-convex)",
        statement="E |grad f(x_R)|^2 <= L D_f^2/N + 2 D_f sigma/sqrt(N), D_f^2 = 2 (f(x_1) - f*)/L.",
        wording="printed",
        ours="The left side lacks a factor 1/L. With f in units v and x in units l, |grad f|^2 is in v^2/l^2, but "
        "L D_f^2 is in v, and so is D_f sigma (sigma the deviation of the gradient); dividing the left by L makes it "
        "v. The paper is not concerned.",
        evidence="units alone, as written here",
        claims=(),
    ),
    Entry(
        id="rso-wording",
        verdict="undecided",
        source="Tripathi, Singh, arXiv:2005.05955 (RSO) and its released code",
        statement="The method is called an MCMC search in one version and sampling based in another; the code uses the "
        "3x3 layer's deviation for skip projections and leaves the type of the global pool to the framework's default.",
        wording="printed",
        ours="Not examined here: RSO is not among the methods yet. Nothing here depends on it.",
        evidence="none yet",
        claims=(),
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
