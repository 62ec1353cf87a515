"""Policies on MuJoCo, learned by values alone, at equal numbers of episodes.

The set-up is that of the GLD paper's Table 2 (Golovin et al., ICLR 2020, arXiv:1911.06317) as far as its text tells:
linear policies and one that it calls H41, episodes of 1000 steps. Its list of environments, its rewards (which are of
10^4 queries and more) and the settings of its methods were not at hand; H41 is read as one hidden layer of 41 units.

Swimmer-v5 and HalfCheetah-v5 of gymnasium, observations and actions as they are. Linear policies W s begin at W = 0,
the others (tanh, with offsets) at random. A run has a thousand episodes, whatever a method spends them on. What it has
learned is tried every hundred episodes in five others, which are the same for all runs and train none.

- GLD-Search and GLD-Fast keep the value of the best point, as printed: it is of an episode that is not that of the
  next candidates, which share one. Steps are of length r_k. GLD-Fast's H, n Q log Q in print, would not halve R once in
  so few steps; here it does five times.
- Relative loss compares its two points in one episode, drawn anew for each step, which costs two; where values are
  kept, as GLD does, it costs one. The radius follows the 1/5 rule.
- ARS is augmented random search, the one of reinforcement learning (Mania et al., arXiv:1803.07055), V1, with what its
  authors' README has for HalfCheetah. All values of a step share an episode. The GLD paper's ARS is another,
  accelerated random search: it asks for curvatures.

Settings are the same on both environments and for both policies. They come from the papers where these tell them, and
from single runs with another seed on linear policies, not from a search.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

import zotheory as zo
from figures.networks.job import Job
from zotheory.objective import Objective
from zotheory.oracles import Fresh
from zotheory.problems.mujoco import Mujoco
from zotheory.problems.networks.perceptron import Perceptron
from zotheory.problems.policies import FIRST_HELD_OUT, Policies

EPISODES, EVERY, HELD_OUT, SEEDS = 1000, 100, 5, 3
TRIED = 25  # episodes of what has not learned
SIZES = {"HalfCheetah-v5": (17, 6), "Swimmer-v5": (8, 2)}  # observations and actions
POLICIES = {"linear": (), "H41": (41,)}  # hidden layers
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "GLD-Search": {"R": 4.0, "r": 2**-6},
    "GLD-Fast": {"R": 0.25, "Q": 16.0, "H": 22},
    "ARS": {"h": 0.02, "delta": 0.03, "directions": 8},
    "relative loss": {"alpha": 1.0},
    "relative loss, momentum": {"alpha": 1.0, "beta": 0.8, "gain": 4.0, "clip": 3.0},
    "relative loss, values kept": {"alpha": 1.0, "cached": True},
}
COMPARED = {"linear": tuple(SETTINGS), "H41": ("GLD-Search", "GLD-Fast", "ARS", "relative loss, momentum")}


def method(name: str, d: int) -> zo.Method:
    """A method of `SETTINGS`, for d parameters."""
    setting = dict(SETTINGS[name])
    if name.startswith("GLD"):
        make = zo.gld_search if name == "GLD-Search" else zo.gld_fast
        return make(scale=1 / sqrt(d), **setting)
    if name == "ARS":
        return zo.augmented_random_search(**setting)
    radius = zo.radii.one_fifth(setting.pop("alpha"))
    return zo.relative_loss(radius=radius, **({"cached": False} | setting))


class State(NamedTuple):
    """Of a run: the method's state, the generator that goes on, and the episodes that were spent."""

    state: Any
    rng: np.random.Generator
    spent: int


class Learning:
    """A method that learns a policy, as the pieces of a job."""

    def __init__(self, method: zo.Method, problem: Any, x0: np.ndarray, seed: int, every: int = EVERY) -> None:
        self.method, self.problem, self.x0, self.seed, self.every = method, problem, x0, seed, every

    def sampled(self, rng: np.random.Generator) -> Objective:
        """The problem in a step: counted, with a sample of its own."""
        return Objective(self.problem.at(self.problem.sample(rng, ())))

    def begin(self) -> tuple[State, Mapping[str, Any]]:
        """The method's first state. Its value, if it keeps one, is that of one episode."""
        rng = zo.generator(self.seed)
        seen = self.sampled(rng) if self.method.calls[0] else self.problem
        state = self.method.init(seen, self.x0)
        here = State(state, rng, self.method.calls[0])
        return here, self.measured(here)

    def piece(self, here: State, number: int) -> tuple[State, Mapping[str, Any]]:
        """As many steps as `every` episodes, times the number of the piece, allow for in all."""
        state, rng, spent = here
        while spent + self.method.calls[1] <= number * self.every:
            move = self.method.draw(rng, state, self.problem.d)
            seen = self.sampled(rng)
            state, spent = self.method.step(seen, state, move), spent + seen.spent
        after = State(state, rng, spent)
        return after, self.measured(after)

    def measured(self, here: State) -> Mapping[str, Any]:
        """Returns of the method's output in the episodes that train none; and the one that it believes."""
        returns = self.problem.trials(self.method.output(here.state))
        found = {"episodes": here.spent, "returns": returns.tolist()}
        if self.method.value is not None:
            found["believed"] = -float(self.method.value(here.state))
        return found


def problem(environment: str, policy: str) -> Policies:
    """An environment with a policy."""
    observations, actions = SIZES[environment]
    hidden = POLICIES[policy]
    network = Perceptron((observations, *hidden, actions), "tanh", offsets=bool(hidden))
    return Policies(Mujoco(environment), network, held_out=HELD_OUT)


@cache
def learning(environment: str, policy: str, name: str, seed: int) -> Learning:
    """A run, made when it begins."""
    f = problem(environment, policy)
    x0 = f.policy.start(seed) if POLICIES[policy] else np.zeros(f.d)
    own = method(name, f.d)
    return Learning(own, f if own.value is None else Fresh(f), x0, seed)


def job(environment: str, policy: str, name: str, seed: int) -> Job:
    """A run as a job."""
    told = {"environment": environment, "policy": policy, "method": name, "seed": seed, **SETTINGS[name]}
    run = partial(learning, environment, policy, name, seed)
    title = f"{environment}, {policy}, {name}/seed {seed}"
    return Job(title, told, lambda: run().begin(), lambda here, n: run().piece(here, n), EPISODES // EVERY)


def untaught(environment: str) -> Job:
    """Returns of no action and of random ones, in episodes that train none."""

    def tried(state: None, number: int) -> tuple[None, Mapping[str, Any]]:
        f = replace(problem(environment, "linear"), held_out=TRIED)
        random = [f.episode(f.random(seed), seed) for seed in range(FIRST_HELD_OUT, FIRST_HELD_OUT + TRIED)]
        return None, {"zero": f.trials(np.zeros(f.d)).tolist(), "random": random}

    return Job(f"{environment}, untaught", {"episodes": TRIED}, lambda: (None, {}), tried)


JOBS = [
    *(untaught(environment) for environment in SIZES),
    *(
        job(environment, policy, name, seed)
        for seed in range(SEEDS)
        for policy in POLICIES
        for environment in SIZES
        for name in COMPARED[policy]
    ),
]
