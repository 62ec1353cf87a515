"""How a claim is weighed: sequential statistics, exact sums, reduced coordinates, derivations, verdicts."""
