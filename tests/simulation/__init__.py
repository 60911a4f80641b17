"""Seeded random sessions, every invariant checked after every step: `python -m tests.simulation --seeds 10000`."""
