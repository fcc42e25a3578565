"""What a server sends, as the lines that a transcript shows, and when a response is complete.

The same for the lines of a script, so that it is known how many responses to wait for.

- SMTP: a reply is complete at the line whose code no hyphen follows (RFC 5321 §4.2.1).
- POP3: at its first line, or at the lone dot where the command has a multi-line response
  (RFC 1939 §3, RFC 2449 §3).
- IMAP: at the line that begins with the command's tag, or at a continuation request (RFC 3501
  §2.2.2); before the first command, and once all are complete, each untagged response is one.
"""

from __future__ import annotations

import re

_SMTP_GOES_ON = re.compile(rb"\d{3}-")
_LITERAL = re.compile(rb"\{(\d+)\}\Z")
_MULTI_LINE = {b"RETR", b"TOP", b"CAPA"}
_MULTI_LINE_WITHOUT_ARGUMENT = {b"LIST", b"UIDL", b"AUTH"}


class Responses:
    """Of one session of `protocol`: ``smtp``, ``pop3`` or ``imap``."""

    def __init__(self, protocol: str) -> None:
        self._protocol = protocol
        self._octets = bytearray()
        self._line = b""
        self._literal = 0
        self._awaited: list[bytes] = []
        self._body: list[bytes] | None = None
        self._of_message = False
        self.lines: list[bytes] = []
        """Since `take`."""

        self.complete = 0
        """Responses that became complete since `take`."""

        self.after = 0
        """Lines since the last complete one."""

    def asked(self, line: bytes) -> None:
        """The client has sent this line."""
        if self._protocol == "pop3":
            self._awaited.append(line)
        elif self._protocol == "imap" and (tag := line.split(b" ", 1)[0]):
            self._awaited.append(tag)

    def received(self, octets: bytes) -> None:
        """The server has sent this."""
        self._octets += octets
        while True:
            dropped = min(self._literal, len(self._octets))
            del self._octets[:dropped]
            self._literal -= dropped
            end = self._octets.find(b"\n")
            if self._literal or end < 0:
                return
            line = self._line + bytes(self._octets[:end]).removesuffix(b"\r")
            del self._octets[: end + 1]
            literal = _LITERAL.search(line) if self._protocol == "imap" else None
            if literal:
                self._line, self._literal = line, int(literal[1])
            else:
                self._line = b""
                self.line(line)

    def line(self, line: bytes) -> None:
        """The server has sent this line; literals are left out."""
        if self._body is not None:
            self._in_body(line)
            return
        self.lines.append(line)
        self.after += 1
        if self._protocol == "smtp":
            if not _SMTP_GOES_ON.match(line):
                self._completed()
        elif self._protocol == "pop3":
            command = self._awaited.pop(0) if self._awaited else b""
            if line.startswith(b"+OK") and _has_lines(command):
                self._body = []
                self._of_message = command[:4].upper() in (b"RETR", b"TOP ")
            else:
                self._completed()
        else:
            word = line.split(b" ", 1)[0]
            if word in self._awaited:
                self._awaited.remove(word)
                self._completed()
            elif word == b"+" or not self._awaited:
                self._completed()

    def take(self) -> list[bytes]:
        """The lines since the last time; counts from there anew."""
        lines, self.lines, self.complete, self.after = self.lines, [], 0, 0
        return lines

    def _in_body(self, line: bytes) -> None:
        assert self._body is not None
        if line != b".":
            self._body.append(line)
            return
        body, self._body = self._body, None
        if self._of_message and not (len(body) == 1 and re.fullmatch(rb"\(\d+ octets\)", body[0])):
            size = sum(len(text.removeprefix(b".")) + 2 for text in body)
            body = [b"(%d octets)" % size]
        self.lines += [*body, line]
        self._completed()

    def _completed(self) -> None:
        self.complete += 1
        self.after = 0


def _has_lines(command: bytes) -> bool:
    """Whether the positive response to a POP3 command has several lines."""
    verb, _, rest = command.strip().upper().partition(b" ")
    return verb in _MULTI_LINE or (verb in _MULTI_LINE_WITHOUT_ARGUMENT and not rest)
