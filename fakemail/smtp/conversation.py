"""The conversation: one command after the other, until somebody hangs up.

The commands, one file each: EHLO and the list of extensions in `extensions.py`, STARTTLS, AUTH,
MAIL, RCPT, DATA, BDAT in the files of their names, QUIT here; the others are aiosmtpd's. Every
refusal of every command is caught here, in one place, and answered by `Speaker.refuse`.
"""

from __future__ import annotations

import re

from aiosmtpd.smtp import syntax

from fakemail.reasons.rates import AFTER_REJECTION
from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp import (
    CONTROL_OCTET,
    EMPTY_COMMAND,
    HTTP_REQUEST,
    LINE_TOO_LONG,
    NO_PARAMETERS,
    NOT_ASCII_COMMAND,
    UNKNOWN_COMMAND,
    UNKNOWN_TOO_OFTEN,
)
from fakemail.smtp import replies
from fakemail.smtp.auth import AUTH_LINE, AuthCommand
from fakemail.smtp.bdat import BdatCommand
from fakemail.smtp.extensions import EhloCommand
from fakemail.smtp.rcpt import RcptCommand
from fakemail.smtp.speaker import SHOWN
from fakemail.transcript.recorder import HIDDEN
from fakemail.wire.buffer import LineTooLong

COMMAND_LINE = 2048
"""Octets of a command line; AUTH may have `AUTH_LINE`. RFC 5321 §4.5.3.1.4 promises 512, and
extensions add to it (§2.2.1)."""

_HTTP = re.compile(r"[A-Z]+ \S+ HTTP/[0-9.]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")
_NOT_ASCII_ALLOWED = frozenset({"EHLO", "HELO", "MAIL", "RCPT", "VRFY", "NOOP"})
_SECRETIVE = frozenset({"PASS", "LOGIN", "AUTHENTICATE", "APOP"})
"""What a client of another protocol sends with a secret behind it."""


class Conversation(EhloCommand, AuthCommand, BdatCommand, RcptCommand):
    """What one client and the server say to each other."""

    _unknown = 0
    _line_end_noted = False
    _login_may_go_on = False
    _rejected = False
    """Whether the greeting was a refusal."""

    async def _handle_client(self) -> None:
        """Greet; then read a command, carry it out, and again (RFC 5321 §3.1, §4.1)."""
        self.behave()
        if self.conduct.greeting_delay:
            await self.input.pause(self.conduct.greeting_delay)
        if self._enters():
            self.reply(replies.GREETING, host=self.hostname)
        while not self.transport.closing:
            try:
                await self._next_command()
            except Refusal as refusal:
                self.refuse(refusal)
                if refusal.reason in {HTTP_REQUEST, UNKNOWN_TOO_OFTEN}:
                    self.hang_up()
            except Exception as error:
                self.our_fault(error)
            if self.border.congested:
                await self.input.relief()

    def _enters(self) -> bool:
        """Whether there is a session; else the greeting says why not (RFC 5321 §3.1).

        After 421 the server hangs up (§3.8); after 554 it waits for QUIT and takes nothing else.
        """
        try:
            self.desk.enter()
        except Refusal as refusal:
            self.refuse(refusal)
            words = self.desk.dialect.word("smtp", refusal.reason, refusal.facts)
            self._rejected = True
            if words.startswith("421"):
                self.hang_up()
            return False
        return True

    async def _next_command(self) -> None:
        self.verb = ""
        try:
            line = await self.input.line(AUTH_LINE)
        except LineTooLong:
            self.note(f"a line of more than {AUTH_LINE} octets")
            raise self._too_long(AUTH_LINE) from None
        octets = line[:-2] if line.endswith(b"\r\n") else self._without_bare_lf(line)
        try:
            text = octets.decode()
        except UnicodeDecodeError:
            self._record(octets, octets.partition(b" ")[0].upper().decode("ascii", "replace"))
            raise Refusal(NOT_ASCII_COMMAND, detail="It is not UTF-8 either.") from None
        if "\t" in text:
            text = text.replace("\t", " ")
        word, _, arg = text.partition(" ")
        verb = self.verb = word.upper()
        method = self._smtp_methods.get(verb)
        self._record(octets, verb)
        if not text.isprintable():
            self._check_control(text)
        if len(octets) > COMMAND_LINE and verb != "AUTH":
            raise self._too_long(COMMAND_LINE)
        if self._rejected and verb != "QUIT":
            raise Refusal(AFTER_REJECTION)
        if method is None:
            raise self._unknown_command(text, word)
        if not text.isascii():
            if verb not in _NOT_ASCII_ALLOWED:
                raise Refusal(NOT_ASCII_COMMAND)
            if verb in {"EHLO", "HELO"}:
                self.note(f"{verb} with octets above 127, which no host name has (RFC 6531 §3.7.1)")
        if self.desk.faults is not None and verb != "BDAT":  # its octets have to be read first
            said = "" if verb == "AUTH" else arg
            self.desk.faults.at(verb.lower(), "command", argument=said)
        await method(self, arg.strip(" ") or None)

    @syntax("QUIT")
    async def smtp_QUIT(self, arg: str | None) -> None:
        """QUIT: 221, and the connection is closed (RFC 5321 §4.1.1.10)."""
        if arg:
            raise Refusal(NO_PARAMETERS, syntax="QUIT")
        self.reply(replies.BYE)
        self.hang_up()

    def _unknown_command(self, text: str, word: str) -> Refusal:
        """Why this is no command."""
        if not text.strip(" "):
            return Refusal(EMPTY_COMMAND)
        if _HTTP.fullmatch(text):
            return Refusal(HTTP_REQUEST)
        self._unknown += 1
        if self._unknown >= self.policy.unknown_commands:
            return Refusal(UNKNOWN_TOO_OFTEN, detail=f"({self._unknown} of them)")
        shown = HIDDEN.decode() if self._may_be_secret(word) else word[:SHOWN]
        return Refusal(UNKNOWN_COMMAND, command=shown)

    def _too_long(self, limit: int) -> Refusal:
        return Refusal(LINE_TOO_LONG, limit=limit, detail=f"The limit is {limit} octets.")

    def _check_control(self, text: str) -> None:
        """Let no control character into a command (RFC 5321 §4.1.2); TAB was made a space."""
        for position, character in enumerate(text):
            if character < " " or "\x7f" <= character < "\xa0":
                detail = f"It is \\x{ord(character):02x} at position {position + 1}."
                raise Refusal(CONTROL_OCTET, detail=detail)

    def _without_bare_lf(self, line: bytes) -> bytes:
        """A person at `nc` ends lines in LF; harmless between commands, so it is let pass."""
        if not self._line_end_noted:
            self._line_end_noted = True
            self.note("a command ends in LF, not in CR LF (RFC 5321 §2.3.8)")
        return line[:-1]

    def _record(self, octets: bytes, verb: str) -> None:
        """Write down what the client said, without what may be a secret (RFC 4954 §9).

        Apart from AUTH itself these are lines that were sent in the belief that a login goes on,
        or to the wrong port.
        """
        if verb in self._smtp_methods and verb != "AUTH":
            self._login_may_go_on = False
        elif verb.startswith("AUTH") or verb in _SECRETIVE:
            self._login_may_go_on = True
            octets = self._first_words(octets, verb)
        else:
            words = octets.upper().split(None, 2)
            if self._may_be_secret(verb):
                octets = HIDDEN
            elif len(words) == 3 and words[1].decode("latin-1") in _SECRETIVE:
                octets = b" ".join([*octets.split(None, 2)[:2], HIDDEN])
        self.recorder.client(octets)

    @staticmethod
    def _first_words(octets: bytes, verb: str) -> bytes:
        """``AUTH PLAIN ********``: the mechanism is none of the secrets, the rest may be."""
        words = octets.split(None, 2)
        keep = 2 if verb == "AUTH" and len(words) > 1 and len(words[1]) <= 20 else 1
        return b" ".join([*words[:keep], HIDDEN]) if len(words) > keep else octets

    def _may_be_secret(self, word: str) -> bool:
        """Whether a line that is no command may be the next line of a login that failed: it
        follows AUTH at once, encoded or not, or it looks encoded later on."""
        return self._login_may_go_on or (self.auth_seen and _BASE64.fullmatch(word) is not None)
