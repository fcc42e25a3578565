"""What the handlers work with: one server's parts, and what only the API keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from fakemail.clock import Clock
from fakemail.dialects.dialect import Dialect
from fakemail.postoffice import PostOffice
from fakemail.settings import Settings
from fakemail.web.describe import Describer
from fakemail.web.events import Events
from fakemail.web.mail import Mail
from fakemail.web.waits import Waits


class Office:
    """One server, as the API sees it; it lives in the server's thread."""

    def __init__(
        self,
        post_office: PostOffice,
        settings: Settings,
        ports: Mapping[str, int],
        dialect: Dialect,
        speak: Callable[[str, Sequence[str]], Dialect],
    ) -> None:
        self.post_office = post_office
        self.settings = settings
        self.ports = ports
        """Listener name to port number."""
        self.dialect = dialect
        """Of sessions of which nothing else is known."""
        self.rules = settings.rule
        """Set by hand on top of every dialect."""
        self._speak = speak
        self.clock: Clock = post_office.clock
        self.started = self.clock.time()
        """About when the server started: when the API was first asked."""

    @cached_property
    def mail(self) -> Mail:
        """All messages of all accounts; from the first question on it is kept up to date."""
        return Mail(self.post_office)

    @cached_property
    def describer(self) -> Describer:
        """Says what is in messages."""
        return Describer(self.post_office.directory)

    @cached_property
    def waits(self) -> Waits:
        """Everybody who waits for mail."""
        return Waits(self.post_office.store, self.clock, asyncio.get_running_loop())

    @cached_property
    def events(self) -> Events:
        """What happens, from the first question on."""
        return Events(self.post_office.store.bus, self.post_office.sessions, self.clock)

    def speak(self, dialect: str, rules: Sequence[str]) -> None:
        """From now on; sessions that go on stay as they are.

        Raises SettingsError, DialectError, RuleError.
        """
        self.dialect = self._speak(dialect, rules)
        self.rules = tuple(rules)

    def close(self) -> None:
        """Let go of what was subscribed to."""
        if "mail" in self.__dict__:
            self.mail.close()
        if "events" in self.__dict__:
            self.events.close()
