"""Reading a string from frames: the answer is a string, and the loss its edit distance to the one that is there.

A network gives each frame scores of the symbols and of a blank, the last class. Read greedily, the string is the
largest class of each frame, without repetitions from one frame to the next, and without blanks. No frame is labelled.

    D(i, 0) = i,  D(0, j) = j,
    D(i, j) = min(D(i-1, j) + 1, D(i, j-1) + 1, D(i-1, j-1) + [read_i != told_j])

Source: Graves, Fernandez, Gomez, Schmidhuber, "Connectionist temporal classification", ICML 2006, sections 2.1 and 3.2
("best path decoding"), as recalled; the distance is Levenshtein's, in the form of Wagner, Fischer, J. ACM 21, 1974.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import namespace
from zotheory.problems.networks.parameters import Network, Parameters
from zotheory.streams import Seed


@checked
@dataclass(frozen=True, eq=False)
class Framewise:
    """A network that is applied to each frame of a sequence.

    Parameters
    ----------
    network : what a frame goes through
    """

    network: Network

    @property
    def parameters(self) -> Parameters:
        """Those of the network."""
        return self.network.parameters

    def __call__(self, x: Array, inputs: Array) -> Array:
        """Outputs (..., n, T, outputs) of inputs (..., n, T, inputs), with parameters x (..., p)."""
        reshape, (*lead, n, frames, width) = namespace(x).reshape, inputs.shape
        out = self.network(x, reshape(inputs, (*lead, n * frames, width)))
        return reshape(out, (*out.shape[:-2], n, frames, out.shape[-1]))

    def start(self, seed: Seed) -> np.ndarray:
        """First parameters, (p,)."""
        return self.network.start(seed)


def read(logits: Array) -> tuple[Array, Array]:
    """Read logits (..., T, classes) greedily: classes (..., T), and which of them are symbols of the string."""
    xp = namespace(logits)
    best = xp.argmax(logits, axis=-1)
    blank = logits.shape[-1] - 1
    before = xp.concat([0 * best[..., :1] + blank, best[..., :-1]], axis=-1)
    return best, (best != blank) & (best != before)


def edit_distance(symbols: Array, kept: Array, told: Array) -> Array:
    """Fewest insertions, deletions and substitutions that make one string the other: whole numbers (...).

    Parameters
    ----------
    symbols, kept : arrays (..., T) of whole numbers and of truth values
        The first string is symbols where kept.
    told : array (..., L) of whole numbers, L >= 1
        The second string. Leading axes broadcast.
    """
    xp = namespace(symbols)
    none = 0 * (symbols[..., 0] + told[..., 0])
    row = [none + j for j in range(told.shape[-1] + 1)]
    for i in range(symbols.shape[-1]):
        new = [row[0] + 1]
        for j in range(told.shape[-1]):
            changed = row[j] + xp.astype(symbols[..., i] != told[..., j], none.dtype)
            new.append(xp.minimum(xp.minimum(row[j + 1], new[j]) + 1, changed))
        row = [xp.where(kept[..., i], after, before) for after, before in zip(new, row, strict=True)]
    return row[-1]


def string_error(logits: Array, told: Array) -> Array:
    """Mean over n of the edit distance of what is read from logits (..., n, T, classes) to told (..., n, L), over L."""
    xp = namespace(logits)
    distance = xp.astype(edit_distance(*read(logits), told), logits.dtype)
    return xp.mean(distance, axis=-1) / told.shape[-1]
