"""Theorems: what is known of the methods. One file a method.

A file begins with its main theorems in sentences and holds their bounds and schedules: each one function of floats,
arrays and symbols, whose signature says which arguments it takes (`zotheory.quantities`). It knows nothing of how they
are measured (`zotheory.measurements`), stated (`zotheory.statements`) or claimed (`zotheory.claims`).
"""
