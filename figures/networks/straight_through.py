"""Hard functions with a derivative that they do not have: what back-propagation uses where there is none.

Each gives the values of the shipped function to the bit, and the derivative of a smooth one in its place.

Source: Bengio, Leonard, Courville, "Estimating or propagating gradients through stochastic neurons", 2013
(arXiv:1308.3432), the straight-through estimator; Hubara et al., "Binarized neural networks", NeurIPS 2016
(arXiv:1602.02830), equation 4, which stops it where |x| > 1. Both as recalled.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from zotheory.problems.networks import discrete, layers


@jax.custom_jvp
def sign(x: Any) -> Any:
    """The sign of x (...), with the derivative 1 where |x| <= 1, else 0."""
    return layers.sign(x)


@sign.defjvp
def _sign(primals: Any, tangents: Any) -> Any:
    (x,), (v,) = primals, tangents
    return sign(x), v * (jnp.abs(x) <= 1)


@jax.custom_jvp
def nearest(x: Any) -> Any:
    """The nearest whole number of x (...), with the derivative 1."""
    return discrete.nearest(x)


@nearest.defjvp
def _nearest(primals: Any, tangents: Any) -> Any:
    return nearest(*primals), tangents[0]


@jax.custom_jvp
def largest(scores: Any) -> Any:
    """1 at the largest of scores (..., k), else 0, with the derivative of softmax."""
    return layers.largest(scores)


@largest.defjvp
def _largest(primals: Any, tangents: Any) -> Any:
    return largest(*primals), jax.jvp(jax.nn.softmax, primals, tangents)[1]
