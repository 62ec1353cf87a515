"""Reduced coordinates: the exact law of a run in dimension 10^12 for the price of a small one.

Let f depend on x only through blocks x_i in R^(n_i), rotation-invariantly inside each block. In every block turn the
frame so that the p vectors the run remembers (fixed ones, then those of the method's state) lie along the first p
axes. Of a fresh N(0, I) vector only p normals and the length of the rest then matter; of several in one step, the
Bartlett factor: vector j has normals on the axes of the j earlier ones, and a chi with n_i - p - j degrees of freedom
on an axis of its own. Where a step keeps at most one of its candidates they may all share one such axis.

The shipped `step` runs unchanged on these coordinates; after each step the frame is turned again (QR). Inner products,
and so values of f, have exactly their full-dimensional joint law. `layout` says which coordinate has which law, for
numbers (`Frame`) and for symbols (`symbols`) alike; the derivation is in ``proofs/reduced.py``.

A problem or a method that this would give another law is refused: `reduce` compares a few values and steps with those
of a turned problem and state, and so does a run, now and then (`watch`).
`docs/reduced-coordinates.md` says how to use it, and what is not seen.
"""

from zotheory.reduced.building import Reduced, reduce
from zotheory.reduced.frame import DECADES, NORMAL, ZERO, Bartlett, Frame, layout, symbols
from zotheory.reduced.replay import Unfit

__all__ = ["DECADES", "NORMAL", "ZERO", "Bartlett", "Frame", "Reduced", "Unfit", "layout", "reduce", "symbols"]
