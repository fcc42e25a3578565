"""What a server recorded is replayed on it, on a new one, and by the command."""

import imaplib
import poplib
import smtplib
import socket
import ssl
import threading
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakemail.cli import cli
from fakemail.config import load
from fakemail.services.private import PrivateServer
from fakemail.services.replay import CODE, listener, made_up_secrets, new_server, play, stage
from fakemail.transcript.parse import parse
from fakemail.transcript.text import render

CONVERSATIONS = Path(__file__).parents[1] / "explain" / "conversations"
MESSAGE = b"From: me@fakemail.test\r\nSubject: hello\r\n\r\nhello\r\n..\r\n"


def by_smtp(ports):
    with smtplib.SMTP("localhost", ports["submission"], timeout=20) as client:
        client.starttls(context=trusting())
        client.login("me@fakemail.test", "any code")
        client.sendmail("me@fakemail.test", ["replay@fakemail.test"], MESSAGE)
        with suppress(smtplib.SMTPRecipientsRefused):
            client.sendmail("me@fakemail.test", ["no\x01body"], MESSAGE)


def by_smtp_without_login(ports):
    client = smtplib.SMTP("localhost", ports["submission"], timeout=20)
    with client, pytest.raises(smtplib.SMTPSenderRefused):
        client.sendmail("me@fakemail.test", ["replay@fakemail.test"], MESSAGE)


def by_smtp_that_is_refused(ports):
    with smtplib.SMTP("localhost", ports["submission"], timeout=20) as client:
        client.starttls(context=trusting())
        client.login("me@fakemail.test", "any code")
        client.mail("me@fakemail.test")
        assert client.rcpt("you@fakemail.test")[0] == 550


def by_pop3(ports):
    client = poplib.POP3_SSL("localhost", ports["pop3s"], context=trusting(), timeout=20)
    client.user("replay@fakemail.test")
    client.pass_("any code")
    for ask in (client.stat, client.list, client.uidl, client.capa):
        ask()
    client.retr(1)
    with pytest.raises(poplib.error_proto):
        client.retr(999)
    client.quit()


def by_imap(ports):
    with imaplib.IMAP4("localhost", ports["imap"], timeout=20) as client:
        client.login("replay@fakemail.test", 'any "code"')
        client.append("Drafts", "(\\Draft)", None, MESSAGE)
        client.select("Drafts")
        client.search(None, "ALL")
        client.fetch("1:*", "(FLAGS BODY.PEEK[] ENVELOPE)")
        client.select("nowhere")


def by_compressed_imap(ports):
    """DEFLATE from the OK of COMPRESS on (RFC 4978)."""
    with socket.create_connection(("localhost", ports["imap"]), 20) as client:
        heard = client.makefile("rb")
        heard.readline()
        for command in (b"a LOGIN zip@fakemail.test code\r\n", b"b COMPRESS DEFLATE\r\n"):
            client.sendall(command)
            while not heard.readline().startswith(command[:2]):
                pass
        deflate = zlib.compressobj(wbits=-15)
        client.sendall(deflate.compress(b'c LIST "" "*"\r\nd LOGOUT\r\n'))
        client.sendall(deflate.flush(zlib.Z_SYNC_FLUSH))
        assert b"d OK LOGOUT" in zlib.decompressobj(-15).decompress(heard.read())


def trusting():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def recorded(tmp_path, *programs, fault=()):
    """The transcripts of programs that had a new server to themselves."""
    settings = load({"data": str(tmp_path / "recorded"), "ports": "ephemeral", "fault": fault}, {})
    with PrivateServer(settings) as private:
        for program in programs:
            program(private.ready.ports)
        sessions = private.server.post_office.sessions
        while True:
            found = private.call(lambda: [render(s) for s in sessions if s.ended])
            if len(found) == len(programs):
                return "\n".join(found)
            threading.Event().wait(0.01)


def replayed(text, secrets=made_up_secrets):
    records = parse(text, strict=True)
    with new_server(stage(records)) as ports:
        return [play(r, ("localhost", ports[listener(r)]), secrets) for r in records]


PROGRAMS = [by_smtp, by_smtp_without_login, by_pop3, by_imap, by_compressed_imap]


def test_what_was_recorded_replays_equal(tmp_path):
    text = recorded(tmp_path, *PROGRAMS)
    assert len(parse(text)) == len(PROGRAMS)
    for replay in replayed(text):
        assert replay.fits, [turn for turn in replay.turns if not turn.fits]
        assert len(replay.turns) > 3


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        ("530 5.7.0 Authentication required", "503 Error: need EHLO and AUTH first !"),
        ("S: 221 2.0.0 Bye", "S: 221 2.0.0 Bye\n  S: 250 2.0.0 Ok"),
    ],
)
def test_a_reply_that_changed_is_found(tmp_path, was, is_now):
    text = recorded(tmp_path, by_smtp_without_login)
    assert text.count(was) == 1
    [replay] = replayed(text.replace(was, is_now))
    [turn] = [turn for turn in replay.turns if not turn.fits]
    signs = [sign for sign, _ in turn.lines]
    assert "-" in signs
    assert ("-", is_now.splitlines()[-1].strip().removeprefix("S: ")) in turn.lines


def test_what_a_fault_refused_is_named_where_it_is_not_refused_now(tmp_path):
    """And the new server is not made one that refuses it."""
    sentence = "smtp rcpt nth=1 refuse=smtp.no-such-user"
    text = recorded(tmp_path, by_smtp_that_is_refused, fault=(sentence,))
    assert "smtp.no-such-user" in text
    [replay] = replayed(text)
    [turn] = [turn for turn in replay.turns if not turn.fits]
    assert turn.note == f"recorded with fault 1: {sentence} (time 1)"
    assert [line[:3] for sign, line in turn.lines if sign == "+"] == ["250"]


@pytest.mark.parametrize("id_", ["A01", "D01", "A20", "E17"])
def test_the_conversations_of_known_mistakes_are_what_the_dialects_say(id_):
    text = (CONVERSATIONS / f"{id_}.txt").read_text(encoding="utf-8")
    records = parse(text)
    with new_server(stage(records)) as ports:
        for record in records:
            replay = play(record, ("localhost", ports[listener(record)]), made_up_secrets)
            wrong = [turn for turn in replay.turns if not turn.fits]
            # EHLO lists of other years may stand in them
            assert all(turn.sent[:1][:1] and "EHLO" in turn.sent[0].upper() for turn in wrong)


def test_refused_logins_are_refused_again_for_the_same_reason(tmp_path):
    text = """\
pop3  session 1  127.0.0.1:51324  port 995  dialect qq@2017
  *  TLS: TLSv1.3 TLS_AES_256_GCM_SHA384
  S: +OK…
  C: USER me@qq.com
  S: +OK…
  C: PASS ********
  !  It was the password.                                auth.password-not-code
     Send a code.                                        RFC 3206 §4
  S: -ERR Please using authorized code to login.…
"""
    [replay] = replayed(text)
    assert replay.fits, replay.turns
    [replay] = replayed(text, lambda user, slug: CODE)
    assert not replay.fits


def invoke(*words, **more):
    return CliRunner().invoke(cli, ["replay", *words], **more)


def test_the_command(tmp_path):
    text = recorded(tmp_path, by_smtp_without_login, by_imap)
    saved = tmp_path / "bug.txt"
    saved.write_text(text, encoding="utf-8")
    done = invoke(str(saved))
    assert (done.exit_code, done.stdout.count("as recorded")) == (0, 2), done.output
    assert "2 replayed, 0 different" in done.stderr
    done = invoke(str(saved), "--dialect", "qq")
    assert done.exit_code == 1
    assert "- S: 530 5.7.0 Authentication required" in done.stdout
    assert "+ S: 503 Error: need EHLO and AUTH first !" in done.stdout
    done = invoke("-", "--show", input=text)
    assert done.exit_code == 0
    assert "  S: 530 5.7.0 Authentication required" in done.stdout
    # what is shown is a transcript again
    assert [len(r.entries) > 3 for r in parse(done.stdout)] == [True, True]


def test_the_command_against_a_server_that_runs(server, tmp_path):
    saved = tmp_path / "bug.txt"
    saved.write_text(
        "S: +OK…\nC: USER $user\nS: +OK…\nC: PASS ********\nS: +OK…\nC: QUIT\nS: +OK…\n"
    )
    port = ["--port", str(server.ports["pop3"])]
    done = invoke(str(saved), *port)
    assert done.exit_code == 1
    assert "the secret of $user is hidden in the transcript; tell it with --secret" in done.output
    done = invoke(str(saved), *port, "--secret", "$user=any-code")
    assert done.exit_code == 0, done.output
    assert "any-code" not in done.output
    data = tmp_path / "data"
    add = ["account", "add", "$user@fakemail.test", "--code", "UMJLXEIFUZXKOEXK", "--data", data]
    assert CliRunner().invoke(cli, [str(word) for word in add]).exit_code == 0
    saved.write_text(saved.read_text().replace("$user", "$user@fakemail.test"))
    done = invoke(str(saved), *port, "--data", str(data))
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("text", "words", "complaint"),
    [
        ("hello", [], "line 1 is no part of a conversation: hello"),
        ("", [], "there is no conversation in it"),
        ("S: +OK x", ["--dialect", "nobody"], "nobody"),
        ("S: +OK x", ["--port", "1"], "port 1: Connection refused"),
        ("S: +OK x", ["--port", "1", "--secret", "x"], "give USER=SECRET"),
        ("S: +OK x", ["--port", "1", "--data", "/nowhere"], "No such file"),
        ("S: +OK x\n... 7 entries are left out here ...", [], "7 entries of session 0 are left"),
    ],
)
def test_what_cannot_be_replayed_is_said(text, words, complaint):
    done = invoke("-", *words, input=text)
    assert done.exit_code in (1, 2)
    assert complaint in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_what_was_said_to_whom_is_seen_in_the_heading():
    def first(text):
        [record] = parse(text)
        return listener(record)

    head = "{}  session 1  127.0.0.1:51324  port {}  dialect qq\n{}  S: hello\n"
    tls = "  *  TLS: TLSv1.3 TLS_AES_256_GCM_SHA384\n"
    assert first(head.format("smtp", 25, "")) == "smtp"
    assert first(head.format("smtp", 41235, "")) == "submission"
    assert first(head.format("smtp", 5525, "")) == "smtp-alt"
    assert first(head.format("smtp", 465, tls)) == "submissions"
    assert first(head.format("imap", 41235, tls)) == "imaps"
    assert first(head.format("pop3", 110, "")) == "pop3"
