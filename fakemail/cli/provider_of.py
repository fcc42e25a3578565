"""What an address's provider says about a new account: the shape of its codes, its switches."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fakemail.accounts.codes import SERVICES, Service
from fakemail.accounts.shapes import Shape
from fakemail.config import NoDialect, Settings, dialect_named
from fakemail.dialects.code_shape import shape_of
from fakemail.dialects.dialect import GENERIC, Dialect
from fakemail.services.ready import READY_FILE, Ready, read

_SWITCHES: dict[Service, re.Pattern[str]] = {
    "smtp": re.compile("SMTP", re.IGNORECASE),
    "pop3": re.compile("POP", re.IGNORECASE),
    "imap": re.compile("IMAP", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Custom:
    """What is usual at a provider."""

    dialect: Dialect
    shape: Shape
    shape_known: bool
    off_at_first: tuple[Service, ...]
    """Protocols that are switched off for a new account."""

    together: tuple[frozenset[Service], ...]
    """Protocols that one switch turns on: POP3 and SMTP."""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.dialect.title or self.dialect.name

    def doubt(self, secret: str) -> str | None:
        """What is unusual about a code that was given; None if nothing is, or nothing is known."""
        if not self.shape_known or self.shape.fits(secret):
            return None
        return f"codes of {self.name} have another shape: {self.shape.words}; taken all the same"

    def with_partners(self, wanted: set[Service]) -> set[Service]:
        """`wanted`, and SMTP where the same switch turns it on: no provider has IMAP alone where
        the switch says IMAP/SMTP."""
        partners = {
            "smtp" for switch in self.together if "smtp" in switch and wanted & (switch - {"smtp"})
        }
        return wanted | partners  # type: ignore[operator]


def custom_of(address: str, settings: Settings) -> Custom:
    """The custom of the provider of this address; fakemail's own where it is nobody's."""
    running = read(settings.folder / READY_FILE)
    dialect = _dialect_of(address.rpartition("@")[2].lower(), settings, running)
    secret = dialect.secret
    together = _switches(secret.switches.value if secret and secret.switches else ())
    off: tuple[Service, ...] = ()
    if secret and secret.off_at_first and "listed" in (settings.accounts, _mode(running)):
        named = frozenset[Service]().union(*together) or frozenset(SERVICES)
        off = tuple(service for service in SERVICES if service in named)
    shape = shape_of(dialect)
    return Custom(dialect, shape or Shape(), shape is not None, off, together)


def _mode(running: Ready | None) -> str:
    """Whether the server over this folder, if there is one, knows strangers."""
    return running.accounts if running and running.alive() else ""


def _dialect_of(domain: str, settings: Settings, running: Ready | None) -> Dialect:
    """The dialect of a domain; first those that are served here, by year or by file."""
    names = [settings.dialect, *settings.provider]
    names += [pair.partition("=")[2] for pair in settings.listener_dialect]
    if running:
        names += [running.dialect, *running.providers]
    names = [name for name in dict.fromkeys(names) if name != GENERIC.name]
    if not domain or (not names and domain == settings.default_domain):
        return GENERIC
    from fakemail.dialects.find import by_domain
    from fakemail.dialects.load import load

    for name in names:
        try:
            dialect = load(dialect_named(name))
        except NoDialect:  # of a server that is gone
            continue
        if domain in dialect.domains:
            return dialect
    found = by_domain(domain)
    return load(found) if found else GENERIC


def _switches(value: object) -> tuple[frozenset[Service], ...]:
    """``POP3/SMTP`` turns on both."""
    texts = value if isinstance(value, tuple) else (str(value),)
    found = (
        frozenset(service for service in SERVICES if _SWITCHES[service].search(text))
        for text in texts
    )
    return tuple(services for services in found if services)
