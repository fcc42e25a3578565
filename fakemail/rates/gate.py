"""One session's gate: asked before something may pass, told when it has passed.

Asking and telling are two steps, because only what passed counts: a message that was refused for
another reason was not sent. What is asked raises the Refusal, with what was counted, in how long,
and when it ends as its facts.

Who is counted: the account that has logged in; the account that a user name means, before that; the
client's address, where nobody logs in, and for connections. Each provider counts for itself: too
many failed logins at one do not close the door at another that the same server imitates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from fakemail.clock import Clock
from fakemail.dialects.dialect import Dialect
from fakemail.rates.counts import Counts, Key
from fakemail.rates.limits import LIMITS, InForce, in_force
from fakemail.rates.notes import EVERYBODY, Notes
from fakemail.reasons.reason import Refusal

MOST_KNOWN = 100
"""Sets of rules whose limits are kept; a server has as many as it has dialects."""


class Rates:
    """What one server has counted, and the gates to it."""

    def __init__(self, clock: Clock, notes: Notes | None = None) -> None:
        self.counts = Counts(clock)
        self.clock = clock
        self._notes = notes
        self._known: dict[int, tuple[Mapping[str, object], InForce | None]] = {}

    def gate(self, dialect: Dialect, client: str) -> Gate | None:
        """For a new session of a client; None where nothing is limited."""
        rules = dialect.rules
        if not rules:
            return None
        known = self._known.get(id(rules))  # many sessions share them
        if known is None or known[0] is not rules:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[id(rules)] = (rules, in_force(dialect))
        if known[1] is None:
            return None
        self.look()
        return Gate(known[1], self, client)

    def look(self) -> bool:
        """Whether another program has asked to count anew."""
        found = self._notes.new() if self._notes is not None else []
        for address in found:
            self.forget("" if address == EVERYBODY else address)
        return bool(found)

    def forget(self, address: str = "", domain: str = "") -> None:
        """Begin anew: for an account, for those of a domain, or for all and every client."""
        end = f"@{domain.lower()}"
        if address or domain:
            self.counts.forget(lambda who: who == address or (bool(domain) and who.endswith(end)))
        else:
            self.counts.forget()


class Gate:
    """What one session may still do. Whatever is asked raises Refusal; what is told (`sent`,
    `addressed`, ...) and `leave` never do."""

    def __init__(self, limits: InForce, rates: Rates, client: str) -> None:
        self._limits = limits
        self._rates = rates
        self._counts = rates.counts
        self._client = client
        self._messages = 0
        self._recipients = 0
        self._inside: Key | None = None
        """As what it is one of those that are open."""
        self._senders: set[str] = set()
        self._late: Refusal | None = None

    # connections

    def enter(self) -> None:
        """A connection, before its greeting."""
        self._check("failed_logins_ban", self._client)
        most = self._limits.numbers.get("connections_at_once", 0)
        key = self._key("connections_at_once", self._client)
        if most and self._counts.opened(key) >= most:
            raise self._refusal("connections_at_once", self._client, most)
        try:
            self._check("connections_limit", self._client)
        except Refusal as refusal:
            if not self._limits.connections_late:
                raise
            self._late = refusal
        else:
            self._count("connections_limit", self._client)
        if most:
            self._counts.open(key)
            self._inside = key

    def leave(self) -> None:
        """It is gone; may be said of one that did not get in."""
        if self._inside is not None:
            self._counts.shut(self._inside)
            self._inside = None

    def follow(self, gate: Gate) -> None:
        """The session goes on in another dialect: what it was let in as stays what it is."""
        self._inside, gate._inside = gate._inside, None

    # logins

    def log_in(self, who: str) -> None:
        """A login, before its secret is looked at."""
        who = who or self._client
        self._check("failed_logins_limit", who)
        self._check("logins_limit", who)
        self._count("logins_limit", who)

    def login_failed(self, who: str) -> None:
        """It did not work."""
        self._count("failed_logins_limit", who or self._client)
        self._count("failed_logins_ban", self._client)

    # mail

    def begin(self, who: str) -> None:
        """A message begins, whoever may send it."""
        who = who or self._client
        if who not in self._senders:
            self._check("connections_per_day", who)
            self._count("connections_per_day", who)
            self._senders.add(who)

    def send(self, who: str) -> None:
        """One more message."""
        who = who or self._client
        most = self._limits.numbers.get("messages_per_connection", 0)
        if most and self._messages >= most:
            raise self._refusal("messages_per_connection", who, self._messages)
        self._check("messages_limit", who)
        self._check("messages_per_day", who)

    def finish(self, who: str) -> None:
        """A message is complete: the same once more, since others may have sent meanwhile, and what
        is told only now."""
        self.send(who)
        if self._late is not None:
            raise self._late

    def sent(self, who: str) -> None:
        """A message was accepted."""
        who = who or self._client
        self._messages += 1
        self._count("messages_limit", who)
        self._count("messages_per_day", who)

    def address(self, who: str) -> None:
        """One more recipient."""
        who = who or self._client
        most = self._limits.numbers.get("recipients_per_connection", 0)
        if most and self._recipients >= most:
            raise self._refusal("recipients_per_connection", who, self._recipients)
        self._check("recipients_limit", who)
        self._check("recipients_per_day", who)

    def addressed(self, who: str) -> None:
        """A recipient was accepted."""
        who = who or self._client
        self._recipients += 1
        self._count("recipients_limit", who)
        self._count("recipients_per_day", who)

    def download(self, who: str) -> None:
        """One more message is fetched."""
        self._check("downloads_limit", who)

    def downloaded(self, who: str) -> None:
        """It was."""
        self._count("downloads_limit", who)

    # inside

    def _key(self, rule: str, who: str) -> Key:
        return (self._limits.dialect, rule, who)

    def _count(self, rule: str, who: str) -> None:
        rate = self._limits.rates.get(rule)
        if rate is not None:
            self._counts.add(self._key(rule, who), rate)

    def _check(self, rule: str, who: str) -> None:
        rate = self._limits.rates.get(rule)
        if rate is None:
            return
        key = self._key(rule, who)
        left = self._counts.left(key, rate)
        if left > 0 and self._rates.look():
            left = self._counts.left(key, rate)
        if left > 0:
            counted = self._counts.within(key, rate)
            raise self._refusal(rule, who, counted, left)

    def _refusal(self, rule: str, who: str, counted: int, left: float = 0.0) -> Refusal:
        limit, rate = LIMITS[rule], self._limits.rates.get(rule)
        number = self._limits.numbers.get(rule)
        setting = f"{rule}={rate if number is None else number}"
        facts: dict[str, object] = {"rule": setting, "counted": counted, "whose": who, "n": counted}
        what = limit.counts.removesuffix("s") if counted == 1 else limit.counts
        said = f"{setting}: {counted} {what} of {who}"
        if rate is not None:
            until = datetime.fromtimestamp(self._rates.clock.time() + left, UTC)
            facts |= {"within": rate.within, "left": in_words(left)}
            facts["until"] = until.strftime("%Y-%m-%d %H:%M:%SZ")
            said += (
                f" in {rate.within}; there is room again in {in_words(left)}, at {facts['until']}"
            )
        elif rule.endswith("_per_connection"):
            said = f"{setting}: {counted} {what} in this connection"
        return Refusal(limit.reason, **facts, detail=f"({said})")


def in_words(seconds: float) -> str:
    """``9 min 12 s``, rounded up: who waits so long has waited long enough."""
    whole = -int(-seconds // 1)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 s"
