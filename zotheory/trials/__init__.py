"""Methods on problems at a counted number of evaluations: what ``zotheory run`` and ``zotheory compare`` do.

`zotheory.trials.trial.trial` runs one method on one problem and keeps how the value fell, `zotheory.trials.comparison`
sets several side by side, `zotheory.trials.written` reads both from text.
"""


class Misasked(Exception):
    """What the command line was asked for cannot be done; the message says why."""


class Failed(Exception):
    """The objective failed, and there is nothing to deliver beside the message."""
