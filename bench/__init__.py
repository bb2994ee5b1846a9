"""Benchmarks: what Trellis costs, as a ratio to the least that the same work could cost, measured in the same run."""
