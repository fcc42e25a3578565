"""What the server can do, as CAPABILITY says it (RFC 3501 §6.1.1, §7.2.1).

A visible table: one row for each capability. All of them are listed before the login too, since
many clients ask only once.

A provider's list is as it was seen. Where that after the login was seen, what stands in neither
list is not there: a command that came with another extension is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fakemail.dialects.dialect import Dialect
from fakemail.imap.lacking import NAMES as LACKING
from fakemail.imap.session import Session
from fakemail.reasons.imap import NOT_OFFERED
from fakemail.reasons.reason import Refusal


def _always(session: Session) -> bool:
    return True


def _logged_in(session: Session) -> bool:
    return session.login is not None


def _starttls(session: Session) -> bool:
    return session.login is None and session.desk.tls is None and session.desk.can_tls


@dataclass(frozen=True, slots=True)
class Capability:
    """One word of the CAPABILITY response."""

    name: str
    cites: str
    shown: Callable[[Session], bool] = _always


TABLE = (
    Capability("IMAP4rev1", "RFC 3501"),
    Capability("SASL-IR", "RFC 4959"),
    Capability("LITERAL+", "RFC 7888"),
    Capability("ENABLE", "RFC 5161"),
    Capability("ID", "RFC 2971"),
    Capability("IDLE", "RFC 2177"),
    Capability("NAMESPACE", "RFC 2342"),
    Capability("CHILDREN", "RFC 3348"),
    Capability("SPECIAL-USE", "RFC 6154"),
    Capability("CREATE-SPECIAL-USE", "RFC 6154 §3"),
    Capability("LIST-EXTENDED", "RFC 5258"),
    Capability("LIST-STATUS", "RFC 5819"),
    Capability("STATUS=SIZE", "RFC 8438"),
    Capability("QUOTA", "RFC 9208"),
    Capability("QUOTA=RES-STORAGE", "RFC 9208 §5.1"),
    Capability("QUOTA=RES-MESSAGE", "RFC 9208 §5.2"),
    Capability("UNSELECT", "RFC 3691"),
    Capability("UIDPLUS", "RFC 4315"),
    Capability("MOVE", "RFC 6851"),
    Capability("CONDSTORE", "RFC 7162"),
    Capability("QRESYNC", "RFC 7162"),
    Capability("OBJECTID", "RFC 8474"),
    Capability("COMPRESS=DEFLATE", "RFC 4978", _logged_in),
    Capability("UTF8=ACCEPT", "RFC 6855"),
    Capability("ESEARCH", "RFC 4731"),
    Capability("SEARCHRES", "RFC 5182"),
    Capability("WITHIN", "RFC 5032"),
    Capability("PARTIAL", "RFC 9394"),
    Capability("SORT", "RFC 5256"),
    Capability("SORT=DISPLAY", "RFC 5957"),
    Capability("ESORT", "RFC 5267 §3.1"),
    Capability("THREAD=ORDEREDSUBJECT", "RFC 5256"),
    Capability("THREAD=REFERENCES", "RFC 5256"),
    Capability("STARTTLS", "RFC 3501 §6.2.1", _starttls),
)

ENABLEABLE: tuple[str, ...] = ("CONDSTORE", "QRESYNC", "UTF8=ACCEPT")
"""Capabilities that ENABLE switches on (RFC 5161 §3.1), where they are announced."""


WITHHELD = {"IDLE": "no_idle", "MOVE": "no_move"}
"""Rules that take an extension away."""

NOT_OURS = ("CONTEXT", "CONTEXT=SEARCH", "CONTEXT=SORT")
"""There only where a provider has them: we do half of it (`commands/context.py`)."""

GIVEN = {
    "IDLE": ("silent_idle", "idle_closes_after", "idle_push_delay"),
    "XLIST": ("xlist",),
    "ENABLE": ("enable_untold",),
}
"""Rules that say that it works, listed or not."""


def capabilities(session: Session) -> bytes:
    """``IMAP4rev1 SASL-IR ... AUTH=PLAIN``: what holds at this moment of the session."""
    desk = session.desk
    dialect = desk.dialect
    logged_in = session.login is not None
    seen = dialect.capability(logged_in, desk.tls is not None)
    if seen is not None:
        return " ".join(word for word in seen if not _withheld(dialect, word)).encode("ascii")
    words = [row.name for row in TABLE if row.shown(session) and offered(session, row.name)]
    words += [name for name in ("XLIST",) if offered(session, name)]
    words.append(f"APPENDLIMIT={append_limit(session)}")
    if not logged_in:
        words += [f"AUTH={name}" for name in desk.mechanisms("imap")]
    return " ".join(words).encode("ascii")


def append_limit(session: Session) -> int:
    """Octets of the largest message of APPEND (RFC 7889 §2)."""
    most = session.desk.limits.message_octets
    return min(most, session.desk.dialect.count("append_limit") or most)


def offered(session: Session, name: str) -> bool:
    """Whether the commands of an extension are there; ``THREAD``: with any of its ``THREAD=``."""
    dialect = session.desk.dialect
    if name in LACKING or name.startswith("X-"):
        return announced(session, name)
    if not (dialect.texts or dialect.rules):
        return name not in ("XLIST", *NOT_OURS)
    if _withheld(dialect, name):
        return False
    if name == "XLIST" or any(map(dialect.has, GIVEN.get(name, ()))):
        return any(map(dialect.has, GIVEN[name]))
    if WITHHELD.get(name) in dialect.rules:  # somebody looked, and it is there
        return True
    if name == "STARTTLS":
        return _starttls_seen(dialect)
    tls = session.desk.tls is not None
    lists = [dialect.capability(after, tls) or () for after in (False, True)]
    seen = [word for words in lists for word in words]
    return not dialect.knows_extensions or any(
        word == name or word.startswith(f"{name}=") for word in seen
    )


def require(session: Session, capability: str, word: str) -> None:
    """Refusal(imap.not-offered) when `word` belongs to an extension that is not there."""
    if not offered(session, capability):
        raise Refusal(NOT_OFFERED, capability=capability, word=word)


def announced(session: Session, name: str) -> bool:
    """Whether CAPABILITY says so after the login; unlike `offered`, which gives the benefit of the
    doubt where that list was never seen."""
    desk = session.desk
    seen = desk.dialect.capability(True, desk.tls is not None)
    if seen is None:
        return any(row.name == name for row in TABLE) and offered(session, name)
    return name in seen and not _withheld(desk.dialect, name)


def _withheld(dialect: Dialect, name: str) -> bool:
    rule = WITHHELD.get(name)
    return rule is not None and dialect.has(rule)


def _starttls_seen(dialect: Dialect) -> bool:
    """Lists that were seen inside TLS say nothing of it; only where there is a port in clear, and
    its list has it not, is it not there."""
    in_clear = {e.tls for e in dialect.endpoints if e.proto == "imap"}
    return "none" not in in_clear or "STARTTLS" in (dialect.capability(False, False) or ())
