"""The shape of a dialect file, and of the file of things seen aside.

Strict: a key that is not here is an error that names file, key and what is allowed. Every fact
says where it is from (`source`), when it was seen, and how sure it is (`confidence`): *verbatim*
from a log, transcript or server source; *quoted* second-hand; *inferred* from other facts, and
then never a reply. `since` and `until` are years: from when, and up to when, fakemail uses the
fact. They are our reading of the dates on which texts were seen, so that ``qq@2017`` has a
meaning; the dates themselves are in `seen` and `variant`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

Confidence: TypeAlias = Literal["verbatim", "quoted", "inferred"]
ProtocolName: TypeAlias = Literal["smtp", "pop3", "imap"]


class _Record(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What every fact has."""

    source: str
    confidence: Confidence
    seen: str = ""
    note: str = ""
    also: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None

    def holds(self, year: int | None) -> bool:
        """Whether the fact is used for `year`; None is today."""
        if year is None:
            return self.until is None
        return (self.since or 0) <= year <= (self.until or year)


class Fact(_Record, frozen=True, kw_only=True):
    """One reply, as it was seen on the wire, with placeholders for what varies."""

    says: tuple[str, ...] = ()
    """Slugs of reasons, or keys of `keys.py`, that it is the wording of."""

    reply: tuple[str, ...]
    """Lines without line ends; SMTP with codes, IMAP with ``{tag}``."""

    on: tuple[str, ...] = ()
    """The commands to which it answers; empty: any."""

    when: str = ""
    variant: str = ""
    encoding: str = ""
    """Of the octets on the wire, where it is not ASCII: ``gbk``."""

    example: str = ""
    """One real first line (or the line that has placeholders); shapes what is made up."""

    partial: bool = False
    """Only a part of the text is known."""


class Aside(Fact, frozen=True, kw_only=True):
    """A reply that was seen and is not spoken."""

    why: str
    means: str = ""
    """The slug of the reason that it comes closest to: what an explanation looks for."""


class RuleFact(_Record, frozen=True, kw_only=True):
    """A rule of `rules.py` that this provider keeps."""

    name: str
    value: bool | int | float | str | tuple[str, ...] = True


class Folder(_Record, frozen=True, kw_only=True):
    """A folder that every account has."""

    name: str
    wire: str
    """In modified UTF-7 (RFC 3501 §5.1.3)."""

    role: str = ""
    """``inbox sent drafts trash junk archive all flagged important``, or nothing."""

    attrs: tuple[str, ...] = ()


class Endpoint(_Record, frozen=True, kw_only=True):
    """Where the provider listens."""

    proto: ProtocolName
    host: str
    port: int
    tls: Literal["none", "starttls", "implicit"]
    login_before_tls: bool | None = None


class Trait(_Record, frozen=True, kw_only=True):
    """Something about the provider or its secrets that is a value, not a reply."""

    value: bool | int | str | tuple[str, ...]
    default: str = ""


class Quirk(_Record, frozen=True, kw_only=True):
    """Conduct in words; `rule` names the rule that imitates it."""

    text: str
    protocol: ProtocolName
    rule: str = ""


class Secret(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret that mail programs log in with, as the provider hands it out."""

    term: Trait | None = None
    pattern: Trait | None = None
    length: Trait | None = None
    web_password_accepted: Trait | None = None
    app_password_accepted: Trait | None = None
    switches: Trait | None = None
    shown_once: Trait | None = None
    several: Trait | None = None
    revoked_by: Trait | None = None
    username_forms: Trait | None = None
    client_access: Trait | None = None
    requires: Trait | None = None
    oauth_scopes: Trait | None = None

    @property
    def refuses_password(self) -> bool:
        """Whether the password of the web page does not open the mailbox; unknown: no."""
        trait = self.web_password_accepted
        return trait is not None and trait.value is False

    @property
    def accepts_password(self) -> bool:
        """Whether the password of the web page opens the mailbox, at least for those who have not
        switched it off; unknown: no."""
        trait = self.web_password_accepted
        return trait is not None and trait.value is not False

    @property
    def off_at_first(self) -> bool:
        """Whether the protocols are switched off for a new account; unknown: no."""
        return self.switches is not None and self.switches.default == "off"


class Speech(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one protocol's server says."""

    replies: tuple[Fact, ...] = ()


class DialectFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``data/<name>.toml``."""

    title: str
    title_en: str = ""
    operator: str = ""
    status: str = ""
    status_source: str = ""
    status_also: tuple[str, ...] = ()
    inherits: str = ""
    inherits_source: str = ""
    inherits_confidence: Confidence | None = None
    domains: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    software: Trait | None = None
    web_settings: Trait | None = None
    delimiter: Trait | None = None
    endpoints: tuple[Endpoint, ...] = ()
    smtp: Speech = Speech()
    pop3: Speech = Speech()
    imap: Speech = Speech()
    rules: tuple[RuleFact, ...] = ()
    folders: tuple[Folder, ...] = ()
    secret: Secret = Secret()

    @property
    def facts(self) -> dict[ProtocolName, tuple[Fact, ...]]:
        """The replies of each protocol."""
        return {"smtp": self.smtp.replies, "pop3": self.pop3.replies, "imap": self.imap.replies}


class AsideFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``data/aside/<name>.toml``: read only when a person asks."""

    smtp: tuple[Aside, ...] = ()
    pop3: tuple[Aside, ...] = ()
    imap: tuple[Aside, ...] = ()
    quirks: tuple[Quirk, ...] = ()

    @property
    def replies(self) -> dict[ProtocolName, tuple[Aside, ...]]:
        """The unspoken replies of each protocol."""
        return {"smtp": self.smtp, "pop3": self.pop3, "imap": self.imap}
