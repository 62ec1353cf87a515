"""The figures: the same numbers and bytes every time, claims that hold of the data drawn, and a PNG of each."""

import io
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.image import imread

from figures import gld_contraction, gld_transform, make, style, two_point_rate
from zotheory.theorems.gld_search import SUCCESS

SMALL = {
    "gld_transform": {"dimensions": (3, 5), "replicas": 3, "length": 15, "records": 8},
    "gld_contraction": {"dimensions": (10, 1000, 10**12), "conditions": (1, 100), "replicas": 1000},
    "two_point_rate": {"k": (50, 200), "d": 3, "dimensions": (2, 8), "steps": 100, "replicas": 30},
}


@pytest.fixture(scope="module")
def small():
    return {name: make.script(name).data(**SMALL[name]) for name in make.NAMES}


def rendered(name, data):
    file = io.BytesIO()
    with style.house():
        style.save(make.script(name).draw(data), file)
    return file.getvalue()


def test_every_script_is_listed():
    scripts = {path.stem for path in make.HERE.glob("*.py")} - {"__init__", "make", "style"}
    assert scripts == set(make.NAMES) == set(SMALL)


@pytest.mark.parametrize("name", make.NAMES)
def test_same_numbers_twice(small, name):
    again = make.script(name).data(**SMALL[name])
    for first, second in zip(small[name], again, strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", make.NAMES)
def test_make_writes_the_same_bytes_whatever_the_users_settings(small, name, monkeypatch, tmp_path, capsys):
    first = rendered(name, small[name])
    monkeypatch.setattr(make.script(name), "data", lambda: small[name])
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "black", "savefig.dpi": 30, "lines.linewidth": 9}):
        assert make.main([name, "--out", str(tmp_path / "new")]) == 0
    [written] = (tmp_path / "new").iterdir()
    assert written.name == f"{name}.png"
    assert written.read_bytes() == first
    assert b"Software" not in first
    assert b"tIME" not in first
    assert f"wrote {written}" in capsys.readouterr().out


@pytest.mark.parametrize("name", make.NAMES)
def test_committed_picture_has_the_page_size(name):
    image = imread(make.HERE / f"{name}.png")
    assert image.shape[1] == style.WIDTH * style.DPI
    assert image[..., :3].std() > 0.05  # something is drawn on it


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
