from zotheory.exact import *  # noqa: D100, F403
