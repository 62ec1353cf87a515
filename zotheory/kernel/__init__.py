"""Statements as formulas: their terms, the words of the field in these terms, and how they are printed."""
