"""A reply with placeholders as a pattern, and what is left of it in a client's error message.

Clients drop the code (.NET), quote the text (smtplib), escape its octets (Python's bytes), decode
GBK as UTF-8, or repeat the code before each line. So a template knows two patterns: the whole line
as it was on the wire, and its *core*, the words without code and tag, for searching elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

_PLACEHOLDER = re.compile(r"\\\{[a-z_0-9.\\]+\\\}|\\\.\\\.\\\.")
_PREFIX = re.compile(
    r"\d{3}[ -](?:\d\.\d{1,3}\.\d{1,3}\s+)?|\{code\} |\{tag\} (?:NO|BAD|OK) |-ERR ?|\* (?:BYE|BAD) "
)
_REFUSES = re.compile(r"[45]\d\d[ -]|\{code\} |-ERR|\{tag\} (?:NO|BAD)|\* (?:BYE|BAD)|\S+ BAD ")
_IMAP_PREFIX = re.compile(r"(?:\[[A-Z/-]+\] )?(?:(?:LOGIN|AUTHENTICATE|SELECT|EXAMINE) )?")
_PIECES = re.compile(
    r"[。：]\s*|[.:;,!]?\s+(?=https?:|\{)|[.;!:] |, |\s*https?://\S+|\{[a-z_0-9.]+\}"
)
_TAIL = " .!"
_MARKS = ".,;:!"
SHORTEST_CORE = 6
SHORTEST_BEGINNING = 8
SHORTEST_WORD = 12
MOST_WORDS = 12
SHORTEST_PIECE = 14
"""Letters that a sentence of a reply must have to be looked for by itself."""


@dataclass(frozen=True)
class Template:
    """One line of a reply."""

    line: str
    encoding: str = ""

    @property
    def refuses(self) -> bool:
        """Whether it is a refusal, and not one of the friendly replies."""
        return _REFUSES.match(self.line) is not None

    @cached_property
    def core(self) -> str:
        """Without code, enhanced code and tag."""
        return _PREFIX.sub("", self.line, count=1).strip(_TAIL)

    @property
    def weight(self) -> int:
        """How much there is to recognise in all."""
        return _weight(self.core)

    @property
    def code(self) -> str:
        """The three digits, in SMTP."""
        return self.line[:3] if self.line[:3].isdigit() else ""

    def is_all_of(self, line: str) -> bool:
        """Whether a line on the wire is this one, whatever stands in the placeholders."""
        return self._whole.fullmatch(_one_spaced(line).rstrip(_TAIL)) is not None

    def begins(self, line: str) -> bool:
        """Whether a line on the wire begins with this one."""
        return self._whole.match(_one_spaced(line)) is not None

    def find(self, text: str) -> tuple[tuple[int, int], int] | None:
        """Where the core stands in an unwrapped text, and how many characters were recognised.

        People and programs cut replies short: then as much of its beginning as there is, or the
        longest of its sentences.
        """
        for pattern, weight in self._searches:
            if match := pattern.search(text):
                return match.span(), weight
        begun = [m for pattern in self._beginnings for m in pattern.finditer(text)]
        longest = max(begun, key=lambda m: len(m[0]), default=None)
        if longest is not None and _weight(longest[0]) >= _enough(longest[0]):
            return longest.span(), _weight(longest[0])
        for pattern, weight in self._sentences:
            if match := pattern.search(text):
                return match.span(), weight
        return None

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile(_pattern(_one_spaced(self.line).rstrip(_TAIL)), re.IGNORECASE)

    @cached_property
    def _bare(self) -> str:
        """The core without the response code and command that IMAP libraries leave out."""
        return _IMAP_PREFIX.sub("", self.core)

    @cached_property
    def _searches(self) -> tuple[tuple[re.Pattern[str], int], ...]:
        return _patterns(dict.fromkeys((self.core, self._bare)), SHORTEST_CORE)

    @cached_property
    def _sentences(self) -> tuple[tuple[re.Pattern[str], int], ...]:
        pieces = sorted(_PIECES.split(self.core), key=len, reverse=True)
        return _patterns(pieces, SHORTEST_PIECE)

    @cached_property
    def _beginnings(self) -> tuple[re.Pattern[str], ...]:
        return tuple(_beginning(text) for text in dict.fromkeys((self.core, self._bare)))


def _patterns(texts: Iterable[str], shortest: int) -> tuple[tuple[re.Pattern[str], int], ...]:
    """Each text, and what becomes of it in a wrong charset, as a pattern with its weight."""
    found: dict[str, int] = {}
    for text in texts:
        weight = _weight(text)
        for form in (text, *mojibake(text)) if not text.isascii() else (text,):
            told = weight >= shortest or _ABBREVIATION.fullmatch(text)
            if told and len(form) >= SHORTEST_CORE:
                found.setdefault(form, weight)
    return tuple(
        (re.compile(rf"(?<!\w){_searched(_one_spaced(text))}", re.IGNORECASE), weight)
        for text, weight in found.items()
    )


_ABBREVIATION = re.compile(r"[A-Z]{2}:[A-Z]{3}")
"""``MI:SFQ``: short, but nobody else's."""


def _beginning(core: str) -> re.Pattern[str]:
    """As many of the first words as there are, before the first placeholder: ``one(?: two)?``."""
    plain = core.partition("{")[0].split(" ")[:MOST_WORDS]
    words = [re.escape(word.rstrip(_MARKS)) + "[.,;:!]?" for word in plain if word]
    pattern = ""
    for word in reversed(words[1:]):
        pattern = f"(?: {word}{pattern})?"
    return re.compile(rf"(?<!\w){words[0]}{pattern}" if words else r"(?!)", re.IGNORECASE)


def _enough(beginning: str) -> int:
    """One word is enough only if it is none of everybody's: ``SendAsDenied``."""
    if " " in beginning.strip():
        return SHORTEST_BEGINNING
    return SHORTEST_WORD if re.search(r"[a-z][A-Z]|\d", beginning) else 99


def _weight(text: str) -> int:
    """How much there is to recognise: letters and digits, a Chinese character counting three."""
    bare = re.sub(r"\W+", "", re.sub(r"\{[a-z_0-9.]+\}", "", text))
    return len(bare) + 2 * sum(ord(character) > 0x2E7F for character in bare)


def mojibake(text: str) -> list[str]:
    """What clients make of a GBK reply that they take for another encoding."""
    octets = text.encode("gb18030")
    return [
        octets.decode("utf-8", "replace"),
        octets.decode("utf-8", "ignore"),
        octets.decode("latin-1"),
        octets.decode("cp1252", "replace"),
    ]


def _pattern(line: str) -> str:
    return _PLACEHOLDER.sub(_placeholder, re.escape(line)).replace("\\ ", " ")


def _placeholder(match: re.Match[str]) -> str:
    name = match[0].replace("\\", "").strip("{}")
    return {"tag": r"\S+", "code": r"\d{3}", "n": r"\d+"}.get(name, ".*?")


def _searched(core: str) -> str:
    """The core as it may stand in the middle of something; a placeholder at either end needs
    nothing, and one within at most a few words."""
    trimmed = re.sub(r"^(?:\{[a-z_0-9.]+\}\W*)+|(?:\W*\{[a-z_0-9.]+\})+\W*$", "", core)
    pattern = re.escape(trimmed).replace("\\ ", " ")
    return _PLACEHOLDER.sub(lambda found: ".{0,200}?", pattern)


def _one_spaced(text: str) -> str:
    return " ".join(text.split())
