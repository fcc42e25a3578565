"""Message IDs in Message-ID, References and In-Reply-To (RFC 5322 §3.6.4), in one spelling each.

A quoted left side means the same as one without quotes (RFC 5256 §3 asks for that), so both come
out without. What has no ``@`` between angle brackets, or white space inside, is no message ID.
"""

from __future__ import annotations

import re
from itertools import islice

MAX_OCTETS = 65_536
"""Octets of a field's value past this number are not looked at."""

MAX_IDS = 1_000
"""Message IDs of one field past this number are not looked at."""

_MSG_ID = re.compile(
    rb"<[ \t]*+"
    rb'(?:"((?:[^"\\<>]|\\.){1,998}+)"|([^<>@"\s]{1,998}+))'
    rb"[ \t]*+@[ \t]*+([^<>@\s]{1,998}+)[ \t]*+>"
)
_ESCAPED = re.compile(rb"\\(.)")


def message_ids(value: bytes) -> list[bytes]:
    """The message IDs in an unfolded field value, ``left@right`` each, in order."""
    found = []
    for match in islice(_MSG_ID.finditer(value, 0, MAX_OCTETS), MAX_IDS):
        quoted, left, right = match.groups()
        if quoted is not None:
            left = _ESCAPED.sub(rb"\1", quoted)
        found.append(left + b"@" + right)
    return found
