"""No method with two evaluations a step does better: why."""
