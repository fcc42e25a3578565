"""The base subject: a subject without what replying and forwarding put around it (RFC 5256 §2.1).

The RFC gives a procedure and an ambiguous grammar; the procedure is what counts. Its letters:

    subj-blob   = "[" *BLOBCHAR "]" *WSP                        [fakemail-users]
    subj-refwd  = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"    Re:  FWD [2]:
    subj-leader = (*subj-blob subj-refwd) / WSP
    subj-trailer = "(fwd)" / WSP
    subj-fwd-hdr = "[fwd:"        subj-fwd-trl = "]"

Nothing is cut off before the end: two indices move towards each other, and the blobs in front are
looked at once, so that a subject of brackets costs no more than any other. What steps 3 to 5 do
with a row of blobs is: with a subj-refwd behind it, all goes; else the blobs go as long as
something is left.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SPACES = re.compile(r"[ \t\r\n]+")
_BLOB = re.compile(r"\[[^\[\]]*+\] *+")
_REFWD = re.compile(r"(?:re|fwd?) *+(?:\[[^\[\]]*+\] *+)?:", re.IGNORECASE | re.ASCII)
_FWD, _FWD_HEADER = "(fwd)", "[fwd:"


class BaseSubject(NamedTuple):
    """What is left of a subject."""

    text: str
    is_reply: bool
    """A reply or a forward: a subj-refwd, "(fwd)" or "[fwd: ...]" was taken off (RFC 5256 §3)."""


def base_subject(subject: str) -> BaseSubject:
    """The base subject of a decoded subject."""
    text = _SPACES.sub(" ", subject)
    start, end = 0, len(text)
    is_reply = False
    while True:
        shorter = _without_trailers(text, start, end)
        is_reply |= "(" in text[shorter:end]
        end = shorter
        start, led = _without_leaders(text, start, end)
        is_reply |= led
        wrapped = text[start : start + len(_FWD_HEADER)].lower() == _FWD_HEADER
        if not wrapped or text[end - 1] != "]":
            return BaseSubject(text[start:end], is_reply)
        start, end, is_reply = start + len(_FWD_HEADER), end - 1, True


def _without_trailers(text: str, start: int, end: int) -> int:
    """Step 2."""
    while end > start:
        if text[end - 1] == " ":
            end -= 1
        elif end - start >= len(_FWD) and text[end - len(_FWD) : end].lower() == _FWD:
            end -= len(_FWD)
        else:
            break
    return end


def _without_leaders(text: str, start: int, end: int) -> tuple[int, bool]:
    """Steps 3 to 5; also whether a subj-refwd went."""
    led = False
    while True:
        while start < end and text[start] == " ":
            start += 1
        last = after = start  # of the row of blobs: where its last one begins, and its end
        while blob := _BLOB.match(text, after, end):
            last, after = after, blob.end()
        if refwd := _REFWD.match(text, after, end):
            start, led = refwd.end(), True
        else:
            return (after if after < end else last), led
