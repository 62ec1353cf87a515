"""GLD on functions of few coordinates, and near them: why."""
