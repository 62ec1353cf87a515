"""How a claim is weighed: sequential statistics, observations, derivations, verdicts."""
