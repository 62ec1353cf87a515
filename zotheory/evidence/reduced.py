from zotheory.reduced import *  # noqa: D100, F403
