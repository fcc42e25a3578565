"""What the data says a provider says, and what the server said: line by line.

For every reply in the files of facts there is a *situation* (`smtp.py`, ...): a short
conversation at whose end a server has to give that reply. A situation talks to a `Talk`, which is
an engine in a test, or a server on a socket (`sockets.py`). The result is compared with the data
(`compare.py`) in `tests/`, and written down in `docs/dialect-conformance.md`.
"""
