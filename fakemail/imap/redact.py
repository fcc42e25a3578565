"""What of a client's words may stand in the transcript: everything but secrets.

Commands are recorded line by line as they arrive, so what is hidden must be known before the
command is complete: each function here takes the command *so far* and gives what may be shown of
it, such that the answer for more of the command begins with the answer for less.

Before the login a command that is not known is suspect too: it may be a LOGIN without its tag, or
misspelt. Its arguments are hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from fakemail.imap.grammar.strings import astring
from fakemail.transcript.recorder import HIDDEN
from fakemail.wire.cursor import Cursor, SyntaxFault

_WORDS = re.compile(rb"([^ \r\n]*)( ?)([^ \r\n]*)")
_MECHANISM = re.compile(rb" [^ \r\n]*")
_LITERAL = re.compile(rb"\{[0-9]{1,20}\+?\}(\r?\n)?")
_PUBLIC = frozenset(
    b"CAPABILITY NOOP LOGOUT STARTTLS ID ENABLE SELECT EXAMINE LIST LSUB STATUS APPEND".split()
)
"""Commands whose arguments are no secret, in any state."""

_SECRETIVE = frozenset({b"PASS", b"APOP"})
"""First words of POP3 commands with a secret behind them, sent to the wrong port."""

_ENCODED = re.compile(rb"[A-Za-z0-9+/]{8,}={0,2}")


def command(
    octets: bytes, logged_in: bool, is_secret: Callable[[str], bool] = lambda name: False
) -> bytes:
    """What may be shown of a command so far; `is_secret` knows the codes that somebody may give
    for a user name."""
    words = _WORDS.match(octets)
    assert words is not None  # every part of it may be empty
    tag, name, end = words[1].upper(), words[3].upper(), words.end()
    if not logged_in:
        if not words[2] and may_be_response(tag):
            return HIDDEN + octets[end:]
        if tag in _SECRETIVE:
            return words[1] + _hidden(octets[len(tag) :])
    if name == b"LOGIN":
        return octets[:end] + _login(octets[end:], is_secret)
    if name == b"AUTHENTICATE":
        mechanism = _MECHANISM.match(octets, end)
        end = mechanism.end() if mechanism else end
        return octets[:end] + _hidden(octets[end:])
    if logged_in or name in _PUBLIC:
        return octets
    return octets[:end] + _hidden(octets[end:])


def may_be_response(word: bytes) -> bool:
    """Whether a word alone on its line may belong to a login that was refused before: then it is
    neither written down nor echoed as a tag."""
    return _ENCODED.fullmatch(word) is not None


def unknown(tag: bytes) -> dict[str, str]:
    """Facts of the refusal of an unknown command: a POP3 client's ``PASS code`` has the code where
    the name should be."""
    return {"command": HIDDEN.decode()} if tag.upper() in _SECRETIVE else {}


def response(line: bytes) -> bytes:
    """A line of the client inside AUTHENTICATE; ``*`` gives up and is no secret."""
    return line if line == b"*" else HIDDEN


def _login(arguments: bytes, is_secret: Callable[[str], bool]) -> bytes:
    """`` userid password``: the user name is shown, if it is one."""
    cursor = Cursor(arguments)
    try:
        cursor.space()
        if _LITERAL.fullmatch(cursor.rest):
            return arguments
        name = astring(cursor, "user name")
    except SyntaxFault:
        return _hidden(arguments)
    if is_secret(name.decode("utf-8", "replace")):
        return _hidden(arguments)
    if cursor.ended:  # one argument only: the user name was forgotten, or the password
        first = _LITERAL.match(arguments, 1)
        end = first.end() if first else 1
        return arguments[:end] + HIDDEN
    return arguments[: cursor.at] + _hidden(arguments[cursor.at :])


def _hidden(arguments: bytes) -> bytes:
    """Arguments of which nothing may be shown, but that a literal follows."""
    if not arguments.strip():
        return arguments
    start = arguments[:1] if arguments.startswith(b" ") else b""
    literal = _LITERAL.match(arguments, len(start))
    if literal and (literal[1] or literal.end() == len(arguments)):
        return arguments[: literal.end()] + (HIDDEN if literal.end() < len(arguments) else b"")
    return start + HIDDEN
