"""Who talks in a situation, and to what."""

from __future__ import annotations

from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

from fakemail.dialects.dialect import Dialect

CODE = "abcdefghijklmnop"
PASSWORD = "the web password"

ACCOUNTS = f"""\
[accounts."me@DOMAIN"]
password = "{PASSWORD}"
[[accounts."me@DOMAIN".codes]]
code = "{CODE}"

[accounts."off@DOMAIN"]
smtp = false
pop3 = false
imap = false
[[accounts."off@DOMAIN".codes]]
code = "{CODE}"

""" + "\n".join(
    f"""\
[accounts."{who}@DOMAIN"]
suspended = "{who}"
codes = [{{ code = "{CODE}" }}, {{ code = "UMJLXEIFUZXKOEXK" }}]
"""
    for who in ("banned", "web-login", "policy")
)
"""The accounts file of a server of situations, with ``DOMAIN`` in place of its domain."""


class Talk(ABC):
    """One connection to a server that speaks a dialect."""

    greeting: bytes

    def __init__(self, dialect: Dialect, domain: str) -> None:
        self.dialect = dialect
        self.me, self.off, self.nobody = (f"{who}@{domain}" for who in ("me", "off", "nobody"))
        self.banned, self.policy = f"banned@{domain}", f"policy@{domain}"

    @abstractmethod
    def say(self, line: str | bytes) -> bytes:
        """Send one line, or octets as they are; the reply."""

    @abstractmethod
    def again(self) -> Talk:
        """Another connection to the same server, from the same client."""

    @abstractmethod
    def shake(self) -> None:
        """The TLS handshake."""


@dataclass(frozen=True)
class Situation:
    """How a server is brought to say something."""

    run: Callable[[Talk, str], bytes]
    """Given the command that the fact is about, if it is about one."""

    rules: tuple[str, ...] = ()
    """Set by hand if the dialect does not keep them itself."""

    in_engines_only: bool = False
    """It takes a hand inside the server."""


def base64(text: str) -> str:
    """As the exchanges of AUTH want it."""
    return b64encode(text.encode()).decode()


def rules_by_hand(situation: Situation, dialect: Dialect) -> tuple[str, ...]:
    """Those of its rules that the dialect does not keep anyway."""
    return tuple(rule for rule in situation.rules if not _kept(rule, dialect))


def _kept(rule: str, dialect: Dialect) -> bool:
    name, _, value = rule.partition("=")
    if rule == "sender_must_match=mail" and dialect.has(name):
        return ("smtp", "smtp.sender-not-owned", "DATA") not in dialect.texts
    if name == "attachments_refused" and dialect.has(name):
        return True
    if name.startswith("no-"):
        return not dialect.has(name[3:])
    return str(dialect.rules.get(name, "")) == value if value else dialect.has(name)
