"""Sections: which octets BODY[...] means (RFC 3501 §6.4.5).

Part numbers count in two kinds of places. In a *message* (the whole one, or the one inside a
message/rfc822 part) number n is the n-th part of its multipart body, and 1 is the body itself
when it is no multipart. In a *part*, n is the n-th part of a multipart, or a number inside the
message that a message/rfc822 part holds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, TypeAlias

from fakemail.message.part import Part

Text: TypeAlias = Literal["", "HEADER", "HEADER.FIELDS", "HEADER.FIELDS.NOT", "TEXT", "MIME"]


def section(
    part: Part, path: Sequence[int] = (), text: Text = "", fields: Collection[bytes] = ()
) -> bytes | None:
    """The octets of ``BODY[path.text (fields)]`` of the message `part`; None when there is no
    such part.

    HEADER and HEADER.FIELDS end with the header's blank line, if it has one. HEADER and TEXT
    after a part number need a message/rfc822 part; MIME needs a part number.
    """
    message: Part | None = part
    found = part
    if path:
        located = locate(part, path)
        if located is None:
            return None
        found = located
        if text == "":
            return found.body
        if text == "MIME":
            return found.header.octets
        message = found.message
    elif text == "":
        return found.octets
    if message is None or text == "MIME":
        return None
    if text == "TEXT":
        return message.body
    if text == "HEADER":
        return message.header.octets
    return message.header.select(fields, negate=text == "HEADER.FIELDS.NOT")


def locate(part: Part, path: Sequence[int]) -> Part | None:
    """The part with these numbers in the message `part`; None when there is none."""
    holder: Part | None = part
    found = part
    for number in path:
        if holder is None:
            return None
        if holder.is_multipart:
            children = holder.children
            if not 1 <= number <= len(children):
                return None
            found = children[number - 1]
        elif number == 1:
            found = holder
        else:
            return None
        holder = found if found is not holder and found.is_multipart else found.message
    return found
