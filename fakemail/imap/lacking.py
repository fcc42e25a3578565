"""Extensions that some provider announces and fakemail has not.

A dialect says what its provider says, CAPABILITY too, word by word. A client that believes it and
uses one of these gets a clear NO, and the transcript says whose gap it is. CONTEXT is there as far
as RFC 5267 lets a server refuse: see `commands/context.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lacking:
    """One of them."""

    capability: str
    commands: tuple[str, ...]
    """Answered with NO where the capability is announced, else as any unknown command."""

    cites: str
    what: str
    """What a client meets that uses it."""


REFUSED = "its commands are answered with NO [CANNOT]"
SYNTAX = "BAD: its words are not understood"

LACKING = (
    Lacking("MULTISEARCH", ("ESEARCH",), "RFC 7377", REFUSED),
    Lacking("METADATA", ("GETMETADATA", "SETMETADATA"), "RFC 5464", REFUSED),
    Lacking("URLAUTH", ("RESETKEY", "GENURLAUTH", "URLFETCH"), "RFC 4467", REFUSED),
    Lacking("LANGUAGE", ("LANGUAGE",), "RFC 5255", REFUSED),
    Lacking("ANNOTATE-EXPERIMENT-1", (), "RFC 5257", "BAD: FETCH and STORE do not know ANNOTATION"),
    Lacking("BINARY", (), "RFC 3516", "BAD: FETCH does not know BINARY[], APPEND not literal8"),
    Lacking("CATENATE", (), "RFC 4469", "BAD: APPEND takes one literal"),
    Lacking("UIDONLY", (), "RFC 9586", "ENABLE UIDONLY enables nothing, as RFC 5161 has it"),
    Lacking("XAPPLEPUSHSERVICE", ("XAPPLEPUSHSERVICE",), "RFC 3501 §6.5.1", REFUSED),
    Lacking("X-UNAUTHENTICATE", ("UNAUTHENTICATE",), "RFC 8437", REFUSED),
)
"""What their specifications say is known."""

NAMES = frozenset(each.capability for each in LACKING)

UNSPECIFIED = (
    "BACKENDAUTHENTICATE", "CLIENTACCESSRULES", "CLIENTNETWORKPRESENCELOCATION", "RM_MAIL_TYPE",
    "X-ALL-MAIL", "X-APPLE-REMOTE-LINKS", "X-CM-EXT-1", "X-MSG-EXT", "X-SUN-IMAP", "X-SUN-SORT",
    "X-UIDONLY", "XAPPLELITERAL", "XMSEARCH", "XUM1", "XYMHIGHESTMODSEQ", "XYZZY",
)  # fmt: skip
"""Words of CAPABILITY of which nobody outside the provider says what they do."""
