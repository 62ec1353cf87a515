"""Candidates of RSO on the paper's network for MNIST, beside forward passes of the same batch.

    python benchmarks/one_weight.py

A round times, for each array of the network's 12,016 parameters, some steps of `LayerByLayer` as it compiles them: the
draw, the losses of three candidates on a batch of their own, the choice. What lies below a block is made before; it
is, in a cycle, one pass of the training images for each block. Beside them stand plain losses of the same network on
such batches, one whole forward pass for each of three points, compiled as one loop, too. Random images serve.

Reported, of processor time: candidate evaluations a second over a whole cycle, each array counted with its size, and
in each block's weights; and by how much losses of candidates differ from those of whole passes, in single precision.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import jax

import zotheory as zo
from benchmarks import measured
from benchmarks.measured import Figure
from zotheory.problems.networks import mnist_network
from zotheory.problems.networks.layer_by_layer import LayerByLayer
from zotheory.problems.networks.one_weight import Above, cached
from zotheory.values import replaced

BATCH, BATCHES = 500, 4  # images of a batch; so many batches are gone through
CLOSE = 1e-5  # nats, of losses near 2.3 in single precision
NETWORK = mnist_network()


def each(action: Callable[[], Any], count: int) -> float:
    """Processor time of one of so many, s."""
    start = time.process_time()
    jax.block_until_ready(action())
    return (time.process_time() - start) / count


def setting(batch: int) -> LayerByLayer:
    """The run that is timed: random images and labels."""
    rng = np.random.default_rng(1)
    images = rng.standard_normal((BATCHES * batch, *NETWORK.images), dtype=np.float32)
    method = zo.rso(deviations=NETWORK.deviations(), order=NETWORK.order(), cycles=10)
    labels = rng.integers(0, NETWORK.classes, len(images))
    return LayerByLayer(NETWORK, images, labels, method, lambda cycle: batch, 1, reference=batch)


def candidates(run: LayerByLayer, name: str, batch: int, count: int) -> Callable[[], Any]:
    """So many steps on parameters of one array, ready to be timed."""
    state = run.begin()
    first = next(part.first for part in run.parts if part.name == name)
    state = jax.tree.map(jax.numpy.asarray, state._replace(k=first))
    below = cached(NETWORK, state.x.astype(run.images.dtype), NETWORK.block(name), run.images, run.known(state.x))
    again = jax.tree.map(lambda each: jax.numpy.concatenate([each, each[:batch]]), (below, run.labels))
    return partial(run.steps(name, batch), state, *again, first, count)


def passes(run: LayerByLayer, batch: int, count: int) -> Callable[[], Any]:
    """As many losses of whole forward passes of whole points, ready to be timed."""
    x, at = jax.numpy.asarray(run.begin().x), jax.numpy.arange(count)

    @jax.jit
    def loop(x: Any, images: Any, labels: Any) -> Any:
        def one(k: Any) -> Any:
            first = k % BATCHES * batch
            rows = (jax.lax.dynamic_slice_in_dim(every, first, batch) for every in (images, labels))
            images_, labels_ = rows
            return Above(NETWORK, "W1", cached(NETWORK, x, 1, images_, {}), labels_)(x * (1 + 1e-6 * k))

        return jax.lax.map(one, at)

    return partial(loop, x, jax.numpy.asarray(run.images), jax.numpy.asarray(run.labels))


def differences(run: LayerByLayer, batch: int) -> float:
    """Largest difference of losses to those of whole passes, over a parameter of each array."""
    x, known = run.begin().x, run.known(run.begin().x)
    found = []
    for name, i in ((name, int(NETWORK.places(name)[-1, -1])) for name in NETWORK.parameters):
        w = x[i] + np.array([0.0, 0.3, -0.3])
        below = cached(NETWORK, x.astype(np.float32), NETWORK.block(name), run.images[:batch], known)
        f = Above(NETWORK, name, jax.tree.map(jax.numpy.asarray, below), run.labels[:batch])
        found.append(np.max(np.abs(f.along(jax.numpy.asarray(x), i, w) - f(jax.numpy.asarray(replaced(x, i, w))))))
    return float(np.max(found))


def figures(rounds: int, batch: int, count: int) -> Iterator[Figure]:
    """Rates over a cycle and in each block beside that of whole passes; then the differences."""
    run, sizes = setting(batch), {name: NETWORK.places(name).size for name in NETWORK.parameters}
    with jax.enable_x64(True):
        whole = passes(run, batch, 3 * count)
        ready = {name: candidates(run, name, batch, count) for name in sizes}
        for action in (whole, *ready.values()):
            jax.block_until_ready(action())  # compiled
        times: dict[str, list[float]] = {name: [] for name in ("whole", *sizes)}
        for _ in range(rounds):
            times["whole"].append(each(whole, 3 * count))
            for name, action in ready.items():
                times[name].append(each(action, 3 * count))
        beside = [1 / t for t in times.pop("whole")]
        cycle = [
            sum(sizes.values()) / sum(size * times[name][n] for name, size in sizes.items()) for n in range(rounds)
        ]
        given = "a second", "a whole forward pass", beside
        yield measured.rounds(f"candidates in a cycle, batch {batch}", cycle, *given, goal=3, more=True)
        for block in range(NETWORK.blocks, 0, -1):
            yield measured.rounds(f"candidates in W{block}", [1 / t for t in times[f"W{block}"]], *given)
        yield measured.alone("losses", differences(run, batch), "nats", "rounding", CLOSE, goal=1)


def main() -> None:
    """Print the table."""
    parser = measured.parser(__doc__)
    parser.add_argument("--batch", type=int, help=f"{BATCH} by default, {BATCH // 5} with --quick")
    options = measured.in_rounds(parser, 5, 2)
    batch = options.batch or (BATCH // 5 if options.quick else BATCH)
    measured.tell(__doc__, figures(options.rounds, batch, 8 if options.quick else 24), options)


if __name__ == "__main__":
    main()
