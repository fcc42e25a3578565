"""Why POP3 refused something (RFC 1939; response codes: RFC 2449 §8, RFC 3206)."""

from __future__ import annotations

from fakemail.reasons.reason import Reason

UNKNOWN_COMMAND = Reason(
    slug="pop3.unknown-command",
    because="The line does not begin with a POP3 command that this server has.",
    instead="Send one of the commands of RFC 1939, or of those that CAPA lists. A line of base64"
    " here often means that the client did not notice that AUTH had failed.",
    cites=("RFC 1939 §3", "RFC 2449 §5"),
    pop3="-ERR Unknown command",
)

NOT_LOGGED_IN = Reason(
    slug="pop3.not-logged-in",
    because="{command} came before the client had logged in.",
    instead="Log in first: USER and PASS, or AUTH.",
    cites=("RFC 1939 §4", "RFC 1939 §5"),
    pop3="-ERR {command} is only valid after login",
)

ALREADY_LOGGED_IN = Reason(
    slug="pop3.already-logged-in",
    because="{command} came after login; it belongs to the AUTHORIZATION state.",
    instead="To log in as somebody else, QUIT and connect again.",
    cites=("RFC 1939 §4", "RFC 2595 §4"),
    pop3="-ERR {command} is only valid before login",
)

SYNTAX = Reason(
    slug="pop3.syntax",
    because="The arguments of the command are not what it takes.",
    instead="Send: {syntax}",
    cites=("RFC 1939 §9", "RFC 2449 §3"),
    pop3="-ERR Syntax: {syntax}",
)

LINE_TOO_LONG = Reason(
    slug="pop3.line-too-long",
    because="A command line was longer than 255 octets, or a line of a login exchange longer than"
    " 12288.",
    instead="Nothing in POP3 needs that much; look for a missing line end.",
    cites=("RFC 2449 §4", "RFC 5034 §4"),
    pop3="-ERR Line too long",
)

BAD_OCTET = Reason(
    slug="pop3.bad-octet",
    because="A command line contains an octet that is not printable ASCII: a NUL, another control"
    " character, or one with the eighth bit set.",
    instead="Send ASCII. If the user name or code really has other characters, log in by AUTH,"
    " which carries UTF-8 in base64. Octets 0x16 0x03 are a TLS handshake on a port without TLS.",
    cites=("RFC 1939 §3", "RFC 2449 §3"),
    pop3="-ERR Command contains an octet that is not printable ASCII",
)

USER_FIRST = Reason(
    slug="pop3.user-first",
    because="PASS came without a USER before it.",
    instead="Send USER name, then PASS code; after a failed login both again.",
    cites=("RFC 1939 §7",),
    pop3="-ERR Send USER first",
)

IN_USE = Reason(
    slug="pop3.in-use",
    because="Another POP3 session has this maildrop open, and only one at a time may.",
    instead="End the other session with QUIT (or close its connection), then log in again. IMAP"
    " has no such lock.",
    cites=("RFC 1939 §4", "RFC 2449 §8.1.2"),
    pop3="-ERR [IN-USE] Maildrop is locked by another POP3 session",
)

NO_SUCH_MESSAGE = Reason(
    slug="pop3.no-such-message",
    because="There is no message with this number; this session began with {count}.",
    instead="Use numbers that LIST or UIDL show. Mail that arrives during a session is not in it:"
    " QUIT and log in again to see it.",
    cites=("RFC 1939 §5",),
    pop3="-ERR No such message, this maildrop has {count}",
)

MESSAGE_DELETED = Reason(
    slug="pop3.message-deleted",
    because="Message {number} has been marked as deleted in this session.",
    instead="RSET takes all such marks away.",
    cites=("RFC 1939 §5",),
    pop3="-ERR Message {number} is marked as deleted",
)

MESSAGE_GONE = Reason(
    slug="pop3.message-gone",
    because="Message {number} was there at login; another program, or an IMAP session, has removed"
    " it since.",
    instead="Skip it. The other numbers still mean what they meant.",
    cites=("RFC 1939 §5",),
    pop3="-ERR Message {number} has been removed by another session",
)

NOT_REMOVED = Reason(
    slug="pop3.not-removed",
    because="QUIT could not remove {left} of the {marked} messages that were marked as deleted.",
    instead="Look at the permissions and the free space of the data folder; the messages are still"
    " there.",
    cites=("RFC 1939 §6",),
    pop3="-ERR [SYS/TEMP] Some deleted messages not removed",
)

NO_TLS = Reason(
    slug="pop3.no-tls",
    because="The client wants to start TLS, but this server was started without a certificate.",
    instead="Serve with TLS switched on, or do not ask for it.",
    cites=("RFC 2595 §4",),
    pop3="-ERR TLS is not available",
)

TLS_ACTIVE = Reason(
    slug="pop3.tls-active",
    because="The client sent STLS inside TLS. Often the port for implicit TLS (995) was combined"
    " with the setting STARTTLS.",
    instead="On 995 switch STARTTLS off; on 110 send STLS once.",
    cites=("RFC 2595 §4",),
    pop3="-ERR Command not permitted when TLS active",
)

TOO_MANY_ERRORS = Reason(
    slug="pop3.too-many-errors",
    because="Too many lines in a row were no commands; whatever sends them does not speak POP3.",
    instead="Look at the first of the refused lines above.",
    cites=("RFC 1939 §3",),
    pop3="-ERR Too many bad commands, closing",
)

HTTP_CLIENT = Reason(
    slug="pop3.http-client",
    because="The client speaks HTTP: a browser or a web library was pointed at a POP3 port.",
    instead="Use a POP3 client, or the port of fakemail's web page.",
    cites=("RFC 1939 §3",),
    pop3="-ERR This is a POP3 server, not a web server",
)

TLS_CLIENT = Reason(
    slug="pop3.tls-client",
    because="The client began a TLS handshake on a port where POP3 begins in clear.",
    instead="Use the POP3S port (995 or 3995) for implicit TLS, or set the client to STARTTLS.",
    cites=("RFC 2595 §4", "RFC 8314 §3.1"),
    pop3="-ERR This port begins in clear; use STLS, or the POP3S port",
)
