"""Floor 0, words: octets, effects, and the shape of an engine.

Knows no protocol and no mail.
"""
