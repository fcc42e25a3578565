"""The limits there are: which rule sets each, what it counts, and why it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fakemail.dialects.dialect import Dialect
from fakemail.dialects.rate import Rate
from fakemail.reasons import rates as reasons
from fakemail.reasons.reason import Reason

DAY = 86400


@dataclass(frozen=True, slots=True)
class Limit:
    """One kind of limit."""

    rule: str
    counts: str
    """What is counted, in words: ``failed logins``."""

    reason: Reason


_TABLE = (
    Limit("failed_logins_limit", "failed logins", reasons.TOO_MANY_FAILURES),
    Limit("failed_logins_ban", "failed logins", reasons.CLIENT_BLOCKED),
    Limit("logins_limit", "logins", reasons.TOO_MANY_ATTEMPTS),
    Limit("connections_at_once", "open connections", reasons.CONNECTIONS_AT_ONCE),
    Limit("connections_limit", "connections", reasons.CONNECTIONS_TOO_OFTEN),
    Limit("connections_per_day", "connections", reasons.CONNECTIONS_TODAY),
    Limit("messages_per_connection", "messages", reasons.MESSAGES_IN_CONNECTION),
    Limit("messages_limit", "messages", reasons.RATE_LIMITED),
    Limit("messages_per_day", "messages", reasons.DAILY_LIMIT),
    Limit("recipients_per_connection", "recipients", reasons.RECIPIENTS_IN_CONNECTION),
    Limit("recipients_limit", "recipients", reasons.RECIPIENTS_TOO_OFTEN),
    Limit("recipients_per_day", "recipients", reasons.RECIPIENTS_TODAY),
    Limit("downloads_limit", "downloads", reasons.DOWNLOAD_LIMIT),
)

LIMITS: Mapping[str, Limit] = MappingProxyType({limit.rule: limit for limit in _TABLE})
"""By the rule; those of the room ``rates`` in `dialects/rules.py`, and no others."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The limits of one dialect, by rule."""

    dialect: str
    numbers: Mapping[str, int]
    rates: Mapping[str, Rate]
    """A number a day is one of these too."""

    connections_late: bool
    """Whether too many connections are told of only at the end of DATA."""


def in_force(dialect: Dialect) -> InForce | None:
    """The limits of a dialect; None where no rule sets any."""
    numbers: dict[str, int] = {}
    rates: dict[str, Rate] = {}
    for rule in LIMITS.keys() & dialect.rules.keys():
        rate = dialect.rate(rule)
        if rate is not None:
            rates[rule] = rate
        elif dialect.has(rule):
            number = dialect.count(rule)
            numbers[rule] = number
            if rule.endswith("_per_day"):
                rates[rule] = Rate(number, DAY)
    if not numbers and not rates:
        return None
    late = dialect.text("connections_refused_at") == "end"
    return InForce(dialect.name, numbers, rates, late)
