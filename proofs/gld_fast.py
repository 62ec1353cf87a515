"""GLD-Fast: why."""
