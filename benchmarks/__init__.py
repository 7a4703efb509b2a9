"""Benchmarks of kepu-core: each module exposes ``run(short)`` and gives rows; see :mod:`benchmarks.run`."""
