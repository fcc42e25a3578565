"""Floor 2, manners: every session of every protocol is written down, secrets apart.

`entry` is one line of a conversation and `recorder` one session's; `sessions` numbers and keeps
them; `journal` writes them to disk and `read` reads them back; `text` renders a conversation for
people and `live` does so while it goes on; `redact` takes secrets out before any of this sees them.
"""
