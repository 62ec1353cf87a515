"""Measurements: how the claims are held against runs of the methods. One file a method.

A file makes the experiments of its claims: what is run, on which instance, and what is compared with the bound, which
flows in when the experiment is run. It depends on `zotheory.theorems` for schedules and constants, and on nothing in
`zotheory.claims`. Shared by all of them are the instances (`zotheory.problems.instances`), the ways to measure
(`experiments`, `estimates`) and the ways to spoil a method (`spoiled`), which controls need.
"""
