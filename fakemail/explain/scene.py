"""A conversation read as steps: what the client sent, and what it got for it.

Works on any `Conversation`: a recorded session with reasons, and one that was pasted from a real
provider's log, where the replies are all there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from fakemail.transcript.entry import Conversation, Entry
from fakemail.transcript.recorder import HIDDEN

_IMPLICIT_TLS_PORTS = frozenset({465, 993, 995, 3465, 3993, 3995})
_IMPLICIT_TLS = frozenset({"submissions", "pop3s", "imaps"})
"""Listeners; a transcript that was saved as text has the port only."""
_HIDDEN = HIDDEN.decode()
_LOGINS = ("AUTH", "AUTHENTICATE", "LOGIN", "APOP")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}|\*|=")
_SMTP_REFUSED = re.compile(r"[45]\d\d[- ]?")
_IMAP_REFUSED = re.compile(r"(?:\S+ (?:NO|BAD)|\* (?:BYE|BAD))\b", re.IGNORECASE)


def text_of(octets: bytes) -> str:
    """As text; providers of China answered in GBK, so that is tried where UTF-8 fails."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return octets.decode("utf-8", "replace")


@dataclass(slots=True, eq=False)
class Step:
    """One command of the client; `said` is empty for the connection itself."""

    said: str = ""
    octets: bytes = b""
    tag: str = ""
    verb: str = ""
    """In upper case: ``MAIL``, ``SELECT``; with ``UID`` before it where IMAP has that."""

    rest: str = ""
    """What stands after the verb."""

    replies: list[str] = field(default_factory=list)
    refusals: list[Entry] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    in_tls: bool = False
    logged_in: bool = False
    """Before this step."""

    @property
    def lines(self) -> list[str]:
        """The lines of all replies."""
        return [line for reply in self.replies for line in reply.splitlines() or [""]]

    @property
    def reply(self) -> str:
        """All lines, joined by line ends."""
        return "\n".join(self.lines)


@dataclass(slots=True)
class Scene:
    """One session as its steps."""

    protocol: str
    dialect: str
    port: int
    implicit_tls: bool
    """It came to a port that speaks TLS from the first octet."""

    steps: list[Step]
    """The first one is the connection with its greeting."""

    tls: bool
    how: str
    login: str | None

    @property
    def greeting(self) -> Step:
        """The connection: what the server said before the client did."""
        return self.steps[0]

    @property
    def commands(self) -> list[Step]:
        """What the client said."""
        return self.steps[1:]

    def of(self, *verbs: str) -> list[Step]:
        """The steps with these verbs."""
        return [step for step in self.commands if step.verb in verbs]

    @property
    def refused(self) -> list[Step]:
        """The steps in which something was refused, the greeting included."""
        return [step for step in self.steps if is_refused(self.protocol, step)]

    @property
    def hello(self) -> Step | None:
        """The last EHLO or HELO."""
        said = self.of("EHLO", "HELO", "LHLO")
        return said[-1] if said else None

    @property
    def offered(self) -> list[str]:
        """What the last EHLO, CAPABILITY or CAPA listed."""
        if self.protocol == "smtp":
            lines = self.hello.lines if self.hello and self.hello.verb == "EHLO" else []
            return [line[4:].strip() for line in lines[1:] if line.startswith("250")]
        if self.protocol == "pop3":
            return [line for step in self.of("CAPA") for line in step.lines[1:] if line != "."]
        found: list[str] = []
        for step in self.steps:
            for line in step.lines:
                if match := re.search(r"(?:\* CAPABILITY |\[CAPABILITY )([^\]]*)", line):
                    found = match[1].split()
        return found

    @property
    def mechanisms(self) -> list[str]:
        """The login mechanisms among them."""
        names: list[str] = []
        for line in self.offered:
            word, _, rest = line.partition(" ")
            if word.upper().startswith("AUTH="):
                names += [word[5:], *rest.split()]
            elif word.upper() in ("AUTH", "SASL"):
                names += rest.split()
        return list(dict.fromkeys(name.upper() for name in names if name))

    @property
    def logins(self) -> list[Step]:
        """The attempts to log in."""
        return self.of("AUTH", "AUTHENTICATE", "LOGIN", "PASS", "APOP")

    @property
    def user(self) -> str:
        """The name that logged in, or tried to; empty where it is hidden in base64."""
        if self.login:
            return self.login
        for step in reversed(self.of("USER", "APOP", "LOGIN")):
            if word := step.rest.split():
                return word[0].strip('"')
        return ""

    @property
    def reverse_path(self) -> str | None:
        """Of the last MAIL FROM."""
        for step in reversed(self.of("MAIL")):
            if match := re.match(r"FROM:\s*<?([^>\s]*)", step.rest, re.IGNORECASE):
                return match[1]
        return None


def scene(session: Conversation) -> Scene:
    """The session as its steps."""
    protocol = session.protocol
    steps = [Step()]
    in_tls = logged_in = False
    for entry in session.entries:
        step = steps[-1]
        if entry.kind == "C":
            for octets in entry.octets.split(b"\r\n"):
                if _is_continuation(protocol, steps[-1], octets):
                    continue
                steps.append(_step(protocol, octets))
                steps[-1].in_tls, steps[-1].logged_in = in_tls, logged_in
        elif entry.kind == "S":
            step.replies.append(text_of(entry.octets))
            logged_in = logged_in or _opens(step)
        elif entry.kind == "!":
            step.refusals.append(entry)
        else:
            event = text_of(entry.octets)
            step.events.append(event)
            in_tls = in_tls or event.startswith("TLS: ")
            logged_in = logged_in or event.startswith("logged in as ")
    implicit = any(event.startswith("TLS: ") for event in steps[0].events)
    implicit |= session.peer.listener in _IMPLICIT_TLS
    steps[0].in_tls = implicit or session.peer.local_port in _IMPLICIT_TLS_PORTS
    how = session.how or (steps[-1].events[-1] if steps[-1].events else "")
    return Scene(
        protocol=protocol,
        dialect=session.dialect,
        port=session.peer.local_port,
        implicit_tls=steps[0].in_tls,
        steps=steps,
        tls=session.tls is not None or in_tls or steps[0].in_tls,
        how=how,
        login=session.login,
    )


def is_refused(protocol: str, step: Step) -> bool:
    """Whether a reason is given, or a reply is a refusal in its protocol."""
    return bool(step.refusals) or any(_refusal_lines(protocol, step))


def _refusal_lines(protocol: str, step: Step) -> Iterator[str]:
    for line in step.lines:
        if (
            (protocol == "smtp" and _SMTP_REFUSED.match(line))
            or (protocol == "pop3" and line.startswith("-ERR"))
            or (protocol == "imap" and _IMAP_REFUSED.match(line) and step.verb != "LOGOUT")
        ):
            yield line


def _is_continuation(protocol: str, step: Step, octets: bytes) -> bool:
    """Whether a line goes on with a login, a literal or a message, and is no command."""
    last = step.lines[-1] if step.lines else ""
    if step.verb in ("AUTH", "AUTHENTICATE", "LOGIN"):
        word = text_of(octets).strip()
        prompted = last[:1] == "+" or last[:3] == "334"
        return prompted or (not step.lines and (word == _HIDDEN or not word))
    if step.verb == "DATA" and protocol == "smtp":
        return last.startswith("354") and not re.match(rb"(?i)(rset|quit)\r?$", octets)
    if step.verb == "IDLE" and protocol == "imap":
        prompted = any(line.startswith("+") for line in step.lines)
        return prompted and not last.startswith(f"{step.tag} ")
    return last.startswith("+ ") and protocol == "imap"


def _step(protocol: str, octets: bytes) -> Step:
    said = text_of(octets)
    words = said
    tag = ""
    if protocol == "imap":
        tag, _, words = said.partition(" ")
    verb, _, rest = words.strip().partition(" ")
    if protocol == "imap" and verb.upper() == "UID":
        second, _, rest = rest.partition(" ")
        verb = f"UID {second}"
    hidden = _without_secret(verb.upper(), rest.strip())
    if hidden != rest.strip():
        said, rest, octets = said.partition(rest.strip())[0] + hidden, hidden, b""
    return Step(said=said, octets=octets, tag=tag, verb=verb.upper(), rest=rest.strip())


def _without_secret(verb: str, rest: str) -> str:
    """What may be shown of a login that was pasted; in our own transcripts it is hidden already."""
    first, _, secret = rest.partition(" ")
    if verb == "PASS":
        return _HIDDEN if rest else rest
    return f"{first} {_HIDDEN}" if secret and verb in _LOGINS else rest


def _opens(step: Step) -> bool:
    """Whether a login has just been accepted."""
    last = step.lines[-1]
    if step.verb == "AUTH":
        return last.startswith(("235", "+OK"))
    if step.verb in ("PASS", "APOP"):
        return last.startswith("+OK")
    if step.verb in ("LOGIN", "AUTHENTICATE"):
        return last.upper().startswith(f"{step.tag.upper()} OK")
    return False


def refusal_text(protocol: str, step: Step) -> str:
    """The lines in which the server refused, several joined by line ends; empty when there are
    none."""
    return "\n".join(_refusal_lines(protocol, step))
