"""A reply with placeholders as a pattern, and what is left of it in a client's error message.

Clients drop the code (.NET), quote the text (smtplib), escape its octets (Python's bytes), decode
GBK as UTF-8, or repeat the code before each line. So a template knows two patterns: the whole line
as it was on the wire, and its *core*, the words without code and tag, for searching elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_PLACEHOLDER = re.compile(r"\\\{[a-z_0-9.\\]+\\\}|\\\.\\\.\\\.")
_PREFIX = re.compile(
    r"\d{3}[ -](?:\d\.\d{1,3}\.\d{1,3}\s+)?|\{code\} |\{tag\} (?:NO|BAD|OK) |-ERR ?|\* (?:BYE|BAD) "
)
_REFUSES = re.compile(r"[45]\d\d[ -]|\{code\} |-ERR|\{tag\} (?:NO|BAD)|\* (?:BYE|BAD)|\S+ BAD ")
_PIECES = re.compile(r"[。:：]\s*|\s*https?://\S+")
_TAIL = " .!"
SHORTEST_CORE = 6


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
    def code(self) -> str:
        """The three digits, in SMTP."""
        return self.line[:3] if self.line[:3].isdigit() else ""

    def is_all_of(self, line: str) -> bool:
        """Whether a line on the wire is this one, whatever stands in the placeholders."""
        return self._whole.fullmatch(_one_spaced(line).rstrip(_TAIL)) is not None

    def begins(self, line: str) -> bool:
        """Whether a line on the wire begins with this one."""
        return self._whole.match(_one_spaced(line)) is not None

    def find(self, text: str) -> tuple[int, int] | None:
        """Where the core stands in an unwrapped text; None when it does not, or is too short."""
        if len(self.words) < SHORTEST_CORE:
            return None
        for pattern in self._cores:
            if match := pattern.search(text):
                return match.span()
        return None

    @cached_property
    def words(self) -> str:
        """The core without its placeholders: what there is to recognise."""
        return re.sub(r"\{[a-z_0-9.]+\}|\W+", "", self.core)

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile(_pattern(_one_spaced(self.line).rstrip(_TAIL)), re.IGNORECASE)

    @cached_property
    def _cores(self) -> tuple[re.Pattern[str], ...]:
        texts = [self.core]
        if not self.core.isascii():
            pieces = [piece for piece in _PIECES.split(self.core) if not piece.isascii()]
            texts = [form for piece in pieces for form in (piece, *mojibake(piece))]
        return tuple(
            re.compile(_searched(_one_spaced(text)), re.IGNORECASE)
            for text in dict.fromkeys(texts)
            if len(text) >= SHORTEST_CORE
        )


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
