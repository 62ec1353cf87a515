"""The work of others that is nearest to results of our own, as claims name it, and how far it was read.

*read*: in full; *abstract*: no more than that was at hand; *recalled*: from memory. What is alike and what is not in
relative-loss descent stands in docs/relative_loss.md, "Related work".
"""

from __future__ import annotations

ADAPTIVE = "adaptive Monte Carlo, Whitelam et al. 2022 (arXiv:2205.07408, abstract)"
SMALL_STEPS = "small steps, Whitelam et al. 2021 (arXiv:2008.06643, abstract)"
THREE_POINTS = "three points, Bergou et al. 2020 (arXiv:1902.03591, abstract)"
RSO = "the method, Tripathi and Singh 2020 (arXiv:2005.05955, abstract and a description of the released code)"
HEAVY_BALL = "three points with momentum, Gorbunov et al. 2020 (arXiv:1905.13278, abstract)"
GLD = "GLD, Golovin et al. 2020 (arXiv:1911.06317, theorems recalled)"
ORDER = "acceleration by comparisons, Lobanov et al. 2024 (arXiv:2402.09014, abstract)"
SIGNED = "stochastic random search, Chayti et al. 2025 (arXiv:2510.15610, abstract)"
NOISY = "noisy comparisons, El Bakkali et al. 2026 (arXiv:2601.21166, abstract)"
TWO_POINTS = "two evaluations, Duchi et al. 2015 (arXiv:1312.2139, theorems recalled)"
PROGRESS = "the progress of the (1+1)-ES on |x|^2, Rechenberg 1973 (recalled)"
SPHERE = "the (1+1)-ES on |x|^2, Akimoto et al. 2018 (arXiv:1802.03209, abstract)"
QUADRATICS = "the (1+1)-ES on quadratics, Morinaga et al. 2021 (arXiv:2103.01578, abstract)"
EFFECTIVE_RANK = "effective rank, Malladi et al. 2023 (arXiv:2305.17333, read)"
CONVEX = "the (1+1)-ES on strongly convex functions, Morinaga et al. 2022 (arXiv:2209.12467, abstract)"
TRUNCATED = "truncated back-propagation through time, Williams and Peng 1990 (recalled)"
COMMON = "common random numbers, Glasserman and Yao 1992 (recalled)"
DIFFERENCES = "finite differences with them, L'Ecuyer and Perron 1994 (recalled)"


def ours(*near: str) -> str:
    """The source of a claim of our own, with what is nearest to it."""
    return "ours; nearest: " + "; ".join(near)
