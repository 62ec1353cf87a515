"""Published optimizers under `zotheory.testing.check_method`: what their documentation says, and what was found.

    python -m pip install -e '.[peers,testing]'
    python benchmarks/audits.py --json benchmarks/audits.json

Each is called as `zotheory.testing.peers` does, and is taken to declare what its documentation says in the words that
are quoted here; those that stand in the installed package are looked up there before anything runs.
``python docs/make_audits.py`` makes tables of the record. Quarter of an hour on one core.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from zotheory.testing import check_method, peers

EXAMPLES, LIMIT = 12, 60.0  # cases of each property, and seconds that they may take
SCIPY = "https://docs.scipy.org/doc/scipy/reference/generated/scipy.optimize."
NLOPT = "https://github.com/stevengj/nlopt/blob/6e6593f131ba3a38bc9edbed0a357bc01526e54b/doc/docs/NLopt_"  # 2.11.0
OPTUNA = "https://optuna.readthedocs.io/en/v5.0.0/reference/"
PYCMA = "https://cma-es.github.io/apidocs-pycma/cma."


class Said(NamedTuple):
    """What a package says of an optimizer of its own.

    Attributes
    ----------
    trait : the property that this promises
    quote : its words
    where : what has them in its docstring, ``options METHOD`` of SciPy, ``option NAME`` of pycma; "" where none has
    page : address of the page
    """

    trait: str
    quote: str
    where: str
    page: str


@dataclass(frozen=True)
class Audit:
    """An optimizer, and what its documentation says.

    Attributes
    ----------
    package, name : of it
    made : the expression of `peers` that makes it
    said : what is documented
    least, variables : as `check_method` takes them, where the package asks for them
    apart : as there; False where what is compiled must be kept
    """

    package: str
    name: str
    made: str
    said: Sequence[Said]
    least: int = 1
    variables: int = 1
    apart: bool = True

    def subject(self) -> Callable[..., Any]:
        """The minimiser."""
        return eval(self.made, {"peers": peers})


def of_result(name: str) -> list[Said]:
    """What SciPy says of every result."""
    where, page = "scipy.optimize.OptimizeResult", f"{SCIPY}OptimizeResult.html"
    return [
        Said("value", "Value of objective function at `x`.", where, page),
        Said("counts", "Number of evaluations of the objective functions", where, page),
    ]


def of_minimize(method: str, limit: str, *more: Said) -> Audit:
    """A method of `scipy.optimize.minimize`, whose option says that it limits evaluations."""
    short = method.lower().replace("-", "")
    page = f"https://docs.scipy.org/doc/scipy/reference/optimize.minimize-{short}.html"
    said = [Said("budget", limit, f"options {method.lower()}", page), *(each._replace(page=page) for each in more)]
    return Audit("scipy", method, f'peers.scipy("{method}")', [*said, *of_result(method)])


def of_nlopt(name: str, *more: Said, least: int = 1) -> Audit:
    """An algorithm of NLopt."""
    reference, python = f"{NLOPT}Reference.md", f"{NLOPT}Python_Reference.md"
    never = (
        "NLopt guarantees that your objective function and any nonlinear constraints will *never* be evaluated outside"
    )
    passes = "the optimization will be halted gracefully, and the same exception will be raised to the caller"
    said = (Said("bounds", f"NLopt guarantees that {never}", "", reference), Said("errors", passes, "", python))
    return Audit("nlopt", name, f'peers.nlopt("{name}")', [*said, *more], least)


def of_nevergrad(name: str, *more: Said) -> Audit:
    """An optimizer of nevergrad."""
    page = "https://facebookresearch.github.io/nevergrad/optimizers_ref.html"
    base = "nevergrad.optimization.base.Optimizer"
    said = (
        Said("budget", "number of allowed evaluations", base, page),
        Said("returns_best", "The candidate with minimal value.", f"{base}.minimize", page),
        Said("seed", "It can be seeded/replaced.", "nevergrad.p.Parameter.random_state", page),
    )
    return Audit("nevergrad", name, f'peers.nevergrad("{name}")', [*said, *more])


def of_optuna(name: str, seeded: str) -> Audit:
    """A sampler of optuna."""
    page = f"{OPTUNA}generated/optuna.study.Study.html"
    sampler = f"{OPTUNA}samplers/generated/optuna.samplers.{name}.html"
    trials = "The study continues to create trials until the number of trials reaches ``n_trials``"
    said = (
        Said("budget", trials, "optuna.study.Study.optimize", page),
        Said("returns_best", "Return the best trial in the study.", "optuna.study.Study.best_trial", page),
        Said("value", "Return the best objective value in the study.", "optuna.study.Study.best_value", page),
        Said("seed", seeded, f"optuna.samplers.{name}", sampler),
    )
    return Audit("optuna", name, f'peers.optuna("{name}")', said)


def of_pycma() -> list[Said]:
    """What pycma says of options, of results and of its strategy."""
    options, strategy = f"{PYCMA}CMAOptions.html", f"{PYCMA}evolution_strategy.CMAEvolutionStrategy.html"
    results, result = f"{PYCMA}evolution_strategy.html", "cma.evolution_strategy.CMAEvolutionStrategyResult"
    ranks = "Besides for termination criteria, in CMA-ES only the ranks of the `func_values` are relevant."
    return [
        Said("budget", "maximum number of function evaluations", "option maxfevals", options),
        Said("seed", "random number seed for `numpy.random`", "option seed", options),
        Said("bounds", "lower (=bounds[0]) and upper domain boundaries", "option bounds", options),
        Said("increasing", ranks, "cma.CMAEvolutionStrategy", strategy),
        Said("returns_best", "``xbest`` best solution evaluated", result, results),
        Said("value", "``fbest`` objective function value of best solution", result, results),
        Said("counts", "``evaluations`` evaluations overall done", result, results),
    ]


REPEATABLE = "Specify `rng` for repeatable"
AUDITS = (
    of_minimize("Nelder-Mead", "Maximum allowed number of iterations and function evaluations."),
    of_minimize(
        "Powell",
        "Maximum allowed number of iterations and function evaluations.",
        Said(
            "bounds",
            "If bounds are provided and the initial guess is within the bounds, then every function evaluation "
            "throughout the minimization procedure will be within the bounds.",
            "options powell",
            "",
        ),
    ),
    of_minimize("COBYLA", "Maximum number of function evaluations."),
    of_minimize("COBYQA", "Maximum number of function evaluations."),
    Audit(
        "scipy",
        "differential_evolution",
        'peers.scipy("differential_evolution")',
        [
            Said(
                "budget",
                "The maximum number of function evaluations (with no polishing) is: "
                "``(maxiter + 1) * popsize * (N - N_equal)``",
                "scipy.optimize.differential_evolution",
                f"{SCIPY}differential_evolution.html",
            ),
            Said(
                "seed",
                f"{REPEATABLE} function behavior.",
                "scipy.optimize.differential_evolution",
                f"{SCIPY}differential_evolution.html",
            ),
            *of_result("differential_evolution"),
        ],
        least=90,
    ),
    Audit(
        "scipy",
        "dual_annealing",
        'peers.scipy("dual_annealing")',
        [
            Said(
                "seed",
                f"{REPEATABLE} minimizations.",
                "scipy.optimize.dual_annealing",
                f"{SCIPY}dual_annealing.html",
            ),
            *of_result("dual_annealing"),
        ],
    ),
    Audit("scipy", "direct", 'peers.scipy("direct")', of_result("direct")),
    of_nevergrad("OnePlusOne"),
    of_nevergrad("TwoPointsDE"),
    of_nevergrad("PSO"),
    of_nevergrad("NelderMead"),
    Audit("cma", "CMAEvolutionStrategy", "peers.pycma()", of_pycma(), variables=2),
    of_nlopt("LN_SBPLX"),
    of_nlopt("LN_BOBYQA"),
    of_nlopt("GN_CRS2_LM"),
    of_optuna("TPESampler", "Seed for random number generator."),
    of_optuna("CmaEsSampler", "A random seed for CMA-ES."),
    Audit(
        "evosax",
        "GradientlessDescent",
        'peers.evosax("GradientlessDescent")',
        [
            Said(
                "increasing",
                "invariant under monotone transformations",
                "",
                "https://arxiv.org/abs/1911.06317v4",
            ),
        ],
        least=16,
        apart=False,
    ),
)


# --- what is quoted stands there -------------------------------------------------------------------------------------


def text_of(where: str) -> str:
    """The documentation in an installed package that `where` names."""
    kind, _, name = where.partition(" ")
    if kind == "options":
        from scipy.optimize import show_options

        return str(show_options("minimize", name, disp=False))
    if kind == "option":
        return str(import_module("cma").CMAOptions.defaults()[name])
    module, _, rest = where.partition(".")
    found, path = import_module(module), rest.split(".")
    for part in path:
        found = getattr(found, part, None) or import_module(f"{found.__name__}.{part}")
    return str(found.__doc__)


def stands(said: Said) -> bool:
    """Whether its words stand in the installed package, wherever lines break; True where a page alone has them."""
    return not said.where or " ".join(said.quote.split()) in " ".join(text_of(said.where).split())


# --- the record ------------------------------------------------------------------------------------------------------


def audited(audit: Audit, examples: int) -> dict[str, Any]:
    """What is found of one; SystemExit where its documentation does not say what is quoted."""
    for said in audit.said:
        if not stands(said):
            raise SystemExit(f"{audit.package} {version(audit.package)}: {said.where} does not say: {said.quote}")
    began = time.perf_counter()
    smallest = {"least": audit.least, "variables": audit.variables}
    declares = {said.trait for said in audit.said} - {"budget", "seed"}  # which are required of all
    with redirect_stdout(io.StringIO()):  # what they print
        found = check_method(
            audit.subject(),
            name=audit.name,
            declares=declares,
            examples=examples,
            time_limit=LIMIT,
            apart=audit.apart,
            **smallest,
        )
    return {
        "package": audit.package,
        "version": version(audit.package),
        "name": audit.name,
        "made": audit.made,
        **smallest,
        "examples": examples,
        "said": [said._asdict() for said in audit.said],
        "properties": [{key: row[key] for key in ("name", "says", "holds", "seen")} for row in rows_of(found)],
        "seconds": round(time.perf_counter() - began, 1),
    }


def rows_of(found: Any) -> list[dict[str, Any]]:
    """Its rows, without addresses in memory."""
    rows = [row._asdict() for row in found.rows]
    return [{**row, "seen": re.sub(r"0x[0-9a-f]+", "0x...", row["seen"])} for row in rows]


def main(arguments: Sequence[str] | None = None) -> None:
    """Audit those that are asked for, and keep what was found."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help=", ".join(audit.name for audit in AUDITS))
    parser.add_argument("--examples", type=int, default=EXAMPLES, metavar="N", help="cases of each property")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write what was found; others that it holds stay there"
    )
    options = parser.parse_args(arguments)
    chosen = [audit for audit in AUDITS if not options.only or audit.name in options.only]
    if not chosen:
        parser.error(f"--only must name some of {', '.join(audit.name for audit in AUDITS)}")
    for audit in chosen:
        found = audited(audit, options.examples)
        failed = [row["name"] for row in found["properties"] if row["holds"] is False]
        print(
            f"{audit.package} {found['version']} {audit.name}: {found['seconds']} s; fail: {' '.join(failed)}",
            flush=True,
        )
        if options.json:
            keep(options.json, found)


def keep(path: Path, found: dict[str, Any]) -> None:
    """Put what was found of one among what is kept, in the order of `AUDITS`."""
    before = json.loads(path.read_text(encoding="utf-8"))["audits"] if path.exists() else []
    kept = {(one["package"], one["name"]): one for one in [*before, found]}
    order = [(audit.package, audit.name) for audit in AUDITS]
    record = {
        "command": "python benchmarks/audits.py",
        "versions": {"python": platform.python_version(), "numpy": version("numpy")},
        "audits": [kept[key] for key in order if key in kept],
    }
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
