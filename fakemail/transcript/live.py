"""Sessions as they go on, on a stream: what ``fakemail serve -v`` shows.

The same text as a transcript. Sessions that talk at the same time take turns: when another one has
spoken in between, a short heading says whose lines follow.
"""

from __future__ import annotations

from typing import TextIO

from fakemail.transcript.entry import Conversation, Entry
from fakemail.transcript.text import Style, entry_lines, heading, paint


class LiveView:
    """A listener for `Sessions.subscribe` that writes to `stream`."""

    def __init__(self, stream: TextIO, colour: bool = False, times: bool = True) -> None:
        self._stream = stream
        self._style = Style(colour=colour, times=times)
        self._speaker = 0
        self._seen: set[int] = set()
        self._broken = False

    def __call__(self, session: Conversation, entry: Entry | None) -> None:
        """Show one entry; None says that the session has ended.

        A stream that is gone (a closed pipe) is left alone from then on: watching must not
        disturb what is watched.
        """
        if self._broken:
            return
        lines = [] if self._speaker == session.number else [self._introduce(session)]
        if entry is None:
            self._seen.discard(session.number)
            return
        self._speaker = session.number
        lines += entry_lines(entry, session.began, self._style)
        try:
            self._stream.write("\n".join(lines) + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            self._broken = True

    def _introduce(self, session: Conversation) -> str:
        if session.number in self._seen:
            return paint("head", f"{session.protocol}  session {session.number}  ...", self._style)
        self._seen.add(session.number)
        return heading(session, self._style)
