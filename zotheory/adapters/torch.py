"""PyTorch: an optimizer that compares losses in the forward pass; no gradient is taken.

>>> import torch
>>> import zotheory as zo
>>> model, targets = torch.nn.Linear(3, 1), torch.arange(8.0)[:, None]
>>> inputs = torch.cat([targets, targets**2, torch.ones(8, 1)], dim=1)
>>> optimizer = zo.torch.optimizer(model.parameters(), rng=1)
>>> losses = [optimizer.step(lambda: torch.nn.functional.mse_loss(model(inputs), targets)) for _ in range(500)]
>>> losses[-1] < losses[0]
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from zotheory.elementary import Array
from zotheory.kinds import shown
from zotheory.methods import Method, distance_over_gradients
from zotheory.objective import ObjectiveError
from zotheory.setting import require_method
from zotheory.streams import Seed

try:
    import torch
    from torch.nn.utils import parameters_to_vector, vector_to_parameters
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "zo.torch needs PyTorch, of the extra torch: python -m pip install torch array-api-compat", name="torch"
    ) from error

from zotheory.backends.torch import Source, generator

__all__ = ["Optimizer", "optimizer"]


class Optimizer:
    """Moves the parameters of a model by a method that looks at losses alone.

    Attributes
    ----------
    parameters : list of tensors, all on one device
    method : Method
    state : of the method, whose point is the vector of all parameters, in double precision

    Notes
    -----
    Cost of a step: as many calls of the closure as ``method.calls`` says, two for relative loss that keeps no value.
    Memory: a few vectors of as many doubles as there are parameters. Parameters in single precision are rounded ones.
    """

    def __init__(self, parameters: list[torch.Tensor], method: Method, source: Source) -> None:
        self.parameters, self.method, self.source = parameters, method, source
        self.state: Any = None

    def step(self, closure: Callable[[], Any]) -> float:
        """Take one step: `closure` evaluates the model on this step's mini-batch, and returns its loss.

        Returns
        -------
        float
            The last loss that the method keeps: with relative loss that of the parameters as they are now. For methods
            that keep none the mean of the losses of this step.

        Raises
        ------
        ObjectiveError
            If a loss is not one real number. The parameters are then what they were before.
        """
        if not callable(closure):
            raise TypeError(f"closure must be callable without arguments, got {shown(closure)}")
        before, seen = parameters_to_vector(self.parameters).detach().clone(), []

        def loss(x: torch.Tensor) -> torch.Tensor:
            self._place(x.to(before.dtype, copy=True))
            seen.append(as_loss(closure()))
            return seen[-1]

        def f(x: Array) -> Array:
            return torch.stack([loss(each) for each in x.reshape(-1, len(before))]).reshape(x.shape[:-1])

        with torch.no_grad():
            try:
                state = self._current(f, before)
                move = self.method.draw(self.source, state, len(before))
                self.state = self.method.step(f, state, move)
            except BaseException:
                self._place(before)
                raise
            self._place(self.method.output(self.state).to(before.dtype, copy=True))
        return float(getattr(self.state, "fx", torch.stack(seen).mean()))

    def _place(self, vector: torch.Tensor) -> None:
        """Make the parameters parts of a vector that nothing else holds, as others may write into them."""
        vector_to_parameters(vector, self.parameters)

    def _current(self, f: Callable[[Array], Array], vector: torch.Tensor) -> Any:
        """The state, begun where the parameters are; or moved with them, if somebody else has moved them."""
        if self.state is None:
            return self.method.init(f, vector.double())
        output = self.method.output(self.state)
        if torch.equal(output.to(vector.dtype), vector):
            return self.state
        points, way = set(self.method.vectors) - set(self.method.directions), vector.double() - output
        return self.state._replace(**{name: getattr(self.state, name) + way for name in points})

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Do nothing: there are no gradients. It stands here for loops that call it."""

    def state_dict(self) -> dict[str, Any]:
        """Return what `load_state_dict` goes on from, beside the parameters, which the model keeps."""
        return {"state": deepcopy(self.state), "source": self.source.rng.get_state()}

    def load_state_dict(self, kept: dict[str, Any]) -> None:
        """Go on as the optimizer did that this was taken from."""
        self.state = deepcopy(kept["state"])
        self.source.rng.set_state(kept["source"])


def as_loss(loss: Any) -> torch.Tensor:
    """A loss as one double; ObjectiveError for anything else."""
    found = torch.as_tensor(loss)
    if found.numel() != 1 or found.is_complex():
        raise ObjectiveError(f"closure must return one real number, got shape {tuple(found.shape)} of {found.dtype}")
    return found.detach().reshape(()).double()


def default(d: int) -> Method:
    """What trains d parameters unless another method is given: distance over gradients, which finds its own steps.

    It looks a length of 0.1 ahead and back. Both losses see one mini-batch, so differences may be that short, and they
    are long enough for single precision.
    """
    return distance_over_gradients(delta=lambda t: 0.1 / d**0.5, reach=0.1)


def optimizer(parameters: Iterable[torch.Tensor], method: Method | None = None, *, rng: Seed = None) -> Optimizer:
    """Return what trains a model of PyTorch by comparing losses in the forward pass.

    Parameters
    ----------
    parameters : iterable of tensors
        For example ``model.parameters()``; those that take no gradient move as well.
    method : Method, optional
        On mini-batches one that keeps no value from step to step, whose next batch has another: for example
        ``zo.relative_loss(radius=lambda t: 0.1 / t**0.5, cached=False)``. The 1/5 rule is of use where all steps see
        the same data, and walks away on mini-batches. Default: `distance_over_gradients`, by differences over a length
        of 0.1, whose parameters are a mean of those that it tries.
    rng : int, SeedSequence, Generator or None
        The same seed takes the same steps on the same machine; None draws one from the operating system.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and the condition.
    """
    tensors = list(parameters)
    if not tensors or not all(isinstance(each, torch.Tensor) for each in tensors):
        raise ValueError(f"parameters must hold tensors, such as model.parameters(), got {shown(tensors)}")
    if any(not each.is_floating_point() for each in tensors):
        raise ValueError("parameters must be floating-point tensors, got " + ", ".join({str(p.dtype) for p in tensors}))
    devices = {each.device for each in tensors}
    if len(devices) > 1:
        raise ValueError(f"parameters must be on one device, got {', '.join(sorted(map(str, devices)))}")
    if method is None:
        method = default(sum(each.numel() for each in tensors))
    require_method(method)
    return Optimizer(tensors, method, generator(rng, devices.pop()))
