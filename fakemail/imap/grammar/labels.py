r"""Labels (X-GM-LABELS of Google's X-GM-EXT-1).

A label is spelled as a mailbox name is, or begins with a backslash where the server made it:
``\Inbox``, ``\Sent``.
"""

from __future__ import annotations

from fakemail.imap.grammar.mailbox_name import mailbox
from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.wire.cursor import Cursor

MOST = 100
"""Labels in one command."""


def label(cursor: Cursor) -> str:
    r"""label = "\" atom / mailbox ; a quoted ``"\\Inbox"`` is the same as ``\Inbox``"""
    if cursor.accept(b"\\"):
        return "\\" + cursor.run1(ATOM_CHAR, "the name of a label").decode("ascii")
    return mailbox(cursor)


def labels(cursor: Cursor) -> tuple[str, ...]:
    """ "(" [label *(SP label)] ")" / label *(SP label)"""
    start = cursor.at
    in_parentheses = cursor.accept(b"(")
    if in_parentheses and cursor.accept(b")"):
        return ()
    found = {label(cursor): None}
    while cursor.accept(b" "):
        found[label(cursor)] = None
        if len(found) > MOST:
            cursor.fail(f"at most {MOST} labels", start)
    if in_parentheses:
        cursor.expect(b")", "a space and a label, or )")
    return tuple(found)
