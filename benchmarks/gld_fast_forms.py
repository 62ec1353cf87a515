"""What the forms of GLD-Fast cost: evaluations to a relative gap, against GLD-Search.

    python benchmarks/gld_fast_forms.py

On f_{1,8,n} from (1, ..., 1)/sqrt(n), told Q = 8 and the diameter sqrt(8); medians over `replicas` runs, and quartiles.
"""

import numpy as np

import zotheory as zo
from zotheory.theorems.gld_fast import prescribed, prescribed_sharp, printed

TARGETS = (1e-2, 1e-6)  # relative gaps
DIAMETER = np.sqrt(8)


def forms(problem: zo.problems.Quadratic) -> dict[str, zo.methods.Method]:
    """Every form, by name."""
    n = problem.d
    return {
        "GLD-Search, analysed scale": zo.gld_search(R=DIAMETER, r=1e-4),
        "GLD-Search, N(0, I/n)": zo.gld_search(R=DIAMETER, r=1e-4, law=zo.directions.gaussian, scale=1 / np.sqrt(n)),
        "printed, N(0, I)": printed(problem, diameter=DIAMETER),
        "printed, N(0, I/n)": printed(problem, diameter=DIAMETER, scale=1 / np.sqrt(n)),
        "printed, N(0, I/n^2)": printed(problem, diameter=DIAMETER, scale=1 / n),
        "analysed": prescribed(problem, diameter=DIAMETER),
        "analysed, shorter epochs": prescribed_sharp(problem, diameter=DIAMETER),
    }


def evaluations(method: zo.methods.Method, problem: zo.problems.Quadratic, replicas: int, seed: int) -> np.ndarray:
    """Evaluations to each target, (targets, replicas): acceptance is monotone, so the first visit is for good."""
    needed = np.full((len(TARGETS), replicas), np.inf)
    levels = np.asarray(TARGETS)[:, None] * (problem(problem.x0) - problem.f_star)
    for t, (state, _) in enumerate(zo.iterate(method, problem, replicas=replicas, rng=zo.generator(seed))):
        reached = state.fx - problem.f_star <= levels
        needed = np.where(reached, np.minimum(needed, method.calls[0] + t * method.calls[1]), needed)
        if np.all(reached):
            return needed
    raise AssertionError("iterate never ends")


def main(dimensions: tuple[int, ...] = (10, 30, 100), replicas: int = 11, seed: int = 1) -> None:
    """Print the table."""
    heads = [f"to {target:g}" for target in TARGETS]
    print("| n | form | evaluations a step |", " | ".join(heads), "|")
    print("| --- | --- | ---", "| ---" * len(heads), "|")
    for n in dimensions:
        problem = zo.problems.golovin_family(1, 8, n)
        for name, method in forms(problem).items():
            quartiles = np.quantile(evaluations(method, problem, replicas, seed), (0.25, 0.5, 0.75), axis=1) / 1000
            cells = ["{1}k ({0} to {2})".format(*(f"{float(f'{x:.3g}'):g}" for x in q)) for q in quartiles.T]
            print(f"| {n} | {name} | {method.calls[1]} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
