"""How refusals and greetings are worded.

Engines raise reasons; a dialect turns them into reply text. `Dialect` is the generic one: the
reasons' own wordings. A later dialect is a file of facts about one provider that replaces
wordings by slug; nothing in an engine changes for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fakemail.reasons.reason import Protocol_, Reason


class _Facts(dict[str, object]):
    """A fact that was not given stays visible as ``{name}`` rather than failing the reply."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The manner of one provider."""

    name: str = "generic"
    wordings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """``(protocol, slug)`` to the wording that replaces the reason's own."""

    def word(self, protocol: Protocol_, reason: Reason, facts: Mapping[str, object]) -> str:
        """The text of a refusal, without line ends and, in IMAP, without the tag.

        Several lines (SMTP only) are separated by ``\\n``; the first carries code and enhanced
        code.
        """
        text = self.wordings.get((protocol, reason.slug)) or reason.wording(protocol)
        return text.format_map(_Facts(facts)) if "{" in text else text


GENERIC = Dialect()
