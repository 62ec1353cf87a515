"""How close two-point mirror descent comes to Theorem 1: search for the worst linear problem.

    python benchmarks/tightness.py

Prints measured gap / bound for means of length c sqrt(d/k)/alpha, over c and alpha, for both forms of the bound.
"""

import numpy as np

import zotheory as zo
from zotheory.problems import tight_linear
from zotheory.theorems.two_point import mean_gap, mean_gap_sharp, prescribed


def main(d: int = 10, k: int = 2000, replicas: int = 100) -> None:
    """Print the table."""
    print(f"d = {d}, k = {k}, {replicas} replicas; measured/Theorem 1 (measured/sharp form)")
    columns = (0.4, 0.6, 0.8, 1.0, 1.4, 2.0)
    print("alpha".rjust(6), *(f"c = {c}".rjust(15) for c in columns))
    for alpha in (0.1, 0.25, 0.5, 1.0, 2.0):
        cells = []
        for c in columns:
            problem = tight_linear(d, k, c=c, alpha=alpha)
            method, constants = prescribed(problem, alpha=alpha, law=zo.directions.sphere)
            values = zo.run(method, problem, steps=k, replicas=replicas, seed=1, record=[k]).values[0]
            gap = np.mean(values) - problem.f_star
            cells.append(f"{gap / mean_gap(k, **constants):.3f} ({gap / mean_gap_sharp(k, **constants):.3f})")
        print(f"{alpha:6.2f}", *(cell.rjust(15) for cell in cells))


if __name__ == "__main__":
    main()
