"""The page that says which method to take: it is what the record says, and the record is of this code."""

import json
import math
import re
import runpy
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import advice, choose

ROOT = Path(__file__).parent.parent
MADE = runpy.run_path(str(ROOT / "docs" / "make_choose.py"))
RECORD = json.loads((ROOT / "benchmarks" / "choose.json").read_text(encoding="utf-8"))
SAID = [(each.situation, each.why) for each in advice.ADVICE]
SAID += [(name, said) for name, several in advice.REMARKS.items() for said in several]
OURS = [name for name, call in choose.METHODS.items() if call.startswith("zo.")]
situations = pytest.mark.parametrize("name", choose.SITUATIONS)


def of(name, i=0):
    return choose.SITUATIONS[name].build(np.random.default_rng(i))


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_is_what_the_record_says():
    shown = MADE["PAGE"].read_text(encoding="utf-8")
    assert MADE["page"](shown) == shown
    assert re.findall(r"<!-- choose: (\w+) -->", shown) == list(MADE["TABLES"])
    n = choose.INSTANCES
    chance = sum(math.comb(n, k) for k in range(advice.SURE, n + 1)) / 2**n
    words = " ".join(shown.split())
    assert f"at least {advice.SURE} of the {n} instances" in words
    assert f"for one pair in {1 / chance:.0f};" in words


def test_every_situation_has_advice_or_a_remark():
    assert {each.situation for each in advice.ADVICE} | set(advice.REMARKS) == set(choose.SITUATIONS)


@pytest.mark.parametrize("said", SAID, ids=lambda said: said[0])
def test_no_sentence_is_written_whatever_the_record_says(said):
    """Where all methods end alike, at the start or at the minimum, none is better, sooner, or alone in its failure."""
    name, sentence = said
    made = []
    for gap, time in ((1.0, None), (1e-10, 100)):
        cell = {"few": [gap] * 11, "end": [gap] * 11, "calls": [100] * 11, "reached": [[time] * 11] * 2}
        found = advice.Found(dict.fromkeys(choose.SITUATIONS[name].methods, cell), name)
        with suppress(MADE["NotBorne"]):
            made.append(MADE["borne"](sentence, found))
    assert len(made) < 2


def test_what_the_record_does_not_bear_makes_no_page(monkeypatch):
    (name, *several), *_ = ([name, *several] for name, several in advice.REMARKS.items())
    spoiled = {**advice.REMARKS, name: (several[0]._replace(holds=lambda found: False),)}
    monkeypatch.setitem(MADE["section"].__globals__, "REMARKS", spoiled)
    with pytest.raises(MADE["NotBorne"], match=re.escape(choose.SITUATIONS[name].title)):
        MADE["page"](MADE["PAGE"].read_text(encoding="utf-8"))


def test_methods_are_compared_instance_by_instance():
    """Ten of eleven are enough and nine are not; what is below the end of a run is there."""
    cell = {"few": [0.5] * 11, "calls": [9] * 11}
    first = cell | {"end": [0.1] * 10 + [0.9], "reached": [[5] * 10 + [None], [None] * 11]}
    second = cell | {"end": [0.2] * 11, "reached": [[6] * 9 + [4, 4], [None] * 11]}
    third = cell | {"end": [0.3] * 8 + [0.1] * 3, "reached": [[None] * 11] * 2}
    found = advice.Found({"a": first, "b": second, "c": third}, "bowl")
    assert found.lower("a", "b")
    assert not found.lower("b", "a")
    assert not found.lower("b", "c")
    assert not found.lower("a", "b", when="few")
    assert not found.sooner("a", "b", target=1e-3)
    assert found.sooner("a", "c", target=1e-3)
    assert found.arrive("a", target=1e-3)
    assert found.none("c", target=1e-3)
    assert not found.none("a", target=1e-3)
    assert found.every("b", target=1e-3)
    assert not found.every("a", target=1e-3)
    assert found.time("a", 1e-3) == 5
    assert np.isinf(found.time("c", 1e-3))
    tiny = cell | {"end": [1e-12] * 11, "reached": [[1] * 11] * 2}
    least = cell | {"end": [0.0] * 11, "reached": [[1] * 11] * 2}
    assert not advice.Found({"a": tiny, "b": least}, "bowl").lower("b", "a")


def test_a_record_that_lacks_a_method_makes_no_page(tmp_path, monkeypatch):
    lacking = json.loads(json.dumps(RECORD))
    del lacking["situations"]["noise"]["zo.minimize"]
    (tmp_path / "choose.json").write_text(json.dumps(lacking), encoding="utf-8")
    monkeypatch.setitem(MADE["read"].__globals__, "RECORD", tmp_path / "choose.json")
    with pytest.raises(MADE["NotBorne"], match=r"lacks noise: zo\.minimize"):
        MADE["read"]()


# --- the record ------------------------------------------------------------------------------------------------------


def test_the_record_holds_all_runs():
    for name, each in choose.SITUATIONS.items():
        assert set(RECORD["situations"][name]) == set(each.methods)
        for cell in RECORD["situations"][name].values():
            assert {len(row) for row in (cell["few"], cell["end"], cell["calls"], *cell["reached"])} == {11}
            assert max(cell["calls"]) <= each.budget
            assert min(cell["end"]) >= -1e-12


@pytest.mark.parametrize("method", OURS)
def test_our_runs_are_of_this_code(method):
    """Short ones, done again: after a change of a method the record must be taken anew."""
    name = next(name for name, each in choose.SITUATIONS.items() if method in each.methods and each.few <= 200)
    found, _, _ = choose.run(name, method, 3, choose.SITUATIONS[name].few)
    assert found == pytest.approx(RECORD["situations"][name][method]["few"][3], rel=2e-3), (
        "measure it anew: python benchmarks/choose.py --json benchmarks/choose.json --again NAME"
    )


def test_what_is_kept_is_not_measured_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(choose, "SITUATIONS", {"bowl": replace(choose.SITUATIONS["bowl"], methods=("a", "b"))})
    monkeypatch.setattr(choose, "cell", lambda name, method: {"end": [len(method)]})
    monkeypatch.setattr(choose, "versions", dict)
    path = tmp_path / "kept.json"
    monkeypatch.setattr("sys.argv", ["choose.py", "--json", str(path)])
    choose.main()
    assert capsys.readouterr().out == "bowl: a: 1\nbowl: b: 1\n"
    choose.main()
    assert capsys.readouterr().out == ""
    monkeypatch.setattr("sys.argv", ["choose.py", "--json", str(path), "--again", "b"])
    choose.main()
    assert capsys.readouterr().out == "bowl: b: 1\n"
    assert set(json.loads(path.read_text(encoding="utf-8"))["situations"]["bowl"]) == {"a", "b"}


# --- functions and runs ----------------------------------------------------------------------------------------------


@situations
def test_no_value_is_below_the_least_one(name):
    """Nearby and far away, within bounds, and at what L-BFGS-B makes of the start."""
    instance, rng = of(name, 1), np.random.default_rng(2)
    low, high = np.array(instance.bounds or [(-np.inf, np.inf)] * len(instance.x0)).T
    for length in (1e-2, 0.3, 3.0):
        points = np.clip(instance.x0 + length * rng.standard_normal((200, len(instance.x0))), low, high)
        assert min(map(instance.f, points)) >= instance.f_star
    found = choose.scipy.optimize.minimize(instance.f, instance.x0, method="L-BFGS-B", bounds=instance.bounds)
    first = instance.f(instance.x0) - instance.f_star
    assert first > 0
    assert found.fun - instance.f_star >= -1e-9 * first


@pytest.mark.parametrize("name", ["bowl", "curvatures", "far", "bounds", "dimension"])
def test_the_least_value_is_one(name):
    """Found by another way: L-BFGS-B, again and again from where it ended."""
    instance = of(name, 1)
    x = instance.x0
    for _ in range(20):
        x = choose.scipy.optimize.minimize(instance.f, x, method="L-BFGS-B", bounds=instance.bounds).x
    first = instance.f(instance.x0) - instance.f_star
    assert instance.f(x) - instance.f_star < 1e-6 * first


@pytest.mark.parametrize(("name", "sigma"), [("noise", 0.5), ("bowl", 0.0)])
def test_noise_is_as_large_as_is_said(name, sigma):
    instance = of(name)
    watched = choose.Watched(instance, 4000, np.random.default_rng(1))
    values = np.array([watched(instance.x0) for _ in range(4000)])
    assert np.std(values) == pytest.approx(sigma, rel=0.05)
    assert watched.gap(instance.x0) == 1
    assert name != "noise" or watched.first == pytest.approx(12.5)


def test_a_run_is_cut_off_and_stands_at_its_lowest():
    instance = choose.Instance(lambda x: float(x[0]), np.array([1.0]))
    watched = choose.Watched(instance, 3, np.random.default_rng(1))
    for x in (0.5, 1e-4, 0.7):
        watched(np.array([x]))
    with pytest.raises(choose.Enough):
        watched(np.array([0.1]))
    assert watched.calls == 3
    assert watched.best == [1e-4]
    assert watched.reached == {1e-3: 2}
    with pytest.raises(choose.Enough):
        choose.Watched(instance, 3, np.random.default_rng(1))(np.array([1e-10]))


def test_instances_are_the_same_for_all_methods_and_differ_from_each_other():
    ends = {(m, i): choose.run("bowl", m, i, 1) for m in ("zo.minimize", "GLD-Search") for i in (0, 1)}
    assert ends["zo.minimize", 0] == ends["GLD-Search", 0] == (1.0, 1, [None, None])
    assert not np.array_equal(of("bowl", 0).x0, of("bowl", 1).x0)
