"""Long runs on networks, whose records the figures and `docs/networks.md` are drawn from.

    python -m figures.networks kin --budget 90m --only "run/*"

A study is a file of this folder: its docstring says what is compared, `JOBS` are its independent runs. A job goes on
piece by piece; a checkpoint after the pieces survives SIGKILL, and the same command goes on from it to the same bits.
What has been measured is in `records/STUDY.json`, with the command and its cost.
"""
