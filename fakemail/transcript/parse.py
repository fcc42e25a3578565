"""A conversation read back from its text: a saved transcript, a bug report, a test script.

The reverse of `text`. What the text does not show cannot come back: facts that no word of a reason
uses, spaces at line ends, and which lines of a POP3 or IMAP response were sent in one go (here each
is an entry of its own; the lines of one SMTP reply are joined, since their hyphens say so).

Lenient by default, since people cut, indent and annotate what they paste: a line that is no part
of a conversation is passed over. `strict` is for scripts, where such a line is a mistake.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from fakemail.reasons.catalogue import catalogue, find
from fakemail.reasons.reason import Reason
from fakemail.transcript.entry import Entry, Kind
from fakemail.transcript.read import Record
from fakemail.wire.engine import Peer, TlsFacts

_COLOUR = re.compile(r"\x1b\[\d*m")
_HEADING = re.compile(
    r"(?P<protocol>smtp|pop3|imap)  session (?P<number>\d+)"
    r"  (?P<host>\[[^\]]*\]|[^\s:]+):(?P<port>\d+)"
    r"  port (?P<local>\d+)  dialect (?P<dialect>\S+)"
    r"(?:  (?P<began>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)Z)?\s*"
)
_LINE = re.compile(
    r"\s{0,6}(?:(?P<at>\d+\.\d{3})\s+)?(?:(?P<who>[CS]):|(?P<sign>[!*]) )(?: ?(?P<said>.*))?"
)
_MORE = re.compile(r"(?:\s*\d+\.\d{3}\s{5}|\s{4,})(?P<said>\S.*)")
_LEFT_OUT = re.compile(r"\s*\.\.\. (\d+) entries are left out here \.\.\.\s*")
_ESCAPE = re.compile(r"(?:\\x[0-9a-f]{2})+")
_SLUG = re.compile(r"(?P<text>.*?)\s+(?P<slug>[a-z0-9]+\.[a-z0-9]+(?:-[a-z0-9]+)*)")
_FACT = re.compile(r"\\\{(\w+)\\\}")
_CONTINUES = re.compile(rb"\d{3}-[^\n]*\Z")
_TLS = re.compile(r"TLS: (\S+) (\S+?)(?:, server name (\S+))?")
_LOGIN = re.compile(r"logged in as (\S+) \(.*\)")


class NotAConversation(ValueError):
    """A line of a script is none of ``C:``, ``S:``, ``!``, ``*``; the text says which."""


def parse(text: str, *, strict: bool = False) -> list[Record]:
    """The sessions in a text, in their order; empty when nobody says anything in it.

    Lines before the first heading belong to a session number 0. With `strict`, a line that is
    neither of a conversation nor empty nor a comment (``#``) raises `NotAConversation`.
    """
    reading = _Reading()
    for number, line in enumerate(text.splitlines(), 1):
        if not reading.take(_COLOUR.sub("", line).rstrip()) and strict:
            raise NotAConversation(f"line {number} is no part of a conversation: {line.strip()}")
    reading.end_paragraph()
    return [record for record in reading.records if record.entries]


def octets_of(shown: str) -> bytes:
    """The octets that `text.printable` shows this way."""
    return _ESCAPE.sub(_unescape, shown).encode("utf-8", "surrogateescape")


def _unescape(match: re.Match[str]) -> str:
    octets = bytes.fromhex(match[0].replace("\\x", ""))
    return octets.decode("utf-8", "surrogateescape")


@dataclass(slots=True)
class _Reading:
    """Where the reader is."""

    records: list[Record] = field(default_factory=list)
    paragraph: list[str] = field(default_factory=list)
    paragraph_at: float = 0.0

    def take(self, line: str) -> bool:
        """One line; whether it was understood."""
        if not line.strip() or line.lstrip().startswith("#"):
            self.end_paragraph()
            return True
        if heading := _HEADING.fullmatch(line):
            self.end_paragraph()
            self.records.append(_record(heading))
            return True
        if match := _LINE.fullmatch(line):
            self.end_paragraph()
            self.spoke(match)
            return True
        if left_out := _LEFT_OUT.fullmatch(line):
            self.end_paragraph()
            self.record.left_out = int(left_out[1])
            return True
        if self.paragraph and (more := _MORE.fullmatch(line)):
            self.paragraph.append(more["said"])
            return True
        return False

    @property
    def record(self) -> Record:
        if not self.records:
            self.records.append(Record(0))
        return self.records[-1]

    def spoke(self, match: re.Match[str]) -> None:
        at = self.record.began + float(match["at"] or 0)
        said = match["said"] or ""
        if match["sign"] == "!":
            self.paragraph, self.paragraph_at = [said.strip()], at
        elif match["sign"] == "*":
            self.happened(at, said.strip())
        else:
            self.said(at, "C" if match["who"] == "C" else "S", octets_of(said))

    def said(self, at: float, kind: Kind, octets: bytes) -> None:
        record = self.record
        if record.protocol == "?":
            record.protocol = _protocol(kind, octets) or "?"
        kept = record.tail or record.head
        last = kept[-1] if kept else None
        if last and kind == last.kind == "S" and _CONTINUES.search(last.octets):
            kept[-1] = Entry(last.at, "S", last.octets + b"\r\n" + octets)
        else:
            _add(record, Entry(at, kind, octets))

    def happened(self, at: float, said: str) -> None:
        record = self.record
        if tls := _TLS.fullmatch(said):
            record.tls = TlsFacts(tls[1], tls[2], tls[3])
        if login := _LOGIN.fullmatch(said):
            record.login = login[1]
        _add(record, Entry(at, "*", octets_of(said)))

    def end_paragraph(self) -> None:
        if self.paragraph:
            _add(self.record, _refusal(self.paragraph_at, self.paragraph))
        self.paragraph = []


def _add(record: Record, entry: Entry) -> None:
    left_out = record.left_out
    began = record.began
    record.add(entry)
    record.began = began
    record.left_out = left_out


def _record(heading: re.Match[str]) -> Record:
    host = heading["host"].strip("[]")
    record = Record(int(heading["number"]), heading["protocol"], dialect=heading["dialect"])
    record.peer = Peer(host, int(heading["port"]), "?", int(heading["local"]), "?")
    if heading["began"]:
        record.began = datetime.fromisoformat(heading["began"] + "+00:00").timestamp()
    return record


def _protocol(kind: Kind, octets: bytes) -> str | None:
    """By its greeting, or by the client's first word, where no heading says it."""
    if kind == "S":
        first = octets[:4]
        return {b"+OK ": "pop3", b"-ERR": "pop3"}.get(first) or (
            "imap"
            if octets.startswith((b"* OK", b"* PREAUTH", b"* BYE"))
            else "smtp"
            if re.match(rb"\d{3}[- ]", first)
            else None
        )
    if re.match(rb"(?i)(ehlo|helo|mail from|auth |rcpt to)", octets):
        return "smtp"
    if re.match(rb"(?i)(user|pass|apop|stat|uidl|capa|stls)\b", octets):
        return "pop3"
    return "imap" if re.match(rb"\S+ [A-Za-z]", octets) else None


def _refusal(at: float, lines: list[str]) -> Entry:
    first = _SLUG.fullmatch(lines[0])
    if first is None or not _is_slug(first["slug"]):
        return Entry(at, "!", octets_of(" ".join(lines)))
    text = " ".join([first["text"].strip(), *lines[1:]])
    reason = find(first["slug"])
    if reason is None:
        return Entry(at, "!", b"", Reason(slug=first["slug"], because=text, instead="", cites=()))
    facts = _facts(reason, text)
    detail = octets_of(facts.get("detail", ""))
    return Entry(at, "!", detail, reason, facts or None)


def _is_slug(word: str) -> bool:
    area = word.partition(".")[0]
    return find(word) is not None or any(slug.startswith(area + ".") for slug in catalogue())


def _facts(reason: Reason, text: str) -> dict[str, str]:
    """What stood for ``{name}`` in the words of a reason, and the detail after its `because`."""
    instead = f" {_pattern(reason.instead)}" if reason.instead else ""
    cites = f"(?: {_pattern('; '.join(reason.cites))})?" if reason.cites else ""
    seen: set[str] = set()
    pattern = f"{_pattern(reason.because)}(?: (?P<detail>.+?))??{instead}{cites}"
    match = re.fullmatch(_FACT.sub(lambda fact: _group(fact[1], seen), pattern), _one_spaced(text))
    found = match.groupdict() if match else {}
    return {
        name: octets_of(value).decode("utf-8", "backslashreplace")
        for name, value in found.items()
        if value is not None and value != "{" + name + "}"
    }


def _pattern(words: str) -> str:
    return re.escape(_one_spaced(words)).replace("\\ ", " ")


def _group(name: str, seen: set[str]) -> str:
    if name in seen:
        return f"(?P={name})"
    seen.add(name)
    return f"(?P<{name}>.+?)"


def _one_spaced(text: str) -> str:
    return " ".join(text.split())
