"""The page that says which method to take: it is what the record says, and the record is of this code."""

import json
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
ROWS = advice.resamples(11)
situations = pytest.mark.parametrize("name", choose.SITUATIONS)


def of(name, i=0):
    return choose.SITUATIONS[name].build(np.random.default_rng(i))


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_is_what_the_record_says():
    shown = MADE["PAGE"].read_text(encoding="utf-8")
    assert MADE["page"](shown) == shown
    assert re.findall(r"<!-- choose: (\w+) -->", shown) == list(MADE["TABLES"])


def test_the_page_says_which_level_its_sentences_have():
    words = " ".join(MADE["PAGE"].read_text(encoding="utf-8").split())
    assert advice.NEARLY == 0.9
    assert "on at least nine in ten instances" in words
    assert f"at least {advice.LEVEL:.0%} of {advice.RESAMPLES:,} resamples".replace("%", " %") in words
    assert f"a factor of {advice.STEADY} or more over the middle {advice.LEVEL:.0%}".replace("%", " %") in words
    assert {each.instances for each in choose.SITUATIONS.values()} == {33, 11}
    for n, share in ((33, 1 / 11), (11, 1 / 4)):  # of those where it fails, n in a row are as rare as one in twenty
        assert share == pytest.approx(1 - 0.05 ** (1 / n), rel=0.05)
        assert (1 - share) ** n < 0.05
    assert "so on all of 33 instances" in words
    assert "may yet fail on one in eleven others; of 11 instances, on one in four" in words


def test_every_situation_has_advice_or_a_remark():
    assert {each.situation for each in advice.ADVICE} | set(advice.REMARKS) == set(choose.SITUATIONS)


@pytest.mark.parametrize("said", SAID, ids=lambda said: said[0])
def test_no_sentence_is_written_whatever_the_record_says(said):
    """Where all methods end alike, at the start or at the minimum, none is better, sooner, or alone in its failure."""
    name, sentence = said
    made = []
    for gap, time in ((1.0, None), (1e-10, 100)):
        cell = {"few": [gap] * 11, "end": [gap] * 11, "calls": [100] * 11, "reached": [[time] * 11] * 2}
        found = advice.Found(dict.fromkeys(choose.SITUATIONS[name].methods, cell), name, ROWS)
        with suppress(MADE["NotBorne"]):
            made.append(MADE["borne"](sentence, found))
    assert len(made) < 2


def test_what_the_record_does_not_bear_makes_no_page(monkeypatch):
    (name, *several), *_ = ([name, *several] for name, several in advice.REMARKS.items())
    spoiled = {**advice.REMARKS, name: (several[0]._replace(holds=lambda found: np.zeros(len(found.rows), bool)),)}
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
    assert found.fail("c", target=1e-3)
    assert not found.fail("a", target=1e-3)
    assert found.oftener("b", "a", "c", target=1e-3)
    assert not found.oftener("a", "b", target=1e-3)
    assert found.count("a", 1e-3) == 10
    assert found.below("a", "b", "c")
    assert not found.below("b", "a", "c")
    assert found.above(0.15, "b", "c")
    assert not found.above(0.25, "b", "c")
    assert found.better("a", "b")
    assert not found.better("a", "a")
    assert found.time("a", 1e-3) == 5
    assert np.isinf(found.time("c", 1e-3))
    tiny = cell | {"end": [1e-12] * 11, "reached": [[1] * 11] * 2}
    least = cell | {"end": [0.0] * 11, "reached": [[1] * 11] * 2}
    assert not advice.Found({"a": tiny, "b": least}, "bowl").lower("b", "a")
    later = cell | {"end": [0.0] * 11, "reached": [[1] * 11, [2] * 11]}
    found = advice.Found({"a": tiny, "b": later}, "bowl")
    assert found.better("a", "b")
    assert not found.better("b", "a")


def test_resamples_are_of_the_same_instances_for_all_methods_and_the_same_again():
    assert np.array_equal(ROWS, advice.resamples(11))
    assert np.array_equal(ROWS[0], range(11))
    assert ROWS.shape == (1 + advice.RESAMPLES, 11)
    assert set(ROWS[1:].ravel()) == set(range(11))
    far = np.geomspace(1e-8, 1, 11)  # instances differ by far more than methods
    found = of_gaps(a=far, b=1.01 * far)
    assert np.array_equal(found.gap("b"), 1.01 * found.gap("a"))
    assert MADE["borne"](lower("a", "b"), found) == "a before b"


def of_gaps(**gaps):
    """What was found where methods ended at these gaps, and arrived nowhere."""
    cells = {m: {"few": end, "end": end, "reached": [[None] * len(end)] * 2} for m, end in gaps.items()}
    return advice.Found(cells, "bowl", advice.resamples(len(next(iter(gaps.values())))))


def lower(first, second):
    return advice.Said(f"{first} before {second}", lambda f: f.below(first, second))


def test_a_sentence_whose_margin_is_smaller_than_the_noise_is_refused():
    """The medians differ as they should, as those of half of all records would; far apart they may be told."""
    rng = np.random.default_rng(1)
    a, b = rng.lognormal(0, 0.5, (2, 33))
    a, b = a / np.median(a), b / np.median(b)
    found = of_gaps(a=a, b=1.05 * b, c=5 * b)
    assert found.below("a", "b")[0]
    with pytest.raises(MADE["NotBorne"], match=r"a before b \(the record: True; resamples: [5-8]\d\.\d%\)"):
        MADE["borne"](lower("a", "b"), found)
    with pytest.raises(MADE["NotBorne"], match=r"b before a \(the record: False"):
        MADE["borne"](lower("b", "a"), found)
    assert MADE["borne"](lower("a", "c"), found) == "a before c"


@pytest.mark.parametrize("n", [11, 33])
def test_false_sentences_are_as_rare_as_the_level_says(n):
    """Of two methods that are alike: one is called lower on at most about one record in twenty."""
    rng, said = np.random.default_rng(1), 0
    for _ in range(150):
        a, b = rng.lognormal(0, 0.5, (2, n))
        said += advice.sure(of_gaps(a=a, b=b).below("a", "b"))
    assert said <= 0.05 * 150 + 2 * (0.05 * 150) ** 0.5


def test_a_median_that_may_as_well_be_another_is_not_named():
    """Half of the runs arrive: the median is one of two numbers, and which of them chance says."""
    found = of_gaps(a=np.array([1e-10] * 16 + [0.005] * 17))
    named = advice.Said("a ends at {end[a]}", lambda f: f.above(1e-12, "a"))
    with pytest.raises(MADE["NotBorne"], match=r"a ends at 0\.005 \(in resamples a median varies .*: end\[a\]\)"):
        MADE["borne"](named, found)
    assert MADE["borne"](named, of_gaps(a=np.array([0.003] * 16 + [0.005] * 17))) == "a ends at 0.005"
    never = advice.Said("a after {time[a]}", named.holds)
    with pytest.raises(MADE["NotBorne"], match=r"varies .*: time\[a\]"):
        MADE["borne"](never, found)


def test_what_is_to_be_taken_is_told_apart_from_the_rest():
    rng = np.random.default_rng(1)
    names = ("zo.minimize", "pycma", "NLopt BOBYQA", "NLopt SBPLX")
    ends = rng.lognormal(0, 0.5, (4, 33)) * np.array([[1], [1.05], [10], [11]])
    found = of_gaps(**dict(zip(names, ends, strict=True)))

    def taken(*take):
        return MADE["taken"](advice.Advice("bowl", "", take, lower("a", "b")), found)

    assert taken("zo.minimize", "pycma") == "`zo.minimize`, or pycma"
    assert taken("pycma", "zo.minimize") == "pycma, or `zo.minimize`"
    assert taken(*names) == "`zo.minimize`, or pycma; then BOBYQA (NLopt), or SBPLX (NLopt)"
    with pytest.raises(MADE["NotBorne"], match=r"to take in 'A round bowl': that pycma is better than zo\.minimize$"):
        taken("pycma")
    with pytest.raises(MADE["NotBorne"], match="that NLopt SBPLX is better than pycma"):
        taken("NLopt SBPLX", "zo.minimize")
    with pytest.raises(MADE["NotBorne"], match=r"that NLopt SBPLX is as good as pycma$"):
        taken("zo.minimize", "NLopt SBPLX", "pycma", "NLopt BOBYQA")


def test_a_record_that_lacks_a_method_or_an_instance_makes_no_page(tmp_path, monkeypatch):
    lacking = json.loads(json.dumps(RECORD))
    del lacking["situations"]["noise"]["zo.minimize"]
    del lacking["situations"]["bowl"]["pycma"]["end"][-1]
    (tmp_path / "choose.json").write_text(json.dumps(lacking), encoding="utf-8")
    monkeypatch.setitem(MADE["read"].__globals__, "RECORD", tmp_path / "choose.json")
    with pytest.raises(MADE["NotBorne"], match=r"lacks some: noise: zo\.minimize; bowl: pycma$"):
        MADE["read"]()


# --- the record ------------------------------------------------------------------------------------------------------


def test_the_record_holds_all_runs():
    for name, each in choose.SITUATIONS.items():
        assert set(RECORD["situations"][name]) == set(each.methods)
        for cell in RECORD["situations"][name].values():
            assert {len(row) for row in (cell["few"], cell["end"], cell["calls"], *cell["reached"])} == {each.instances}
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
    bowl = replace(choose.SITUATIONS["bowl"], methods=("a", "b"), instances=1)
    monkeypatch.setattr(choose, "SITUATIONS", {"bowl": bowl})
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
    monkeypatch.setattr("sys.argv", ["choose.py", "--json", str(path)])
    monkeypatch.setattr(choose, "SITUATIONS", {"bowl": replace(bowl, instances=2)})
    choose.main()
    assert capsys.readouterr().out == "bowl: a: 1\nbowl: b: 1\n"  # of fewer instances than there should be


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
