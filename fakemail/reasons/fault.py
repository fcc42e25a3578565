"""Why something failed that a person had planned to fail (`faults/`)."""

from __future__ import annotations

from fakemail.reasons.reason import Reason

SAID = Reason(
    slug="fault.said",
    because="Nothing is wrong with the command: a fault was planned for this moment, and this is "
    "the answer that it gives.",
    instead="Look at how the program deals with it; `fakemail fault list` shows what is planned, "
    "`fakemail fault clear` ends it.",
    cites=("RFC 5321 §4.2.1", "RFC 1939 §3", "RFC 3501 §7.1"),
    smtp="{text}",
    pop3="{text}",
    imap="{text}",
)
NOT_CARRIED_OUT = Reason(
    slug="fault.not-carried-out",
    because="Nothing is wrong with the command: a fault was planned for this moment, so it was not "
    "carried out, and no answer was sent.",
    instead="Look at how the program deals with it; `fakemail fault list` shows what is planned, "
    "`fakemail fault clear` ends it.",
    cites=("RFC 5321 §3.8", "RFC 1939 §3", "RFC 5530 §3"),
    smtp="451 4.3.0 Fault",
    pop3="-ERR [SYS/TEMP] Fault",
    imap="NO [UNAVAILABLE] Fault",
)
