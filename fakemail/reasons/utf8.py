"""Why something about UTF-8 in IMAP is refused (RFC 6855)."""

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
