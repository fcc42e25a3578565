"""Parameters of MAIL and RCPT (RFC 5321 §4.1.2, RFC 6531 §3.3)."""

from __future__ import annotations

import re

from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp_transaction import PARAMETER_SYNTAX

_ONCE = frozenset({"RET", "ENVID", "NOTIFY", "ORCPT"})
"""What may be given only once (RFC 3461 §4.5)."""

_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*+)(?:=([^\x00- =\x7f]++))?")


def read(text: str) -> dict[str, str | None]:
    """Keyword in upper case to value as it stands; None where there is no ``=``.

    Of a keyword that comes twice the last one counts: Python's smtplib adds its own SIZE to one
    that the program gave, and MTAs take that. Those of RFC 3461 may not. Raises
    Refusal(smtp.parameter-syntax).
    """
    if not text:
        return {}
    found: dict[str, str | None] = {}
    for word in text.split():
        match = _PARAMETER.fullmatch(word)
        if match is None:
            raise bad(f"'{word[:40]}' is not KEYWORD or KEYWORD=value")
        keyword = match[1].upper()
        if keyword in found and keyword in _ONCE:
            raise bad(f"{keyword} stands twice, and may be given once")
        found[keyword] = match[2]
    return found


def bad(detail: str) -> Refusal:
    """The refusal of a malformed parameter."""
    return Refusal(PARAMETER_SYNTAX, detail=detail)
