"""The states of a POP3 session, and everything that can lead from one to another (RFC 1939 §3).

    opened            login                     QUIT            messages removed
      |                 |                         |                    |
      v                 v                         v                    v
  AUTHORIZATION ---> TRANSACTION ------------> UPDATE -------------> OVER
      |                 |                                              ^
      +--- QUIT --------+--- connection lost, idle too long, ----------+
                             too many errors, shutdown

Three things follow, and the rest of this folder relies on them:

* Messages are removed in UPDATE and nowhere else, and only QUIT in TRANSACTION leads there. A
  connection that breaks, however late, removes nothing.
* The maildrop is locked from login to OVER, so that nothing but this session's own DELE changes
  what its message numbers mean.
* STLS and failed logins lead back to AUTHORIZATION; there is no way back to it from TRANSACTION.
"""

from __future__ import annotations

from enum import Enum, auto


class State(Enum):
    """Where a session is."""

    AUTHORIZATION = auto()
    TRANSACTION = auto()
    UPDATE = auto()
    OVER = auto()


class Event(Enum):
    """What leads to another state."""

    LOGIN = auto()
    QUIT = auto()
    UPDATED = auto()
    LOST = auto()
    """The connection is gone or given up, by whomever."""


TRANSITIONS = {
    (State.AUTHORIZATION, Event.LOGIN): State.TRANSACTION,
    (State.AUTHORIZATION, Event.QUIT): State.OVER,
    (State.TRANSACTION, Event.QUIT): State.UPDATE,
    (State.UPDATE, Event.UPDATED): State.OVER,
    (State.AUTHORIZATION, Event.LOST): State.OVER,
    (State.TRANSACTION, Event.LOST): State.OVER,
    (State.UPDATE, Event.LOST): State.OVER,
    (State.OVER, Event.LOST): State.OVER,
}
"""What is not here cannot happen; a KeyError is a fault of ours."""
