"""Side-by-side benchmarks: fakemail and its peers in one program, one run, one machine.

`python -m benchmarks --help`; what is measured and what came out: `benchmarks/README.md`.

A row (`rows/`) starts its servers (`peers/`), drives each of them with the *same* client program
in its own process (`clients/`), interleaves the runs (A B C A B C ...), and reports medians with
their spread. Everything listens on 127.0.0.1 on ports of its own, lives in one temporary folder,
and is gone when the program ends.
"""
