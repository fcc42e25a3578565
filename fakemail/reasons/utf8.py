"""Why something about UTF-8 is refused in IMAP (RFC 6855) and POP3 (RFC 6856)."""

from __future__ import annotations

from fakemail.reasons.reason import Reason

UTF8_NAME = Reason(
    slug="imap.utf8-name",
    because="After ENABLE UTF8=ACCEPT mailbox names are UTF-8, without control characters and line "
    "separators; this one is not.",
    instead="Encode the name as UTF-8, and no longer as modified UTF-7.",
    cites=("RFC 6855 §3",),
    imap="NO [CANNOT] The mailbox name has {problem}.",
)
UTF8_NOT_ENABLED = Reason(
    slug="imap.utf8-not-enabled",
    because="APPEND UTF8 (...) was sent, and UTF8=ACCEPT was not enabled before.",
    instead="Send ENABLE UTF8=ACCEPT after the login, or APPEND with an ordinary literal.",
    cites=("RFC 6855 §4", "RFC 5161 §3.1"),
    imap="BAD Error in IMAP command APPEND: UTF8 wants ENABLE UTF8=ACCEPT first.",
)
CHARSET_IN_UTF8 = Reason(
    slug="imap.charset-in-utf8",
    because="After ENABLE UTF8=ACCEPT everything is UTF-8, and SEARCH must not name a charset.",
    instead="Leave CHARSET out, or do not enable UTF8=ACCEPT.",
    cites=("RFC 6855 §3",),
    imap="BAD Error in IMAP command {command}: no CHARSET after ENABLE UTF8=ACCEPT.",
)
UTF8_NEEDED = Reason(
    slug="pop3.utf8-needed",
    because="The message was sent with SMTPUTF8 and has a header in UTF-8; the client has not said "
    "UTF8, so it cannot be expected to read it.",
    instead="Send UTF8 before the login, where CAPA lists it (in Python: poplib's utf8()).",
    cites=("RFC 6856 §5", "RFC 6856 §2.1"),
    pop3="-ERR [UTF8] The message is in UTF-8, and UTF8 was not sent",
)
UTF8_BEFORE_TLS = Reason(
    slug="pop3.utf8-before-tls",
    because="The client said UTF8, and wants to start TLS only now.",
    instead="Send STLS first, then UTF8: nothing that was said in clear counts inside TLS.",
    cites=("RFC 6856 §2.1", "RFC 2595 §4"),
    pop3="-ERR STLS is not permitted after UTF8",
)
