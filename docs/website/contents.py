"""Which names stand on which page of the reference; a module stands for all that is public in it.

``tests/test_site.py`` finds a public name that is on no page.
"""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """A page of the reference: its file, its title, what it says first, and the names and modules on it."""

    file: str
    title: str
    says: str
    names: tuple[str, ...]


PAGES = (
    Page(
        "minimise",
        "Minimise",
        "A function of your own, with the habits of SciPy: at once, as a method of SciPy, by questions and answers, "
        "and in a training loop of PyTorch.",
        ("minimize", "Minimum", "scipy_method", "AskTell", "adapters.torch"),
    ),
    Page(
        "run",
        "Run a method",
        "Single runs, many replicas, and runs that are too large to store their directions; what they return.",
        (
            "run",
            "iterate",
            "Run",
            "summarise",
            "Summary",
            "run_large",
            "LargeRun",
            "generator",
            "ObjectiveError",
            "ObjectiveWarning",
        ),
    ),
    Page(
        "backends",
        "Random numbers of JAX and PyTorch",
        "What laws, methods and problems draw from, in loops of your own.",
        ("backends.jax", "backends.torch"),
    ),
    Page(
        "methods",
        "Methods",
        "Each method is made by a function that binds its hyper-parameters.",
        (
            "Method",
            "METHODS",
            "gld_search",
            "gld_fast",
            "two_point",
            "double_smoothing",
            "random_gradient_free",
            "accelerated_random_search",
            "relative_loss",
            "relative_loss_ranked",
            "relative_loss_trial",
            "rso",
            "three_point",
            "adaptive_monte_carlo",
            "augmented_random_search",
            "distance_over_gradients",
        ),
    ),
    Page(
        "compare",
        "Compare methods",
        "Several methods with equally many evaluations, as `zotheory compare` runs them.",
        ("trials.comparison", "trials.curves"),
    ),
    Page(
        "parts",
        "What methods are made of",
        "Laws of directions, estimates of gradients, radii, geometries, objectives with noise, and the protocols that "
        "problems of your own follow.",
        ("directions", "estimators", "radii", "geometry", "oracles", "protocols"),
    ),
    Page(
        "problems",
        "Problems",
        "Test functions that know their constants.",
        ("problems", "problems.bbob", "problems.policies", "problems.mujoco"),
    ),
    Page(
        "networks",
        "Networks and data",
        "Networks as functions of a flat vector, and the data that they are trained on.",
        ("problems.networks", "problems.datasets"),
    ),
    Page(
        "claims",
        "Claims and verdicts",
        "What to write to have a statement measured, and what comes back.",
        (
            "Claim",
            "Experiment",
            "verify",
            "Report",
            "Always",
            "AtLeast",
            "Frequency",
            "Mean",
            "Quantile",
            "Value",
            "evidence.rates",
            "claims",
            "errata",
        ),
    ),
    Page(
        "report",
        "Reports",
        "What was found of claims and of optimizers, as a page of HTML.",
        ("report.html.page", "report.html.audits"),
    ),
    Page(
        "bounds",
        "Bounds and their arguments",
        "A bound says in its signature what it asks of each argument.",
        ("bound", "quantities"),
    ),
    Page(
        "statements",
        "Statements as formulas",
        "The words in which a claim is stated so that a machine reads it.",
        ("kernel.statement", "kernel.definitions"),
    ),
    Page(
        "derivations",
        "Derivations",
        "Steps, each of which is checked when it is added.",
        ("evidence.derivation",),
    ),
    Page(
        "exact",
        "Exact laws and expectations",
        "The law of a run in any dimension, and expectations without samples.",
        ("reduced", "exact"),
    ),
    Page(
        "testing",
        "For tests",
        "Checks of optimizers, statistical assertions, and optimizers of other packages to check.",
        ("testing", "testing.peers"),
    ),
    Page(
        "sweeps",
        "Many processes",
        "Work over many items, by whatever executes it.",
        ("sweeps",),
    ),
)
