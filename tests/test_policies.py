"""Policies in environments: a pendulum of a few lines, and MuJoCo where it is installed (extra ``mujoco``)."""

import pickle
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import zotheory as zo
from figures.networks.job import Job
from figures.networks.policies import EPISODES, EVERY, JOBS, SETTINGS, Learning, method
from zotheory.oracles import Fresh
from zotheory.problems.mujoco import Mujoco
from zotheory.problems.networks.perceptron import Perceptron
from zotheory.problems.policies import FIRST_HELD_OUT, Policies

LINEAR = Perceptron((3, 1), offsets=False)
SMALL = Perceptron((3, 4, 1), "tanh")


class Pendulum:
    """A rod that stands on its end and falls if nothing holds it; it begins close to upright, as the seed says."""

    observation_space = SimpleNamespace(shape=(3,))
    action_space = SimpleNamespace(shape=(1,), low=np.array([-2.0]), high=np.array([2.0]))

    def reset(self, *, seed):
        self.angle, self.speed = np.random.default_rng(seed).uniform(-0.2, 0.2, 2)
        return self.seen(), {}

    def seen(self):
        return np.array([np.cos(self.angle), np.sin(self.angle), self.speed])

    def step(self, action):
        torque = min(max(float(action[0]), -2.0), 2.0)
        self.speed += 0.1 * (np.sin(self.angle) + torque)
        self.angle += 0.1 * self.speed
        return self.seen(), np.cos(self.angle) - 0.1 * torque**2, abs(self.angle) > 3, False, {}


def pendulum(policy=LINEAR, **options):
    return Policies(Pendulum, policy, **({"horizon": 40} | options))


def test_a_value_is_that_of_a_plain_loop():
    """Sums by hand; the batch of points and seeds, one episode for each."""
    rng = np.random.default_rng(1)
    for policy in (LINEAR, SMALL):
        problem = pendulum(policy)
        x, seeds = rng.standard_normal((2, 3, problem.d)), np.arange(2)
        values = problem.at(seeds)(x)
        assert values.shape == (2, 3)
        for i, j in np.ndindex(2, 3):
            parts = {name: x[i, j, where] for name, where in policy.parameters.slices.items()}
            world, total = Pendulum(), 0.0
            state, _ = world.reset(seed=i)
            for _ in range(40):
                if policy is SMALL:
                    hidden = np.tanh(parts["W1"].reshape(3, 4).T @ state + parts["b1"])
                    action = parts["W2"] @ hidden + parts["b2"]
                else:
                    action = [parts["W1"] @ state]
                state, reward, ended, _, _ = world.step(action)
                total += reward
                if ended:
                    break
            assert values[i, j] == pytest.approx(-total, rel=1e-9)
            assert values[i, j] == problem.at(np.asarray(i))(x[i, j])


def test_an_episode_ends_where_the_environment_or_the_horizon_says():
    ended = pendulum(horizon=1000).returns(np.zeros(3), 0)
    assert ended == pendulum(horizon=60).returns(np.zeros(3), 0)  # it has fallen by then
    assert ended != pendulum(horizon=20).returns(np.zeros(3), 0)


def test_a_seed_is_an_episode_and_those_that_are_held_out_are_no_sample():
    problem, x = pendulum(held_out=7), np.ones(3)
    returns = problem.returns(x, np.arange(50))
    np.testing.assert_array_equal(returns, problem.returns(x, np.arange(50)[::-1])[::-1])
    assert len(set(returns)) == 50
    assert problem(x) == pytest.approx(-np.mean([problem.returns(x, FIRST_HELD_OUT + i) for i in range(7)]))
    drawn = problem.sample(np.random.default_rng(1), (1000,))
    assert drawn.min() >= 0
    assert drawn.max() < FIRST_HELD_OUT
    assert len(set(drawn.tolist())) > 990


def test_common_random_numbers_tell_near_points_apart():
    """The difference of two near policies varies far less in one episode than in two."""
    problem, rng = pendulum(), np.random.default_rng(1)
    x = np.array([0.0, -1.5, -1.0])
    pair = np.stack([x, x + 0.01])
    shared = np.diff(problem.at(np.arange(200))(np.tile(pair, (200, 1, 1))))
    apart = np.diff(problem.returns(pair, rng.integers(0, FIRST_HELD_OUT, (200, 2))))
    assert shared.std() < 0.1 * apart.std()
    assert abs(shared.mean()) > 5 * shared.std() / np.sqrt(200)


def test_comparisons_in_shared_episodes_learn_to_hold_the_pendulum():
    problem = pendulum(horizon=100)
    method = zo.relative_loss(radius=zo.radii.one_fifth(0.5), cached=False)
    result = zo.run(method, problem, x0=np.zeros(3), steps=150, seed=1, replicas=2, record=[150])
    assert np.all(problem(np.zeros(3)) > -40)  # it falls, and the episode ends
    assert np.all(problem(result.x) < -98)  # of -100 at best


def test_methods_that_keep_values_need_to_be_told():
    with pytest.raises(ValueError, match="must not be stochastic for gld_search"):
        zo.run(zo.gld_search(R=1.0, r=0.1), pendulum(), steps=1)
    assert zo.run(zo.gld_search(R=1.0, r=0.1), Fresh(pendulum()), steps=2, seed=1).x.shape == (3,)


def test_standardised_observations_are_those_of_a_policy_with_other_weights():
    """s -> W (s - centre)/spread + b is linear itself; under random actions the mean is 0, the deviation 1."""
    policy = Perceptron((3, 1))
    plain = pendulum(policy)
    problem = plain.standardised(episodes=5)
    seen = []
    for seed in range(2 * FIRST_HELD_OUT, 2 * FIRST_HELD_OUT + 5):
        act = problem.random(seed)
        problem.episode(lambda s, act=act: seen.append(s) or act(s), seed)
    scaled = (np.array(seen) - problem.centre) / problem.spread
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=0), 1)
    x = np.random.default_rng(2).standard_normal(4)
    W = x[:3] / problem.spread
    same = np.append(W, x[3] - problem.centre @ W)
    np.testing.assert_allclose(problem.returns(x, np.arange(9)), plain.returns(same, np.arange(9)), rtol=1e-9)
    assert not np.allclose(problem.returns(x, np.arange(9)), plain.returns(x, np.arange(9)))


def test_a_copy_makes_an_environment_of_its_own():
    problem = pendulum(SMALL)
    x = problem.x0
    before = problem.returns(x, 3)
    other = pickle.loads(pickle.dumps(problem))
    assert "environment" not in vars(other)
    assert other.returns(x, 3) == before
    assert other.environment is not problem.environment


# --- what may go wrong -----------------------------------------------------------------------------------------------


class Broken(Pendulum):
    """Breaks down in its third step."""

    trouble = None

    def reset(self, *, seed):
        self.t = 0
        return super().reset(seed=seed)

    def step(self, action):
        self.t += 1
        observation, reward, *rest = super().step(action)
        if self.t == 3 and self.trouble == "raise":
            raise ArithmeticError("no such state")
        if self.t == 3 and self.trouble == "reward":
            reward = np.nan
        if self.trouble == "array":
            reward = np.array([reward])
        if self.t == 3 and self.trouble == "observation":
            observation = observation * np.inf
        return observation, reward, *rest


@pytest.mark.parametrize(
    ("trouble", "error", "words"),
    [
        ("raise", RuntimeError, "the episode of seed 5 raised ArithmeticError in step 3: no such state"),
        ("array", ValueError, r"rewards must be numbers, got an array of shape \(1,\) in step .* of seed 5"),
        ("reward", ValueError, "rewards must be finite, got the return nan in step .* of the episode of seed 5"),
        (
            "observation",
            ValueError,
            r"actions must be finite, got \[.*\] in step 4 of the episode of seed 5, for the obs",
        ),
    ],
)
def test_an_episode_that_breaks_down_is_told(trouble, error, words):
    problem = Policies(type("World", (Broken,), {"trouble": trouble}), LINEAR, horizon=10)
    with pytest.raises(error, match=words):
        problem.returns(np.ones(3), 5)
    with pytest.raises(zo.ObjectiveError, match="the objective raised"):
        zo.run(zo.relative_loss(radius=0.1, cached=False), problem, x0=np.ones(3), steps=3)


def test_parameters_that_are_not_finite_are_told():
    with pytest.raises(ValueError, match=r"actions must be finite, got \[nan\] in step 1 of the episode of seed 0"):
        pendulum().returns(np.array([np.nan, 0, 0]), 0)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: pendulum(horizon=0), ValueError, "horizon must be a whole number, at least 1"),
        (lambda: pendulum(held_out=1.5), TypeError, "held_out must be an integer"),
        (lambda: pendulum(policy=np.tanh), TypeError, "policy must be"),
        (lambda: pendulum(Perceptron((4, 1))).returns(np.zeros(5), 0), ValueError, r"policy must have the .* \[3, 1\]"),
        (lambda: pendulum(centre=np.zeros((2, 2))), ValueError, "centre must have shape"),
        (lambda: pendulum(spread=np.array([1.0, 0.0, 1.0])), ValueError, "spread must be positive"),
        (lambda: pendulum().returns(np.zeros(4), 0), ValueError, r"x must have shape \(..., 3\)"),
        (lambda: pendulum().standardised(0), ValueError, "episodes must be"),
    ],
)
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_arrays_of_other_libraries_are_refused():
    array_api_strict = pytest.importorskip("array_api_strict")
    with pytest.raises(TypeError, match="episodes run on arrays of NumPy"):
        pendulum().returns(array_api_strict.zeros(3), 0)


@pytest.mark.parametrize("missing", ["gymnasium", "mujoco"])
def test_a_missing_extra_is_named(missing, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ModuleNotFoundError, match=r"Swimmer-v5 needs the extra mujoco: .*gymnasium\[mujoco\]"):
        Policies(Mujoco("Swimmer-v5"), Perceptron((8, 2))).returns(np.zeros(18), 0)


# --- runs ------------------------------------------------------------------------------------------------------------


def test_a_run_of_the_study_takes_the_steps_of_the_package():
    """Piece by piece, kept and taken up in between; to the bit, and within its episodes."""
    method = zo.relative_loss(radius=zo.radii.one_fifth(0.5), cached=False)
    learning = Learning(method, pendulum(), np.zeros(3), 4, every=15)
    here, _ = learning.begin()
    for number in (1, 2, 3):
        here, record = Learning(method, pendulum(), np.zeros(3), 4, every=15).piece(
            pickle.loads(pickle.dumps(here)), number
        )
        assert record["episodes"] == here.spent == (14, 30, 44)[number - 1]
    steps = zo.iterate(method, pendulum(), x0=np.zeros(3), rng=zo.generator(4))
    for _ in range(23):
        state, seen = next(steps)
    assert seen.spent == here.spent
    np.testing.assert_array_equal(here.state.x, state.x)
    assert record["returns"] == pendulum().trials(state.x).tolist()
    assert np.mean(record["returns"]) == pytest.approx(-pendulum()(state.x))


def test_a_kept_value_is_that_of_an_episode_of_its_own():
    method = zo.gld_search(R=1.0, r=0.1)
    learning = Learning(method, Fresh(pendulum()), np.zeros(3), 4, every=21)
    here, first = learning.begin()
    assert here.spent == first["episodes"] == 1
    rng = zo.generator(4)
    assert first["believed"] == pendulum().returns(np.zeros(3), pendulum().sample(rng, ()))
    here, record = learning.piece(here, 1)
    assert here.spent == 1 + 4 * 5
    assert record["believed"] == -here.state.fx > first["believed"]


def test_every_method_of_the_study_spends_the_episodes_that_it_has():
    """All but what is less than a step, at every look."""
    assert len({job.name for job in JOBS}) == len(JOBS)
    for name in SETTINGS:
        first, step = method(name, 16).calls
        here, _ = Learning(method(name, 3), quick(name), np.zeros(3), 1, every=EVERY).piece(begun(name), 10)
        assert EPISODES - step < here.spent <= EPISODES
        assert (here.spent - first) % step == 0


def quick(name):
    problem = pendulum(horizon=1, held_out=1)
    return problem if method(name, 3).value is None else Fresh(problem)


def begun(name):
    return Learning(method(name, 3), quick(name), np.zeros(3), 1).begin()[0]


def test_a_job_that_is_stopped_goes_on_to_the_same_bits(tmp_path):
    def job(name):
        run = Learning(method("ARS", 3), pendulum(), np.zeros(3), 2, every=20)
        return Job(name, {}, run.begin, run.piece, 4)

    for _ in job("whole").go_on(tmp_path):
        pass
    for _ in range(5):
        going = job("cut").go_on(tmp_path)
        next(going)
        next(going, None)  # one piece more, then it is stopped
        going.close()
    whole, cut = (job(name).progress(tmp_path) for name in ("whole", "cut"))
    assert cut.done == 4
    assert cut.records == whole.records
    np.testing.assert_array_equal(cut.state.state.x, whole.state.state.x)
    assert len({tuple(record["returns"]) for record in cut.records}) == 5


# --- MuJoCo ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def gymnasium():
    pytest.importorskip("mujoco", reason="the extra mujoco is not installed")
    return pytest.importorskip("gymnasium", reason="the extra mujoco is not installed")


def test_a_return_on_mujoco_is_that_of_gymnasium(gymnasium, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where MuJoCo would write what it has to say
    policy = Perceptron((17, 6), offsets=False)
    problem = Policies(Mujoco("HalfCheetah-v5", {"ctrl_cost_weight": 0.3}), policy, horizon=25)
    x = 0.1 * problem.x0
    found = problem.returns(x, np.arange(3))
    assert list(tmp_path.iterdir()) == []
    for seed in range(3):
        world, total = gymnasium.make("HalfCheetah-v5", ctrl_cost_weight=0.3), 0.0
        observation, _ = world.reset(seed=seed)
        for _ in range(25):
            observation, reward, *_ = world.step((observation[None] @ x.reshape(17, 6))[0])
            total += reward
        assert found[seed] == pytest.approx(total, rel=1e-12)
    assert len(set(found)) == 3
    assert pickle.loads(pickle.dumps(problem)).returns(x, 2) == found[2]


def test_what_gymnasium_does_not_know_is_told(gymnasium):
    for maker in (Mujoco("Swimer-v5"), Mujoco("Swimmer-v5", {"gravity": 0})):
        with pytest.raises(ValueError, match="name and options must be of an environment of gymnasium, got"):
            maker()
    with pytest.raises(ValueError, match="name must be of an environment on MuJoCo, got 'Pendulum-v1', a PendulumEnv"):
        Mujoco("Pendulum-v1")()


def test_a_simulation_that_breaks_down_is_told(gymnasium, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    problem = Policies(Mujoco("Swimmer-v5"), Perceptron((8, 2), offsets=False), horizon=10)
    monkeypatch.setattr(problem.environment, "reset_model", lambda: broken(problem.environment))
    with pytest.raises((ValueError, RuntimeError), match="of seed 1"):
        problem.returns(np.zeros(16), 1)


def broken(world):
    world.set_state(world.init_qpos, np.full(world.model.nv, 1e12))
    return np.zeros(8)
