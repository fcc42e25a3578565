"""The debug logs of programs, turned into a conversation.

    program      client                                  server
    smtplib      send: 'ehlo [127.0.1.1]\r\n'           reply: b'250-smtp.qq.com\r\n'
    imaplib      10:00.00 > b'ABCD1 LOGIN ...'           10:00.00 < b'* OK'
    nodemailer   [2026-01-01 10:00:00] DEBUG [id] C: x   [...] DEBUG [id] S: 250 OK
    MailKit      C: A00000000 LOGIN ...                  S: * OK
    PHPMailer    CLIENT -> SERVER: EHLO x                SERVER -> CLIENT: 250 OK
    swaks        -> EHLO x   (~> in TLS)                 <-  250 OK   (<** refused)
    curl -v      > EHLO x                                < 250 OK
    msmtp -d     --> EHLO x                              <-- 250 OK
    JavaMail     EHLO x                                  250-smtp.qq.com   (`java_log.py`)

Nobody's log has our `*` and `!` lines, so the replies are all there is to go by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fakemail.explain import java_log
from fakemail.transcript.parse import parse
from fakemail.transcript.read import Record

_SIGNS: tuple[tuple[str, str], ...] = (
    (r"send: b?(?P<quoted>['\"].*['\"])", "C"),
    (r"reply: b?(?P<quoted>['\"].*['\"])", "S"),
    (r".*?CLIENT -> SERVER:\s?(?P<said>.*)", "C"),
    (r".*?SERVER -> CLIENT:\s?(?P<said>.*)", "S"),
    (r"\s*\d\d:\d\d\.\d\d > b?(?P<quoted>['\"].*['\"])", "C"),
    (r"\s*\d\d:\d\d\.\d\d < b?(?P<quoted>['\"].*['\"])", "S"),
    (r"-->\s?(?P<said>.*)", "C"),
    (r"<--\s?(?P<said>.*)", "S"),
    (r" ?[~-]>[ *]?\s?(?P<said>.*)", "C"),
    (r" ?<(?:[~-]|\*\*)\s{1,2}(?P<said>.*)", "S"),
    (r"[>] (?P<said>.*)", "C"),
    (r"[<] (?P<said>.*)", "S"),
    (r"\[.*?\]\s+(?:DEBUG|INFO)\s.*?\bC: (?P<said>.*)", "C"),
    (r"\[.*?\]\s+(?:DEBUG|INFO)\s.*?\bS: (?P<said>.*)", "S"),
    (r"C: (?P<said>.*)", "C"),
    (r"S: (?P<said>.*)", "S"),
)
_PATTERNS = tuple((re.compile(pattern), who) for pattern, who in _SIGNS)
_MORE = re.compile(r"\s*(?P<said>\d{3}[- ].*)")
"""PHPMailer signs the first line of a reply only; the others stand under it, far to the right."""

_JOINED = re.compile(r"(?<=.)(?=250[- ]\w)")
"""Where PHPMailer's HTML has no line ends: ``250-PIPELINING250-SIZE 73400320250 HELP``."""


def sessions(text: str) -> list[Record]:
    """The conversations in a text: our own transcripts, or a program's log; often none.

    A single line is an error message, not a conversation: somebody has to say something first.
    """
    ours = [record for record in parse(text) if _is_conversation(record)]
    if ours:
        return ours
    return [record for record in parse("\n".join(_translated(text))) if _is_conversation(record)]


def _is_conversation(record: Record) -> bool:
    kinds = {entry.kind for entry in record.entries}
    return "!" in kinds or kinds >= {"C", "S"} or (bool(kinds) and record.number > 0)


def _translated(text: str) -> Iterator[str]:
    if java_log.is_one(text):
        yield from java_log.translated(text)
        return
    last = ""
    for line in text.splitlines():
        found = next(((p.fullmatch(line), who) for p, who in _PATTERNS if p.fullmatch(line)), None)
        if found is None and last == "S" and (more := _MORE.fullmatch(line)):
            found = more, "S"
        if found:
            match, last = found
            assert match
            yield from (f"  {last}: {said}" for said in _said(match))


def _said(match: re.Match[str]) -> list[str]:
    groups = match.groupdict()
    if groups.get("quoted"):
        quoted = groups["quoted"][1:-1].replace("\\'", "'").replace('\\"', '"')
        return [line for line in re.split(r"\\r\\n|\\n", quoted) if line]
    said = groups["said"].rstrip()
    return _JOINED.split(said) if said.startswith("250-") else [said]
