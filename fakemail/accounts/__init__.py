"""Floor 1, things: who may log in, with which codes, and whose an address is."""
