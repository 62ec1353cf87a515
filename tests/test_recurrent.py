"""The LSTM and its tasks against their definitions; the online method against its own words; memory in the length."""

import math
import tracemalloc

import array_api_strict
import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logsumexp

import zotheory as zo
from zotheory.methods.relative_loss import relative_loss
from zotheory.methods.relative_loss_online import relative_loss_online
from zotheory.problems.networks import Lstm, Sequences
from zotheory.problems.networks.recurrent import Memory
from zotheory.problems.networks.sequences import Carried, Sample
from zotheory.problems.networks.tasks import Adding, Characters, Copying

TEXT = zo.generator(5).integers(0, 4, 200)
TASKS = {
    "adding": Adding(12),
    "running sum": Adding(12, running=True),
    "copying": Copying(4),
    "characters": Characters(TEXT, 4, 12),
}
WINDOWED = pytest.mark.parametrize("name", ["running sum", "copying", "characters"])


def sequences(name, **options):
    task = TASKS[name]
    return Sequences(Lstm(task.inputs, 3, task.outputs), task, **({"batch": 6} | options))


def points(network, *lead):
    return zo.generator(1).standard_normal((*lead, network.parameters.count))


# --- the network -----------------------------------------------------------------------------------------------------


def test_a_cell_is_what_the_paper_says_number_by_number():
    network = Lstm(2, 3, 1)
    x, inputs = points(network), zo.generator(2).standard_normal((4, 5, 2))
    p = network.parameters.split(x)
    found = network(x, inputs)
    for row in range(4):
        h, c = [0.0] * 3, [0.0] * 3
        for t in range(5):
            sums = [
                sum(inputs[row, t, j] * p["W"][j, k] for j in range(2))
                + sum(h[j] * p["U"][j, k] for j in range(3))
                + p["b"][k]
                for k in range(12)
            ]
            c = [expit(sums[3 + u]) * c[u] + expit(sums[u]) * math.tanh(sums[9 + u]) for u in range(3)]
            h = [expit(sums[6 + u]) * math.tanh(c[u]) for u in range(3)]
            assert found[row, t, 0] == pytest.approx(sum(h[u] * p["V"][u, 0] for u in range(3)) + p["a"][0], abs=1e-12)


def test_points_and_sequences_broadcast():
    network = Lstm(2, 3, 2)
    x, inputs = points(network, 2, 3), zo.generator(2).standard_normal((4, 5, 2))
    outputs = network(x, inputs)
    assert outputs.shape == (2, 3, 4, 5, 2)
    np.testing.assert_allclose(outputs[1, 2], network(x[1, 2], inputs), rtol=1e-12)


def test_two_windows_are_one_whole():
    network, inputs = Lstm(2, 3, 2), zo.generator(2).standard_normal((4, 7, 2))
    x = points(network, 2)
    first, memory = network.window(x, inputs[:, :3])
    second, _ = network.window(x, inputs[:, 3:], memory)
    np.testing.assert_array_equal(np.concatenate([first, second], axis=-2), network(x, inputs))


def test_whole_numbers_choose_rows():
    network, symbols = Lstm(4, 3, 2), TEXT[:30].reshape(5, 6)
    x, features = points(network, 2), np.eye(4)[symbols]
    np.testing.assert_array_equal(network(x, symbols), network(x, features))
    np.testing.assert_allclose(network(x[0], symbols), network(x[0], features), rtol=1e-12)


def test_first_parameters():
    network = Lstm(50, 40, 3)
    parts = network.parameters.split(network.start(1))
    assert network.parameters.count == 4 * (50 * 40 + 40 * 40 + 40) + 40 * 3 + 3
    np.testing.assert_array_equal(parts["b"].reshape(4, 40), np.repeat([0, 1, 0, 0], 40).reshape(4, 40))
    for name, inputs in (("W", 50), ("U", 40)):
        n = parts[name].size
        low, high = stats.chi2(n).ppf([1e-4, 1 - 1e-4])
        assert low < np.sum(parts[name] ** 2) * inputs < high


# --- the tasks -------------------------------------------------------------------------------------------------------


def shown(task, n, window, place=0):
    rng = zo.generator(3)
    xi = Sample(task.theme(rng, (n,)), task.fresh(rng, (n,), window))
    return xi, task.show(*xi, np.full(n, place), window)


def test_adding_asks_for_the_sum_of_two_marked_numbers():
    n, length = 4000, 11
    _, (inputs, targets, weights) = shown(Adding(length), n, length)
    numbers, marks = inputs[..., 0], inputs[..., 1]
    assert ((marks == 0) | (marks == 1)).all()
    np.testing.assert_allclose(targets[:, -1, 0], (numbers * marks).sum(axis=1), rtol=1e-12)
    assert weights.tolist() == [0] * (length - 1) + [1]
    counts = marks.sum(axis=0)
    for half in (slice(0, 5), slice(5, 11)):
        assert (marks[:, half].sum(axis=1) == 1).all()
        assert stats.chisquare(counts[half]).pvalue > 1e-4
    assert stats.kstest(numbers.ravel(), "uniform").pvalue > 1e-4
    error = (targets[:, -1, 0] - 1) ** 2  # of the answer 1
    assert abs(error.mean() - Adding(10).blind) < 4 * error.std() / math.sqrt(n)


def test_the_running_sum_is_of_what_was_seen():
    _, (inputs, targets, weights) = shown(Adding(9, running=True), 50, 9)
    np.testing.assert_allclose(targets[..., 0], np.cumsum(inputs[..., 0] * inputs[..., 1], axis=1), rtol=1e-12)
    assert (weights == 1).all()


def test_copying_shows_what_the_authors_code_makes():
    delay, n = 7, 40
    xi, (inputs, targets, weights) = shown(Copying(delay), n, delay + 20)
    blank, delimiter = 8, 9
    seq = xi.theme  # of their 1..8, blank 0 and delimiter 9, in our numbers
    x = [seq, np.full((n, delay - 1), blank), np.full((n, 1), delimiter), np.full((n, 10), blank)]
    np.testing.assert_array_equal(inputs, np.concatenate(x, axis=1))
    np.testing.assert_array_equal(targets, np.concatenate([np.full((n, 10 + delay), blank), seq], axis=1))
    assert set(np.unique(seq)) == set(range(8))
    assert (weights == 1).all()


def test_copying_without_a_memory_costs_what_it_says():
    task = Copying(30)
    _, (_, targets, _) = shown(task, 25, task.length)
    sure, guess = np.array([-40.0] * 8 + [0]), np.array([0.0] * 8 + [-40])
    losses = [task.loss(np.broadcast_to(guess if t >= 40 else sure, (25, 9)), targets[:, t]) for t in range(50)]
    assert np.mean(losses) == pytest.approx(task.blind, rel=1e-12)


def test_characters_are_followed_by_the_next():
    xi, (inputs, targets, _) = shown(TASKS["characters"], 30, 5, place=4)
    for start, seen, following in zip(xi.theme[:, 0], inputs, targets, strict=True):
        np.testing.assert_array_equal(seen, TEXT[start + 4 : start + 9])
        np.testing.assert_array_equal(following, TEXT[start + 5 : start + 10])


@WINDOWED
def test_windows_joined_are_the_whole(name):
    """The losses of the windows of sequences, one after the other, have the loss of the sequences as their mean."""
    problem = sequences(name, batch=1, window=4)
    x, rng = points(problem.network, 2), zo.generator(4)
    xi = problem.sample(rng, (2,))
    carried, values, fresh = problem.empty(x), [], []
    for _ in range(problem.task.length // 4):
        now = Sample(xi.theme, problem.sample(rng, (2,)).fresh)
        value, carried = problem.at(now).carry(x, carried)
        values.append(value)
        fresh.append(now.fresh)
    assert (carried.place == 0).all()
    whole = sequences(name, batch=1).at(Sample(xi.theme, np.concatenate(fresh, axis=-1)))(x)
    np.testing.assert_allclose(np.mean(values, axis=0), whole, rtol=1e-12)


def test_new_sequences_begin_with_an_empty_memory_and_a_new_theme():
    problem = sequences("copying", batch=4, window=6)
    x = points(problem.network)
    places = problem.empty(x).place
    assert sorted(places) == [0, 6, 12, 18]  # each window is in every batch
    xi = problem.sample(zo.generator(4), ())
    filled = Memory(*(np.ones((4, 3)) for _ in range(2)))
    one, after = problem.at(xi).carry(x, Carried(filled, 0 * xi.theme, places))
    emptied = Memory(*(np.where(places[:, None] == 0, 0, part) for part in filled))
    theme = np.where(places[:, None] == 0, xi.theme, 0)
    other, same = problem.at(xi).carry(x, Carried(emptied, theme, places))
    assert one == other
    np.testing.assert_array_equal(after.memory.h, same.memory.h)
    np.testing.assert_array_equal(after.theme, theme)


@pytest.mark.parametrize("name", TASKS)
def test_f_is_the_mean_of_whole_sequences_and_each_point_has_its_own_value(name):
    problem = sequences(name, held=50)
    x = points(problem.network, 2, 3)
    values = problem(x)
    np.testing.assert_allclose(values[1, 2], problem(x[1, 2]), rtol=1e-12)
    outputs = problem.network(
        x[0, 1], problem.task.show(*problem.examples, np.zeros(50, int), 12 + 12 * (name == "copying")).inputs
    )
    _, targets, weights = problem.task.show(*problem.examples, np.zeros(50, int), problem.task.length)
    if name in ("adding", "running sum"):
        losses = ((outputs - targets)[..., 0] ** 2).mean(axis=0)
    else:
        chosen = np.take_along_axis(outputs, targets[..., None], axis=-1)[..., 0]
        losses = (logsumexp(outputs, axis=-1) - chosen).mean(axis=0)
    assert values[0, 1] == pytest.approx(np.average(losses, weights=weights), rel=1e-12)


# --- other libraries -------------------------------------------------------------------------------------------------


def moved(part, asarray):
    return type(part)(*(moved(each, asarray) for each in part)) if isinstance(part, tuple) else asarray(part)


@WINDOWED
def test_a_window_on_another_library_is_the_same(name):
    problem = sequences(name, window=4)
    x = points(problem.network, 2)
    xi, carried = problem.sample(zo.generator(4), (2,)), problem.empty(x)
    value, after = problem.at(xi).carry(x, carried)
    strict = array_api_strict.asarray
    found, moved_on = problem.at(moved(xi, strict)).carry(strict(x), moved(carried, strict))
    np.testing.assert_allclose(np.asarray(found), value, rtol=1e-12)
    np.testing.assert_allclose(np.asarray(moved_on.memory.c), after.memory.c, rtol=1e-12)


@pytest.mark.parametrize("name", [pytest.param("running sum", marks=pytest.mark.slow), "copying"])
def test_a_window_that_jax_compiled_is_the_same(name):
    problem = sequences(name, window=4)
    x = points(problem.network, 2)
    xi, carried = problem.sample(zo.generator(4), (2,)), problem.empty(x)
    value, after = problem.at(xi).carry(x, carried)
    jax = pytest.importorskip("jax", reason="the extra jax is not installed")
    with jax.enable_x64(True):
        args = (jax.numpy.asarray(x), *(moved(part, jax.numpy.asarray) for part in (xi, carried)))
        found, moved_on = jax.jit(lambda x, xi, carried: problem.at(xi).carry(x, carried))(*args)
    np.testing.assert_allclose(np.asarray(found), value, rtol=1e-12)
    np.testing.assert_allclose(np.asarray(moved_on.memory.c), after.memory.c, rtol=1e-12)
    np.testing.assert_array_equal(np.asarray(moved_on.place), after.place)


# --- the online method -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize(
    "options", [{}, {"beta": 0.8, "gain": 5.0}, {"ties": "move"}], ids=["plain", "momentum", "ties move"]
)
def test_whole_sequences_online_are_relative_loss_on_the_batch_to_the_bit(name, options):
    problem, radius = sequences(name, held=10), zo.radii.one_fifth(0.5)
    expected = zo.run(
        relative_loss(radius=radius, cached=False, **options), problem, steps=15, seed=1, replicas=3, record=[15]
    )
    method = relative_loss_online(radius=radius, empty=problem.empty, **options)
    found = zo.run(method, problem, steps=15, seed=1, replicas=3, record=[15])
    np.testing.assert_array_equal(found.x, expected.x)
    assert found.calls - found.looks == expected.calls - expected.looks == 30
    assert np.all(np.any(found.x != problem.x0, axis=-1))


class InLevels:
    """An objective that carries a memory, its values cut to a few digits, so that there are ties."""

    def __init__(self, f):
        self.f = f

    def carry(self, x, memory):
        value, memory = self.f.carry(x, memory)
        return np.round(value, 2), memory


@WINDOWED
@pytest.mark.parametrize("ties", ["stay", "move"])
def test_the_better_pair_of_weights_and_memory_goes_on(name, ties):
    problem = sequences(name, window=4)
    method = relative_loss_online(radius=zo.radii.one_fifth(1.0), empty=problem.empty, beta=0.5, ties=ties)
    rng, x0 = zo.generator(6), np.tile(problem.x0, (8, 1))
    state, moves, tied = method.init(problem, x0), 0, 0
    for _ in range(12):
        move, f = method.draw(rng, state, problem.d), InLevels(problem.at(problem.sample(rng, (8,))))
        after = method.step(f, state, move)
        y = state.x + move.sigma[:, None] * (move.u + state.b)
        (here, base), (there, perturbed) = f.carry(state.x, state.memory), f.carry(y, state.memory)
        for i in range(8):
            better = there[i] <= here[i] if ties == "move" else there[i] < here[i]
            weights, memory = (y, perturbed) if better else (state.x, base)
            np.testing.assert_array_equal(after.x[i], weights[i])
            np.testing.assert_array_equal(after.memory.memory.h[i], memory.memory.h[i])
            np.testing.assert_array_equal(after.memory.memory.c[i], memory.memory.c[i])
            assert after.fx[i] == min(here[i], there[i])
        moves, tied = moves + np.sum(there < here), tied + np.sum(there == here)
        state = after
    assert 10 < moves < 86 - tied  # both happen
    assert tied > 3


def test_a_single_run_has_no_axis_of_replicas():
    problem = sequences("running sum", window=4)
    method = relative_loss_online(radius=0.5, empty=problem.empty)
    single = zo.run(method, problem, steps=25, seed=3)
    assert single.x.shape == (problem.d,)
    assert np.any(single.x != problem.x0)


def test_online_needs_a_problem_that_carries():
    problem = sequences("running sum")
    method = relative_loss_online(radius=0.5, empty=problem.empty)
    with pytest.raises(TypeError, match=r"must carry a memory.*got"):
        zo.run(method, zo.problems.cell_nuclei(), steps=2)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: sequences("running sum", window=5), "window must be a divisor of the task's length, 12, got 5"),
        (lambda: sequences("adding", window=4), "window must be the task's length, 12.*got 4"),
        (lambda: Sequences(Lstm(3, 2, 1), Adding(4), batch=2), "2 inputs and 1 outputs, got 3 and 1"),
        (lambda: Characters(TEXT, 3, 12), "codes must be 0..2"),
        (lambda: Characters(TEXT[:12], 4, 12), "codes must be a text of more than length = 12"),
        (lambda: Adding(1), "length must be a whole number, at least 2"),
        (lambda: Lstm(2, 0, 1), "units must be a whole number, at least 1"),
    ],
)
def test_what_does_not_fit_is_refused(make, match):
    with pytest.raises(ValueError, match=match):
        make()


# --- memory in the length --------------------------------------------------------------------------------------------


def test_an_evaluation_keeps_nothing_of_the_time_steps_that_are_over():
    """Beside the data, which are there before: for each of them less than a hundredth of one array of the memory."""
    network = Lstm(2, 16, 1)
    x, n = network.start(1), 20

    def largest(length):
        inputs = zo.generator(1).random((n, length, 2))
        tracemalloc.start()
        network.losses(x, network.empty(x, n), inputs, inputs[..., :1], np.ones(length), Adding(2).loss)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    largest(10)
    short, long = largest(50), largest(800)
    assert long - short < 0.01 * 750 * n * 16 * 8
    assert short < 10 * n * 64 * 8  # bytes: ten arrays of the gates' sums


# --- the study -------------------------------------------------------------------------------------------------------


def test_an_evaluation_holds_the_data_and_its_gradient_every_time_step():
    """As XLA says of what is compiled, in numbers for a time step of a sequence."""
    jax = pytest.importorskip("jax", reason="the extra jax is not installed")
    n, units, task = 8, 4, Copying(140)
    problem = Sequences(Lstm(task.inputs, units, task.outputs), task, batch=n)
    x, theme = (jax.ShapeDtypeStruct(shape, kind) for shape, kind in (((problem.d,), float), ((n, 10), int)))

    def f(x, theme):
        return problem.at(Sample(theme, x[:0].reshape(1, 0)))(x)

    def held(function):
        said = jax.jit(function).lower(x, theme).compile().memory_analysis()
        return said.temp_size_in_bytes / (4 * n * task.length)

    assert held(f) < 4  # a symbol, its answer, and how they are told
    assert held(jax.grad(f)) > 6 * units  # gates, contents and outputs


@pytest.mark.slow
def test_memory_of_the_compiled_steps_of_the_study():
    pytest.importorskip("jax", reason="the extra jax is not installed")
    from figures.networks import peak

    n, units, grows = 8, 4, {}
    for kind in peak.KINDS:
        short, long = (peak.held(peak.program(kind, t, units=units, batch=n, window=20)[0]) for t in (40, 160))
        grows[kind] = (long - short) / (120 * n * 4)
    assert grows["relative loss online"] < 0.1
    assert grows["back-propagation, truncated"] < 0.1
    assert grows["relative loss"] < 8  # features, target, their draws
    assert grows["back-propagation"] > grows["relative loss"] + 6 * units


def test_letters_are_kept_and_the_rest_is_one_space():
    lstm = pytest.importorskip("figures.networks.lstm", reason="the extra jax is not installed", exc_type=ImportError)
    said = "\n, Oh!-- the  Z"
    alphabet = "".join(sorted(set(said)))
    codes = np.array([alphabet.index(c) for c in said])
    plain = " abcdefghijklmnopqrstuvwxyz"
    assert "".join(plain[i] for i in lstm.letters(codes, alphabet)) == " oh the z"


def test_what_letters_cost_without_a_network_against_frequencies(monkeypatch):
    lstm = pytest.importorskip("figures.networks.lstm", reason="the extra jax is not installed", exc_type=ImportError)
    rng = zo.generator(3)
    chain = rng.dirichlet(np.ones(27), 27)
    steps, codes = rng.random(60_000), [0]
    for u in steps:
        codes.append(min(26, int(np.searchsorted(np.cumsum(chain[codes[-1]]), u))))
    codes = np.array(codes, dtype=np.int32)
    monkeypatch.setattr(lstm, "texts", lambda: (codes[:50_000], codes[50_000:]))
    found = lstm.entropies()
    shares = np.bincount(codes, minlength=27) / len(codes)
    assert found["unigram"] == pytest.approx(-np.sum(shares * np.log2(shares)), rel=0.02)
    assert found["bigram"] == pytest.approx(-np.sum(shares[:, None] * chain * np.log2(chain)), rel=0.03)


def test_a_run_of_the_study_learns_to_add_and_goes_on(tmp_path):
    """Better than any answer that is the same for all, after a second; records count evaluations and seconds."""
    lstm = pytest.importorskip("figures.networks.lstm", reason="the extra jax is not installed", exc_type=ImportError)
    setting = lstm.Setting(Adding, 10, 4, 6000, 1, (), 5)
    job = lstm.run("adding, 10", setting, lstm.OURS, 0)
    assert list(job.go_on(tmp_path))[-1] == lstm.PIECES
    records = job.progress(tmp_path).records
    assert [each["evaluations"] for each in records] == list(range(0, 6001, 300))
    assert all(each["seconds"] > 0 for each in records[1:])
    assert records[-1]["loss"] < Adding(10).blind / 2
