"""Two-point mirror descent, several pairs and other geometries: why."""
