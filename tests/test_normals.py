"""The law of our own normal numbers, against closed forms; and that a generator of them is still NumPy's generator."""

import copy
import hashlib
import itertools
import math
import pickle

import mpmath
import numpy as np
import pytest
from scipy import special, stats

import zotheory as zo
from zotheory import normals
from zotheory.normals import BLOCK, FEW, LARGEST, PAGE, PEAK, RECTANGLES, STRIPS, Ziggurat, aliases, fall, tables
from zotheory.reduced.frame import Frame

FALSE_ALARM = 1e-6  # of all the tests of one law together
CELLS = 4096  # a unit: three or four lie in the wedge beside each rectangle
LAGS = (1, 2, 3, 100)
SIDES = 16
EDGES = np.arange(-LARGEST * CELLS, LARGEST * CELLS + 1) / CELLS


def ziggurat(seed):
    """Return a generator."""
    return Ziggurat(np.random.SFC64(seed))


def share_of(edges):
    """P(edge < X < next edge) for N(0, 1), right in both tails."""
    below, above = special.ndtr(edges), special.ndtr(-edges)
    return np.where(edges[:-1] < 0, np.diff(below), -np.diff(above))


class Tally:
    """What is kept of a sample: power sums, counts of 98,304 cells, and of pairs of neighbours at several lags."""

    def __init__(self):
        self.n = 0
        self.powers = np.zeros(9)
        self.cells = np.zeros(len(EDGES) - 1, np.int64)
        self.side = np.minimum(SIDES * special.ndtr(EDGES[:-1]), SIDES - 1).astype(np.uint16)
        self.pairs = np.zeros((len(LAGS), SIDES * SIDES), np.int64)

    def add(self, z):
        """Count an array of numbers."""
        self.n += z.size
        z2 = z * z
        z3, z4 = z2 * z, z2 * z2
        self.powers[1:] += (z.sum(), z2.sum(), z3.sum(), z4.sum(), z4 @ z, z4 @ z2, z4 @ z3, z4 @ z4)
        where = (z * CELLS + LARGEST * CELLS).astype(np.intp)
        self.cells += np.bincount(where, minlength=self.cells.size)
        side = self.side[where]
        for counts, lag in zip(self.pairs, LAGS, strict=True):
            counts += np.bincount(side[:-lag] * np.uint16(SIDES) + side[lag:], minlength=counts.size)

    def chances(self):
        """Each test's chance of a result at least as far from the law, if it holds."""
        found = {}
        for k in range(1, 9):
            mean, square = special.factorial2(k - 1) * (k % 2 == 0), special.factorial2(2 * k - 1)
            error = math.sqrt((square - mean**2) / self.n)
            found[f"moment {k}"] = 2 * stats.norm.sf(abs(self.powers[k] / self.n - mean) / error)
        share = share_of(EDGES)
        found["cells"] = chi_square(self.cells, share)
        gap = np.abs(np.cumsum(self.cells) / self.n - special.ndtr(EDGES[1:])).max()
        found["Kolmogorov"] = stats.kstwobign.sf(gap * math.sqrt(self.n))
        for beyond in (3.0, 3.5, 4.0, 4.25, 4.5, 5.0, 5.5, 6.0):
            for side, far in (("left", EDGES[1:] <= -beyond), ("right", EDGES[:-1] >= beyond)):
                law = stats.binom(self.n, special.ndtr(-beyond))
                count = self.cells[far].sum()
                found[f"{side} of {beyond}"] = min(1.0, 2 * min(law.cdf(count), law.sf(count - 1)))
        sides = np.bincount(self.side, share, SIDES)
        for counts, lag in zip(self.pairs, LAGS, strict=True):
            found[f"pairs at lag {lag}"] = chi_square(counts, np.outer(sides, sides).ravel())
        return found


def chi_square(counts, share):
    """Chance of counts at least as far from these shares; cells where fewer than 100 are expected go together."""
    n = counts.sum()
    common = share * n >= 100
    counts = np.append(counts[common], counts[~common].sum())
    share = np.append(share[common], share[~common].sum())
    kept = share > 0
    return stats.chi2.sf(((counts - n * share)[kept] ** 2 / (n * share[kept])).sum(), kept.sum() - 1)


def tallied(rng, n, page=1 << 18):
    """Draw n numbers and test them: the chances, smallest first."""
    tally = Tally()
    for _ in range(n // page):
        tally.add(rng.standard_normal(page))
    return dict(sorted(tally.chances().items(), key=lambda item: item[1]))


def refuted(chances):
    """Whether one of the tests says so, at the level of all of them together."""
    return min(chances.values()) < FALSE_ALARM / len(chances)


def test_ten_million_numbers_have_the_law():
    chances = tallied(ziggurat(1), 10_000_000)
    assert not refuted(chances), chances


@pytest.mark.slow
def test_a_billion_numbers_have_the_law():
    chances = tallied(ziggurat(2), 1_000_000_000)
    assert not refuted(chances), chances


def replaced(**columns):
    """What gives tables with some columns replaced."""
    false = tables()._replace(**columns)
    return lambda: false


@pytest.mark.parametrize("error", [0.004, -0.004])
def test_rectangles_too_wide_or_too_narrow_are_refuted(error, monkeypatch):
    monkeypatch.setattr(normals, "tables", replaced(width=tables().width * (1 + error)))
    assert refuted(tallied(ziggurat(3), 4_000_000))


def test_two_rectangles_too_few_are_refuted(monkeypatch):
    true = tables()
    monkeypatch.setattr(normals, "tables", lambda: true)
    monkeypatch.setattr(normals, "RECTANGLES", RECTANGLES - 2)
    assert refuted(tallied(ziggurat(3), 10_000_000))


def test_a_rectangle_with_the_width_of_another_is_refuted(monkeypatch):
    width = tables().width.copy()
    width[RECTANGLES // 2] = width[RECTANGLES - 1]
    monkeypatch.setattr(normals, "tables", replaced(width=width))
    assert refuted(tallied(ziggurat(3), 10_000_000))


class Reusing(Ziggurat):
    """A generator of words of which some bits come twice."""

    @property
    def bit_generator(self):
        """What takes the place of the stream of words."""
        return self

    def random_raw(self, n):
        """Words of which those for positions begin with the bits of those for strips."""
        words = super().bit_generator.random_raw(n)
        strips, positions = words[: n // 3].view("<u2"), words[n // 3 :].view("<u4")
        positions &= 2**20 - 1
        positions |= strips.astype(np.uint32) << 20
        return words


def test_bits_used_for_strip_and_position_are_refuted():
    assert refuted(tallied(Reusing(np.random.SFC64(3)), 1_000_000))
    rng, twin = (Reusing(np.random.SFC64(3)) for _ in range(2))
    assert positions_chance(rng, twin) < FALSE_ALARM


def test_positions_in_a_rectangle_are_uniform_to_its_edges():
    rng, twin = ziggurat(4), np.random.SFC64(4)
    assert positions_chance(rng, twin) > FALSE_ALARM


def words_of(twin, size):
    """Strips and positions of the numbers that the next words are for."""
    strips, positions = [], []
    for start in range(0, size, BLOCK):
        count = min(BLOCK, size - start)
        words = twin.random_raw(-(-count // 4) + -(-count // 2))
        strips.append(words[: -(-count // 4)].view("<u2")[:count] % STRIPS)
        positions.append(words[-(-count // 4) :].view("<i4")[:count])
    return np.concatenate(strips), np.concatenate(positions)


@pytest.mark.parametrize("size", [PAGE, FEW, FEW + 1, BLOCK + 2, BLOCK + 3])
def test_a_number_is_its_position_times_the_width_of_its_strip_and_has_its_sign(size):
    """All bits of the position count once, those of the strip too, and the sign outside the rectangles as well."""
    drawn, (strip, position) = ziggurat(4).standard_normal(size), words_of(np.random.SFC64(4), size)
    inside = strip < RECTANGLES
    assert np.array_equal(drawn[inside], (tables().width[strip] * position)[inside])
    assert np.array_equal(np.signbit(drawn), position < 0)
    chance = stats.binomtest(int(inside.sum()), size, RECTANGLES / STRIPS).pvalue
    assert chance > FALSE_ALARM


def test_nothing_comes_again_and_no_two_numbers_are_related_at_any_distance():
    """Of 2^20 numbers 0.06 pairs of equal size are expected; correlations are those of bounded numbers."""
    drawn, limit = ziggurat(13).standard_normal(1 << 20), stats.norm.isf(FALSE_ALARM / 6 / (1 << 21))
    assert drawn.size - np.unique(abs(drawn)).size < stats.poisson.isf(FALSE_ALARM, 0.0625)
    place = 2 * special.ndtr(drawn) - 1
    signed, size = (np.fft.rfft(math.sqrt(3) * x, 2 * x.size) for x in (place, 2 * abs(place) - 1))
    for one, other in ((signed, signed), (signed, size), (size, size)):
        related = np.fft.irfft(one * np.conj(other))
        assert abs(np.delete(related, [0, drawn.size])).max() < limit * math.sqrt(drawn.size)


def positions_chance(rng, twin):
    """Chi-square: 64 parts of a rectangle's width, the outermost thinner, in 32 groups of rectangles."""
    strip, _ = words_of(twin, PAGE)
    inside = strip < RECTANGLES
    position = (rng.standard_normal(PAGE) / (tables().width[strip] * 2.0**31))[inside]
    edges = np.array([-1, -1 + 2.0**-9, *np.linspace(-1, 1, 63)[1:-1], 1 - 2.0**-9, 1])
    groups = np.append(np.arange(32) * (STRIPS // 32), RECTANGLES)
    counts, *_ = np.histogram2d(strip[inside], position, [groups, edges])
    expected = inside.sum() * np.outer(np.diff(groups) / RECTANGLES, np.diff(edges) / 2)
    return stats.chi2.sf(((counts - expected) ** 2 / expected).sum(), expected.size - 1)


# --- what the rectangles leave ---------------------------------------------------------------------------------------


def rest_chances(n=300_000):
    """Chances of the counts of boxes, and of places within them, by the law of what lies under the curve."""
    start, end = tables().left, tables().left + tables().across
    foot = np.append(stats.norm.pdf(start[1 : RECTANGLES + 1]), np.zeros(start.size - RECTANGLES))

    def under(x, box):
        return special.ndtr(-start[box]) - special.ndtr(-x) - (x - start[box]) * foot[box]

    x = ziggurat(5)._rest(n)
    box = np.searchsorted(start, x, side="right") - 1
    area = under(end, np.arange(start.size))
    counts, law = np.bincount(box, minlength=start.size), stats.binom(n, area / area.sum())
    return {
        "boxes": chi_square(counts, area / area.sum()),
        "one of the boxes": min(1.0, 2 * np.minimum(law.cdf(counts), law.sf(counts - 1)).min() * start.size),
        "places": stats.kstest(under(x, box) / area[box], "uniform").pvalue,
        "order": stats.spearmanr(np.arange(n), x).pvalue,
        "neighbours": stats.spearmanr(x[:-1], x[1:]).pvalue,
        "tail": stats.binomtest(int((x >= start[RECTANGLES]).sum()), n, area[RECTANGLES:].sum() / area.sum()).pvalue,
    }


def test_the_rest_has_the_law_of_what_the_rectangles_leave():
    chances = rest_chances()
    assert not refuted(chances), chances


def nothing_rejected():
    return replaced(share=np.full_like(tables().share, np.inf))


def chosen(factor, boxes):
    """What chooses these boxes so many times as often."""
    chances = chances_of_boxes()
    chances[boxes] *= factor
    keep, other = aliases(chances.tolist())
    return replaced(keep=keep, other=other)


def chances_of_boxes():
    """What the aliases make of them."""
    t = tables()
    return (t.keep + np.bincount(t.other, 1 - t.keep, t.keep.size)) / t.keep.size


def no_cap():
    return chosen(0.0, 0)


def no_tail():
    return chosen(0.0, slice(RECTANGLES, None))


def a_wedge_four_times_as_often():
    return chosen(4.0, RECTANGLES // 2)


@pytest.mark.parametrize("false", [nothing_rejected, no_cap, no_tail, a_wedge_four_times_as_often])
def test_a_false_rest_is_refuted(false, monkeypatch):
    monkeypatch.setattr(normals, "tables", false())
    assert refuted(rest_chances())


class Beyond(Ziggurat):
    """Its boxes are those from one of them on, equally often."""

    def random(self, shape):
        """Uniform numbers, of which the first choose among these boxes."""
        where, kept, *others = super().random(shape)
        n = tables().left.size
        return np.stack([(self.first + where * (n - self.first)) / n, 0 * kept, *others])


def test_the_tail_has_its_law_in_every_box():
    """Kolmogorov's test of places within the boxes of the tail, all equally often: 1e-6."""
    rng = Beyond(np.random.SFC64(5))
    rng.first = RECTANGLES
    x = rng._rest(100_000)
    left = tables().left[RECTANGLES:]
    box = np.searchsorted(left, x, side="right") - 1
    start, end = left[box], (left + tables().across[RECTANGLES:])[box]
    below = (special.ndtr(-start) - special.ndtr(-x)) / (special.ndtr(-start) - special.ndtr(-end))
    assert np.bincount(box).min() > 300
    assert stats.kstest(below, "uniform").pvalue > FALSE_ALARM


# --- the tables, against 40 digits -----------------------------------------------------------------------------------


def density(x):
    """f(x)."""
    return mpmath.exp(-(mpmath.mpf(x) ** 2) / 2) / mpmath.sqrt(2 * mpmath.pi)


def test_rectangles_have_equal_areas_and_fill_the_curve_to_the_axis():
    """To what doubles can say: a rectangle's height is the difference of two of them 1000 times as large."""
    with mpmath.workdps(40):
        x = tables().width[:RECTANGLES] * 2.0**31
        heights = [density(each) for each in x] + [mpmath.mpf(0)]
        areas = [2 * mpmath.mpf(a) * (top - foot) for a, top, foot in zip(x, heights, heights[1:], strict=False)]
        assert max(abs(area * STRIPS - 1) for area in areas) < 2e-11
        assert abs(sum(areas) - mpmath.mpf(RECTANGLES) / STRIPS) < 1e-14


def test_boxes_are_as_high_as_what_they_cover_and_chosen_by_their_areas():
    """The farthest box, too, which is chosen once in 10^17 draws of the rest, to a few times 2^-65 of all."""
    t = tables()
    with mpmath.workdps(40):
        tops = [density(left) for left in t.left]
        shares = [1 - foot / top for top, foot in itertools.pairwise(tops[: RECTANGLES + 1])]
        shares += [1] * (len(tops) - RECTANGLES)
        areas = [w * s * top for w, s, top in zip(t.across.tolist(), shares, tops, strict=True)]
        total = sum(areas)
        chance = np.array([float(area / total) for area in areas])
        assert max(abs(ours / share - 1) for ours, share in zip(t.share.tolist(), shares, strict=True)) < 1e-11
    assert np.allclose(chances_of_boxes(), chance, rtol=1e-10, atol=0)
    assert chance.min() > 2.0**-63


def test_boxes_touch_and_reach_the_largest():
    left, right = tables().left, tables().left + tables().across
    assert np.allclose(left[1:], right[:-1], rtol=0, atol=1e-15 * LARGEST)
    assert left[0] == 0
    assert LARGEST <= right[-1] <= LARGEST + normals.TAIL_BOX
    assert ((right**2 - left**2) / 2)[: RECTANGLES + 80].max() <= 0.75


def test_fall_is_right():
    with mpmath.workdps(40):
        for t in np.linspace(0, 0.75, 301)[1:]:
            assert abs(fall(t) / -mpmath.expm1(-mpmath.mpf(t)) - 1) < 1e-14
    assert fall(0.0) == 0


def test_peak_is_the_density_at_zero():
    assert pytest.approx(1 / math.sqrt(2 * math.pi), rel=2e-16) == PEAK


# --- still NumPy's generator -----------------------------------------------------------------------------------------


def test_bits_are_these_on_every_machine():
    drawn = ziggurat(6).standard_normal(1 << 19)
    assert hashlib.sha256(drawn.astype("<f8").tobytes()).hexdigest()[:16] == "c4faa63bce4c00ed"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))])
def test_copies_draw_the_same(copied):
    rng = ziggurat(7)
    rng.random()
    other = copied(copy.deepcopy(rng))
    assert type(other) is Ziggurat
    assert np.array_equal(other.standard_normal(3 * FEW), rng.standard_normal(3 * FEW))


def test_children_are_of_the_same_kind():
    assert [type(child) for child in ziggurat(8).spawn(2)] == [Ziggurat, Ziggurat]


def test_shapes_and_memory_are_as_numpy_s():
    rng, flat = ziggurat(9), ziggurat(9).standard_normal(4 * FEW)
    assert np.array_equal(rng.standard_normal((4, FEW)), flat.reshape(4, FEW))
    out = np.empty((2, 2 * FEW))
    assert ziggurat(9).standard_normal(out=out) is out
    assert np.array_equal(out.ravel(), flat)
    assert np.array_equal(ziggurat(9).standard_normal(size=(2, 2 * FEW), out=out).ravel(), flat)
    assert np.array_equal(ziggurat(9).standard_normal(np.int64(4 * FEW)), flat)
    assert np.array_equal(ziggurat(9).standard_normal([4, FEW]).ravel(), flat)


@pytest.mark.parametrize(
    "arguments",
    [(), (5,), ((3, 4),), ((0,),), (0,), (FEW - 1,), ((2, FEW), np.float32), (2 * FEW, "f4"), (FEW, float)],
)
def test_few_numbers_and_single_precision_are_numpy_s(arguments):
    ours = ziggurat(10).standard_normal(*arguments)
    numpy_s = np.random.Generator(np.random.SFC64(10)).standard_normal(*arguments)
    assert type(ours) is type(numpy_s)
    if arguments != (FEW, float):
        assert np.array_equal(ours, numpy_s)


def test_what_is_asked_for_otherwise_is_numpy_s():
    """The docstring says what that is."""
    numpy_s = np.random.Generator(np.random.SFC64(9)).standard_normal(2 * FEW)
    for dtype in (float, "f8", np.dtype("float64")):
        assert np.array_equal(ziggurat(9).standard_normal(2 * FEW, dtype), numpy_s)
    assert np.array_equal(ziggurat(9).standard_normal(np.array([2 * FEW])), numpy_s)
    out = np.empty((2, FEW), order="F")
    assert np.array_equal(ziggurat(9).standard_normal(out=out).ravel("K"), numpy_s)


@pytest.mark.parametrize(
    "arguments",
    [
        {"size": -1},
        {"size": "many"},
        {"size": (3, -FEW)},
        {"size": 2.5 * FEW},
        {"size": FEW, "dtype": np.int64},
        {"size": (2, FEW), "out": np.empty(3 * FEW)},
        {"out": np.empty(3 * FEW)[::2]},
        {"out": np.empty(3 * FEW, np.float32)},
        {"out": [0.0] * FEW},
    ],
)
def test_what_numpy_refuses_is_refused_alike(arguments):
    with pytest.raises((TypeError, ValueError)) as theirs:
        np.random.Generator(np.random.SFC64(1)).standard_normal(**arguments)
    with pytest.raises(theirs.type) as ours:
        ziggurat(1).standard_normal(**arguments)
    assert str(ours.value) == str(theirs.value)


def test_streams_of_other_words_are_refused():
    with pytest.raises(TypeError, match=r"bit_generator must be a numpy\.random\.SFC64, got .*MT19937"):
        Ziggurat(np.random.MT19937(1))


def test_generators_of_the_package_take_ours_or_numpy_s():
    n = 2 * FEW
    assert np.array_equal(zo.generator(11).standard_normal(n), ziggurat(11).standard_normal(n))
    numpy_s = np.random.Generator(np.random.SFC64(11)).standard_normal(n)
    assert np.array_equal(zo.generator(11, normals="numpy").standard_normal(n), numpy_s)
    with pytest.raises(ValueError, match=r"normals must be one of \('zotheory', 'numpy'\), got 'torch'"):
        zo.generator(11, normals="torch")


def test_reduced_coordinates_stay_on_numpy_s():
    frame = Frame((10**6,), 1, ("x",), 1, False)
    drawn = [frame.generator(zo.generator(12, normals=which), (FEW,)) for which in ("zotheory", "numpy")]
    first, second = (source.standard_normal((FEW, 10**6)) for source in drawn)
    assert np.array_equal(first, second)
