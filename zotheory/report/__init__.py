"""Tables: the results as text, for a terminal and for Markdown pages."""
