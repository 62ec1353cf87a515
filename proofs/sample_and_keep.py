"""Sample a symmetric step, keep it if it is lower: why."""
