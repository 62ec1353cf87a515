"""The documentation site: what Sphinx is told, in `extension`, and what its pages are made of."""
