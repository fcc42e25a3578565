"""The situations of SMTP, by slug or key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dialect_table.talk import CODE, PASSWORD, Situation, Talk, base64
from fakemail.dialects.dialect import Dialect

LAPTOP = "laptop.example"


def wants_tls(talk: Talk) -> bool:
    """Whether nobody logs in without TLS here."""
    dialect = talk.dialect
    return dialect.has("tls_before_mail") or not dialect.has("auth_before_tls")


def hello(talk: Talk) -> bytes:
    """EHLO, and TLS where it is needed."""
    reply = talk.say(f"EHLO {LAPTOP}")
    if not wants_tls(talk):
        return reply
    secure(talk)
    return talk.say(f"EHLO {LAPTOP}")


def secure(talk: Talk) -> bytes:
    """STARTTLS; the reply to it."""
    reply = talk.say("STARTTLS")
    talk.shake()
    return reply


def log_in(talk: Talk, user: str, secret: str) -> bytes:
    """By the first mechanism that is there for it; the last reply."""
    offered = talk.dialect.mechanisms("smtp", wants_tls(talk)) or ("PLAIN",)
    if talk.dialect.has("basic_auth_disabled"):
        return talk.say("AUTH XOAUTH2 " + base64(f"user={user}\x01auth=Bearer {secret}\x01\x01"))
    if "PLAIN" in offered:
        return talk.say("AUTH PLAIN " + base64(f"\0{user}\0{secret}"))
    talk.say("AUTH LOGIN")
    talk.say(base64(user))
    return talk.say(base64(secret))


def enter(talk: Talk) -> None:
    """Up to the login."""
    hello(talk)
    reply = log_in(talk, talk.me, CODE)
    assert reply.startswith(b"235"), reply


def after(*lines: str, login: bool = True) -> Callable[[Talk, str], bytes]:
    """The reply to the last of these lines, after EHLO and the login."""

    def run(talk: Talk, _: str) -> bytes:
        if login:
            enter(talk)
        else:
            hello(talk)
        reply = b""
        for line in lines:
            reply = talk.say(line.format(me=talk.me, nobody=talk.nobody))
        return reply

    return run


def first(*lines: str) -> Callable[[Talk, str], bytes]:
    """The reply to the last of these lines, right after the greeting."""

    def run(talk: Talk, _: str) -> bytes:
        reply = b""
        for line in lines:
            reply = talk.say(line)
        return reply

    return run


def attempt(user: str, secret: str) -> Callable[[Talk, str], bytes]:
    """A login with these."""

    def run(talk: Talk, _: str) -> bytes:
        hello(talk)
        return log_in(talk, getattr(talk, user), secret)

    return run


def message(head: str) -> Callable[[Talk, str], bytes]:
    """The reply to the end of a message with this header."""

    def run(talk: Talk, _: str) -> bytes:
        enter(talk)
        talk.say(f"MAIL FROM:<{talk.me}>")
        talk.say(f"RCPT TO:<{talk.me}>")
        talk.say("DATA")
        filled = head.format(me=talk.me, nobody=talk.nobody).replace("\n", "\r\n")
        return talk.say(f"{filled}\r\nhello\r\n.\r\n".encode())

    return run


GOOD = "From: Me <{me}>\nTo: Me <{me}>\nSubject: a plan for tuesday\n"


BATCH = 'MIME-Version: 1.0\nContent-Type: application/octet-stream; name="run.bat"\n'


def too_many(talk: Talk, _: str) -> bytes:
    """The reply that refuses the second message, wherever that is."""
    enter(talk)
    reply = send(talk)
    assert reply.startswith(b"250"), reply
    return send(talk)


def send(talk: Talk) -> bytes:
    """A message to oneself; the reply to the end of it, or to the first command that is refused."""
    lines = (f"MAIL FROM:<{talk.me}>", f"RCPT TO:<{talk.me}>", "DATA")
    for line in lines:
        reply = talk.say(line)
        if not reply.startswith((b"2", b"3")):
            return reply
    filled = GOOD.format(me=talk.me).replace("\n", "\r\n")
    return talk.say(f"{filled}\r\nhello\r\n.\r\n".encode())


def another_connection(talk: Talk, _: str) -> bytes:
    """The greeting of the second, or where that is well, what becomes of its message."""
    other = talk.again()
    if other.greeting.startswith(b"4"):
        return other.greeting
    enter(other)
    return send(other)


def connections_today(talk: Talk, _: str) -> bytes:
    """The second connection in which the sender begins a message."""
    enter(talk)
    send(talk)
    other = talk.again()
    enter(other)
    return send(other)


def after_failures(talk: Talk, _: str) -> bytes:
    """The greeting after two logins with a wrong code."""
    for each in (talk, talk.again()):
        hello(each)
        log_in(each, each.me, "wrongwrongwrongw")
    return talk.again().greeting


def logins(secret: str) -> Callable[[Talk, str], bytes]:
    """The last reply to the third login."""

    def run(talk: Talk, _: str) -> bytes:
        reply = b""
        for each in (talk, talk.again(), talk.again()):
            hello(each)
            reply = log_in(each, each.me, secret)
        return reply

    return run


def while_suspended(talk: Talk, _: str) -> bytes:
    """The login works, and MAIL does not."""
    hello(talk)
    reply = log_in(talk, talk.banned, CODE)
    assert reply.startswith(b"235"), reply
    return talk.say(f"MAIL FROM:<{talk.banned}>")


def wrong_sender(talk: Talk, command: str) -> bytes:
    """At MAIL, or at the end of DATA where the provider looks then."""
    if talk.dialect.text("sender_must_match") == "data":
        return message(GOOD.replace("{me}", "{nobody}", 1))(talk, command)
    return after("MAIL FROM:<{nobody}>")(talk, command)


def wrong_author(talk: Talk, command: str) -> bytes:
    """The same at the end of DATA or BDAT."""
    if command == "DATA":
        return message(GOOD.replace("{me}", "{nobody}", 1))(talk, command)
    enter(talk)
    talk.say(f"MAIL FROM:<{talk.me}>")
    talk.say(f"RCPT TO:<{talk.me}>")
    content = f"From: {talk.nobody}\r\n\r\nhello\r\n".encode()
    return talk.say(b"BDAT %d LAST\r\n%b" % (len(content), content))


def without_login(talk: Talk, _: str) -> bytes:
    """MAIL, and RCPT where MAIL passes."""
    hello(talk)
    reply = talk.say(f"MAIL FROM:<{talk.me}>")
    return talk.say(f"RCPT TO:<{talk.me}>") if reply.startswith(b"2") else reply


def malformed(talk: Talk, _: str) -> bytes:
    """A response that no mechanism can read."""
    hello(talk)
    talk.say("AUTH LOGIN")
    return talk.say(base64("no\0user"))


def many_recipients(talk: Talk, _: str) -> bytes:
    """Until one is refused."""
    enter(talk)
    reply = talk.say(f"MAIL FROM:<{talk.me}>")
    while reply.startswith(b"250"):
        reply = talk.say(f"RCPT TO:<{talk.me}>")
    return reply


def unknown_often(talk: Talk, _: str) -> bytes:
    """Until the server has had enough."""
    reply = b"5"
    for _count in range(50):
        if reply.startswith(b"421"):
            break
        reply = talk.say("WIBBLE")
    return reply


def in_tls(talk: Talk, _: str) -> bytes:
    """The list inside TLS."""
    talk.say(f"EHLO {LAPTOP}")
    secure(talk)
    return talk.say(f"EHLO {LAPTOP}")


def starts_tls(talk: Talk, _: str) -> bytes:
    """What STARTTLS is answered with."""
    talk.say(f"EHLO {LAPTOP}")
    return secure(talk)


def missing_parameter(talk: Talk, command: str) -> bytes:
    """EHLO or HELO, alone."""
    return talk.say(command or "EHLO")


SITUATIONS: Mapping[str, Situation] = {
    "smtp.greeting": Situation(lambda talk, _: talk.greeting),
    "smtp.ehlo": Situation(first(f"EHLO {LAPTOP}")),
    "smtp.ehlo-in-tls": Situation(in_tls),
    "smtp.helo": Situation(first(f"HELO {LAPTOP}")),
    "smtp.start-tls": Situation(starts_tls),
    "smtp.login-user-prompt": Situation(after("AUTH LOGIN", login=False)),
    "smtp.login-code-prompt": Situation(after("AUTH LOGIN", base64("me"), login=False)),
    "smtp.plain-prompt": Situation(after("AUTH PLAIN", login=False)),
    "smtp.logged-in": Situation(attempt("me", CODE)),
    "smtp.sender-ok": Situation(after("MAIL FROM:<{me}>")),
    "smtp.recipient-ok": Situation(after("MAIL FROM:<{me}>", "RCPT TO:<{me}>")),
    "smtp.start-data": Situation(after("MAIL FROM:<{me}>", "RCPT TO:<{me}>", "DATA")),
    "smtp.queued": Situation(message(GOOD)),
    "smtp.reset": Situation(after("RSET")),
    "smtp.noop": Situation(after("NOOP")),
    "smtp.help": Situation(first("HELP")),
    "smtp.bye": Situation(after("QUIT")),
    "auth.wrong-code": Situation(attempt("me", "wrongwrongwrongw")),
    "auth.password-not-code": Situation(attempt("me", PASSWORD)),
    "auth.service-off": Situation(attempt("off", CODE)),
    "auth.basic-auth-disabled": Situation(
        after("AUTH LOGIN", base64("me"), base64(CODE), login=False), ("basic_auth_disabled",)
    ),
    "auth.policy": Situation(attempt("policy", CODE)),
    "auth.too-many-attempts": Situation(logins(CODE), ("logins_limit=2/10min",)),
    "auth.too-many-failures": Situation(
        logins("wrongwrongwrongw"), ("failed_logins_limit=2/10min",)
    ),
    "host.client-blocked": Situation(after_failures, ("failed_logins_ban=2/10min",)),
    "host.connections-at-once": Situation(another_connection, ("connections_at_once=1",)),
    "host.connections-too-often": Situation(another_connection, ("connections_limit=1/10min",)),
    "smtp.connections-today": Situation(connections_today, ("connections_per_day=1",)),
    "smtp.messages-in-connection": Situation(too_many, ("messages_per_connection=1",)),
    "smtp.rate-limited": Situation(too_many, ("messages_limit=1/15min",)),
    "smtp.daily-limit": Situation(too_many, ("messages_per_day=1",)),
    "smtp.recipients-in-connection": Situation(
        after("MAIL FROM:<{me}>", "RCPT TO:<{me}>", "RCPT TO:<{me}>"),
        ("recipients_per_connection=1",),
    ),
    "smtp.recipients-too-often": Situation(
        after("MAIL FROM:<{me}>", "RCPT TO:<{me}>", "RCPT TO:<{me}>"), ("recipients_limit=1/h",)
    ),
    "smtp.recipients-today": Situation(
        after("MAIL FROM:<{me}>", "RCPT TO:<{me}>", "RCPT TO:<{me}>"), ("recipients_per_day=1",)
    ),
    "smtp.sender-suspended": Situation(while_suspended, ("suspended_refused_at=mail",)),
    "auth.tls-required": Situation(first(f"EHLO {LAPTOP}", "AUTH LOGIN"), ("no-auth_before_tls",)),
    "auth.mechanism-unknown": Situation(after("AUTH CRAM-MD5", login=False)),
    "auth.cancelled": Situation(after("AUTH LOGIN", "*", login=False)),
    "auth.bad-base64": Situation(after("AUTH LOGIN", "%%%", login=False)),
    "auth.bad-response": Situation(malformed),
    "auth.empty-identity": Situation(after("AUTH LOGIN", "", login=False)),
    "auth.empty-secret": Situation(after("AUTH LOGIN", base64("me"), "", login=False)),
    "smtp.auth-twice": Situation(after("AUTH LOGIN")),
    "smtp.auth-required": Situation(without_login),
    "smtp.tls-required": Situation(
        first(f"EHLO {LAPTOP}", "MAIL FROM:<me@example.test>"), ("tls_before_mail",)
    ),
    "smtp.sender-not-owned": Situation(wrong_sender, ("sender_must_match=mail",)),
    "smtp.sender-not-owned DATA": Situation(wrong_author, ("sender_must_match=data",)),
    "smtp.sender-not-owned BDAT": Situation(wrong_author, ("sender_must_match=data",)),
    "smtp.no-such-user": Situation(after("MAIL FROM:<{me}>", "RCPT TO:<{nobody}>")),
    "smtp.bad-forward-path": Situation(after("MAIL FROM:<{me}>", "RCPT TO:<a b>")),
    "smtp.content-refused": Situation(message("Date: Sat, 21 Nov 2026 10:00:00 +0000\n")),
    "smtp.from-header-invalid": Situation(message("Subject: a plan for tuesday\n")),
    "smtp.attachment-refused": Situation(message(GOOD + BATCH), ("attachments_refused=.bat",)),
    "smtp.size-declared": Situation(after("MAIL FROM:<{me}> SIZE=99999999999")),
    "smtp.too-much-data": Situation(message(GOOD + f"X-Long: {'x' * 900}\n"), ("size_limit=900",)),
    "smtp.parameter-missing": Situation(missing_parameter),
    "smtp.empty-command": Situation(after("")),
    "smtp.no-parameters": Situation(after("QUIT now")),
    "smtp.mail-syntax": Situation(after("MAIL {me}")),
    "smtp.rcpt-syntax": Situation(after("MAIL FROM:<{me}>", "RCPT {me}")),
    "smtp.unknown-command": Situation(after("WIBBLE")),
    "smtp.not-implemented": Situation(after("EXPN everybody")),
    "smtp.need-mail": Situation(after("RCPT TO:<{me}>")),
    "smtp.need-rcpt": Situation(after("MAIL FROM:<{me}>", "DATA")),
    "smtp.nested-mail": Situation(after("MAIL FROM:<{me}>", "MAIL FROM:<{me}>")),
    "smtp.hello-first": Situation(first("MAIL FROM:<me@example.test>")),
    "smtp.http-request": Situation(first("GET / HTTP/1.1")),
    "smtp.bad-ehlo-name": Situation(first("EHLO my laptop"), ("ehlo_name_checked",)),
    "smtp.too-many-recipients": Situation(many_recipients),
    "smtp.too-many-unknown-commands": Situation(unknown_often),
    "smtp.timeout": Situation(lambda talk, _: talk.say("(silence)"), in_engines_only=True),
    "smtp.local-error": Situation(after("(fault)", login=False), in_engines_only=True),
}
"""The last two are played by the harness of a test: silence, and something that breaks."""

UNPRODUCED: Mapping[str, str] = {
    "host.too-many-connections": "said in place of a session, by the border, not by SMTP",
}
"""What no situation can bring about, and why."""


def situation(slug: str, command: str) -> Situation | None:
    """The situation for a text, by its command where that matters."""
    return SITUATIONS.get(f"{slug} {command}") or SITUATIONS.get(slug)


def impossible(dialect: Dialect, slug: str) -> str:
    """Why this provider never comes to say what it could say; empty where it does."""
    secret = dialect.secret
    if slug == "auth.password-not-code" and secret is not None and secret.accepts_password:
        return "the password logs in here (with the provider's setting as it is at first)"
    return UNPRODUCED.get(slug, "")
