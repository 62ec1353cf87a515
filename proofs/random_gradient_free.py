"""Random gradient-free search: why."""
