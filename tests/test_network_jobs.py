"""Long runs on networks: whatever stops them, the same command goes on to the same bits, and nothing is lost."""

import importlib
import json
import os
import pickle
import signal
import subprocess
import sys
import types
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import zotheory as zo
from figures.networks import __main__ as command
from figures.networks import complete
from figures.networks.job import Job
from zotheory.problems import datasets
from zotheory.problems.networks import Labelled, Perceptron

ROOT = Path(__file__).parent.parent


def begin(seed):
    rng = np.random.default_rng(seed)
    return (rng, 0.0), {"sum": 0.0}


def piece(state, number):
    rng, total = state
    total += float(rng.standard_normal())
    return (rng, total), {"sum": total, "piece": number}


def walk(pieces=6, seed=1, setting=None, name="walk"):
    """A sum of normal numbers, one a piece."""
    return Job(name, setting or {"seed": seed}, partial(begin, seed), piece, pieces)


def records(job, folder):
    return job.progress(folder).records


def through(job, folder):
    assert list(job.go_on(folder))[-1] == job.pieces
    return records(job, folder)


# --- checkpoints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", range(1, 6))
def test_a_stopped_job_goes_on_to_the_same_bits(tmp_path, stop):
    whole = through(walk(), tmp_path / "whole")
    going = walk().go_on(tmp_path)
    for done in going:
        if done == stop:
            break
    going.close()
    assert walk().progress(tmp_path).done == stop
    assert list(walk().go_on(tmp_path)) == list(range(stop, 7))
    assert records(walk(), tmp_path) == whole
    expected = np.cumsum(np.random.default_rng(1).standard_normal(6))
    assert [record["sum"] for record in whole[1:]] == list(expected)


def test_a_job_that_is_done_does_nothing_more(tmp_path):
    whole = through(walk(), tmp_path)
    again = Job("walk", {"seed": 1}, pytest.fail, pytest.fail, 6)
    assert list(again.go_on(tmp_path)) == [6]
    assert records(again, tmp_path) == whole


def test_a_piece_that_fails_leaves_the_pieces_before_it(tmp_path):
    def fails(state, number):
        if number == 4:
            raise MemoryError("no room")
        return piece(state, number)

    with pytest.raises(MemoryError, match="no room"):
        list(Job("walk", {"seed": 1}, partial(begin, 1), fails, 6).go_on(tmp_path))
    assert walk().progress(tmp_path).done == 3
    assert through(walk(), tmp_path) == through(walk(), tmp_path / "whole")


@pytest.mark.parametrize(("every", "expected"), [(0.0, [1, 2]), (1e9, [None, None])])
def test_checkpoints_are_written_at_intervals(tmp_path, every, expected):
    going = walk().go_on(tmp_path, every=every)
    seen = []
    for _ in range(3):
        next(going)
        here = walk().progress(tmp_path)
        seen.append(here and here.done)
    assert seen == [None, *expected]
    going.close()
    assert walk().progress(tmp_path).done == 2


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b[:10], lambda b: b"", lambda b: b[:60] + b"x" + b[61:]])
def test_a_damaged_checkpoint_is_named_and_left_alone(tmp_path, spoil):
    through(walk(), tmp_path)
    [path] = tmp_path.iterdir()
    path.write_bytes(spoil(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(ValueError, match="is damaged: remove it to begin 'walk' anew") as error:
        list(walk().go_on(tmp_path))
    assert str(path) in str(error.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("other", [{"setting": {"seed": 1, "rate": 2}}, {"pieces": 7}, {"seed": 2}])
def test_a_checkpoint_of_another_setting_is_refused_and_left_alone(tmp_path, other):
    through(walk(), tmp_path)
    [path] = tmp_path.iterdir()
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"must be of this setting, .* got .*: remove it, or name another folder"):
        list(walk(**other).go_on(tmp_path))
    assert path.read_bytes() == before


def test_names_that_look_alike_have_checkpoints_of_their_own(tmp_path):
    long = "x" * 70
    names = ["a/b", "a b", long + "1", long + "2"]
    assert len({walk(name=name).path(tmp_path) for name in names}) == 4


SCRIPT = """
import random, time
from figures.networks.job import Job

def piece(state, number):
    time.sleep(0.005)
    return state, {"drawn": state.gauss(0, 1)}

def job():
    return Job("walk", {}, lambda: (random.Random(1), {}), piece, 60)
"""
RUN = """
from pathlib import Path
for done in job().go_on(Path("."), every=0.0):
    print(done, flush=True)
"""


def test_sigkill_loses_no_more_than_a_piece_and_the_run_has_the_same_bits(tmp_path):
    given = {"stdout": subprocess.PIPE, "text": True, "cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
    with subprocess.Popen([sys.executable, "-c", SCRIPT + RUN], **given) as child:
        while int(child.stdout.readline()) < 5:
            pass
        os.kill(child.pid, signal.SIGKILL)
        told = [5, *map(int, child.stdout.read().split())][-1]
    assert child.returncode == -signal.SIGKILL
    here = {}
    exec(SCRIPT, here)
    job = here["job"]()
    done = job.progress(tmp_path).done
    assert told <= done < 60
    assert next(job.go_on(tmp_path)) == done
    assert through(job, tmp_path) == through(here["job"](), tmp_path / "whole")


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def study(monkeypatch):
    """A study of two jobs, as files of the folder are."""
    module = types.ModuleType("figures.networks.fake")
    module.JOBS = (walk(name="first"), walk(name="second", seed=2))
    monkeypatch.setitem(sys.modules, "figures.networks.fake", module)
    monkeypatch.setattr(command, "STUDIES", ("fake",))
    return module


@pytest.fixture
def run(study, tmp_path):
    """The command on it; its record."""
    path = tmp_path / "record.json"

    def run(*options):
        code = command.main(["fake", "--checkpoints", str(tmp_path / "kept"), "--record", str(path), *options])
        return code, json.loads(path.read_text(encoding="utf-8"))["runs"] if path.exists() else {}

    return run


def test_the_command_measures_every_job_and_writes_what_it_found(run):
    code, runs = run()
    assert code == 0
    assert list(runs) == ["first", "second"]
    for (name, found), seed in zip(runs.items(), (1, 2), strict=True):
        assert found["setting"] == {"seed": seed}, name
        assert (found["done"], found["pieces"]) == (6, 6)
        sums = np.cumsum(np.random.default_rng(seed).standard_normal(6))
        np.testing.assert_allclose([record["sum"] for record in found["records"]], [0, *sums], rtol=1e-5)
    assert run() == (0, runs)


def test_a_budget_stops_after_a_piece_and_the_same_command_goes_on(run, capsys):
    code, runs = run("--budget", "0s")
    assert code == command.UNFINISHED
    assert {name: found["done"] for name, found in runs.items()} == {"first": 1}  # a piece, however short the time
    assert "the budget is spent; the same command goes on with 'first'" in capsys.readouterr().err
    assert run()[0] == 0


def test_when_the_time_is_over_no_further_job_takes_a_piece(run, study):
    study.JOBS = (walk(name="first", pieces=1), walk(name="second", seed=2))
    code, runs = run("--budget", "0s")
    assert code == command.UNFINISHED
    assert {name: found["done"] for name, found in runs.items() if found["done"]} == {"first": 1}


def test_only_some_jobs_run_and_the_record_keeps_the_others(run, tmp_path):
    assert list(run("--only", "first")[1]) == ["first"]
    for path in (tmp_path / "kept" / "fake").iterdir():
        path.unlink()  # as on another machine
    code, runs = run("--only", "sec*")
    assert code == 0
    assert list(runs) == ["first", "second"]


def test_what_the_record_holds_is_not_measured_again_unless_that_is_asked_for(run, study, tmp_path):
    runs = run()[1]
    for path in (tmp_path / "kept" / "fake").iterdir():
        path.unlink()
    study.JOBS = tuple(Job(job.name, job.setting, pytest.fail, pytest.fail, 6) for job in study.JOBS)
    assert run() == (0, runs)
    with pytest.raises(pytest.fail.Exception):
        run("--fresh")


def test_a_record_of_another_setting_is_not_kept(run, study, tmp_path):
    run("--only", "first")
    for path in (tmp_path / "kept" / "fake").iterdir():
        path.unlink()
    study.JOBS = (walk(name="first", setting={"seed": 1, "rate": 2}), study.JOBS[1])
    assert list(run("--only", "second")[1]) == ["second"]


def test_ctrl_c_keeps_what_was_computed(run, study, capsys):
    once = iter([KeyboardInterrupt])

    def interrupted(state, number):
        if number == 4:
            for kind in once:
                raise kind
        return piece(state, number)

    study.JOBS = (Job("first", {"seed": 1}, partial(begin, 1), interrupted, 6),)
    code, runs = run()
    assert code == 130
    assert runs["first"]["done"] == 3
    assert "stopped; the same command goes on" in capsys.readouterr().err
    code, runs = run()
    assert (code, runs["first"]["done"]) == (0, 6)


def test_a_damaged_checkpoint_of_another_job_loses_nothing(run, study, tmp_path):
    runs = run("--only", "second")[1]
    study.JOBS[1].path(tmp_path / "kept" / "fake").write_bytes(b"damaged")
    code, after = run("--only", "first")
    assert (code, after["second"]) == (0, runs["second"])
    assert after["first"]["done"] == 6


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"runs": []}', '{"runs": null}', '{"runs": {"first": {}}}', '{"runs": {"a": 3}}']
)
def test_what_is_no_record_is_refused_and_left_alone(run, tmp_path, capsys, text):
    path = tmp_path / "record.json"
    path.write_text(text, encoding="utf-8")
    assert command.main(["fake", "--checkpoints", str(tmp_path), "--record", str(path)]) == 2
    assert f"{path} must be a record of measurements" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("option", ["--record", "--checkpoints"])
def test_folders_are_tried_before_anything_is_measured(study, tmp_path, capsys, option):
    study.JOBS = (Job("first", {}, pytest.fail, pytest.fail, 6),)
    (tmp_path / "file").touch()
    given = {"--record": str(tmp_path / "record.json"), "--checkpoints": str(tmp_path)}
    given[option] = str(tmp_path / "file" / "x" / "record.json")
    assert command.main(["fake", *(word for pair in given.items() for word in pair)]) == 2
    assert f"{option} must be in a folder that can be written to" in capsys.readouterr().err


def test_an_extra_that_is_missing_is_named(run, study, capsys):
    def missing():
        raise ModuleNotFoundError("No module named 'jax'")

    study.JOBS = (Job("first", {}, missing, pytest.fail),)
    assert run()[0] == 2
    assert "No module named 'jax'; studies need python -m pip install -e '.[jax," in capsys.readouterr().err


def test_a_device_without_memory_keeps_what_was_computed(run, study, capsys):
    def exhausted(state, number):
        if number == 4:
            raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 1 byte")
        return piece(state, number)

    study.JOBS = (Job("first", {"seed": 1}, partial(begin, 1), exhausted, 6),)
    code, runs = run()
    assert (code, runs["first"]["done"]) == (2, 3)
    assert "the device has too little memory; JAX_PLATFORMS=cpu goes on" in capsys.readouterr().err


def test_jobs_that_are_done_are_told(run, capsys):
    run()
    run()
    assert "record.json: 2; --fresh or another --record measures them" in capsys.readouterr().err


def test_list_tells_how_far_jobs_are_and_writes_nothing(run, capsys):
    run("--only", "first")
    capsys.readouterr()
    run("--list")
    first, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["6", "of", "6", "0", "s", "first"]
    assert second.split() == ["0", "of", "6", "0", "s", "second"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["fake", "--only", "third"], "no job has a name like 'third'; --list shows them"),
        (["fake", "--budget", "soon"], "must be a time such as 90s, 20m or 1.5h, got 'soon'"),
        (["fake", "--budget", "5"], "must be a time such as 90s, 20m or 1.5h, got '5'"),
        (["nothing"], "invalid choice: 'nothing'"),
        ([], "required: study"),
    ],
)
def test_the_command_says_what_is_wrong(study, capsys, tmp_path, options, said):
    with pytest.raises(SystemExit) as stop:
        command.main([*options, "--checkpoints", str(tmp_path), "--record", str(tmp_path / "none")])
    assert stop.value.code == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_checkpoint_ends_the_command_with_its_name(run, tmp_path, capsys):
    run()
    path = walk(name="second", seed=2).path(tmp_path / "kept" / "fake")
    path.write_bytes(path.read_bytes()[:-3])
    record = (tmp_path / "record.json").read_bytes()
    assert run("--fresh")[0] == 2
    assert f"fake: the checkpoint {path} is damaged" in capsys.readouterr().err
    assert (tmp_path / "record.json").read_bytes() == record


def test_data_or_packages_that_are_missing_end_the_command_with_what_to_do(run, study, capsys, monkeypatch):
    def missing():
        raise ValueError("folder must be given, or the environment variable ZOTHEORY_MNIST be set")

    study.JOBS = (Job("first", {}, missing, piece, 1),)
    assert run() == (2, {})
    assert "fake: folder must be given, or the environment variable ZOTHEORY_MNIST be set" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "figures.networks.fake", None)
    assert run()[0] == 2
    assert "fake: import of figures.networks.fake halted" in capsys.readouterr().err


def test_times_are_read_in_seconds_minutes_and_hours():
    assert [command.seconds(text) for text in ("90s", "20m", "1.5h")] == [90, 1200, 5400]


def test_records_are_short_and_still_json():
    found = {"runs": {"a": {"records": [{"loss": 0.123456789, "n": 3}, {"loss": float("nan"), "n": 4}]}}}
    text = command.compact(json.dumps(found, indent=1))
    assert '{ "loss": 0.123457, "n": 3 }' in text
    assert json.loads(text)["runs"]["a"]["records"][0] == {"loss": 0.123457, "n": 3}


@pytest.mark.parametrize("name", command.STUDIES)
def test_a_study_lists_its_jobs_without_data(name, monkeypatch):
    pytest.importorskip("jax")
    pytest.importorskip("optax")
    for variable in ("ZOTHEORY_MNIST", "ZOTHEORY_CIFAR10", "ZOTHEORY_TEXT"):
        monkeypatch.delenv(variable, raising=False)
    jobs = importlib.import_module(f"figures.networks.{name}").JOBS
    assert len({job.name for job in jobs}) == len(jobs) > 0
    assert len({job.path(ROOT) for job in jobs}) == len(jobs)
    assert all(json.loads(job.identity)[1] == json.loads(json.dumps(dict(job.setting))) for job in jobs)


# --- what is trained -------------------------------------------------------------------------------------------------

RNG = np.random.default_rng(3)
INPUTS = RNG.standard_normal((300, 4)).astype(np.float32)
LABELS = (INPUTS @ RNG.standard_normal((4, 3))).argmax(axis=-1)


def problem():
    return Labelled(Perceptron((4, 3)), INPUTS, LABELS, batch=30)


METHODS = {
    "a radius that is a function of the step": zo.relative_loss(radius=lambda t: 1 / t**0.5, cached=False, beta=0.5),
    "a mean whose weights are summed": zo.random_gradient_free(h=lambda k: 0.1 / (k + 1), delta=0.3),
}


@pytest.mark.parametrize("name", METHODS)
def test_pieces_are_the_shipped_steps_one_after_the_other(name):
    jax = pytest.importorskip("jax")
    from figures.networks.training import Training
    from zotheory.backends.jax import Source, generator

    method, f = METHODS[name], problem()
    training = Training(method, f, 5, 4, lambda x: {"x": x}, (1, 3))
    state, first = training.begin()
    assert first["evaluations"] == 0
    middle, _ = training.piece(state, 1)
    after, seen = training.piece(middle, 2)
    if method.compares:  # for one of them: a run that was stopped has the same bits
        anew = Training(method, problem(), 5, 4, lambda x: {"x": x}, (1, 3))
        np.testing.assert_array_equal(anew.piece(pickle.loads(pickle.dumps(middle)), 2)[1]["x"], seen["x"])
    assert seen["evaluations"] == 12 * method.calls[1]
    plain, moves = method.init(None, f.x0.astype("float32")), []
    for t in range(1, 13):
        source = Source(generator(5).key).at(t)
        move, rows = jax.tree.map(np.asarray, (method.draw(source, plain, f.d), f.sample(source, ())))
        before, plain = plain, method.step(f.at(rows), plain, move)
        moves.append(np.any(method.output(before) != method.output(plain)))
    np.testing.assert_allclose(method.output(after), method.output(plain), rtol=1e-5, atol=1e-6)
    assert seen["moved"] == pytest.approx(np.mean(moves[4:]))


def test_pieces_can_be_longer_and_longer():
    pytest.importorskip("jax")
    from figures.networks.training import spaced

    ends = spaced(1, 200, 18)
    assert (ends[0], ends[-1]) == (1, 200)
    assert list(ends) == sorted(set(ends))
    assert len(ends) <= 18


def test_back_propagation_has_the_gradient_in_closed_form():
    """Of softmax regression: inputs times (probabilities less indicators), over n."""
    pytest.importorskip("jax")
    optax = pytest.importorskip("optax")
    from figures.networks.backpropagation import backpropagation

    f, method = problem(), backpropagation(optax.sgd(0.5))
    rows = f.sample(np.random.default_rng(1), ())
    x = f.x0.astype(np.float32) + 0.3
    after = method.step(f.at(rows), method.init(None, x), method.draw(None, None, f.d))
    logits = f.network(x, rows.inputs)
    residual = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True) - np.eye(3)[rows.labels]
    gradient = {"W1": rows.inputs.T @ residual / 30, "b1": residual.mean(axis=0)}
    np.testing.assert_allclose(method.output(after), x - 0.5 * f.network.parameters.join(gradient), rtol=1e-5)
    assert method.calls == (0, 3)


def test_cma_es_goes_on_to_the_same_bits_and_counts_its_generations():
    pytest.importorskip("cma")
    from figures.networks import evolution

    job = evolution.job(
        "cma", {}, sigma=0.3, diagonal=True, problem=problem, seed=1, ends=(100, 200),
        measure=lambda f: lambda x: {"f": float(f(x))},
    )  # fmt: skip
    state, first = job.begin()
    middle, _ = job.piece(state, 1)
    thawed = pickle.loads(pickle.dumps(middle))
    np.random.seed(7)  # noqa: NPY002  (which nothing here may use)
    records = [job.piece(each, 2)[1] for each in (thawed, middle)]
    assert records[0] == records[1]
    assert 200 - state[0].popsize < records[0]["evaluations"] <= 200
    assert records[0]["f"] < 0.8 * first["f"]


def test_a_record_keeps_the_names_of_its_jobs():
    name = "grid/{'gain': 4.0}"
    written = json.loads(command.compact(json.dumps({"runs": {name: {"loss": [0.123456789, 4.0]}}}, indent=1)))
    assert written == {"runs": {name: {"loss": [0.123457, 4]}}}


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_a_folder_that_holds_other_data_is_refused(monkeypatch, name):
    pixels, labels = np.zeros((3, 4, 4, 1), dtype=np.uint8), np.arange(3)
    monkeypatch.setattr(datasets, name, lambda: datasets.Images(pixels, labels, pixels, labels))
    with pytest.raises(ValueError, match=f"complete data set {name}, got 3 and 3 images whose labels are others"):
        getattr(complete, name)()
