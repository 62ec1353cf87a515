"""Figures: one script each, one claim each; `figures/make.py` draws them all."""
