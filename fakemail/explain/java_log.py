"""The debug log of JavaMail (Jakarta Mail, Angus Mail), turned into a conversation.

It has no signs for who speaks, and by default it leaves the login out ("command trace
suppressed"): what became of that stands in a later line of its own, or only in the exception. So
the log is read with a little memory: which protocol, whether a list or a message goes on, and
which login has had no answer yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

HIDDEN = "********"

_DEBUG = re.compile(r"DEBUG (SMTP|IMAP|POP3)S?: (.*)")
_SUPPRESSED = re.compile(r"(?:AUTH(?:ENTICATE)? (\S+)|LOGIN|authentication) command trace suppres")
_RESULT = re.compile(r"(AUTHENTICATE \S+|LOGIN) command result: (\S+) (.*)")
_WENT_WELL = re.compile(r"(?:AUTH \S+|authentication command) succeeded")
_EXCEPTION = re.compile(r".*?\w(?:Exception|Error): (.+)")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}|\*")
_CLIENT = {
    "SMTP": re.compile(
        r"(?:MAIL FROM:|RCPT TO:|(?:EHLO|HELO|AUTH|STARTTLS|RSET|QUIT|NOOP|DATA)(?= |$)).*"
    ),
    "IMAP": re.compile(r"[A-Z]+\d+ (?!OK\b|NO\b|BAD\b)[A-Z].*|DONE"),
    "POP3": re.compile(
        r"(?:CAPA|USER|PASS|APOP|AUTH|STLS|STAT|LIST|UIDL|RETR|TOP|DELE|NOOP|RSET|QUIT)(?= |$).*"
    ),
}
_SERVER = {
    "SMTP": re.compile(r"[2-5]\d\d[- ].*"),
    "IMAP": re.compile(r"\* .*|\+.*|[A-Z]+\d+ (?:OK|NO|BAD)\b.*"),
    "POP3": re.compile(r"\+.*|-ERR.*"),
}
_SECRET = re.compile(r"(PASS|[A-Z]+\d+ LOGIN \S+|APOP \S+|AUTH \S+) \S.*")
_LOGIN_DONE = {"SMTP": "235", "POP3": "+OK"}


def is_one(text: str) -> bool:
    """Whether the text has lines of such a log."""
    return _DEBUG.search(text) is not None


def translated(text: str) -> Iterator[str]:
    """The lines as those of a transcript: ``  C: ...`` and ``  S: ...``."""
    reader = _Reader()
    for line in text.splitlines():
        yield from (f"  {said}" for said in reader.read(line))


class _Reader:
    """What has to be remembered from line to line."""

    def __init__(self) -> None:
        self._protocol = "SMTP"
        self._waits = ""
        """The command that has no answer yet."""

        self._many = False
        """Inside an answer of many lines, or a message: until a line with a dot alone."""

        self._challenged = False

    def read(self, line: str) -> Iterator[str]:
        if debug := _DEBUG.fullmatch(line):
            self._protocol = debug[1]
            yield from self._remark(debug[2])
        elif self._many:
            self._many = line != "."
        elif self._challenged and _BASE64.fullmatch(line):
            self._challenged = False
            yield f"C: {HIDDEN}"
        elif _SERVER[self._protocol].fullmatch(line):
            yield from self._answer(line)
        elif _CLIENT[self._protocol].fullmatch(line):
            secret = _SECRET.fullmatch(line)
            said = f"{secret[1]} {HIDDEN}" if secret else line
            self._waits = said
            yield f"C: {said}"
        elif self._waits and (told := _EXCEPTION.fullmatch(line)):
            yield from self._told(told[1])

    def _remark(self, remark: str) -> Iterator[str]:
        if result := _RESULT.fullmatch(remark):
            command, tag, answer = result.groups()
            yield f"C: {tag} {command} {HIDDEN}"
            yield from self._answer(f"{tag} {answer}")
        elif suppressed := _SUPPRESSED.match(remark):
            if self._protocol != "IMAP":  # there the result has the tag
                self._waits = f"AUTH {suppressed[1] or ''}".rstrip() + f" {HIDDEN}"
                yield f"C: {self._waits}"
        elif _WENT_WELL.match(remark) and self._waits:
            yield from self._answer(_LOGIN_DONE.get(self._protocol, ""))

    def _answer(self, line: str) -> Iterator[str]:
        self._challenged = line.startswith(("334", "+ ")) or line == "+"
        listing = self._waits.split(" ")[0] in ("CAPA", "RETR", "TOP")
        listing |= self._waits in ("LIST", "UIDL")
        self._many = line.startswith("354") or (listing and line.startswith("+OK"))
        if not self._challenged and not line.startswith("*") and line[3:4] != "-":
            self._waits = ""
        yield f"S: {line}"

    def _told(self, text: str) -> Iterator[str]:
        """The exception has the answer that the log left out."""
        if self._protocol == "SMTP" and not _SERVER["SMTP"].match(text):
            return
        yield from self._answer(f"-ERR {text}" if self._protocol == "POP3" else text)
