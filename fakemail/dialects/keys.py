"""What a dialect can word, besides refusals: the closed list of a server's own replies.

A refusal is worded under its reason's slug (``smtp.auth-required``); everything else a server says
under one of these keys. The name before the dot is the protocol. The engine asks by key and hands
over its own text, which is what is said where the dialect knows nothing better:

    dialect.say("smtp", "smtp.queued", "250 2.0.0 Ok: queued as {id}", {"id": "4Xk2"})
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KEYS: Mapping[str, str] = MappingProxyType(
    {
        "smtp.greeting": "the first line after connecting",
        "smtp.helo": "reply to HELO",
        "smtp.ehlo": "reply to EHLO in clear (asked for by `ehlo(tls=False)`)",
        "smtp.ehlo-in-tls": "reply to EHLO inside TLS (asked for by `ehlo(tls=True)`)",
        "smtp.start-tls": "go-ahead after STARTTLS",
        "smtp.challenge": "a challenge of a SASL mechanism, where no prompt below applies",
        "smtp.login-user-prompt": "AUTH LOGIN asks for the user name",
        "smtp.login-code-prompt": "AUTH LOGIN asks for the secret",
        "smtp.plain-prompt": "AUTH PLAIN without an initial response",
        "smtp.logged-in": "AUTH worked",
        "smtp.sender-ok": "MAIL accepted",
        "smtp.recipient-ok": "RCPT accepted",
        "smtp.start-data": "DATA accepted",
        "smtp.queued": "message accepted",
        "smtp.chunk-ok": "BDAT chunk accepted",
        "smtp.reset": "reply to RSET",
        "smtp.noop": "reply to NOOP",
        "smtp.ok": "any other 250",
        "smtp.help": "reply to HELP",
        "smtp.help-command": "reply to HELP with an argument",
        "smtp.cannot-vrfy": "reply to VRFY",
        "smtp.bye": "reply to QUIT",
        "pop3.greeting": "the first line after connecting",
        "pop3.user-ok": "USER accepted",
        "pop3.logged-in": "PASS or AUTH worked; {n} messages, {size} octets",
        "pop3.capa-before-login": "CAPA in the AUTHORIZATION state (asked for by `capa(False)`)",
        "pop3.capa-after-login": "CAPA in the TRANSACTION state (asked for by `capa(True)`)",
        "pop3.bearer-error": "the challenge that tells why a token was refused; {base64}",
        "pop3.stat": "reply to STAT; {n} messages, {size} octets",
        "pop3.list": "first line of LIST; {n} messages, {size} octets",
        "pop3.list-one": "LIST with a number; {n} its number, {size} octets",
        "pop3.uidl": "first line of UIDL; {n} messages, {size} octets",
        "pop3.uidl-one": "UIDL with a number; {n} its number, {uid}",
        "pop3.retr": "first line of RETR; {size} octets",
        "pop3.top": "first line of TOP; {size} octets of the message",
        "pop3.dele": "message marked as deleted",
        "pop3.rset": "reply to RSET",
        "pop3.noop": "reply to NOOP",
        "pop3.bye": "reply to QUIT",
        "imap.greeting": "the first line after connecting",
        "imap.capability-before-login": "CAPABILITY (asked for by `capability(False, tls)`)",
        "imap.capability-after-login": "CAPABILITY (asked for by `capability(True, tls)`)",
        "imap.id": "ID: the untagged response and the tagged one",
        "imap.auth-prompt": "AUTHENTICATE PLAIN without an initial response",
        "imap.logged-in": "LOGIN or AUTHENTICATE worked; {user}",
        "imap.select": "SELECT: untagged responses (see `opening`) and the tagged one",
        "imap.examine": "EXAMINE: untagged responses (see `opening`) and the tagged one",
        "imap.list": "LIST: lines of known folders (see `list_line`), and the tagged response",
        "imap.xlist": "XLIST: lines of known folders (see `list_line`), and the tagged response",
        "imap.namespace": "NAMESPACE",
        "imap.status": "STATUS: the untagged response and the tagged one",
        "imap.search": "SEARCH: the untagged response and the tagged one",
        "imap.fetch": "the tagged response of FETCH",
        "imap.uid-fetch": "the tagged response of UID FETCH",
        "imap.idle": "IDLE: the continuation, and the tagged response after DONE",
        "imap.enable": "ENABLE",
        "imap.noop": "the tagged response of NOOP",
        "imap.logout": "LOGOUT: BYE and the tagged response",
    }
)

FAMILY: Mapping[str, str] = MappingProxyType(
    {
        "auth.no-such-account": "auth.wrong-code",
        "auth.password-not-code": "auth.wrong-code",
        "auth.code-expired": "auth.wrong-code",
        "auth.code-revoked": "auth.wrong-code",
        "auth.code-out-of-scope": "auth.service-off",
        "auth.service-off": "auth.wrong-code",
        "auth.empty-secret": "auth.wrong-code",
        "auth.empty-identity": "auth.wrong-code",
        "auth.authorization-refused": "auth.wrong-code",
        "auth.basic-auth-disabled": "auth.wrong-code",
        "auth.account-suspended": "auth.service-off",
        "auth.mechanism-not-here": "auth.mechanism-unknown",
        "auth.too-many-failures": "auth.too-many-attempts",
        "imap.not-offered": "imap.syntax",
        "pop3.message-gone": "pop3.message-unreadable",
        "smtp.size-declared": "smtp.too-much-data",
        "smtp.daily-limit": "smtp.rate-limited",
        "smtp.messages-in-connection": "smtp.rate-limited",
        "smtp.recipients-today": "smtp.daily-limit",
        "smtp.recipients-too-often": "smtp.rate-limited",
        "smtp.reset": "smtp.ok",
        "smtp.noop": "smtp.ok",
    }
)
"""Which text is used where a dialect has none for a finer slug: on the wire, real servers do not
tell a stranger whether the account exists or the code has expired. The reason in the transcript
still does. fakemail's own words need no family: every reason has its own."""

PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "node": "the server that answers, as it calls itself",
        "dc": "the same, where it names a data centre",
        "host": "the host name the client asked for",
        "ip": "an address inside the provider's network",
        "client_ip": "the client's address",
        "client_name": "what the client said after EHLO",
        "qid": "queue id",
        "epoch": "seconds since 1970",
        "date": "date and time, in the dialect's own form",
        "ts": "date and time, ISO 8601 with milliseconds",
        "sess": "session id",
        "xid": "16 hexadecimal digits",
        "hash": "32 hexadecimal digits",
        "token": "an opaque word",
        "base64": "an opaque word in base64",
        "sender": "the reverse-path",
        "rcpt": "the forward-path",
        "user": "who has logged in",
        "tag": "the tag of the IMAP command",
        "command": "the command as the client named it",
        "n": "a number",
        "size": "octets",
        "uid": "unique-id",
        "mailbox": "the mailbox",
        "reason": "why, in the words of a library",
        "diagnostics": "an opaque tail",
        "url": "a link",
        "extensions": "the lines of EHLO, as the engine lists them",
        "id": "fakemail's own queue id",
        "challenge": "base64 of a challenge",
        "commands": "the commands there are",
        "syntax": "the syntax of a command",
        "octets": "how many octets",
    }
)
"""What may stand in braces in a reply. The engine's facts are used first; `made_up.py` makes the
rest."""
