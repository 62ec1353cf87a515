"""Theorems: one file a method, each bound one function, with its assumptions as code."""

from pathlib import Path

RECORD = Path(__file__).with_name("proofs.json")
