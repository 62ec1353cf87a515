"""The errata ledger: where a source's statement, or a program that implements it, fails a derivation or a certificate.

Also the candidates that were examined and found right: the ledger says what became of each. The theorems of Golovin et
al. and of Duchi et al. were not at hand in print: of these every verdict is about the statement as recalled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One entry.

    Attributes
    ----------
    id, source : what is examined
    verdict : "wrong" (a counterexample to the statement as it is given, with all its quantifiers), "imprecise" (true
        once completed as said), "improvable" (true, and a sharper statement is derived), "misprint", "right" (a
        suspicion that was not confirmed), "departs" (a program from its paper) or "undecided"
    statement : the source's statement, in our words
    wording : "printed" if the printed text was at hand, "copied" if a copy of it by others, "recalled" if neither
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


GLD = "Golovin et al., ICLR 2020 (arXiv:1911.06317)"

LEDGER = (
    Entry(
        id="gld-ball-overlap",
        verdict="imprecise",
        source=f"{GLD}, Lemma 8 and Theorem 7",
        statement="Balls B1, B2 with r1 in [l/(2 sqrt n), l/sqrt n], r2 >= l - l/(4n) overlap in at least the share "
        "c_n of B1, which depends on n and is 1/4 at n = 1, or at least that there; Theorem 7 has 1/4 for every n.",
        wording="recalled",
        ours="If Lemma 8 says 1/4 of n = 1 alone, as it may, it is right, and does not give Theorem 7's 1/4: the share "
        "is smaller at n = 2 already (0.2479), and its infimum over n is Phi(-3/4) = 0.2266... . Theorem 7 stands with "
        "1/4, by another choice of radius: in [L/2, L] the geometry of its proof gives Phi(-7/10) = 0.24196... as n "
        "grows, in [9L/20, 9L/10] more than 1/4 for every n (L the distance of the centres).",
        evidence="proofs/gld_search.py (interval arithmetic up to a dimension, an argument beyond it); "
        "`zotheory verify gld_search.ball_overlap`, control gld_search.ball_overlap.quarter",
        claims=("gld_search.ball_overlap", "gld_search.one_step"),
    ),
    Entry(
        id="gld-integer-range",
        verdict="imprecise",
        source=f"{GLD}, Theorem 7",
        statement="For (3/(5Q)) |x - x*| in [C1, C2] the radius is 2^k1 C1 or 2^-k2 C2 with 0 <= k1, k2 < log(C2/C1).",
        wording="recalled",
        ours="For C1 < C2 the two ranges are enough together: they hold C1, its doublings below C2, and C2. At "
        "C1 = C2 both are empty, and one radius is needed. A grid from one end alone, as GLD-Search has, needs k up to "
        "ceil(log2(C2/C1)).",
        evidence="tests/test_errata.py::test_the_two_ranges_of_radii_are_enough_together; proofs/searching.py, "
        "`smallest`, step `the last radius`; zotheory/methods/gld_search.py, `radii`",
        claims=("gld_search.one_step",),
    ),
    Entry(
        id="gld-logarithm",
        verdict="imprecise",
        source=f"{GLD}, algorithms GLD-Search and GLD-Fast",
        statement="The number K of radii that halve is log(R/r) in GLD-Search, log(4 sqrt(Q)) in GLD-Fast; the base of "
        "the logarithm is not stated.",
        wording="copied",
        ours="Base 2, rounded up. Public implementations in Python, Rust and MATLAB take the natural logarithm; their "
        "radii end at R (r/R)^0.69 in place of r.",
        evidence="controls gld_search.one_step.natural_log, gld_search.iterations.natural_log, "
        "gld_fast.coverage.natural_log",
        claims=("gld_search.one_step", "gld_search.iterations", "gld_fast.coverage"),
    ),
    Entry(
        id="gld-fast-start",
        verdict="imprecise",
        source=f"{GLD}, algorithm GLD-Fast",
        statement="The middle R of the radii of GLD-Fast starts at the diameter of the search space.",
        wording="copied",
        ours="It has to start at diameter/Q: the radii R/(4 sqrt(Q)) to 4 sqrt(Q) R lie about it, and a step needs "
        "3|x - x*|/(5Q). "
        "From the diameter the first log2(Q) epochs miss the small distances; the cost is additive.",
        evidence="proofs/gld_fast.py, `coverage`; controls gld_fast.coverage.diameter_*; benchmarks/gld_fast_forms.py",
        claims=("gld_fast.coverage", "gld_fast.epochs"),
    ),
    Entry(
        id="gld-scale",
        verdict="imprecise",
        source=f"{GLD}, algorithms GLD-Search and GLD-Fast",
        statement="A displacement of radius r_k is drawn from r_k D, where the scale of the law D is not stated; "
        "public code takes N(0, I).",
        wording="copied",
        ours="The analysis draws from the ball of radius r_k/sqrt(n), a deviation of r_k/n a coordinate. With N(0, I), "
        "Q = 10 and n >= 1000 no step of 2000 contracted; GLD-Fast idles until R has been halved often enough.",
        evidence="controls gld_fast.coverage.gaussian_*; benchmarks/gld_fast_forms.py",
        claims=("gld_search.one_step", "gld_fast.coverage"),
    ),
    Entry(
        id="gld-fast-epoch",
        verdict="imprecise",
        source=f"{GLD}, algorithm GLD-Fast",
        statement="GLD-Fast halves its radii after epochs of H = n Q log(Q) steps.",
        wording="copied",
        ours="The order is right, the constant is missing (and H = 0 at Q = 1): (10 n Q/p) log(4Q) + 1 steps suffice, "
        "p = 1/4. If epochs are counted by the gap, (10 n Q/p) log(4) + 1 do.",
        evidence="proofs/gld_fast.py; control gld_fast.epochs.printed_length (n = 30, Q = 2)",
        claims=("gld_fast.epochs", "gld_fast.evaluations", "gld_fast.evaluations_sharp"),
    ),
    Entry(
        id="gld-fast-rate",
        verdict="improvable",
        source=f"{GLD}, theorem on GLD-Fast",
        statement="GLD-Fast needs O(n Q log^2(Q) log(R/eps)) evaluations at full rank, R the diameter. (The abstract, "
        "in print, has O(k Q log(n) log(R/eps)), without a logarithm of Q.)",
        wording="recalled",
        ours="One of the two logarithms of Q is not needed: O(n Q log(Q) log(Q R/eps)), the epochs counted by the gap. "
        "Whether the other is, and so whether the abstract's rate holds as it stands, is left open.",
        evidence="proofs/gld_fast.py, `evaluations` and `evaluations_sharp`",
        claims=("gld_fast.evaluations", "gld_fast.evaluations_sharp"),
    ),
    Entry(
        id="gld-extra-logarithm",
        verdict="imprecise",
        source=f"{GLD}, sections on GLD-Search and GLD-Fast",
        statement="What GLD-Search pays for not knowing Q is called log(n/eps) in one section, log(1/eps) in the next.",
        wording="copied",
        ours="log(R/r): 1/eps if displacements come from balls of radius r_k/sqrt(n), n/eps if that scale has to be "
        "searched for.",
        evidence="gld_search.final_distance: at most 171 n Q log2(R/eps)^2 evaluations, without n in the logarithm",
        claims=("gld_search.final_distance",),
    ),
    Entry(
        id="gld-acceptance",
        verdict="misprint",
        source=f"{GLD}, text on the acceptance test",
        statement="A slip in the acceptance test: it reads f(x_{t+1}) < x_t.",
        wording="copied",
        ours="f(y_t) < f(x_t), y_t the candidate: monotone acceptance is what the theorems rest on. Copies "
        "of the arXiv text have the slip; whether the print has it was not seen.",
        evidence="controls gld_search.final_distance.not_monotone, gld_fast.epochs.not_monotone",
        claims=("gld_search.iterations", "gld_search.final_distance", "gld_fast.epochs"),
    ),
    Entry(
        id="gld-perturbation",
        verdict="improvable",
        source=f"{GLD}, high-rank perturbations after Theorem 9",
        statement="For f(x) = g(P_A x) + h(x), |h| <= delta, the factor is 1 - 1/(10 k Q) whenever "
        "f(x) - f* >= 60 delta k Q; Theorem 9's success probability is an unnamed constant.",
        wording="recalled",
        ours="20 delta k Q is enough, not 60: a perturbation adds 2 delta, and no less than 2 delta will do in this "
        "argument. The constant of Theorem 9 may be taken as 1/4 for every k, with a radius in [9L/20, 9L/10]; in "
        "[L/2, L] its limit is Phi(-7/10) = 0.24196... . By smoothness alone the factor 1 - 2/(5 k Q) has that "
        "probability too.",
        evidence="proofs/gld_low_rank.py; `zotheory verify gld_low_rank`, controls gld_low_rank.one_step.window and "
        "gld_low_rank.perturbed.fifth_threshold",
        claims=("gld_low_rank.perturbed", "gld_low_rank.one_step", "gld_low_rank.smooth_step"),
    ),
    Entry(
        id="gld-lower-bound",
        verdict="imprecise",
        source=f"{GLD}, Theorem 10",
        statement="For a rotation-symmetric step at any radius there is a set of x of positive measure where the gap "
        "stays above 1 - 5 log(nQ)/(nQ) times the old one with probability at least 1 - 1/poly(nQ).",
        wording="recalled",
        ours="If the set may depend on the radius this holds trivially: far from the minimiser a step of that radius "
        "takes next to nothing. With one set for all radii it holds on a quadratic, in an explicit cone, where the "
        "chance to beat the factor is at most (1/2) (1 + 5 log(nQ)/n)^(-(n-1)/2): at most (nQ)^(-5/2) for n >= 2 and "
        "n >= 10 log(nQ)^2. It does not hold for every n. At n = 2, for every f of condition number Q and every x, "
        "some radius beats the factor 1 - u, u = 5 log(2Q)/(2Q) < 1, with a chance of at least (1 - u)/(pi (1 - u + "
        "uQ)), which no power of Q bounds: the circle about x through the centre of the tangent ball at x + u (x* - x) "
        "has that share in the ball. On the axis of the cone the best chance is 0.052 at Q = 10^6.",
        evidence="proofs/sample_and_keep.py; control sample_and_keep.lower_bound.every_n; "
        "tests/test_errata.py::test_no_power_bounds_the_chance_in_the_plane",
        claims=("sample_and_keep.lower_bound",),
    ),
    Entry(
        id="gld-acceleration",
        verdict="undecided",
        source=f"{GLD}, section on lower bounds",
        statement="Methods that rely on random sampling, not on gradients, are likely unable to be accelerated to a "
        "number of evaluations of the order of sqrt(Q) in place of Q, by the lower bound.",
        wording="copied",
        ours="The lower bound is about steps whose law is symmetric about x, and does not reach beyond: with momentum, "
        "which the paper's conclusion names as a possible change, the law is symmetric about another point. For "
        "relative loss with momentum a rate of the order of sqrt(m) in place of m (m the smallest curvature over the "
        "mean) is computed in a limit of many dimensions, and no more than the order of sqrt(V m) is proved there (V "
        "the mean square curvature over the squared mean). That runs follow the limit is a conjecture; of "
        "those measured, in 100 dimensions, four of five do within 15 %. No theorem in finite dimension is known here, "
        "for or against.",
        evidence="`zotheory verify relative_loss_momentum`; figures/relative_loss_momentum.py",
        claims=("relative_loss_momentum.limit_rate", "relative_loss_momentum.limit_ceiling"),
    ),
    Entry(
        id="gld-one-step-constant",
        verdict="improvable",
        source=f"{GLD}, Theorem 7",
        statement="A grid of ratio 2 contracts by 1 - 1/(5nQ) with probability at least 1/4.",
        wording="recalled",
        ours="By the descent lemma steps of lengths in ratio 2 contract by 1 - 2/(5nQ) with that probability for "
        "n >= 2; ratio 4.68 promises more per evaluation. The lengths have to bracket |g|/(beta sqrt n), up to "
        "constants, and the steps are uniform on a sphere.",
        evidence="proofs/sample_and_keep.py; `zotheory verify sample_and_keep.best_grid`",
        claims=("sample_and_keep.best_grid", "gld_search.one_step"),
    ),
    Entry(
        id="gld-figure-1",
        verdict="undecided",
        source=f"{GLD}, section 5 and Figure 1",
        statement="GLD-Fast is comparable to accelerated random search (ARS) and reaches moderate error much sooner "
        "for n >= 50; it is faster than ARS where Q is overestimated (Figure 3), and on BBOB beats GLD-Search "
        "increasingly with the dimension.",
        wording="copied",
        ours="Not seen here: on quadratics with curvatures evenly spaced from 1 to 8 ARS, with the steps of its "
        "theorem, is ahead at n = 10, 50 and 200, and at small gaps where Q is overestimated; on BBOB GLD-Fast beats "
        "GLD-Search on 5 to 8 of 24 functions whatever the dimension. Seen: invariance, ARS stalling on the "
        "transform, GLD below ARS on most BBOB functions. The paper's settings of ARS and the scale of its D were not "
        "at hand.",
        evidence="figures/gld_quadratics.py, figures/gld_wrong_curvature.py, figures/gld_bbob.py",
        claims=(),
    ),
    Entry(
        id="evosax-radii",
        verdict="departs",
        source="evosax 0.3, GradientlessDescent",
        statement="It is GLD of Golovin et al.; its source marks the radii as different from the paper.",
        wording="printed",
        ours="Its radii r_min + (r_max - r_min) 2^(-k/5) do not fall below r_min: as it comes it does not reach 1e-6 "
        "of the first gap on any of four quadratics in 200,000 evaluations; with r_min = 0 and ratio 2 it does.",
        evidence="benchmarks/peers.py, benchmarks/RESULTS.md",
        claims=(),
    ),
    Entry(
        id="duchi-theorem-1",
        verdict="improvable",
        source="Duchi et al., IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Theorem 1",
        statement="After k steps the mean gap of two-point mirror descent is at most 2 R G sqrt(s/k) max(alpha, "
        "1/alpha) + alpha u^2 R G sqrt(s)/k + u R G sqrt(s) log(2k)/k.",
        wording="recalled",
        ours="It holds, with slack: alpha + 1/alpha may replace 2 max(alpha, 1/alpha), zeta(5/2)/8 = 0.168 the factor "
        "1 of the u^2 term, (1 + log k)/2 the log(2k). No erratum.",
        evidence="proofs/two_point.py; `zotheory verify two_point.mean_gap_sharp`",
        claims=("two_point.mean_gap", "two_point.mean_gap_sharp"),
    ),
    Entry(
        id="double-smoothing-log",
        verdict="improvable",
        source="Duchi et al., IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Lemma 2 and Theorem 2",
        statement="Double smoothing has E|g|^2 <= c d G^2 (sqrt(u_2/u_1) d + 1 + log d), so that the mean gap carries "
        "sqrt(log(2d)), with u_2 = u_1/(d^2 t).",
        wording="recalled",
        ours="There need be no log d: for Gaussian laws E|g|^2 <= G^2 [d + 2 + (d-1)((d+1)(1 - arctan(r)/r) + r^2/(1 "
        "+ r^2))], r = u_2/u_1; for ball and sphere (d >= 4) the same order. So u_2 = u_1/sqrt(d) suffices, and the "
        "mean gap is (alpha + 1/alpha) R B/sqrt(2k) + u R G sqrt(d(1 + r^2)) (1 + log k)/k with B^2 of the order of d "
        "G^2.",
        evidence="proofs/double_smoothing.py; `zotheory verify double_smoothing`",
        claims=(
            "double_smoothing.second_moment",
            "double_smoothing.second_moment_ball",
            "double_smoothing.mean_gap_sharp",
        ),
    ),
    Entry(
        id="double-smoothing-constants",
        verdict="imprecise",
        source="Duchi et al., IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Lemma 2 and Theorem 2",
        statement="The constants of Lemma 2 and Theorem 2 are universal and unnamed.",
        wording="recalled",
        ours="For the three pairs of laws 3 will do in Lemma 2, and no less (d = 1, u_2/u_1 -> 0, linear F), and 5 in "
        "Theorem 2.",
        evidence="proofs/double_smoothing.py; `zotheory verify double_smoothing`, control double_smoothing.lemma2.two",
        claims=("double_smoothing.lemma2", "double_smoothing.mean_gap"),
    ),
    Entry(
        id="two-point-l1-exponent",
        verdict="imprecise",
        source="Duchi et al., IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), corollary for the l1 ball",
        statement="p = 1 + 1/log(2d) makes |x|_p^2/(2(p - 1)) 1-strongly convex for |.|_p in every dimension d.",
        wording="recalled",
        ours="At d = 1 this p is 2.44 > 2; p = 1 + 1/max(1, log(2d)) holds for all d.",
        evidence="proofs/two_point_corollaries.py (1 < p <= 2); tests/test_geometry.py::test_the_default_exponent",
        claims=("two_point_corollaries.l1",),
    ),
    Entry(
        id="nesterov-spokoiny-theta",
        verdict="imprecise",
        source="Nesterov, Spokoiny, Found. Comput. Math. 17, 2017, Theorem 9",
        statement="The accelerated method takes theta = 1/(16 (n+1)^2 L1), and its proof rests on Lemma 5.",
        wording="recalled",
        ours="By Lemma 5 the proof closes for theta = 1/(16 (n+4)^2 L1) at most. The bound holds with (n+1)^2 all the "
        "same, by a sharper lemma; the same lemma allows h = 1/(2(n+2) L1), theta = 1/(4 (n+2)^2 L1).",
        evidence="proofs/accelerated_random_search.py; `zotheory verify accelerated_random_search`",
        claims=(
            "accelerated_random_search.second_moment",
            "accelerated_random_search.mean_gap",
            "accelerated_random_search.mean_gap_recalled",
            "accelerated_random_search.mean_gap_sharp",
        ),
    ),
    Entry(
        id="stp-sphere",
        verdict="imprecise",
        source="Bergou, Gorbunov, Richtárik, SIAM J. Optim. 30(4), 2020 (three points), mean of |<g, s>| on the sphere",
        statement="E |<g, s>| ~ |g|/sqrt(2 pi d) for s uniform on the unit sphere.",
        wording="recalled",
        ours="It is Gamma(d/2)/(sqrt(pi) Gamma((d+1)/2)) |g|, about sqrt(2/(pi d)) |g|: twice as much (0.0800 against "
        "0.0399 at d = 100). If ~ means the order, or the value serves as a lower bound, all is well; as an asymptotic "
        "equality it is wrong by that factor.",
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
        verdict="imprecise",
        source="Tripathi, Singh, arXiv:2005.05955 (RSO), abstract of 2020, and that of their submission to ICLR 2021",
        statement="RSO is a gradient free Markov chain Monte Carlo search (arXiv), or sampling based (title, ICLR): a "
        "weight is perturbed; if that reduces the loss of a mini-batch it is updated, else the existing one is kept.",
        wording="printed",
        ours="Its candidates are sampled, but no law is. A higher loss is never accepted, so a law that a cycle "
        "leaves as it is, of one smooth f without decay, lies where grad f = 0: f has the same law after the cycle "
        "and no step raises it, hence none lowers it, while a step on i lowers it on average where g_i is not 0. A "
        "law such as exp(-f/T) is not left as it is. (With fresh mini-batches there is no one f.) It is a greedy "
        "search by coordinates: the step of three points along an axis. Nor does the released code keep the existing "
        "weight w: its candidates are (1 - 1e-4) w, and that plus and minus Delta, so that a step can raise the loss "
        "of its own batch.",
        evidence="proofs/rso.py; `zotheory verify rso`, control rso.decay.monotone; "
        "tests/test_errata.py::test_a_search_by_coordinates_leaves_no_law_with_a_spread",
        claims=("rso.decrease", "rso.decrease_sharp", "rso.decay"),
    ),
    Entry(
        id="rso-code",
        verdict="undecided",
        source="Tripathi, Singh, arXiv:2005.05955 (RSO), released code against the text of the paper",
        statement="The code changes a skip projection, 1 x 1, by the deviation of the 3 x 3 layer beside it, not by "
        "that of its own initialisation; it leaves the type of the global pool to the framework, whose default is the "
        "maximum; deviations fall to a tenth.",
        wording="copied",
        ours="Whether the text says otherwise was not seen: the abstracts and the first paragraphs were at hand. With "
        "as many inputs, the deviation of 1 x 1 weights at the start, sqrt(2/n), is three times that of 3 x 3 ones: a "
        "projection is changed by a third of it. From the best deviation on a quadratic, a third takes 0.59 of the "
        "fall. The last of E cycles has a + (1 - a)/E of the first deviation: 0.118 for a = 0.1, E = 50, not a tenth.",
        evidence="zotheory/methods/rso.py, `annealed`; tests/test_errata.py::test_a_third_of_the_best_deviation",
        claims=("rso.decrease_sharp", "rso.stationary"),
    ),
    Entry(
        id="rso-cycles",
        verdict="undecided",
        source="Tripathi, Singh, arXiv:2005.05955 (RSO), results on MNIST",
        statement="98 % of the test images are told right after 5 cycles, 99.1 % after 50, with 5,000 images in every "
        "batch.",
        wording="copied",
        ours="Not repeated with so many images. With their network and released procedure, batches that grow from 200 "
        "to 1,000 images, one run: 92.7 % after 5 cycles, 95.8 % after 8. Of what was tried in the first cycles "
        "only the number of images shows clearly: after one cycle 54.7 %, 53.3 % and 46.3 % with 100 (three "
        "seeds), 69.1 % with 200, 72.5 % with 400, one run each. Else, with 100 images and one run each, where "
        "seeds alone span 8 points: changes 0.3 times as large at the start 41.7 %, twice as large 46.4 %; no "
        "decay 57.8 %, ten times the decay 55.4 %; after two cycles 80.1 % if changes become smaller over 2 "
        "cycles, 75.6 % over 10, 76.1 % over 50.",
        evidence="`python -m figures.networks rso`; "
        "tests/test_network_records.py::test_the_ledger_says_what_the_record_says_of_the_first_cycles",
        claims=("rso.minibatch",),
    ),
)


class UnknownEntry(KeyError):
    """No entry of the ledger has this id; the message suggests the nearest."""

    def __str__(self) -> str:
        return str(self.args[0])


def find(name: str) -> Entry:
    """Return the entry with this id.

    Raises
    ------
    UnknownEntry
        A `KeyError` that suggests the nearest.
    """
    from zotheory.claims.nearest import did_you_mean

    entries = {entry.id: entry for entry in LEDGER}
    if name not in entries:
        texts = {entry.id: f"{entry.source} {entry.statement} {entry.ours}" for entry in LEDGER}
        raise UnknownEntry(did_you_mean("entry", name, texts))
    return entries[name]


def about(claims: Iterable[str]) -> list[Entry]:
    """Return the entries that bear on claims of these ids."""
    wanted = set(claims)
    return [entry for entry in LEDGER if wanted & set(entry.claims)]
