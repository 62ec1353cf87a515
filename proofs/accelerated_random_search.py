"""Accelerated random search: why."""
