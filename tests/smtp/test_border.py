"""What the session does for its host: TLS, pace, time, ends."""

import pytest

from fakemail.smtp.border import RELAY, SUBMISSION, policy_of


def test_starttls_begins_anew(submitter):
    submitter.say("EHLO tom", "AUTH PLAIN AHRvbUBxcS5jb20AY29kZQ==")
    assert submitter.say("STARTTLS") == "220 2.0.0 Ready to start TLS"
    submitter.shake()
    assert submitter.say("MAIL FROM:<a@b.test>") == "503 5.5.1 Error: send HELO first"
    assert "STARTTLS" not in submitter.say("EHLO tom")
    assert submitter.say("MAIL FROM:<a@b.test>")[:3] == "530"
    assert submitter.say("STARTTLS") == "503 5.5.1 Error: TLS is already active"
    submitter.say("AUTH PLAIN AHRvbUBxcS5jb20AY29kZQ==", "MAIL FROM:<a@b.test>")
    assert "250" in submitter.say("RCPT TO:<c@d.test>", "DATA", "x", ".")
    assert b"with ESMTPSA id" in submitter.store.messages[0][1]


@pytest.mark.parametrize("step", [0, 1])
def test_what_was_said_in_clear_behind_starttls_is_never_heard(client, step):
    client.say("EHLO tom")
    reply = client.raw(b"STARTTLS\r\nMAIL FROM:<evil@x.test>\r\nNOOP\r\n", step)
    assert reply == "220 2.0.0 Ready to start TLS"
    client.shake()
    assert client.taken() == ""
    assert "evil" not in client.transcript
    assert client.say("NOOP") == "250 2.0.0 Ok"
    assert ("tls.octets-before-tls" in client.reasons) == (step == 0)


def test_no_certificate_no_starttls(connect):
    client = connect(can_tls=False)
    assert "STARTTLS" not in client.say("EHLO tom")
    assert client.say("STARTTLS") == "454 4.7.0 TLS not available"
    assert "STARTTLS" not in client.say("HELP")


def test_a_client_that_reads_too_slowly(client):
    client.border.congested = True
    client.session.congested(True)
    assert client.raw(b"NOOP\r\n" * 5) == "250 2.0.0 Ok"
    assert client.border.paused
    client.session.received(b"NOOP\r\n")
    assert client.taken() == ""
    client.border.congested = False
    client.session.drained()
    assert client.taken().count("250") == 5
    assert not client.border.paused


def test_congested_at_the_greeting_and_gone(client):
    client.border.congested = True
    client.raw(b"NOOP\r\nNOOP\r\n")
    client.session.ended()
    client.session.drained()
    assert client.taken() == ""


def test_shutting_down(client):
    client.ready().raw(b"half")
    client.session.shutting_down()
    assert client.taken() == "421 4.3.2 Service shutting down"
    assert client.border.closed and client.store.open == 0
    client.session.received(b"\r\n.\r\n")
    client.session.shutting_down()
    client.session.ended()
    assert client.taken() == "" and not client.store.messages


def test_silence_ends_the_session(connect, loop):
    client = connect(limits={"smtp_timeout": 0.01})
    client.desk.clock.advance(1)
    loop.call_later(0.03, loop.stop)
    loop.run_forever()
    assert client.taken() == "421 4.4.2 Error: timeout exceeded"
    assert client.border.closed and client.reasons == ["smtp.timeout"]


def test_a_client_that_speaks_is_not_silent(connect, loop):
    client = connect(limits={"smtp_timeout": 0.01})
    loop.call_later(0.03, loop.stop)
    loop.run_forever()  # the clock stands still: never idle
    assert not client.border.closed
    client.session.ended()


def test_nothing_is_heard_after_quit(client):
    assert client.raw(b"QUIT\r\nNOOP\r\n") == "221 2.0.0 Bye"
    client.session.received(b"NOOP\r\n")
    client.session.congested(False)
    client.session.ended()
    client.session.ended()
    assert client.taken() == "" and client.border.after_close == []


@pytest.mark.parametrize("where", range(8))
def test_an_end_at_any_moment_leaves_nothing_behind(client, where):
    lines = ["EHLO t", "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>", "DATA", "x", "y", "z"]
    client.say(*lines[:where])
    client.session.ended()
    assert client.store.open == 0 and not client.store.messages


def test_policies():
    assert policy_of("smtp") is RELAY
    assert {policy_of(name) for name in ("submission", "submissions", "smtp-alt")} == {SUBMISSION}
