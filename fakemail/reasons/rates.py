"""Too much, too often, too many: what providers count, and refuse when it is more than they like.

Each limit is a rule of `dialects/rules.py` that somebody set by hand, and each has a reason of its
own, so that nobody has to guess which one it was. How much was counted, in how long, and when it
ends are facts of the refusal (`fakemail/rates/`).
"""

from __future__ import annotations

from fakemail.reasons.reason import Reason

# -- logins ----------------------------------------------------------------------------------

TOO_MANY_ATTEMPTS = Reason(
    slug="auth.too-many-attempts",
    because="The account has logged in too often in a short time; for a while even the right code "
    "is refused.",
    instead="Keep one connection open in place of many, and send or fetch all over it; a program "
    "that logs in for each message runs into this.",
    cites=("RFC 4954 §6", "RFC 3206 §4", "RFC 5530 §3 (LIMIT)"),
    smtp="454 4.7.0 Too many login attempts, please try again later",
    pop3="-ERR [SYS/TEMP] Too many login attempts, please try again later",
    imap="NO [LIMIT] Too many login attempts, please try again later",
)
TOO_MANY_FAILURES = Reason(
    slug="auth.too-many-failures",
    because="Logins of this account have failed too often in a short time; for a while even the "
    "right code is refused.",
    instead="Stop retrying a login that fails, put the code right, and wait: it ends by itself.",
    cites=("RFC 4954 §6", "RFC 3206 §4", "RFC 5530 §3 (LIMIT)"),
    smtp="454 4.7.0 Too many failed logins, please try again later",
    pop3="-ERR [SYS/TEMP] Too many failed logins, please try again later",
    imap="NO [LIMIT] Too many failed logins, please try again later",
)

# -- connections -----------------------------------------------------------------------------

CLIENT_BLOCKED = Reason(
    slug="host.client-blocked",
    because="Connections from this address are refused for a while, because of failed logins or "
    "bad mail from it before; the right code does not help.",
    instead="Stop the program that keeps logging in with a wrong code, then wait; the ban ends by "
    "itself.",
    cites=("RFC 5321 §3.1", "RFC 3206 §4", "RFC 9051 §7.1.5"),
    smtp="554 5.7.1 Connection refused: too many failed logins from your address",
    pop3="-ERR [SYS/TEMP] Connection refused: too many failed logins from your address",
    imap="BYE [UNAVAILABLE] Connection refused: too many failed logins from your address",
)
CONNECTIONS_AT_ONCE = Reason(
    slug="host.connections-at-once",
    because="This address has as many connections open as the provider allows at a time.",
    instead="Close connections that are done with, and send over a few that stay open (a pool).",
    cites=("RFC 5321 §3.8", "RFC 3206 §4", "RFC 9051 §7.1.5"),
    smtp="421 4.7.0 Too many connections at a time from your address",
    pop3="-ERR [SYS/TEMP] Too many connections at a time from your address",
    imap="BYE [UNAVAILABLE] Too many connections at a time from your address",
)
CONNECTIONS_TOO_OFTEN = Reason(
    slug="host.connections-too-often",
    because="This address has opened too many connections in a short time.",
    instead="Keep a connection open and use it for all messages, and retry later.",
    cites=("RFC 5321 §3.8", "RFC 3206 §4", "RFC 9051 §7.1.5"),
    smtp="421 4.7.0 Too many new connections from your address, please try again later",
    pop3="-ERR [SYS/TEMP] Too many new connections from your address, please try again later",
    imap="BYE [UNAVAILABLE] Too many new connections from your address, please try again later",
)
CONNECTIONS_TODAY = Reason(
    slug="smtp.connections-today",
    because="The sender has opened as many connections today as the provider allows.",
    instead="Send all messages over one connection, and go on tomorrow.",
    cites=("RFC 5321 §4.2.5", "RFC 3463 §3.8"),
    smtp="550 5.7.1 Too many connections today",
)

# -- messages and recipients -----------------------------------------------------------------

MESSAGES_IN_CONNECTION = Reason(
    slug="smtp.messages-in-connection",
    because="The client has sent as many messages over this connection as the provider allows.",
    instead="Say QUIT, connect again, and go on with the next message.",
    cites=("RFC 5321 §4.2.5", "RFC 3463 §3.6"),
    smtp="450 4.5.3 Too many messages in this connection",
)
RATE_LIMITED = Reason(
    slug="smtp.rate-limited",
    because="The sender has sent too many messages in a short time.",
    instead="Send slower, over one connection, and retry later; a queue with a pause helps.",
    cites=("RFC 5321 §4.2.5", "RFC 3463 §3.8"),
    smtp="450 4.7.1 Too many messages, please try again later",
)
DAILY_LIMIT = Reason(
    slug="smtp.daily-limit",
    because="The sender has sent as many messages today as the provider allows.",
    instead="Go on tomorrow, or use a service that is made for bulk mail.",
    cites=("RFC 5321 §4.2.5", "RFC 3463 §3.6"),
    smtp="550 5.4.5 Daily sending limit exceeded",
)
RECIPIENTS_IN_CONNECTION = Reason(
    slug="smtp.recipients-in-connection",
    because="The client has named as many recipients over this connection as the provider allows.",
    instead="Say QUIT, connect again, and go on with the other recipients.",
    cites=("RFC 5321 §4.5.3.1.10", "RFC 3463 §3.6"),
    smtp="450 4.5.3 Too many recipients in this connection",
)
RECIPIENTS_TOO_OFTEN = Reason(
    slug="smtp.recipients-too-often",
    because="The sender has written to too many recipients in a short time.",
    instead="Send slower, and retry later with the other recipients.",
    cites=("RFC 5321 §4.2.5", "RFC 3463 §3.8"),
    smtp="451 4.7.1 Too many recipients, please try again later",
)
RECIPIENTS_TODAY = Reason(
    slug="smtp.recipients-today",
    because="The sender has written to as many recipients today as the provider allows.",
    instead="Go on tomorrow, or use a service that is made for bulk mail.",
    cites=("RFC 5321 §4.2.5", "RFC 3463 §3.6"),
    smtp="550 5.4.5 Daily limit of recipients exceeded",
)

# -- POP3 ------------------------------------------------------------------------------------

DOWNLOAD_LIMIT = Reason(
    slug="pop3.download-limit",
    because="The account has fetched as many messages as the provider allows for a while.",
    instead="Fetch only what is new: remember the unique-ids (UIDL) of what you have.",
    cites=("RFC 1939 §5", "RFC 3206 §4"),
    pop3="-ERR [SYS/TEMP] Download limit exceeded",
)

AFTER_REJECTION = Reason(
    slug="smtp.connection-rejected",
    because="The greeting was 554: no session takes place here, and the client went on all the "
    "same.",
    instead="Look at the greeting before you send anything; after 554 say QUIT.",
    cites=("RFC 5321 §3.1",),
    smtp="503 5.5.1 Bad sequence of commands: the connection was rejected, send QUIT",
)
