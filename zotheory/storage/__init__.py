"""Files that outlive a run: SQLite, where each commit is whole or absent, and arrays beside it."""
