"""Why the server itself ends a session: it is full, it stops, or it is at fault."""

from __future__ import annotations

from fakemail.reasons.reason import Reason

TOO_MANY_CONNECTIONS = Reason(
    slug="host.too-many-connections",
    because="As many connections are open as this server takes.",
    instead="Close connections that are done with, or raise --max-connections.",
    cites=("RFC 5321 §3.8", "RFC 3206 §4", "RFC 9051 §7.1.5"),
    smtp="421 4.3.2 Too many connections",
    pop3="-ERR [SYS/TEMP] Too many connections",
    imap="* BYE [UNAVAILABLE] Too many connections",
)

SHUTTING_DOWN = Reason(
    slug="host.shutting-down",
    because="The server was told to stop.",
    instead="Connect again when it is back.",
    cites=("RFC 5321 §3.8", "RFC 3206 §4", "RFC 9051 §7.1.5"),
    smtp="421 4.3.2 Service shutting down",
    pop3="-ERR [SYS/TEMP] Service shutting down",
    imap="* BYE Service shutting down",
)

INTERNAL = Reason(
    slug="host.internal",
    because="fakemail failed while it handled this session; the traceback is in its log.",
    instead="Nothing: this is a fault of fakemail. Please report it with the transcript.",
    cites=("RFC 5321 §4.2.1", "RFC 3206 §4", "RFC 5530 §3"),
    smtp="421 4.3.0 Internal error",
    pop3="-ERR [SYS/TEMP] Internal error",
    imap="* BYE [SERVERBUG] Internal error",
)
