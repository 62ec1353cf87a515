"""Random gradient-free search on quadratics, without sampling: the mean of a step is affine in squared lengths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def block_moments(sizes: Sequence[Any], curvatures: Sequence[Any], *, h: Any, delta: Any) -> list[list[Any]]:
    """Affine map of a step on f = sum_i curvatures_i |x_i|^2/2, the block x_i of x having sizes_i coordinates.

    Row i is E|x_i'|^2 in (|x_0|^2, |x_1|^2, ..., 1), for the step size h and the smoothing radius delta.
    """
    trace, squares = (sum(n * c**power for n, c in zip(sizes, curvatures, strict=True)) for power in (1, 2))
    rows = []
    for i, (n, c) in enumerate(zip(sizes, curvatures, strict=True)):
        row = [h**2 * n * other**2 for other in curvatures]
        row[i] += 1 - 2 * h * c + 2 * h**2 * c**2
        noise = n * (trace**2 + 2 * squares + 4 * c * trace + 8 * c**2)
        rows.append([*row, h**2 * delta**2 / 4 * noise])
    return rows


def expected_gaps(
    sizes: Sequence[int], curvatures: Sequence[float], start: Sequence[float], *, steps: int, h: float, delta: float
) -> tuple[float, float]:
    """E f(x_steps) - f*, and the mean of E f(x_k) - f* over k < steps, by powers of `block_moments` in 50 digits.

    `start` are the lengths of the blocks of x_0 - x*.
    """
    import mpmath

    with mpmath.workdps(50):
        exactly = [[mpmath.mpf(v) for v in row] for row in (sizes, curvatures, start)]
        values = [c / 2 for c in exactly[1]]
        rows = block_moments(exactly[0], exactly[1], h=mpmath.mpf(h), delta=mpmath.mpf(delta))
        size = len(rows) + 2  # the squared lengths, the constant 1, the sum of the gaps so far
        matrix = mpmath.zeros(size, size)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                matrix[i, j] = value
            matrix[size - 1, i] = values[i]
        matrix[size - 2, size - 2] = matrix[size - 1, size - 1] = 1
        after = matrix**steps * mpmath.matrix([*(s**2 for s in exactly[2]), 1, 0])
        return float(sum(c * s for c, s in zip(values, after, strict=False))), float(after[size - 1] / steps)
