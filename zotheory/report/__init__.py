"""Tables: the results as text, for a terminal, a Markdown page and the README."""
