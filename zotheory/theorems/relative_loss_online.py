"""Relative-loss descent online: what the memory that is carried along costs, where it fades.

Main theorems
-------------
The memory that is carried was made by earlier weights. It is never further than `staleness` from the one that today's
weights would have made, and changes the mean loss of a window by `stale_loss` at most: both fall with the step, and
geometrically with the length of the window.
What the comparison of a window sees of the gradient lacks the part that goes through the memory at its beginning. That
part is at most `truncation`, which shorter steps do not lower: it falls like one over the length of the window, and is
the same for truncated back-propagation through time.
A step lowers the loss by `decrease` at least in expectation: that of a mini-batch, with twice as much curvature, and
twice both as further noise.

Source: this project. The first three are attained by h_t = rho h_{t-1} + x with the loss -h_t, in the limit of many
windows. So is the 2 of truncation: noise errs to both sides and its mean is 0, what is not seen errs to one side. With
the loss h_t - c x, c chosen so that a window's own gradient barely has the wrong sign, every step that is taken goes
uphill.

Notation
--------
h_t = H(x, h_{t-1}, v_t) recurrence; rho its Lipschitz constant in h, below 1; K that in x; Lambda that of the loss of a
time step in h_t; J that of the gradient (in x) of a window's mean loss in the memory it begins with; w time steps of a
window; alpha radius of a step; noise = E|G - E G|, G the gradient of a window's loss that a comparison sees; g, L, d as
in `zotheory.theorems.relative_loss_minibatch`, f(x) being the mean loss of the next window from the memory that x
would have made. Memories are numbers without a unit. An LSTM need not contract: with forget gates near 1 rho is near 1
or beyond, where this says little or nothing.
"""

from __future__ import annotations

from typing import Annotated

from zotheory.border import bound
from zotheory.elementary import Array
from zotheory.quantities import Chance, Dimension, Flatness, Length, Number, Radius, Slope, Steps, Value, positive
from zotheory.theorems import relative_loss_minibatch as minibatch
from zotheory.theorems.relative_loss_minibatch import Noise

PerLength = Annotated[Array, positive(Number / Length)]
PerNumber = Annotated[Array, positive(Value)]


@bound
def staleness(*, alpha: Radius, K: PerLength, rho: Chance, w: Steps) -> Annotated[Array, Number]:
    """K alpha rho^w/((1 - rho)(1 - rho^w)): |m_k - m(x_k)| is never more."""
    return K * alpha * rho**w / ((1 - rho) * (1 - rho**w))


@bound
def stale_loss(*, alpha: Radius, K: PerLength, rho: Chance, w: Steps, Lambda: PerNumber) -> Annotated[Array, Value]:
    """By Lambda K alpha rho^(w + 1)/(w (1 - rho)^2) at most staleness changes the mean loss of a window."""
    return Lambda * rho * (1 - rho**w) / (w * (1 - rho)) * staleness(alpha=alpha, K=K, rho=rho, w=w)


@bound
def truncation(*, K: PerLength, rho: Chance, w: Steps, Lambda: PerNumber) -> Annotated[Array, Value / Length]:
    """Return Lambda K rho (1 - rho^w)/(w (1 - rho)^2), the gradient through the memory that a window begins with."""
    return Lambda * K * rho * (1 - rho**w) / (w * (1 - rho) ** 2)


@bound
def decrease(
    *, alpha: Radius, g: Slope, noise: Noise, L: Flatness, d: Dimension,
    K: PerLength, rho: Chance, w: Steps, Lambda: PerNumber, J: Noise,
) -> Annotated[Array, Value]:  # fmt: skip
    """Return `minibatch.decrease` at 2 L, with twice `truncation` and twice J times `staleness` more noise."""
    unseen = truncation(K=K, rho=rho, w=w, Lambda=Lambda) + J * staleness(alpha=alpha, K=K, rho=rho, w=w)
    return minibatch.decrease(alpha=alpha, g=g, noise=noise + 2 * unseen, L=2 * L, d=d)
