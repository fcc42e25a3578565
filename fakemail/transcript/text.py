"""A conversation as text: what is shown live, in lists, in failing tests and in bug reports.

    smtp  session 7  127.0.0.1:51324  port 587  dialect qq
      C: MAIL FROM:<me@qq.com>
      S: 503 Error: need EHLO and AUTH first !
      !  MAIL arrived before the client had authenticated.                     smtp.auth-required
         Call login(address, authorization_code) before sendmail().           RFC 4954 §6

Whatever a client sends may stand here, and the reader may be a terminal. So only printable
characters pass (UTF-8 included); every other octet, and every character that moves the cursor or
turns the direction of writing, is shown as ``\\xNN``; a backslash that would read as the beginning
of that is ``\\x5c``. So `parse` can read it back.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from fakemail.transcript.entry import Conversation, Entry
from fakemail.transcript.recorder import HEAD

MARGIN = 75
"""The column of slugs and citations."""

_COLOURS = {"C": "\x1b[36m", "S": "\x1b[32m", "!": "\x1b[33m", "*": "\x1b[2m", "head": "\x1b[1m"}
_PLAIN = "\x1b[0m"
_LINE_END = re.compile(rb"\r?\n")
_LOOKS_ESCAPED = re.compile(r"\\(?=x[0-9a-f]{2})")


@dataclass(frozen=True, slots=True)
class Style:
    """How to show it."""

    colour: bool = False
    times: bool = False
    """Each line with seconds since the session began."""


PLAIN = Style()


def render(session: Conversation, style: Style = PLAIN) -> str:
    """The whole conversation, with a line end after each line."""
    lines = [heading(session, style)]
    for position, entry in enumerate(session.entries):
        if session.left_out and position == HEAD:
            lines.append(f"  ... {session.left_out} entries are left out here ...")
        lines += entry_lines(entry, session.began, style)
    return "\n".join(lines) + "\n"


def heading(session: Conversation, style: Style = PLAIN) -> str:
    """``smtp  session 7  127.0.0.1:51324  port 587  dialect qq``."""
    peer = session.peer
    host = f"[{peer.host}]" if ":" in peer.host else peer.host
    words = [
        session.protocol,
        f"session {session.number}",
        f"{host}:{peer.port}",
        f"port {peer.local_port}",
        f"dialect {session.dialect}",
    ]
    if style.times:
        words.append(datetime.fromtimestamp(session.began, UTC).strftime("%Y-%m-%d %H:%M:%SZ"))
    return paint("head", printable("  ".join(words).encode()), style)


def entry_lines(entry: Entry, began: float, style: Style = PLAIN) -> list[str]:
    """One entry as it stands in a transcript, two columns in."""
    time = f"{max(0.0, entry.at - began):9.3f}" if style.times else ""
    if entry.kind == "!":
        said = list(_refusal(entry))
    else:
        sign = "* " if entry.kind == "*" else entry.kind + ":"
        said = [f"{sign} {printable(line)}" for line in _LINE_END.split(entry.octets)]
    return [paint(entry.kind, f"{time}  {line}".rstrip(), style) for line in said]


def printable(octets: bytes) -> str:
    """Octets as one line of text that no terminal obeys."""
    text = octets.decode("utf-8", "surrogateescape")
    if "\\x" in text:
        text = _LOOKS_ESCAPED.sub(r"\\x5c", text)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    octets = character.encode("utf-8", "surrogateescape")
    return "".join(f"\\x{octet:02x}" for octet in octets)


def explanation(entry: Entry) -> tuple[str, str]:
    """Why something was refused and what to do instead, with the facts filled in, printable."""
    if entry.reason is None:
        return printable(entry.octets), ""
    facts = _Facts(entry.facts or {})
    because = f"{entry.reason.because.format_map(facts)} {printable(entry.octets)}".rstrip()
    return because, entry.reason.instead.format_map(facts)


class _Facts(dict[str, str]):
    """A fact is shown as printable text, and one that was not given as its ``{name}``."""

    def __getitem__(self, name: str) -> str:
        return printable(super().__getitem__(name).encode("utf-8", "backslashreplace"))

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def _refusal(entry: Entry) -> Iterator[str]:
    """What was wrong with the slug beside it, then what to do with the citation beside it."""
    because, instead = map(_wrap, explanation(entry))
    if entry.reason:
        because[0] = _beside(because[0], entry.reason.slug)
        instead[-1] = _beside(instead[-1], "; ".join(entry.reason.cites))
    yield "!  " + because[0]
    yield from ("   " + line for line in (*because[1:], *instead) if line)


def _wrap(text: str) -> list[str]:
    width = MARGIN - 7
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return lines or [""]


def _beside(text: str, note: str) -> str:
    return f"{text:<{MARGIN - 5}}{note}" if len(text) < MARGIN - 5 else f"{text}  {note}"


def paint(what: str, line: str, style: Style) -> str:
    """`line` in the colour of an entry's kind, or of a ``head``, where the style has colours."""
    return f"{_COLOURS[what]}{line}{_PLAIN}" if style.colour else line
