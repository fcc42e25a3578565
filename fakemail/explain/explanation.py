"""What is handed to a person, or to a program: one explanation, as text and as plain values."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from fakemail.explain.language import Language, phrase
from fakemail.transcript.text import MARGIN

WIDTH = MARGIN + 12


@dataclass(frozen=True, slots=True)
class Known:
    """A known mistake that fits, in the language that was asked for."""

    id: str
    program: str
    mistake: str
    cause: str
    fix: str
    providers: tuple[str, ...]
    sources: tuple[str, ...]
    confidence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something was refused, and what to change."""

    what: str
    """What happened, in one sentence."""

    why: tuple[str, ...]
    """What the client did or left out; what the session shows; the cause."""

    fix: str
    """What to send or set instead."""

    fix_for_client: str = ""
    """The same in the terms of the program that was recognised; empty where it was not."""

    client: str = ""
    """Which program it looks like, and by what; empty for unknown."""

    said: str = ""
    """The client's line that was refused; empty for a greeting."""

    reply: str = ""
    """What the server said to it."""

    slug: str = ""
    cites: tuple[str, ...] = ()
    scenarios: tuple[Known, ...] = ()
    """The known mistakes that fit; the first is what `fix` is about, unless none stands out."""

    providers: tuple[str, ...] = ()
    """Who says it."""

    session: int | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Of the known mistakes."""
        return tuple(known.id for known in self.scenarios)

    def as_object(self) -> dict[str, object]:
        """For JSON."""
        return {
            "session": self.session,
            "what": self.what,
            "why": list(self.why),
            "fix": self.fix,
            "fix_for_client": self.fix_for_client,
            "client": self.client,
            "said": self.said,
            "reply": self.reply,
            "slug": self.slug,
            "cites": list(self.cites),
            "providers": list(self.providers),
            "scenarios": [
                {
                    "id": known.id,
                    "program": known.program,
                    "mistake": known.mistake,
                    "cause": known.cause,
                    "fix": known.fix,
                    "providers": list(known.providers),
                    "sources": list(known.sources),
                    "confidence": known.confidence,
                }
                for known in self.scenarios
            ],
        }

    def as_text(self, language: Language = "en") -> str:
        """Paragraphs as they stand below a refusal in a transcript, with a line end after each."""
        return "\n".join(self._lines(language)) + "\n"

    def _lines(self, language: Language) -> Iterator[str]:
        if self.said:
            yield f"  C: {self.said}"
        for line in self.reply.splitlines():
            yield f"  S: {line}"
        first, *more = wrapped(self.what, WIDTH - 7)
        yield f"  !  {_beside(first, self.slug)}".rstrip()
        for line in more:
            yield f"     {line}"
        for paragraph in self.why:
            yield from (f"     {line}" for line in wrapped(paragraph, WIDTH - 7))
        yield ""
        yield from _labelled(phrase("label-change", language), self.fix)
        if self.fix_for_client and self.fix_for_client != self.fix:
            yield from _labelled(phrase("label-client-change", language), self.fix_for_client)
        yield from _labelled(phrase("label-client", language), self.client)
        for known in self.scenarios[1:] if self._stands_out else self.scenarios:
            text = f"{known.program}: {known.mistake} {known.fix}"
            yield from _labelled(phrase("label-or", language), f"{text} ({known.id})")
        if self.scenarios and self._stands_out:
            known = self.scenarios[0]
            sure = phrase(f"confidence-{known.confidence}", language)
            about = phrase("known-as", language, id=known.id, confidence=sure)
            yield from _labelled(phrase("label-known", language), about)
        yield from _labelled(phrase("label-says", language), ", ".join(self.providers))
        yield from _labelled(phrase("label-see", language), "; ".join(self.cites))

    @property
    def _stands_out(self) -> bool:
        return bool(self.scenarios) and self.scenarios[0].fix == self.fix


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns; a Chinese character takes two and may end any line."""
    if text.isascii():
        return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
    lines, line, used = [], "", 0
    for word in _breakable(text):
        columns = sum(2 if ord(c) > 0x2E7F else 1 for c in word)
        if line and used + columns > width and word.strip(_NOT_FIRST):
            lines.append(line.rstrip())
            line, used = "", 0
            word = word.lstrip()
            columns = sum(2 if ord(c) > 0x2E7F else 1 for c in word)
        line += word
        used += columns
    return [*lines, line.rstrip()]


_NOT_FIRST = "，。；：、！？）」』”’ "
"""Marks that begin no line."""


def _breakable(text: str) -> Iterator[str]:
    word = ""
    for character in text:
        if ord(character) > 0x2E7F or character == " ":
            if word:
                yield word
            yield character
            word = ""
        else:
            word += character
    if word:
        yield word


def _labelled(label: str, text: str) -> Iterator[str]:
    if not text:
        return
    first, *more = wrapped(text, WIDTH - 15)
    columns = sum(2 if ord(c) > 0x2E7F else 1 for c in label)
    yield f"     {label}{' ' * max(1, 10 - columns)}{first}"
    for line in more:
        yield f"{' ' * 15}{line}"


def _beside(text: str, note: str) -> str:
    columns = sum(2 if ord(c) > 0x2E7F else 1 for c in text)
    return f"{text}{' ' * max(2, MARGIN - 5 - columns)}{note}" if note else text
