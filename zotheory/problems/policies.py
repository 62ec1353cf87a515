"""Policies that act in an environment: a stochastic problem, whose sample is the episode that they are tried in.

    F(x; X) = -(sum of the rewards of the episode that begins from seed X, under the policy with parameters x)
    f(x)    = E F(x; X)

A step of a method draws one seed, so that all that it compares starts alike (common random numbers);
`zotheory.oracles.Fresh` draws one for each evaluation. An evaluation is one episode. Nothing here has a derivative.

An environment has what one of gymnasium has: ``reset(seed=...) -> (observation, info)``, ``step(action) ->
(observation, reward, terminated, truncated, info)`` and two spaces, ``observation_space.shape`` = (n,) and
``action_space.shape`` = (m,) with bounds ``low`` and ``high``. It has to be a function of seed and actions. Those of
MuJoCo need the extra ``mujoco``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from math import isfinite
from typing import Annotated, Any

import numpy as np

from zotheory import require
from zotheory.annotations import shape
from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import namespace, shown
from zotheory.oracles import expand_like
from zotheory.problems.networks.perceptron import Perceptron
from zotheory.protocols import Generator
from zotheory.quantities import Size, whole

Controller = Callable[[np.ndarray], np.ndarray]  # observation (n,) -> action (m,)
FIRST_HELD_OUT = 2**31  # training draws seeds below it; those from it on are held out
INTERFACE = ("observation_space", "action_space", "reset", "step")


@checked
@dataclass(frozen=True, eq=False)
class Policies:
    """f(x) = -(mean return of the policy with parameters x).

    Called, it gives the mean over `held_out` episodes that no sample is: an estimate of f, the same whenever asked.

    Parameters
    ----------
    make : callable ``() -> environment``
        Called at once, and once more in every process.
    policy : Perceptron
        From observations to actions: ``Perceptron((n, m), offsets=False)`` is the linear policy W s.
    horizon : int
        Steps after which an episode ends, if the environment does not end it.
    held_out : int
        Episodes over which f is estimated.
    centre, spread : array (n,), optional
        The policy sees (observation - centre)/spread; by default observations as they are. See `standardised`.
    seed : seed of the first parameters

    Raises
    ------
    ModuleNotFoundError
        If a library of the environment is not installed.
    RuntimeError, ValueError
        In an evaluation, with seed and step: if the environment raises; if an action, or the return, is not finite.

    Notes
    -----
    No constant of f is known.
    """

    make: Callable[[], Any] = field(repr=False)
    policy: Perceptron
    _: KW_ONLY
    horizon: Size = 1000
    held_out: Annotated[int, whole(1, 10**6)] = 10
    centre: Annotated[np.ndarray, shape("n")] | None = None
    spread: Annotated[np.ndarray, shape("n")] | None = None
    seed: Any = 0

    def __post_init__(self) -> None:
        seen = (self.policy.widths[0],)
        for name, value in (("centre", self.centre), ("spread", self.spread)):
            if value is not None and value.shape != seen:
                raise ValueError(f"{name} must have shape {seen}, that of an observation, got {value.shape}")
        if self.spread is not None and not np.all(self.spread > 0):
            raise ValueError(f"spread must be positive, got {shown(self.spread)}")
        _ = self.environment, self.x0  # which say at once what does not fit

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: not the environment, which each process makes for itself."""
        return {name: value for name, value in vars(self).items() if name != "environment"}

    @cached_property
    def environment(self) -> Any:
        """The environment, which each process makes once."""
        try:
            made = self.make()
        except ModuleNotFoundError:
            raise
        except Exception as error:  # what a function of any kind may raise here
            raise ValueError(f"make must make an environment, got {shown(self.make)}: {error}") from error
        missing = [name for name in INTERFACE if not hasattr(made, name)]
        if missing:
            raise TypeError(f"make must return an environment, with {', '.join(INTERFACE)}, got {shown(made)}")
        shapes = [*made.observation_space.shape, *made.action_space.shape]
        if shapes != [self.policy.widths[0], self.policy.widths[-1]]:
            raise ValueError(
                f"policy must have the environment's observations and actions, {shapes}, as the first and the last of "
                f"its widths, got {self.policy.widths}"
            )
        return made

    @property
    def d(self) -> int:
        """p, the number of parameters."""
        return self.policy.parameters.count

    @cached_property
    def x0(self) -> np.ndarray:
        """The policy's first parameters, (p,)."""
        return self.policy.start(self.seed)

    def controller(self, x: np.ndarray) -> Controller:
        """The policy with parameters x (p,), as a function of one observation."""
        parts, centre, spread = self.policy.parameters.split(x), self.centre, self.spread

        def act(observation: np.ndarray) -> np.ndarray:
            seen = observation if centre is None else observation - centre
            return self.policy.outputs(parts, (seen if spread is None else seen / spread)[None])[0]

        return act

    def episode(self, act: Controller, seed: int) -> float:
        """Return of a controller, its sum of rewards, in the episode of this seed."""
        return episode(self.environment, act, seed, self.horizon)

    def returns(self, x: Array, seeds: Array) -> np.ndarray:
        """Returns (...) of the policies x (..., p) in the episodes of seeds (...), which broadcast against them."""
        if namespace(x) is not np:
            raise TypeError(f"episodes run on arrays of NumPy (backend='numpy'), got {type(x).__name__}")
        together = np.broadcast_shapes(np.shape(seeds), x.shape[:-1])
        x, seeds = np.broadcast_to(x, (*together, x.shape[-1])), np.broadcast_to(seeds, together)
        found = [self.episode(self.controller(x[i]), int(seeds[i])) for i in np.ndindex(together)]
        return np.reshape(found, together)[()]

    def sample(self, rng: Generator, batch: tuple[int, ...]) -> Array:
        """Draw the seed of an episode for each replica."""
        return np.asarray(rng.integers(0, FIRST_HELD_OUT, batch))

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return F(.; seed)."""
        return lambda x: -self.returns(x, expand_like(xi, x))

    def __call__(self, x: Array) -> Array:
        """The estimate of f at parameters (..., p). Cost: `held_out` episodes for each."""
        return -np.mean(self.trials(x), axis=-1)

    def trials(self, x: Array) -> np.ndarray:
        """Returns (..., held_out) in the episodes that no sample is. Cost: `held_out` episodes for each policy."""
        return self.returns(x[..., None, :], FIRST_HELD_OUT + np.arange(self.held_out))

    def random(self, seed: int) -> Controller:
        """Actions uniform in the environment's bounds, whatever is observed: what a policy has to do better than."""
        space, rng = self.environment.action_space, np.random.default_rng(seed)
        return lambda observation: rng.uniform(space.low, space.high)

    def standardised(self, episodes: int = 10) -> Policies:
        """The same with observations less their mean, over their deviation, under random actions; of 0 it is 1.

        Both stay what they are while a method runs; Mania et al.'s V2 goes on to follow what its policies see.
        Cost: so many episodes, of seeds that are neither training's nor held out.

        Raises
        ------
        TypeError, ValueError
            Unless `episodes` is a positive integer.
        """
        episodes = require.count("episodes", episodes)
        seen: list[np.ndarray] = []

        def watched(act: Controller) -> Controller:
            return lambda observation: seen.append(observation) or act(observation)  # type: ignore[func-returns-value]

        for seed in range(2 * FIRST_HELD_OUT, 2 * FIRST_HELD_OUT + episodes):
            self.episode(watched(self.random(seed)), seed)
        spread = np.std(seen, axis=0)
        return replace(self, centre=np.mean(seen, axis=0), spread=np.where(spread > 0, spread, 1.0))


def episode(environment: Any, act: Controller, seed: int, horizon: int) -> float:
    """Sum of the rewards of the episode that begins from a seed, until it ends or after `horizon` steps.

    Raises
    ------
    RuntimeError, ValueError
        As `Policies`.
    """
    total, t = 0.0, 0
    try:
        observation, _ = environment.reset(seed=seed)
        for t in range(1, horizon + 1):  # noqa: B007
            action = act(observation)
            if not isfinite(action.sum()):
                break
            observation, reward, terminated, truncated, _ = environment.step(action)
            total += reward
            if terminated or truncated:
                break
    except Exception as error:
        raise RuntimeError(f"the episode of seed {seed} raised {type(error).__name__} in step {t}: {error}") from error
    where = f"in step {t} of the episode of seed {seed}"
    if not isfinite(action.sum()):
        raise ValueError(f"actions must be finite, got {action} {where}, for the observation {observation}")
    if np.ndim(total):
        raise ValueError(f"rewards must be numbers, got an array of shape {np.shape(total)} {where}")
    if not isfinite(total):
        raise ValueError(f"rewards must be finite, got the return {total} {where}")
    return float(total)
