"""The figures: the same numbers and bytes every time, claims that hold of the data drawn, pictures that can be read."""

import inspect
import re
import runpy
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.container import ErrorbarContainer
from matplotlib.image import imread
from matplotlib.text import Text
from PIL import Image

import zotheory as zo
from benchmarks import comparison
from figures import (
    gld_bbob,
    gld_contraction,
    gld_transform,
    make,
    networks_batches,
    networks_depth,
    networks_form,
    networks_lstm,
    networks_policies,
    networks_rso,
    networks_vae,
    relative_loss_comparison,
    relative_loss_momentum,
    style,
    two_point_dimension,
    two_point_geometry,
    two_point_rate,
)
from figures.runs import best_so_far
from zotheory.problems.networks.tasks import Adding
from zotheory.theorems.gld_search import SUCCESS

SMALL = {
    "gld_transform": {"dimensions": (3, 5), "replicas": 3, "length": 15, "records": 8},
    "gld_contraction": {"dimensions": (10, 1000, 10**12), "conditions": (1, 100), "replicas": 1000},
    "gld_quadratics": {"dimensions": (10,), "replicas": 3, "length": 500, "records": 6},
    "gld_wrong_curvature": {"factors": (0.25, 4), "n": 10, "replicas": 2, "length": 400, "records": 6},
    "gld_bbob": {"dimensions": (2, 3), "functions": (1, 10), "replicas": 3, "length": 100},
    "two_point_rate": {"k": (50, 200), "d": 3, "dimensions": (2, 8), "steps": 100, "replicas": 30},
    "two_point_dimension": {
        "k": (50, 200), "d": 4, "dimensions": (4, 16), "pairs": (1, 3), "fixed": (100, 16), "replicas": 30
    },
    "two_point_geometry": {"dimensions": (8, 32, 64), "k": (250, 1000), "replicas": 10},
    "relative_loss_comparison": {"d": 8, "few": 5, "length": 60, "replicas": 3, "records": 6},
    "relative_loss_momentum": {"conditions": (1, 30), "evaluations": 300, "replicas": 3, "runs": 3},
    "networks_batches": {},
    "networks_depth": {},  # a record
    "networks_kin": {},
    "networks_rso": {},
    "networks_lstm": {},
    "networks_vae": {},
    "networks_form": {},
    "networks_policies": {},
}  # fmt: skip


class _Small(dict):
    def __missing__(self, name):
        if name == "gld_bbob":
            pytest.importorskip("cocoex", reason="the extra bbob is not installed")
        self[name] = make.script(name).data(**SMALL[name])
        return self[name]


TWICE = {"gld_contraction": ["--workers", "2"]}
PIXELS = ("gld_contraction", "two_point_rate")  # drawn as PNG, too; bands and bars are on them


@pytest.fixture(scope="module")
def small():
    return _Small()


def rendered(name, data, folder):
    """Draw into an empty folder; return the bytes of each file."""
    folder.mkdir()
    with style.house():
        figure = make.script(name).draw(data)
        for kind in style.FILES:
            style.save(figure, folder / f"{name}.{kind}")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


PAGES = runpy.run_path(str(make.HERE.parent / "docs" / "make_figures.py"))


by_name = pytest.mark.parametrize("name", make.NAMES)


def test_every_script_is_listed():
    scripts = {path.stem for path in make.HERE.glob("*.py")} - {"__init__", "make", "roster", "runs", "style"}
    assert scripts == set(make.NAMES) == set(SMALL)


LONG = ("two_point_geometry", "relative_loss_momentum", "relative_loss_comparison")  # half a minute, drawn again
LONG += ("networks_depth", "networks_lstm", "networks_vae")  # pages of many panels
drawn_again = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in make.NAMES]
)


@drawn_again
def test_same_numbers_twice(small, name):
    once, again = small[name], make.script(name).data(**SMALL[name])
    for first, second in zip(once, again, strict=True):
        np.testing.assert_array_equal(first, second)


@drawn_again
def test_make_writes_the_same_bytes_whatever_the_users_settings(small, name, monkeypatch, tmp_path, capsys):
    """An SVG holds all that a script draws; what turns it into pixels is the same for all of them: two are enough."""
    if name not in PIXELS:
        monkeypatch.setattr(style, "FILES", {"svg": style.FILES["svg"]})
    first = rendered(name, small[name], tmp_path / "first")
    monkeypatch.setattr(make.script(name), "data", lambda: small[name])
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "black", "savefig.dpi": 30, "svg.hashsalt": None}):
        assert make.main([name, "--out", str(tmp_path / "new"), *TWICE.get(name, [])]) == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == first
    assert set(first) == {f"{name}.{kind}" for kind in style.FILES}
    for said in (b"Software", b"tIME", b"Matplotlib", b"<dc:date>"):
        assert said not in b"".join(first.values())
    said = capsys.readouterr().out
    assert all(str(tmp_path / "new" / one) in said for one in first)


@by_name
def test_committed_pictures_have_the_page_size_and_the_title_of_their_script(name):
    picture = imread(make.HERE / f"{name}.png")
    assert picture.shape[1] == style.WIDTH * style.DPI
    assert picture[..., :3].std() > 0.05  # something is drawn on it
    claim, _ = PAGES["caption"](name)
    with Image.open(make.HERE / f"{name}.png") as image:
        assert image.text == {"Title": claim}
    drawing = ElementTree.parse(make.HERE / f"{name}.svg").getroot()
    assert drawing.find("{*}title").text == claim
    width, height = (float(drawing.get(side).removesuffix("pt")) for side in ("width", "height"))
    assert width == style.WIDTH * 72
    assert height / width == pytest.approx(picture.shape[0] / picture.shape[1], rel=1e-2)
    assert (make.HERE / f"{name}.svg").stat().st_size < 250_000


@pytest.fixture(scope="module")
def drawn(small):
    """Return a figure of the small data, laid out, and a renderer of it."""
    known = {}

    def draw(name):
        if name not in known:
            with style.house():
                figure = make.script(name).draw(small[name])
                canvas = FigureCanvasAgg(figure)
                canvas.draw()
            known[name] = figure, canvas.get_renderer()
        return known[name]

    return draw


def texts(figure):
    return [one for one in figure.findobj(Text) if one.get_visible() and one.get_text().strip()]


@by_name
def test_texts_are_large_enough_and_inside_the_page(drawn, name):
    figure, renderer = drawn(name)
    ticks = [one for axes in figure.axes for one in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    for one in texts(figure):
        assert one.get_fontsize() >= 9
        if one not in ticks:  # there are some beyond the limits, which are not drawn
            box = one.get_window_extent(renderer)
            for x, y in (box.min, box.max):
                assert 0 <= x <= figure.bbox.width, one
                assert 0 <= y <= figure.bbox.height, one


@by_name
def test_a_minus_is_no_hyphen(drawn, name):
    said = [re.sub(r"\$[^$]*\$", "", one.get_text()) for one in texts(drawn(name)[0])]
    assert [one for one in said if re.search(r"(?<![\w)])-\s?[\d.]", one)] == []


@by_name
def test_curves_are_told_apart_without_colour(drawn, name):
    for axes in drawn(name)[0].axes:
        long = [
            line for line in axes.lines if len(line.get_xdata()) > 1 and line.get_marker() != "_"
        ]  # no caps of bars
        for one, other in combinations(long, 2):
            if one.get_color() != other.get_color() and not (labelled(axes, one) and labelled(axes, other)):
                assert look(one) != look(other), (name, one, other)


def look(line):
    return line._dash_pattern, line.get_marker(), line.get_markerfacecolor() == "white"


def labelled(axes, line):
    """Whether a text of its colour stands beside a curve."""
    return line.get_color() in {one.get_color() for one in axes.texts}


@by_name
def test_a_caption_explains_what_is_drawn(drawn, name):
    figure, _ = drawn(name)
    claim, text = PAGES["caption"](name)
    text = " ".join(text.split())
    assert figure.get_suptitle() == claim
    seen = " ".join(one.get_text() for one in texts(figure))
    shown = {
        part for formula in re.findall(r"\$([^$]+)\$", seen) for part in re.findall(r"(?<![\\\w])[A-Za-z]", formula)
    }
    explained = " ".join(re.findall(r"`([^`]*)`", text))
    assert {one for one in shown if not re.search(rf"(?<![A-Za-z]){one}(?![a-z])", explained)} == set()
    for short in re.findall(r"\b[A-Z]{2,}[\w-]*", seen):
        assert short in text, short
    if figure.findobj(PolyCollection):
        assert re.search(r"[Bb]ands go from the least to the largest of them", text)
        assert "Bands: " in seen
    if any(isinstance(one, ErrorbarContainer) for axes in figure.axes for one in axes.containers):
        assert re.search(r"95 % intervals", text)
        assert "95 % intervals" in seen


@by_name
def test_a_caption_says_how_many_runs_there_are(name):
    options = inspect.signature(make.script(name).data).parameters
    for option in ("replicas", "runs"):
        if option in options:
            assert re.search(rf"\b{options[option].default:,} (of them|runs|steps)\b", PAGES["caption"](name)[1])


def test_pages_hold_the_captions_of_the_scripts():
    docs = make.HERE.parent / "docs"
    assert (docs / "figures.md").read_text(encoding="utf-8") == PAGES["page"]()
    page = (docs / "relative_loss.md").read_text(encoding="utf-8")
    assert page.count("<!-- figure: ") == 2
    assert PAGES["insert"](page) == page


@pytest.mark.parametrize("page", [make.HERE.parent / "README.md", *sorted((make.HERE.parent / "docs").glob("*.md"))])
def test_pictures_on_pages_are_named_by_their_claims(page):
    for said, name in re.findall(r"!\[([^\]]*)\]\([^)]*figures/(\w+)\.png\)", page.read_text(encoding="utf-8")):
        assert said == PAGES["caption"](name)[0]


def test_table_and_picture_of_the_comparison_are_about_the_same_problems():
    """In as many variables, and to the bit the same values."""
    options = inspect.signature(relative_loss_comparison.data).parameters
    drawn = relative_loss_comparison.problems(options["d"].default, options["few"].default, 1)
    pairs = (
        ("quadratic, d = 100, Q = 1", "Quadratic, $Q = 1$, $d = 100$"),
        ("quadratic, d = 100, Q = 100", "Quadratic, $Q = 100$, $d = 100$"),
        ("logistic regression, d = 30", "Logistic regression, $d = 30$"),
        ("mean of |x_i|, d = 30", "Mean of $|x_i|$, $d = 30$"),
        ("not convex, d = 30", "Not convex, $d = 30$"),
        ("noise of deviation 0.01, d = 30", "Noise, $Q = 10$, $d = 30$"),
    )
    for row, panel in pairs:
        told, same = comparison.CASES[row].build()[1], drawn.pop(panel)[1]
        points = told.x0 + np.random.default_rng(1).standard_normal((5, told.d))
        np.testing.assert_array_equal(told(points), same(points))
    assert not drawn
    page = (make.HERE.parent / "docs" / "relative_loss.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|`]*(?:\\\|[^|`]*)*d = \d+[^|]*)\|", page, re.MULTILINE)
    assert {int(re.search(r"d = (\d+)", row)[1]) for row in rows} == {10, 30, 100, 1000}


def test_transformed_runs_have_the_same_curves(small):
    data = small["gld_transform"]
    np.testing.assert_array_equal(data.gap, data.gap_of_f)
    np.testing.assert_allclose(data.seen, -np.expm1(-np.sqrt(data.gap)), atol=1e-15)
    assert np.all(np.diff(data.gap, axis=1) <= 0)
    assert np.all(data.gap[:, -1] < 0.1 * data.gap[:, 0])


def test_runs_that_part_are_reported(monkeypatch):
    monkeypatch.setattr(gld_transform, "transform", lambda y: y + 1e14)  # rounds small differences away
    with pytest.raises(RuntimeError, match="part at step"):
        gld_transform.data((3,), replicas=3, length=40, records=4)
    monkeypatch.setattr(gld_transform, "transform", lambda y: y - 5 * (y > 1))  # does not increase
    with pytest.raises(ValueError, match="increase"):
        gld_transform.data((3,), replicas=3, length=40, records=4)


def test_contraction_meets_the_bound_in_every_dimension(small):
    data = small["gld_contraction"]
    assert gld_contraction.promised() == pytest.approx(0.2)
    assert np.isnan(data.fall[1, 2])  # 10^14: left out
    seen = ~np.isnan(data.fall)
    assert seen.sum() == 5
    assert np.all((data.fall - 2 * data.error)[seen] > SUCCESS * gld_contraction.promised())
    assert np.all(data.low[seen] > SUCCESS)
    assert np.all((data.low < data.success)[seen])
    assert np.all((data.success < data.high)[seen])
    level = data.fall[:, data.n >= 1000]
    assert np.nanmax(level) / np.nanmin(level) < 1.3  # a wrong power of n would be a factor of 10^9


def test_gaps_lie_between_a_tenth_of_the_bound_and_the_sharp_form(small):
    data = small["two_point_rate"]
    for k, d, gap in (
        (data.k, np.full(2, data.d), data.linear),
        (np.full(2, data.steps), data.dimensions, data.linear_d),
    ):
        first, sharp = two_point_rate.bounds(k, d)
        mean, error = style.interval(gap)
        assert np.all(sharp < first)
        assert np.all(mean + 2 * error < sharp)
        assert np.all(mean - 2 * error > first / 10)
    mean, error = style.interval(data.quadratic)
    assert np.all(mean + 2 * error < two_point_rate.bounds(data.k, np.full(2, data.d))[1])
    assert np.all(data.quadratic >= 0)


def test_every_gap_lies_between_lower_and_upper_bound_with_the_slopes_of_the_rate(small):
    data = small["two_point_dimension"]
    for points, *methods in (data[:3], data[3:6], data[6:]):
        upper, lower = two_point_dimension.bounds(points)
        for gaps in methods:
            mean, error = style.interval(gaps)
            assert np.all(mean + 2 * error < upper)
            assert np.all(mean + 2 * error > lower)
    for x, gaps, power in ((data.k[:, 0], data.k_two_point, -0.5), (data.d[:, 1], data.d_two_point, 0.5)):
        slope, half = two_point_dimension.fitted(x, gaps)
        assert abs(slope - power) < 2 * half + 0.05


def test_fitted_power_and_its_interval_against_closed_forms():
    x = np.array([1.0, 10.0])
    samples = np.stack([np.tile([0.9, 1.1], 50), np.tile([9.0, 11.0], 50)])
    slope, half = two_point_dimension.fitted(x, samples)
    assert slope == pytest.approx(1)
    relative = style.interval(samples)[1][0]  # of both means, independent, over a difference of log 10
    assert half == pytest.approx(np.sqrt(2) * relative / np.log(10))


def test_the_p_norm_learns_what_the_euclidean_step_does_not(small):
    data = small["two_point_geometry"]
    first, second = data.p_norm.mean(-1), data.euclidean.mean(-1).min(0)
    assert np.all(first[1:, -1] < second[1:, -1])
    assert np.all(data.p_norm >= 0)
    problem = two_point_geometry.problem(8, 1000)
    assert problem.f_star == pytest.approx(-2 * np.sqrt(8 * np.log(16) / 1000))


def test_gld_draws_the_same_curves_on_the_transform_and_ars_stalls_there(small):
    data = small["gld_quadratics"]
    for method in (0, 1):
        np.testing.assert_allclose(
            data.transformed[0, method], -np.expm1(-np.sqrt(data.plain[0, method])), rtol=1e-9, atol=1e-9
        )
    plain, transformed = data.plain[0, :, -1].mean(axis=-1), data.transformed[0, :, -1].mean(axis=-1)
    assert plain[2] < plain[0] < plain[1]
    assert transformed[0] < 1e-3 < transformed[2]


def test_every_variant_comes_below_a_thousandth_with_the_wrong_curvature(small):
    data = small["gld_wrong_curvature"]
    assert np.all(data.gap[:, :, -1] < 3e-3)
    assert np.all(np.diff(data.gap, axis=2) <= 0)
    assert data.gap[1, 0, -1].mean() > data.gap[1, 1:, -1].mean(axis=-1).max()  # told Q = 32, GLD-Fast is last


def test_gld_ends_below_ars_on_the_ellipsoid(small):
    assert np.all(gld_bbob.ahead(small["gld_bbob"])[:, 1] > 1)


def test_no_margin_is_beyond_the_scale_of_colours(small):
    data = small["gld_bbob"]
    for most in (1e4, 1e40):
        wide = data._replace(gap=np.where(np.arange(3)[:, None] == 2, most, data.gap))  # ARS ends far above
        [*_, bar] = gld_bbob.draw(wide).axes
        low, high = bar.get_ylim()
        assert low == -high
        assert np.max(np.abs(gld_bbob.ahead(wide))) <= high


def test_relative_loss_leads_without_noise(small):
    last = relative_loss_comparison.medians(small["relative_loss_comparison"])
    ours = np.fmin(last["1/5 rule"], last["1/5 rule, momentum"])[:5]
    for told in ("GLD-Search", "two points, told L", "ARS, told L and μ"):
        assert np.all((ours < last[told][:5]) | np.isnan(last[told][:5]))
    assert np.isnan(last["ARS, told L and μ"][3:5]).all()  # it asks for convexity and curvature
    assert last["two points, told L"][5] > 1 > last["1/5 rule"][5]  # without a shared sample it diverges


def test_momentum_takes_the_root_of_the_condition_number(small):
    data = small["relative_loss_momentum"]
    plain, best = data.slopes
    assert 0.8 < plain[0] / best[0] < 1.25  # at Q = 1 the best is none
    assert 1.5 < best[1] / plain[1] < 3
    limits = [relative_loss_momentum.limit(relative_loss_momentum.two_valued(Q), kappa=0.0).rate for Q in (1, 30)]
    np.testing.assert_allclose(plain, limits, rtol=0.25)
    assert np.all(data.gap[..., -1, :] < 1)


def test_the_one_fifth_rule_stays_behind_a_falling_radius_on_small_batches_and_walks_away_on_the_smallest(small):
    data = small["networks_batches"]
    accuracy = {of: data.accuracy[i, np.nanargmax(data.rows[i])] for i, of in enumerate(networks_batches.LOOKS)}
    rule, falling = (
        {kind: accuracy[each, kind] for kind in networks_batches.COLOURS} for each in ("1/5 rule", "falling radius")
    )
    assert rule["batches of 100"].max() < 0.2
    assert falling["batches of 100"].min() > 0.8
    assert rule["batches of 1000"].max() < falling["batches of 1000"].min()
    assert rule["batches of 1000"].max() < accuracy["1/5 rule", "batches that double"].min()
    assert rule["batches of 10000"].min() > falling["batches of 10000"].max()
    [radii] = [data.radius[i] for i, of in enumerate(networks_batches.LOOKS) if of == ("1/5 rule", "batches of 100")]
    assert np.all(radii[3] > 100 * radii[0])


def test_a_step_of_comparison_is_worth_what_its_gradient_says(small):
    """Where runs ended: over all that double precision tells, to a factor of 3 either way."""
    data = small["networks_depth"]
    told = np.isfinite(data.predicted[1]) & (data.predicted[1] > 1e-14)
    ratio = (data.measured[1] / data.predicted[1])[told]
    assert data.predicted[1][told].min() < 1e-12
    assert np.all((ratio > 1 / 3) & (ratio < 3))
    sigmoid = np.log(data.measured[0, networks_depth.KINDS.index("sigmoid")]).mean(axis=-1)
    assert abs(sigmoid[0] - sigmoid[-1]) < np.log(1.5)  # 2 layers and 64
    assert data.gradient[networks_depth.KINDS.index("sigmoid"), 0] < 1e-40


def test_rso_reaches_on_digits_what_adam_reaches_for_ten_times_the_evaluations(small):
    data = small["networks_rso"]
    ours, adam = (
        list(zip(*points, strict=True))
        for points in (
            (part[list(networks_rso.CURVES).index(f"digits/{name}")] for part in data[:2]) for name in ("RSO", "Adam")
        )
    )
    end = max(evaluations for evaluations, _ in adam if np.isfinite(evaluations))
    assert min(evaluations for evaluations, accuracy in ours if accuracy >= dict(adam)[end]) > 10 * end
    (ours, adam), (_, reached) = data.evaluations[[0, 2]], data.accuracy[[0, 2]]  # on MNIST
    end = np.flatnonzero(np.isfinite(ours))[-1]
    assert adam[reached > data.accuracy[0, end]][0] < ours[end] / 200
    steps = dict(zip(data.evaluations[0], data.accuracy[0], strict=True))
    place = list(networks_rso.ONE_CYCLE).index("batches of 200")
    np.testing.assert_equal(data.short[place], steps.get(3 * networks_rso.PARAMETERS, np.nan))


def test_the_mean_of_the_running_sum_costs_what_its_variance_says():
    task, rng = Adding(30, running=True), np.random.default_rng(1)
    sums = task.show(task.theme(rng, (50_000,)), task.fresh(rng, (50_000,), 30), np.zeros(50_000), 30).targets
    assert task.blind == pytest.approx(sums[..., 0].var(axis=0).mean(), rel=0.01)


def test_the_memory_of_the_online_method_is_that_of_a_window(small):
    data = small["networks_lstm"]
    kind = list(networks_lstm.KINDS).index("relative loss online")
    long = data.memory[kind, data.length[kind] > 50]  # two windows or more; none where the record has none
    assert np.all(long < 1.01 * long.min(initial=np.inf))


def test_longer_runs_of_autoencoders_go_on_where_shorter_ones_end(small):
    data = small["networks_vae"]
    for each, loss, end in zip(*(part.reshape(-1, *part.shape[2:]) for part in data[:3]), strict=True):
        for seed in np.flatnonzero(np.isfinite(end)):
            known = np.isfinite(each[:, seed])
            assert np.all(np.diff(each[known, seed]) > 0)
            assert end[seed] in loss[:, seed]
    assert np.nanmin(data.independent[:2]) == np.nanmax(data.independent[:2])  # of the same images


def test_under_the_one_fifth_rule_comparisons_of_drawn_categories_need_several_draws(small):
    data = small["networks_vae"]
    ends = dict(zip(networks_vae.ROWS, data.ends[0], strict=True))
    alone = data.independent[0]
    assert ends["1/5 rule, 10 draws"].max() < alone < ends["falling radius, independent noise"].min()
    assert abs(ends["1/5 rule"].mean() - alone) < 0.1
    assert ends["Adam, all codes"].max() < ends["1/5 rule, 10 draws"].min() < ends["Adam, Gumbel-softmax"].min()
    assert ends["1/5 rule, all codes"].mean() < ends["Adam, all codes"].mean() + 0.05
    soft, exact = (
        data.loss[0, list(networks_vae.ROWS).index(f"Adam, {name}")] for name in ("Gumbel-softmax", "all codes")
    )
    assert np.all(ends["Adam, Gumbel-softmax"] - np.nanmin(soft, axis=0) > 0.2)
    assert np.all(ends["Adam, all codes"] - np.nanmin(exact, axis=0) < 0.03)


def test_rso_trains_hard_networks_and_no_network_learns_from_its_error_rate(small):
    data = small["networks_form"]
    of = {
        form: dict(zip(networks_form.METHODS, data.error[f], strict=True)) for f, form in enumerate(networks_form.FORMS)
    }
    for form in ("thresholds", "ternary weights", "integer weights", "routing"):
        assert of[form]["RSO"].max() < 0.25
    for form in ("ternary weights", "integer weights", "error rate", "F1", "edit distance"):
        assert of[form]["1/5 rule"].min() > 0.65  # about where runs begin
    for form in ("error rate", "F1", "edit distance"):
        assert of[form]["RSO, smooth loss"].max() < of[form]["RSO"].min()
        assert of[form]["RSO, smooth loss"].mean() < 1.1 * of[form]["back-propagation"].mean()
    assert np.all((data.ties >= 0) & (data.ties <= 1))


def test_policies_that_are_compared_swim_and_few_run(small):
    data = small["networks_policies"]
    ends = dict(zip(networks_policies.METHODS, data.returns[:, 0, :, -1].swapaxes(0, 1), strict=True))
    idle = data.untaught[1, 0].max()
    kept = [ends[name][1] for name in ("GLD-Search", "GLD-Fast", "relative loss, values kept")]
    assert np.sum(np.array(kept) > 340) == 8
    running = np.array([run for name, (run, _) in ends.items() if name != "ARS"])
    assert np.mean(running > 1000) < 0.1
    assert all(np.median(swimming) > 5 * idle for _, swimming in ends.values())
    units = dict(zip(networks_policies.METHODS, data.returns[0, 1, :, -1], strict=True))
    assert units["ARS"].min() > 1000 > np.max([units[name] for name in ("GLD-Search", "GLD-Fast")])
    walked = np.nanmin(data.returns[..., -1, :], axis=(1, 3))  # to where no policy comes by standing still
    assert np.all(walked.min(axis=-1) < (-5000, -100_000))
    assert [list(networks_policies.METHODS)[place] for place in walked.argmin(axis=-1)] == [
        "relative loss, momentum"
    ] * 2


def test_a_figure_whose_extra_is_missing_is_left_out(monkeypatch, tmp_path, capsys):
    def data():
        raise ModuleNotFoundError("it needs the extra bbob")

    monkeypatch.setattr(gld_bbob, "data", data)
    assert make.main(["gld_bbob", "--out", str(tmp_path)]) == 1
    assert "left out gld_bbob: it needs the extra bbob" in capsys.readouterr().err


def test_best_so_far_is_the_least_value_within_the_evaluations():
    f = zo.problems.golovin_family(1, 8, 3, minimiser=0.2, f_star=-1.0)
    method = zo.gld_search(R=1.0, r=0.3)  # 3 radii: 1 evaluation, then 3 a step
    least = best_so_far(method, f, [1, 3, 4, 30], 5, np.random.SeedSequence(1))
    for t, (state, counted) in enumerate(zo.iterate(method, f, replicas=5, rng=zo.generator(1))):
        if t in (0, 1, 9):
            assert counted.spent == 1 + 3 * t
            np.testing.assert_array_equal(least[{0: 0, 1: 2, 9: 3}[t]], state.fx)
        if t == 9:
            break
    np.testing.assert_array_equal(least[0], least[1])


def test_best_so_far_survives_a_run_that_diverges():
    f = zo.problems.golovin_family(1, 8, 3)
    method = zo.random_gradient_free(h=lambda k: 100.0, delta=1e-3)
    with np.errstate(over="ignore", invalid="ignore"):
        least = best_so_far(method, f, [10, 10_000], 2, np.random.SeedSequence(1))
    assert np.all(np.isfinite(least))
    assert np.all(least <= f(f.x0))


def test_signed_numbers():
    minus = "\N{MINUS SIGN}"
    assert [style.signed(x) for x in (0.04, -0.04, 0.06, -4.33)] == ["0", "0", "+0.1", f"{minus}4.3"]
    assert [style.signed(x, "+g") for x in (0.1, -10, 0)] == ["+0.1", f"{minus}10", "0"]


def test_a_short_drawing_is_the_same_drawing():
    drawing = (
        '<g>\n <path d="M 1.26 2\nL -3.04 4.5\nz\n" style="width: 0.25"/>\n <use transform="translate(0.66 1)"/>\n'
    )
    less = '<g>\n<path d="M1.2 2L-3.0 4.5z" style="width: 0.25"/>\n<use transform="translate(0.6 1)"/>\n'
    assert style.short(drawing) == less


def test_interval_and_slope_against_closed_forms():
    mean, half = style.interval(np.array([[1.0, 3.0], [5.0, 5.0]]))
    np.testing.assert_allclose(mean, [2, 5])
    np.testing.assert_allclose(half, [1.959963984540054, 0])
    assert style.slope([1, 10, 100], np.array([3, 30, 300]) ** 0.5) == pytest.approx(0.5)


def test_make_refuses_an_unknown_name(tmp_path):
    command = [sys.executable, str(make.HERE / "make.py"), "gld_trnsform", "--out", str(tmp_path / "out")]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert result.returncode == 2
    assert "unknown figure 'gld_trnsform'; did you mean 'gld_transform'?" in result.stderr
    assert not Path(tmp_path / "out").exists()


def test_make_lists_the_names_where_none_is_near(capsys):
    with pytest.raises(SystemExit) as stop:
        make.main(["zzz"])
    assert stop.value.code == 2
    message = capsys.readouterr().err
    assert "did you mean" not in message
    assert all(name in message for name in make.NAMES)
