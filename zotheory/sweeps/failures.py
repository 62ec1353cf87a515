"""What can go wrong between this process and the one that does the work."""

from __future__ import annotations


class Died(RuntimeError):
    """The process that did the work ended before the work did."""


class Unusable(RuntimeError):
    """An executor is not there, or its workers would not give what this process would; the message says what to do."""


class Unsendable(TypeError):
    """An object cannot be made into bytes for another process; the message says which part, and what to do."""
