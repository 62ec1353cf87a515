"""Common random numbers: when the lower of two noisy losses is that of the lower mean.

Main theorems
-------------
Both losses of a step are of one sample X, so what is compared is D = F(y; X) - F(x; X), whose mean is f(y) - f(x). With
X drawn anew for each its variance is that of two losses, however near y is to x. With one X it falls with the distance
alpha of x and y: E D^2 is at most `square`, of the order alpha^2 where F(.; X) is Lipschitz, and of the order alpha
where it jumps, as it does by a latent that is drawn as the largest of some noisy scores.
A comparison of means of m draws is wrong with probability at most `wrong`. Without jumps that does not depend on alpha:
the sign of D is that of the slope of f along the step with a probability that short steps do not lower. With jumps it
tends to 1 as alpha falls, unless the draws are as many as `draws`: about 1/alpha.
What wrong comparisons cost a step on average is at most `lost`, half of the mean error of D.
So many draws are needed: on one latent of two values the comparison is right with probability at most `right`, where
the divergence and the mean loss change in opposite directions. With fewer draws than 1/alpha mostly none of them jumps,
and the comparison sees the divergence alone, as the derivative at fixed noise does.

Source: this project. `wrong` is Cantelli's inequality. One latent attains it, `lost` and `right`, in the limit of
short steps from where its divergence is flat.

Notation
--------
f(x) = E F(x; X); D as above; ell: a draw that does not jump changes by ell |y - x| at most; B more where it jumps,
which a draw does with probability kappa |y - x| at most; change = |f(y) - f(x)|; m draws, averaged.
"""

from __future__ import annotations

from typing import Annotated

from zotheory.border import bound
from zotheory.elementary import Array
from zotheory.quantities import Chance, Count, Gap, Length, Number, Radius, Value, no_less, nonnegative, positive

Rate = Annotated[Array, nonnegative(Number / Length)]
Error = Annotated[Array, nonnegative(Value)]
Square = Annotated[Array, positive(Value**2), no_less(lambda change: change**2, "change^2")]


@bound
def square(
    *, alpha: Radius, ell: Annotated[Array, nonnegative(Value / Length)], kappa: Rate, B: Error
) -> Annotated[Array, Value**2]:
    """ell^2 alpha^2 + kappa alpha B (B + 2 ell alpha): E D^2 is at most this at the distance alpha."""
    return (ell * alpha) ** 2 + kappa * alpha * B * (B + 2 * ell * alpha)


@bound
def wrong(*, change: Gap, square: Square, m: Count) -> Annotated[Array, Number]:
    """V/(V + m change^2), V = square - change^2: the mean of m draws has another sign than f(y) - f(x) so often.

    square >= E D^2 of one draw.
    """
    return (square - change**2) / (square + (m - 1) * change**2)


@bound
def draws(*, change: Gap, square: Square, tail: Chance) -> Annotated[Array, Number]:
    """(square/change^2 - 1) (1 - tail)/tail: of so many draws or more `wrong` is at most tail."""
    return (square / change**2 - 1) * (1 - tail) / tail


@bound
def lost(*, error: Error) -> Annotated[Array, Value]:
    """Half of error = E|D - (f(y) - f(x))|: E f after the step exceeds the lower of f(x) and f(y) by at most this."""
    return error / 2


@bound
def right(*, m: Count, kappa: Rate, alpha: Radius) -> Annotated[Array, Number]:
    """Return m kappa alpha: with at least 1 - m kappa alpha no draw of m jumps."""
    return m * kappa * alpha
