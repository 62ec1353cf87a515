"""Double smoothing: why."""
