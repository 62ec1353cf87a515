"""Linear regression by comparing losses, beside the closed form and stochastic gradient descent.

    python docs/linear_regression.py

Seven measurements of the cell nuclei of 569 tumours predict an eighth. Relative loss asks for nothing but which of two
losses is lower; the closed form and SGD know the matrix. Costs are counted in looks at a row of the data, so that one
loss over all rows counts 569, and a comparison of two losses on a mini-batch of 32 counts 64. Medians of 21 runs.
"""

from __future__ import annotations

import numpy as np

import zotheory as zo
from zotheory.oracles import Batches, Expected

LOOKS = 569 * 1000
RUNS = 21
BATCH = 32


def relative_loss_on_all_rows(f: zo.problems.LeastSquares, seed: int, **momentum: float) -> np.ndarray:
    """Every loss over all 569 rows; the radius finds itself."""
    method = zo.relative_loss(radius=zo.radii.one_fifth(1.0), **momentum)
    return zo.run(method, Expected(f), steps=LOOKS // 569 - 1, replicas=RUNS, seed=seed).x


def relative_loss_on_batches(f: zo.problems.LeastSquares, seed: int) -> np.ndarray:
    """Both losses of a step on the same 32 rows, the next step on others; radius 1/sqrt(t)."""
    method = zo.relative_loss(radius=lambda t: 1 / np.sqrt(t), cached=False)
    return zo.run(method, Batches(f, BATCH), steps=LOOKS // (2 * BATCH), replicas=RUNS, seed=seed).x


def sgd(f: zo.problems.LeastSquares, seed: int) -> np.ndarray:
    """Gradients of single rows; step size 1/(max |a_i|^2 sqrt(t)), the mean of the second half returned."""
    rng = np.random.default_rng(seed)
    x, mean = np.zeros((RUNS, f.d)), np.zeros((RUNS, f.d))
    largest = np.max(np.sum(f.features**2, axis=1))
    for t in range(1, LOOKS + 1):
        i = rng.integers(0, len(f.targets), RUNS)
        rows = f.features[i]
        x -= ((np.sum(rows * x, axis=1) - f.targets[i]) / (largest * np.sqrt(t)))[:, None] * rows
        if t > LOOKS // 2:
            mean += (x - mean) / (t - LOOKS // 2)
    return mean


def main() -> None:
    """Print how far each answer is from the closed form."""
    f = zo.problems.cell_nuclei()
    print(f"closed form: mean squared error {2 * f.f_star:.4f} of a target of variance 1; condition {f.Q:.0f}")
    momentum = {"beta": 1 - 0.3 / f.d, "gain": 4.0, "clip": 3.0}
    answers = {
        "relative loss, all rows": relative_loss_on_all_rows(f, 1),
        "relative loss, all rows, momentum": relative_loss_on_all_rows(f, 2, **momentum),
        f"relative loss, batches of {BATCH}": relative_loss_on_batches(f, 3),
        "SGD, one row a step": sgd(f, 4),
    }
    print(f"after {LOOKS} looks at a row:")
    print(f"{'':36}{'excess error':>14}{'coefficients off by':>22}")
    for name, x in answers.items():
        excess = 2 * np.median(f(x) - f.f_star)
        off = np.median(np.max(np.abs(x - f.minimiser), axis=1))
        print(f"{name:36}{excess:14.1e}{off:22.1e}")


if __name__ == "__main__":
    main()
