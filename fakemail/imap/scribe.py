"""Writes what the client says into the transcript, line by line as it arrives, secrets apart."""

from __future__ import annotations

from collections.abc import Callable

from fakemail.imap import redact
from fakemail.transcript.recorder import Recorder


class Scribe:
    """Of one session; remembers how much of the command that is coming in it has written."""

    __slots__ = ("_is_secret", "_recorder", "_told_line_feeds", "_written")

    def __init__(self, recorder: Recorder, is_secret: Callable[[str], bool]) -> None:
        self._recorder = recorder
        self._is_secret = is_secret
        self._written = b""
        self._told_line_feeds = False

    def command(self, octets: bytes, *, logged_in: bool, message: int | None = None) -> None:
        """The command so far; only what is new of it is written.

        `message`: size of the message literal that stood where the new part begins.
        """
        shown = redact.command(octets, logged_in, self._is_secret)
        if shown.startswith(self._written):
            new = shown[len(self._written) :].removeprefix(b"\r\n")
            if message is not None:
                self._recorder.client(b"(a message of %d octets)" % message)
            if new or not self._written:
                self._recorder.client(new)
        self._written = shown

    def completed(self) -> None:
        """The command is complete: the next is another."""
        self._written = b""

    def line(self, line: bytes, *, secret: bool) -> None:
        """The client's half of a continuation."""
        self._recorder.client(redact.response(line) if secret else line)

    def bare_line_feed(self) -> None:
        """A line ended with LF alone; noted once."""
        if not self._told_line_feeds:
            self._told_line_feeds = True
            self._recorder.mark("a line ended with LF alone; IMAP wants CRLF (RFC 3501 §2.2)")
