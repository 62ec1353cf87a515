"""Environments of gymnasium on MuJoCo (extra ``mujoco``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from zotheory.arguments import checked

EXTRA = "needs the extra mujoco: python -m pip install 'gymnasium[mujoco]'"


@checked
@dataclass(frozen=True, eq=False)
class Mujoco:
    """A maker of one of gymnasium's environments on MuJoCo, such as ``Mujoco("HalfCheetah-v5")``.

    Its time limit is left to `Policies.horizon`. A simulation that breaks down gives a return that is not finite,
    hence an error; by default MuJoCo would begin anew in the midst of the episode, and say so in a file.

    Parameters
    ----------
    name : str
    options : mapping
        Of `gymnasium.make`, such as ``{"healthy_reward": 0}``.

    Raises
    ------
    ModuleNotFoundError, ValueError
        When called: if gymnasium or MuJoCo is not installed; for a name or options that gymnasium does not know.
    """

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self) -> Any:
        """Make the environment."""
        try:
            gymnasium, mujoco = import_module("gymnasium"), import_module("mujoco")
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(f"{self.name} {EXTRA} ({error})") from error
        mujoco.set_mju_user_warning(lambda message: None)  # on models of the environments: not into a file
        try:
            made = gymnasium.make(self.name, disable_env_checker=True, **self.options).unwrapped
        except (ModuleNotFoundError, gymnasium.error.DependencyNotInstalled) as error:
            raise ModuleNotFoundError(f"{self.name} {EXTRA} ({error})") from error
        except (gymnasium.error.Error, TypeError) as error:
            raise ValueError(f"name and options must be of an environment of gymnasium, got {self}: {error}") from error
        finally:
            mujoco.set_mju_user_warning(None)
        if not hasattr(made, "model"):
            raise ValueError(f"name must be of an environment on MuJoCo, got {self.name!r}, a {type(made).__name__}")
        made.model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_AUTORESET
        return made
