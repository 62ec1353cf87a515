"""The benchmarks: what they print is kept, and RESULTS.md is what the kept records say."""

import json
import re
import runpy
import struct
from argparse import Namespace
from math import inf

import numpy as np
import pytest

import zotheory as zo
from benchmarks import __main__ as command
from benchmarks import large, loopback, makespan, measured, picture, results, sharded, told_nothing
from benchmarks.measured import Figure

SCRIPT = '''"""Halves, and "quarters".

    python benchmarks/tiny.py
"""
import sys
sys.path.append({root!r})
from benchmarks import measured
options = measured.parser(__doc__).parse_args()
goal = {{"goal": 0.6, "more": options.quick}}

def figures():
    yield measured.rounds("a half", [1.0, 2.0, 4.0], "s", "the whole", [2.0, 4.0, 7.0], **goal)
    if {fails}:
        raise ValueError("no more")

measured.tell(__doc__, figures(), options)
'''


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    """A folder of benchmarks: one that works, one that lacks a package, one that fails."""
    root = str(command.HERE.parent)
    for name, fails in (("tiny", False), ("failing", True)):
        (tmp_path / f"{name}.py").write_text(SCRIPT.format(root=root, fails=fails), encoding="utf-8")
    (tmp_path / "lacking.py").write_text("import no_such_package\n", encoding="utf-8")
    monkeypatch.setattr(command, "HERE", tmp_path)
    monkeypatch.setattr(command, "NAMES", ("tiny", "lacking", "failing"))
    return tmp_path


def test_benchmarks_that_run_are_kept_beside_those_that_do_not(scripts, capfd):
    kept, drawn = scripts / "kept.json", scripts / "drawn.png"
    arguments = ["--quick", "--json", str(kept), "--plot", str(drawn), "--only"]
    assert command.main([*arguments, "tiny", "lacking"]) == 0
    record = json.loads(kept.read_text(encoding="utf-8"))
    (part,) = record["benchmarks"]
    assert part["title"] == 'Halves, and "quarters"'
    assert part["command"] == "OMP_NUM_THREADS=1 python benchmarks/tiny.py --quick"
    half = Figure("a half", 2.0, "s", "the whole", 4.0, 0.5, [0.5, 0.57143], 0.6, True)
    assert results.figures(part) == [half]
    assert half.reached is False
    assert "No module named 'no_such_package'" in record["stopped"]["lacking"]
    assert {"Python", "numpy"} <= set(record["versions"])
    assert re.fullmatch(r"[\d.]+ GB a second", record["limits"]["copy of memory"])
    assert drawn.read_bytes().startswith(b"\x89PNG")
    assert command.main(["--only", "failing", "--json", str(kept)]) == 1
    record = json.loads(kept.read_text(encoding="utf-8"))
    assert [figure.name for figure in results.figures(record["benchmarks"][0])] == ["a half"]  # what it came to
    out, err = capfd.readouterr()
    assert "a half: 2 s beside 4, the whole: ratio 0.5 (0.5 to 0.571), goal at least 0.6" in out
    assert "failing was stopped: ValueError: no more" in err


@pytest.fixture
def unlimited(monkeypatch):
    """A machine whose limits need not be measured."""
    monkeypatch.setattr(measured, "limits", lambda: {"copy of memory": "5 GB a second"})


@pytest.mark.usefixtures("unlimited")
def test_a_record_holds_no_number_that_json_has_not(tmp_path):
    figure = measured.alone("all", float("inf"), "s", "one", 1.0)
    with pytest.raises(ValueError, match="JSON"):
        measured.tell("Nothing.", [figure], Namespace(json=tmp_path / "kept.json"))


def test_goals_are_reached_from_their_side():
    at_most = [measured.alone("f", value, "s", "g", 2.0, goal=1.1).reached for value in (2.0, 2.4)]
    at_least = [measured.alone("f", value, "s", "g", 2.0, goal=1.1, more=True).reached for value in (2.0, 2.4)]
    assert (at_most, at_least) == ([True, False], [False, True])
    assert measured.alone("f", 1.0, "s", "g", 2.0).reached is None


def test_the_page_is_what_the_kept_records_say():
    shown = results.PAGE.read_text(encoding="utf-8")
    assert results.page(shown) == shown
    for path, record in results.records().items():
        assert path.with_suffix(".png").exists()
        assert record["benchmarks"]
        for part in record["benchmarks"]:
            assert part["command"] in shown
            for figure in results.figures(part):
                assert figure.ratio == pytest.approx(figure.value / figure.beside, rel=0.5), figure


@pytest.mark.usefixtures("unlimited")
def test_a_page_is_written_from_a_record(tmp_path, monkeypatch):
    """Cells by hand: a goal that is not reached is in bold, one figure without rounds has no quartiles."""
    figures = [
        {"name": "x|y", "value": 3.0, "unit": "s", "limit": "z", "beside": 2.0, "ratio": 1.5, "goal": 1.2},
        {"name": "w", "value": 1.0, "unit": "s", "limit": "z", "beside": 2.0, "ratio": 0.5, "quartiles": [0.4, 0.6]},
    ]
    part = {"title": "T_1", "command": "python benchmarks/tiny.py", "seconds": 1.2, "figures": figures}
    record = measured.record([part], measured.machine())
    monkeypatch.setattr(results, "RECORDS", tmp_path)
    monkeypatch.setattr(results, "PAGE", tmp_path / "RESULTS.md")
    measured.save(tmp_path / "here.json", record)
    results.PAGE.write_text(f"# Before\n\n{results.START}old\n{results.END}\nafter\n", encoding="utf-8")
    results.write()
    text = results.PAGE.read_text(encoding="utf-8")
    assert "| x\\|y | 3 s | 2, z | 1.5 |  | at most 1.2: **not reached** |" in text
    assert "| w | 1 s | 2, z | 0.5 | 0.4 to 0.6 |  |" in text
    assert "### T\\_1\n\n`python benchmarks/tiny.py` (1 s):" in text
    assert "old" not in text
    assert text.endswith("\nafter\n")
    assert (tmp_path / "here.png").exists()


def test_the_picture_tells_reached_from_not_reached_without_colour():
    figures = [
        {"name": f"n{i}", "value": 1.0, "unit": "s", "limit": "z", "beside": 1.0, "ratio": ratio, "goal": 1.0}
        for i, ratio in enumerate((0.5, 2.0))
    ]
    page = picture.draw({"benchmarks": [{"title": "T", "figures": figures}, {"title": "none", "figures": []}]})
    (panel,) = page.axes
    good, bad = panel.patches
    assert (good.get_x() + good.get_width(), bad.get_x() + bad.get_width()) == (0.5, 2.0)
    assert bad.get_facecolor()[:3] == (1.0, 1.0, 1.0) != good.get_facecolor()[:3]


def test_without_a_goal_there_is_nothing_to_draw_and_a_line_says_so(monkeypatch, tmp_path, capsys):
    figure = {"name": "n", "value": 1.0, "unit": "s", "limit": "z", "beside": 1.0, "ratio": 1.0}
    record = {"benchmarks": [{"title": "T", "figures": [figure]}], "stopped": {}}
    monkeypatch.setattr(command, "collected", lambda names, quick: record)
    assert command.main(["--only", "dearest", "--plot", str(tmp_path / "drawn.png")]) == 0
    assert capsys.readouterr().err == f"{tmp_path / 'drawn.png'} is not drawn: no figure has a goal\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("words", "rounds"), [([], 7), (["--quick"], 3), (["--rounds", "5", "--quick"], 5)])
def test_a_quick_benchmark_has_fewer_rounds_unless_it_is_told_how_many(words, rounds, monkeypatch):
    monkeypatch.setattr("sys.argv", ["tiny.py", *words])
    parser = measured.parser("Tiny.")
    assert measured.in_rounds(parser, 7, 3).rounds == rounds
    assert "7 by default, 3 with --quick" in parser.format_help()


@pytest.mark.slow
def test_every_benchmark_runs(tmp_path):
    kept = tmp_path / "kept.json"
    assert command.main(["--quick", "--json", str(kept)]) == 0
    record = json.loads(kept.read_text(encoding="utf-8"))
    assert len(record["benchmarks"]) + len(record["stopped"]) == len(command.NAMES)


# --- very many machines ----------------------------------------------------------------------------------------------

FREE = makespan.Costs(client=0.0, scheduler={1: 0.0, 2: 0.0}, worker=0.0, write=0.0, start=0.0)
DEAR = makespan.Costs(client=0.5, scheduler={1: 1.0, 4: 2.0}, worker=0.25, write=0.125, start=0.0)


@pytest.mark.parametrize(
    ("tasks", "workers", "costs", "batch", "expected"),
    [
        ([3, 1, 1, 1], 1, FREE, 1, 6),
        ([3, 1, 1, 1], 2, FREE, 1, 3),  # three go to the worker that is free
        ([1, 1, 1, 3], 2, FREE, 1, 4),  # the last one is long
        ([3, 1, 1, 1], 2, FREE, 2, 4),
        ([0.0] * 10, 4, DEAR, 1, 20.25),  # the scheduler sends one every two seconds
        ([0.0] * 10, 4, DEAR, 10, 2.25),  # one message
        ([8.0, 8.0], 2, DEAR, 1, 11.25),  # 1.5 s each with two workers, then 8.25 s
        ([8.0, 8.0], 2, DEAR._replace(start=100.0), 1, 108.25),
    ],
)
def test_messages_go_to_the_worker_that_is_free_first(tasks, workers, costs, batch, expected):
    assert makespan.makespan(tasks, workers, costs, batch) == pytest.approx(expected)


def test_the_slower_of_sender_and_scheduler_is_waited_for():
    assert DEAR.scheduler_with(16) == pytest.approx(3.0)  # half a second for twice as many
    assert DEAR.serial(1) == pytest.approx(1.0)
    assert DEAR.serial(1, batch=10) == pytest.approx(0.5 / 10 + 0.125)


def test_more_workers_are_of_use_until_the_serial_parts_take_as_long():
    tasks = [10.0] * 1000
    useful = makespan.useful(tasks, DEAR)
    assert useful == 4  # 10.25/w is at least 1 + log2(w)/2 for w = 4, and not for w = 5
    took = {workers: makespan.makespan(tasks, workers, DEAR) for workers in (2, 4, 16)}
    assert took[4] == pytest.approx(took[2] / 2, rel=0.01)
    assert took[16] == pytest.approx(3.0 * len(tasks), rel=0.01)  # the scheduler, slower with more


def test_the_page_on_scale_is_what_the_record_says():
    generator = runpy.run_path(str(results.HERE.parent / "docs" / "make_scale.py"))
    shown = generator["PAGE"].read_text(encoding="utf-8")
    assert generator["page"](shown, json.loads(generator["RECORD"].read_text(encoding="utf-8"))) == shown
    assert set(re.findall(r"<!-- scale: (\w+) -->", shown)) == set(generator["TABLES"])


def test_vectors_that_a_large_run_keeps_are_counted_in_a_small_one():
    generator = runpy.run_path(str(results.HERE.parent / "docs" / "make_scale.py"))
    assert {name: generator["held"](build(5)) for name, (build, _) in large.METHODS.items()} == {
        name: vectors for name, (_, vectors) in large.METHODS.items()
    }
    row = "| relative loss | 1 | 8 and 8 | 1 | 0.8 TB | 2.5 s |"  # 2 + 0.1 + 0.08 + 0.1 to evaluate, 0.26 to move
    assert row in generator["steps"]({})


JOBS = {name: sharded.Job(method, 50, 20, block=16) for name, method in sharded.METHODS.items()}
SHARDS = [sharded.Shard(number, 50, 3) for number in range(3)]


def seats():
    return [sharded.Seat(sharded.Worker(job, shard)) for job, shard in ((JOBS["relative loss"], s) for s in SHARDS)]


@pytest.mark.parametrize("name", JOBS)
def test_workers_that_exchange_numbers_end_where_one_process_does(name):
    job = JOBS[name]
    sums = sharded.Sums([sharded.Seat(sharded.Worker(job, shard)) for shard in SHARDS])
    sums.go_on(17)
    sums.seats[1].worker.leave()
    sums.seats[1] = sharded.Seat(sharded.Worker(job, SHARDS[1], sums.log), told=17)  # knows nothing but the log
    sums.go_on()
    expected = sharded.alone(job, SHARDS)
    assert {seat.worker.end() for seat in sums.seats} == {expected.x.tobytes()}
    assert np.any(expected.x != 0)
    assert sums.payload == [8, *[16] * (expected.calls - 1)]  # at first there is no sum to send


def test_a_worker_that_joins_late_evaluates_nothing_of_what_is_known():
    sums = sharded.Sums(seats())
    sums.go_on(12)
    late = sharded.Worker(JOBS["relative loss"], Unasked(), sums.log)
    assert late.exchange() == b""
    with pytest.raises(zo.ObjectiveError, match="asked at last"):
        late.end()
    for seat in sums.seats:
        seat.worker.leave()
        assert seat.exchange(sums.log) == (b"", 8)


class Unasked:
    """A part of the data whose first evaluation is an error."""

    def __call__(self):
        def loss(point):
            raise ArithmeticError("asked at last")

        return loss


def test_a_number_that_is_wrong_is_seen_in_the_point():
    sums = sharded.Sums(seats())
    sums.go_on(12)
    sums.log = sums.log[:-8] + struct.pack("<d", 0.0)  # the best there is: no step is accepted after it
    sums.go_on()
    assert sums.seats[0].worker.end() != sharded.alone(JOBS["relative loss"], SHARDS).x.tobytes()


@pytest.mark.slow
def test_real_workers_behind_a_scheduler_end_there_too():
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    shards = SHARDS[:2]
    with loopback.cluster(2) as client:
        for job in JOBS.values():
            sums, ends = sharded.together(client, job, shards, leaves_after=9)
            assert set(ends) == {sharded.alone(job, shards).x.tobytes()}
            assert max(sums.payload) == 16


def told_nothing_record():
    (benchmark,) = json.loads((results.RECORDS / "told_nothing.json").read_text(encoding="utf-8"))["benchmarks"]
    *problems, middle = benchmark["figures"]
    return problems, middle, benchmark["data"]


def test_the_page_on_minimize_says_what_was_measured():
    problems, middle, _ = told_nothing_record()
    ratios = [figure["ratio"] for figure in problems]
    assert max(ratios) < 1
    page = " ".join((results.RECORDS.parents[1] / "docs" / "minimise.md").read_text(encoding="utf-8").split())
    assert f"each of the {len(ratios)} problems without noise" in page
    told = (
        f"{middle['ratio']:.2f} times as many in the median over problems, and {min(ratios):.2f} to {max(ratios):.2f}"
    )
    assert f"{told} times over all" in page


def test_the_page_on_minimize_says_what_that_rests_on():
    """Version and numbers of runs, and on how many problems the ratio is to a budget."""
    problems, _, data = told_nothing_record()
    page = " ".join((results.RECORDS.parents[1] / "docs" / "minimise.md").read_text(encoding="utf-8").split())
    assert f"nevergrad's OnePlusOne (version {data['nevergrad']})" in page
    runs = {figure["name"]: data["runs"][figure["name"]] for figure in problems}
    (ours,) = {both["zo.minimize"] for both in runs.values()}
    few, many = sorted({both["nevergrad"] for both in runs.values()})
    assert {name for name, both in runs.items() if both["nevergrad"] == few} == {
        name for name in runs if "1000," in name
    }
    assert f"a median of {ours} runs of ours to one of {many} of theirs, of {few} in a thousand variables" in page
    cut = [figure for figure in problems if "does not arrive" in figure["limit"]]
    assert f"On {len(cut)} of the problems, that of the {min(one['ratio'] for one in cut):.2f} among them" in page
    assert min(cut, key=lambda one: one["ratio"]) == min(problems, key=lambda one: one["ratio"])


def test_what_was_counted_of_nevergrad_is_kept_with_its_version_and_its_runs(tmp_path, monkeypatch):
    """Counts by hand; a second record takes those of nevergrad from the first."""
    case = told_nothing.CASES["quadratic, d = 10, Q = 1"]
    monkeypatch.setattr(told_nothing, "CASES", {"a": case, "b": case._replace(budget=110, runs=3)})
    monkeypatch.setattr(told_nothing, "ours", lambda problem, budget, seed: 100 + seed)
    monkeypatch.setattr(told_nothing, "theirs", lambda problem, budget, seed: 200 + seed if budget > 110 else inf)
    monkeypatch.setattr(told_nothing, "version", lambda name: "9.9")
    path = tmp_path / "first.json"

    def kept(known):
        data = {}
        options = Namespace(json=path)
        measured.tell("Counts", told_nothing.figures(None, False, known, data), options, data=data)
        (benchmark,) = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
        return benchmark

    first = kept(None)
    a, b, middle = first["figures"]
    assert (a["value"], a["beside"], a["quartiles"]) == (105, 202, [round(q / 202, 5) for q in (102, 108)])
    assert (b["value"], b["beside"], b["quartiles"]) == (105, 110, [round(q / 110, 5) for q in (102, 108)])
    assert "does not arrive" in b["limit"]
    assert middle["ratio"] == pytest.approx((105 / 202 + 105 / 110) / 2, rel=1e-4)
    assert first["data"]["nevergrad"] == "9.9"
    assert first["data"]["runs"] == {
        "a": {"zo.minimize": 11, "nevergrad": 5},
        "b": {"zo.minimize": 11, "nevergrad": 3},
    }
    monkeypatch.setattr(told_nothing, "theirs", None)
    monkeypatch.setattr(told_nothing, "version", None)
    second = kept(told_nothing.recorded(path))
    assert (second["figures"], second["data"]) == (first["figures"], first["data"])
