"""The optimizer for PyTorch: the steps of a run, mini-batches, what is kept, and what is no model or loss."""

import numpy as np
import pytest

import zotheory as zo

torch = pytest.importorskip("torch")
pytest.importorskip("array_api_compat")
from zotheory.backends.torch import generator  # noqa: E402

METHOD = zo.relative_loss(radius=0.05, beta=0.5, cached=False)
INPUTS = torch.linspace(-1, 1, 40, dtype=torch.float64)[:, None] ** torch.arange(3)
TARGETS = INPUTS @ torch.tensor([[0.5], [-1.0], [2.0]], dtype=torch.float64)


def model(dtype=torch.float64):
    torch.manual_seed(1)
    return torch.nn.Linear(3, 1, dtype=dtype)


def closure(net, dtype=torch.float64):
    return lambda: torch.nn.functional.mse_loss(net(INPUTS.to(dtype)), TARGETS.to(dtype))


def vector(net):
    return torch.nn.utils.parameters_to_vector(net.parameters()).detach().clone()


TRIED = (
    METHOD,
    zo.relative_loss(radius=zo.radii.one_fifth(0.5)),
    zo.relative_loss_ranked(alpha=0.5),
    zo.relative_loss_trial(radius=zo.radii.one_fifth(0.5), beta=0.9),
    zo.three_point(radius=0.1),
    zo.random_gradient_free(h=lambda k: 0.05, delta=1e-3),
    zo.distance_over_gradients(delta=lambda t: 0.05, reach=0.1),
)


@pytest.mark.parametrize("method", TRIED, ids=lambda method: method.name)
def test_takes_the_steps_of_the_method(method):
    net = model()
    optimizer = zo.torch.optimizer(net.parameters(), method, rng=3)

    def f(x):
        return torch.mean((x[..., None, :3] @ INPUTS.T + x[..., None, 3:] - TARGETS.T)[..., 0, :] ** 2, dim=-1)

    source, x = generator(3), vector(net)
    with torch.no_grad():
        state = method.init(f, x)
        for _ in range(30):
            optimizer.step(closure(net))
            state = method.step(f, state, method.draw(source, state, 4))
    np.testing.assert_allclose(vector(net), method.output(state), rtol=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_trains_in_every_precision_and_says_the_loss(dtype):
    net = model(dtype)
    optimizer = zo.torch.optimizer(net.parameters(), METHOD, rng=1)
    first = closure(net, dtype)().item()
    for _ in range(300):
        said = optimizer.step(closure(net, dtype))
    assert said == pytest.approx(closure(net, dtype)().item(), rel=1e-6)
    assert said < 0.2 * first
    assert all(p.grad is None and p.dtype == dtype for p in net.parameters())


def test_a_step_sees_one_batch():
    net, calls = model(), []

    def one():
        calls.append(len(calls))
        return closure(net)()

    optimizer = zo.torch.optimizer(net.parameters(), METHOD, rng=1)
    for _ in range(5):
        optimizer.step(one)
    assert len(calls) == 10


def test_goes_on_from_what_was_kept():
    nets = [model(), model()]
    optimizers = [
        zo.torch.optimizer(net.parameters(), METHOD, rng=seed) for net, seed in zip(nets, (1, 2), strict=True)
    ]
    for _ in range(10):
        optimizers[0].step(closure(nets[0]))
    nets[1].load_state_dict(nets[0].state_dict())
    optimizers[1].load_state_dict(optimizers[0].state_dict())
    for _ in range(10):
        for net, optimizer in zip(nets, optimizers, strict=True):
            optimizer.step(closure(net))
    assert torch.equal(vector(nets[0]), vector(nets[1]))


@pytest.mark.parametrize("batch", [8, 40])
def test_trains_told_no_method(batch):
    """By two losses a step, whose mean it says."""
    net, said, calls = model(), [], []
    optimizer = zo.torch.optimizer(net.parameters(), rng=1)
    first = closure(net)().item()
    for _ in range(1000):
        rows = torch.randint(0, 40, (batch,)) if batch < 40 else torch.arange(40)

        def loss(rows=rows):
            calls.append(torch.nn.functional.mse_loss(net(INPUTS[rows]), TARGETS[rows]))
            return calls[-1]

        said.append(optimizer.step(loss))
        assert said[-1] == pytest.approx(sum(calls[-2:]).item() / 2)
    assert len(calls) == 2000
    assert optimizer.method.name == "distance_over_gradients"
    assert closure(net)().item() < 0.02 * first


@pytest.mark.parametrize("method", [METHOD, None])
def test_parameters_that_others_move_are_where_it_goes_on(method):
    net = model()
    optimizer = zo.torch.optimizer(net.parameters(), method, rng=1)
    optimizer.step(closure(net))
    with torch.no_grad():
        for p in net.parameters():
            p.zero_()
    optimizer.step(closure(net))
    assert vector(net).norm() <= 0.1


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_an_error_leaves_the_parameters_as_they_were(error):
    net, calls = model(), []

    def fails():
        calls.append(1)
        if len(calls) == 4:
            raise error
        return closure(net)()

    optimizer = zo.torch.optimizer(net.parameters(), METHOD, rng=1)
    optimizer.step(fails)
    before = vector(net)
    with pytest.raises(error):
        optimizer.step(fails)
    assert torch.equal(vector(net), before)


def test_wrong_arguments():
    net = model()
    for wrong, error, words in (
        (([], METHOD), ValueError, "parameters must hold tensors"),
        (([3.0], METHOD), ValueError, "parameters must hold tensors"),
        (([torch.arange(3)], METHOD), ValueError, "must be floating-point tensors, got torch.int64"),
        ((net.parameters(), "relative_loss"), TypeError, "method must be a Method"),
    ):
        with pytest.raises(error, match=words):
            zo.torch.optimizer(*wrong)
    optimizer = zo.torch.optimizer(net.parameters(), METHOD, rng=1)
    with pytest.raises(TypeError, match="closure must be callable without arguments, got 3"):
        optimizer.step(3)
    with pytest.raises(zo.ObjectiveError, match=r"one real number, got shape \(2,\)"):
        optimizer.step(lambda: torch.zeros(2))
    optimizer.zero_grad()
