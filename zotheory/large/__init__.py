"""Large single runs: where few vectors fit into memory, directions are drawn anew when they are needed.

A direction is a key: the seed, the step, and which of its draws it is. `stream` draws any block of it at any time;
`sums` adds such directions and arrays in memory, `vectors` lets the shipped steps compute with these sums, and `walk`
takes the steps. Distinct from `zotheory.reduced`, which runs in any dimension, but only on functions of lengths and a
few inner products.
"""

from zotheory.large.blocks import Blocks as Blocks
from zotheory.large.running import LargeRun as LargeRun
from zotheory.large.running import run_large as run_large
from zotheory.large.sums import Point as Point
