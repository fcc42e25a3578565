"""Counted faults: what goes wrong on purpose, at which moment, at which time of many."""
