"""X-GM-RAW: a search in the words of Gmail's search box, as far as it can be done here.

    from: to: cc: bcc: subject:      in that header field
    label: in:                       has that label (in:anywhere: all)
    is:unread is:read is:starred     flags
    larger: smaller: size:           octets, or with K or M
    after: before:                   the day of the internal date, as 2026/11/22
    rfc822msgid:                     the Message-ID
    "a phrase", word                 in the header or a text
    -term, a OR b                    not; either of the two terms beside it

Terms in a row must all hold. Anything else with a colon behind it is refused, so that a search that
is not understood does not find too much; parentheses and braces are not understood either.
"""

from __future__ import annotations

import re
from datetime import date

from fakemail.imap.search.keys import (
    All,
    And,
    Arrived,
    HasFlag,
    InHeader,
    InText,
    Key,
    Labelled,
    Larger,
    Not,
    Or,
    Smaller,
)
from fakemail.reasons.provider import SEARCH_UNSUPPORTED
from fakemail.reasons.reason import Refusal

MOST_TERMS = 100
_TERM = re.compile(r'(-?)(?:([A-Za-z0-9_]+):)?(?:"([^"]*)"|(\S+))')
_FIELDS = {
    "from": b"from", "to": b"to", "cc": b"cc", "bcc": b"bcc", "subject": b"subject",
    "rfc822msgid": b"message-id",
}  # fmt: skip
_FLAGS: dict[str, Key] = {
    "unread": Not(HasFlag("\\Seen")),
    "read": HasFlag("\\Seen"),
    "starred": HasFlag("\\Flagged"),
}
_SIZE = re.compile(r"(\d{1,9})([KkMm]?)")
_DAY = re.compile(r"(\d{4})[/-](\d\d?)[/-](\d\d?)")
_ROLES = {"inbox", "sent", "draft", "drafts", "spam", "trash", "important", "starred"}
_UNITS = {"": 1, "k": 1024, "m": 1024 * 1024}


def raw(text: str) -> Key:
    """What the words ask for; raises Refusal(imap.search-unsupported)."""
    found: list[Key] = []
    either = False
    for term in _TERM.finditer(text):
        if term[0] == "OR" and found:
            either = True
            continue
        key = _key(term[2], term[3] if term[3] is not None else term[4])
        if term[1]:
            key = Not(key)
        if either:
            before = found.pop()
            found.append(Or((*before.keys, key) if isinstance(before, Or) else (before, key)))
        else:
            found.append(key)
        either = False
        if len(found) > MOST_TERMS:
            raise Refusal(SEARCH_UNSUPPORTED, key=f"X-GM-RAW with more than {MOST_TERMS} terms")
    return And(tuple(found)) if found else All()


def _key(operator: str | None, value: str) -> Key:
    name = (operator or "").lower()
    if not name:
        if value[0] in "({" or value[-1] in ")}":
            raise Refusal(SEARCH_UNSUPPORTED, key="X-GM-RAW with parentheses")
        return InText(value)
    if name in _FIELDS:
        return InHeader(_FIELDS[name], value)
    if name in ("label", "in"):
        if value.lower() == "anywhere":
            return All()
        return Labelled(f"\\{value}".removesuffix("s") if value.lower() in _ROLES else value)
    if name == "is" and value.lower() in _FLAGS:
        return _FLAGS[value.lower()]
    if name in ("larger", "smaller", "size") and (size := _SIZE.fullmatch(value)):
        octets = int(size[1]) * _UNITS[size[2].lower()]
        return Smaller(octets) if name == "smaller" else Larger(octets)
    if name in ("after", "before") and (day := _DAY.fullmatch(value)):
        try:
            asked = date(int(day[1]), int(day[2]), int(day[3]))
        except ValueError:
            raise Refusal(SEARCH_UNSUPPORTED, key=f"{name}:{value[:20]} in X-GM-RAW") from None
        return Arrived("before", asked) if name == "before" else Arrived("since", asked)
    raise Refusal(SEARCH_UNSUPPORTED, key=f"{name[:20]}: in X-GM-RAW")
