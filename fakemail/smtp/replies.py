"""What the server says when nothing is wrong, and what aiosmtpd's own texts mean.

Every positive reply is a row here, so that a dialect can replace it by its slug as it replaces
the wording of a reason. RFC 2034 §4: after EHLO has offered ENHANCEDSTATUSCODES, every 2xx, 4xx
and 5xx reply has one, but for the greeting and the replies to HELO and EHLO.

`STOCK` is about the commands that we inherit. aiosmtpd writes its replies where it finds the
need; here each of its texts (``{}`` for what it fills in) is given the reply or the reason that
we send in its place. `tests/smtp/test_stock_replies.py` reads the installed aiosmtpd and fails
when it says something that is not in this table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from fakemail.reasons import smtp as reasons
from fakemail.reasons import smtp_transaction as transaction
from fakemail.reasons.auth import BAD_BASE64, BAD_RESPONSE, CANCELLED, MECHANISM_UNKNOWN, WRONG_CODE
from fakemail.reasons.reason import Reason


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of the server's own accord; ``{name}`` in `text` stands for a fact."""

    slug: str
    text: str
    octets: bytes = field(init=False)
    """The reply as it goes out where nothing has to be filled in."""

    varies: bool = field(init=False)
    """Whether there is something to fill in."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "varies", "{" in self.text)
        object.__setattr__(self, "octets", self.text.encode() + b"\r\n")


GREETING = Reply("smtp.greeting", "220 {host} ESMTP fakemail")
HELO = Reply("smtp.helo", "250 {host}")
EHLO = Reply("smtp.ehlo", "250 {host}{extensions}")
OK = Reply("smtp.ok", "250 2.0.0 Ok")
RESET = Reply("smtp.reset", "250 2.0.0 Ok")
NOOP = Reply("smtp.noop", "250 2.0.0 Ok")
SENDER_OK = Reply("smtp.sender-ok", "250 2.1.0 Ok")
RECIPIENT_OK = Reply("smtp.recipient-ok", "250 2.1.5 Ok")
START_DATA = Reply("smtp.start-data", "354 End data with <CR><LF>.<CR><LF>")
QUEUED = Reply("smtp.queued", "250 2.0.0 Ok: queued as {id}")
CHUNK_OK = Reply("smtp.chunk-ok", "250 2.0.0 Ok: {octets} octets received")
CHALLENGE = Reply("smtp.challenge", "334 {challenge}")
LOGIN_USER = Reply("smtp.login-user-prompt", "334 {challenge}")
LOGIN_CODE = Reply("smtp.login-code-prompt", "334 {challenge}")
PLAIN_PROMPT = Reply("smtp.plain-prompt", "334 {challenge}")
LOGGED_IN = Reply("smtp.logged-in", "235 2.7.0 Authentication successful")
START_TLS = Reply("smtp.start-tls", "220 2.0.0 Ready to start TLS")
CANNOT_VRFY = Reply(
    "smtp.cannot-vrfy",
    "252 2.0.0 Cannot VRFY user, but will accept message and attempt delivery",
)
HELP = Reply("smtp.help", "214 2.0.0 Supported commands: {commands}")
HELP_COMMAND = Reply("smtp.help-command", "214 2.0.0 Syntax: {syntax}")
BYE = Reply("smtp.bye", "221 2.0.0 Bye")


@dataclass(frozen=True, slots=True)
class Stock:
    """What one of aiosmtpd's texts means; `facts` names what its ``{}`` hold, in order."""

    means: Reply | Reason | None
    """None: a piece of an EHLO reply, or of a session that is ended otherwise; never pushed."""

    facts: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    """Facts that the text itself contains."""


def _syntax(means: Reason, syntax: str) -> Stock:
    return Stock(means, given={"syntax": syntax})


STOCK: Mapping[str, Stock] = {
    "220 {} {}": Stock(GREETING, ("host", "software")),
    "220 Ready to start TLS": Stock(START_TLS),
    "221 Bye": Stock(BYE),
    "235 2.7.0 Authentication successful": Stock(LOGGED_IN),
    "250 {}": Stock(HELO, ("host",)),
    "250 HELP": Stock(None),
    "250 OK": Stock(OK),
    "250 Syntax: {}": Stock(HELP_COMMAND, ("syntax",)),
    "250 Supported commands: {}": Stock(HELP, ("commands",)),
    "250-{}": Stock(None),
    "250-SIZE {}": Stock(None),
    "250-8BITMIME": Stock(None),
    "250-SMTPUTF8": Stock(None),
    "250-STARTTLS": Stock(None),
    "250-AUTH {}": Stock(None),
    "252 Cannot VRFY user, but will accept message and attempt delivery": Stock(CANNOT_VRFY),
    "334 {}": Stock(CHALLENGE, ("challenge",)),
    "354 End data with <CR><LF>.<CR><LF>": Stock(START_DATA),
    "421 4.7.0 {} sent too many times": Stock(reasons.UNKNOWN_TOO_OFTEN, ("command",)),
    "454 TLS not available": Stock(reasons.TLS_NOT_AVAILABLE),
    "500 Command line too long": Stock(reasons.LINE_TOO_LONG),
    "500 Error: bad syntax": Stock(reasons.EMPTY_COMMAND),
    "500 Error: strict ASCII mode": Stock(reasons.NOT_ASCII_COMMAND),
    '500 Error: command "{}" not recognized': Stock(reasons.UNKNOWN_COMMAND, ("command",)),
    "500 Error: command 'AUTH' not recognized": Stock(reasons.AUTH_NEEDS_EHLO),
    "500 Error: ({}) {}": Stock(reasons.LOCAL_ERROR, ("error", "detail")),
    "500 Error: Cannot describe error": Stock(reasons.LOCAL_ERROR),
    "500 Line too long (see RFC5321 4.5.3.1.6)": Stock(transaction.TOO_MUCH_DATA),
    "501 5.7.0 Auth aborted": Stock(CANCELLED),
    "501 5.5.2 Can't decode base64": Stock(BAD_BASE64),
    "501 5.5.2 Can't split auth value": Stock(BAD_RESPONSE),
    "501 Error: BODY can only be one of 7BIT, 8BITMIME": Stock(transaction.PARAMETER_SYNTAX),
    "501 Error: SMTPUTF8 disabled": Stock(transaction.PARAMETER_UNKNOWN),
    "501 Error: SMTPUTF8 takes no arguments": Stock(transaction.PARAMETER_SYNTAX),
    "501 Not enough value": Stock(reasons.AUTH_SYNTAX),
    "501 Too many values": Stock(reasons.AUTH_SYNTAX),
    "501 Supported commands: {}": Stock(reasons.HELP_UNKNOWN, ("commands",)),
    "501 Syntax: HELO hostname": _syntax(reasons.PARAMETER_MISSING, "HELO hostname"),
    "501 Syntax: EHLO hostname": _syntax(reasons.PARAMETER_MISSING, "EHLO hostname"),
    "501 Syntax: VRFY <address>": _syntax(reasons.PARAMETER_MISSING, "VRFY <address>"),
    "501 Syntax: DATA": _syntax(reasons.NO_PARAMETERS, "DATA"),
    "501 Syntax: QUIT": _syntax(reasons.NO_PARAMETERS, "QUIT"),
    "501 Syntax: RSET": _syntax(reasons.NO_PARAMETERS, "RSET"),
    "501 Syntax: STARTTLS": _syntax(reasons.NO_PARAMETERS, "STARTTLS"),
    "501 Syntax: MAIL FROM: <address>": Stock(transaction.MAIL_SYNTAX),
    "501 Syntax: RCPT TO: <address>": Stock(transaction.RCPT_SYNTAX),
    "502 5.5.1 Too many unrecognized commands, goodbye.": Stock(reasons.UNKNOWN_TOO_OFTEN),
    "502 Could not VRFY {}": Stock(reasons.NO_VRFY, ("address",)),
    "502 EXPN not implemented": Stock(reasons.NOT_IMPLEMENTED),
    "503 Already authenticated": Stock(reasons.AUTH_TWICE),
    "503 Error: need MAIL command": Stock(transaction.NEED_MAIL),
    "503 Error: need RCPT command": Stock(transaction.NEED_RCPT),
    "503 Error: nested MAIL command": Stock(transaction.NESTED_MAIL),
    "503 Error: send {} first": Stock(reasons.HELLO_FIRST, ("helo",)),
    "504 5.5.4 Unrecognized authentication type": Stock(MECHANISM_UNKNOWN),
    "530 5.7.0 Authentication required": Stock(reasons.AUTH_REQUIRED),
    "530 Must issue a STARTTLS command first": Stock(reasons.TLS_NOT_AVAILABLE),
    "535 5.7.8 Authentication credentials invalid": Stock(WRONG_CODE),
    "538 5.7.11 Encryption required for requested authentication mechanism": Stock(
        reasons.TLS_NOT_AVAILABLE
    ),
    "552 Error: message size exceeds fixed maximum message size": Stock(transaction.SIZE_DECLARED),
    "552 Error: Too much mail data": Stock(transaction.TOO_MUCH_DATA),
    "553 5.1.3 Error: malformed address": Stock(transaction.BAD_FORWARD_PATH),
    "554 Command refused due to lack of security": Stock(reasons.TLS_NOT_AVAILABLE),
    "555 MAIL FROM parameters not recognized or not implemented": Stock(
        transaction.PARAMETER_UNKNOWN
    ),
    "555 RCPT TO parameters not recognized or not implemented": Stock(
        transaction.PARAMETER_UNKNOWN
    ),
}


def understand(text: str) -> tuple[Reply | Reason, dict[str, str]] | None:
    """What a text of aiosmtpd means, and the facts in it; None when the table has it not."""
    stock = STOCK.get(text)
    values: tuple[str, ...] = ()
    if stock is None:
        for pattern, row in _patterns():
            if match := pattern.fullmatch(text):
                stock, values = row, match.groups()
                break
    if stock is None or stock.means is None:
        return None
    return stock.means, {**stock.given, **dict(zip(stock.facts, values, strict=True))}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Stock], ...]:
    """The texts with something to fill in; those that say most before it are tried first."""
    rows = sorted((text for text in STOCK if "{}" in text), key=lambda text: -len(text))
    return tuple(
        (re.compile(re.escape(text).replace(r"\{\}", "(.*)"), re.DOTALL), STOCK[text])
        for text in rows
    )


def listed(words: Sequence[str]) -> bytes:
    """The reply to EHLO, of lines without codes."""
    octets = [line.encode("ascii", "backslashreplace")[: _LONGEST - 4] for line in words]
    return b"".join(b"250-%b\r\n" % line for line in octets[:-1]) + b"250 %b\r\n" % octets[-1]


def lines(text: str) -> bytes:
    """A reply as octets; where `text` has several lines, each gets the code of the first.

    ``550 5.1.1 No such user\\nAsk postmaster`` becomes ``550-5.1.1 No ...``, ``550 5.1.1 Ask
    ...`` (RFC 5321 §4.2.1, RFC 2034 §4). Never longer than 512 octets a line, never anything but
    ASCII (RFC 6531 §3.7.4.2 lets a reply be UTF-8 only where the client asked for it).
    """
    octets = text.replace("\r", "").encode("ascii", "backslashreplace")
    if b"\n" not in octets and len(octets) <= _LONGEST:
        return octets + b"\r\n"
    return _several(octets)


@lru_cache(maxsize=64)
def _several(octets: bytes) -> bytes:
    """The same for a reply of several lines, which is nearly always that to EHLO."""
    first, *more = octets.split(b"\n")
    code = _CODE.match(first)
    prefix = code[2] or b"" if code else b""
    rest = [prefix + line for line in more]
    whole = [first[:_LONGEST], *(first[:3] + b" " + line[: _LONGEST - 4] for line in rest)]
    return b"".join(line[:3] + b"-" + line[4:] + b"\r\n" for line in whole[:-1]) + (
        whole[-1] + b"\r\n"
    )


_LONGEST = 510
"""RFC 5321 §4.5.3.1.5, without the CR LF."""

_CODE = re.compile(rb"(\d{3})[ -](\d\.\d{1,3}\.\d{1,3} )?")
