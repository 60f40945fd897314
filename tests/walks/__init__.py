"""Walks at random that tests take shortly and ``bin/bench faults`` takes long."""
