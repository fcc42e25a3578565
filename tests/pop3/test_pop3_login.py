"""USER, PASS, AUTH: every way in, and every way to be kept out."""

from __future__ import annotations

from base64 import b64encode

import pytest

from fakemail.reasons.auth import WRONG_CODE

ACCOUNTS = """
[accounts."alice@fakemail.test"]
password = "webpass"
codes = [
  { code = "UMJLXEIFUZXKOEXK", label = "laptop" },
  { code = "IMAPONLY", scopes = ["imap"] },
  { code = "EXPIRED", expires = 2020-01-01 },
  { code = "REVOKED", revoked = true },
  { code = "two words", label = "spaced" },
  { code = "schlüssel", label = "umlaut" },
]

[accounts."bob@fakemail.test"]
pop3 = false
codes = [{ code = "BOB" }]
"""
CODE = b"UMJLXEIFUZXKOEXK"
IN = b"+OK maildrop has 0 messages (0 octets)\r\n"
FAILED = b"-ERR [AUTH] Authentication failed: user name or authorization code incorrect\r\n"
SLICES = pytest.mark.parametrize("slices", [0, 1])


@pytest.fixture
def host(place):
    place.accounts.write_text(ACCOUNTS)
    return place.session()


def secrets_are_hidden(host, *secrets: bytes) -> None:
    transcript = host.transcript() + repr(host.effects)
    for secret in secrets:
        for spelled in (secret, b64encode(secret), b64encode(b"\0alice\0" + secret)):
            assert spelled.decode("latin-1") not in transcript


@pytest.mark.parametrize("secret", [CODE, b"UMJL XEIF UZXK OEXK", b"two words", b"twowords"])
def test_user_and_pass(host, secret):
    assert host.log_in(b"Alice", secret) == b"+OK send PASS\r\n" + IN
    secrets_are_hidden(host, secret)
    assert host.desk.recorder.login == "alice@fakemail.test"


@pytest.mark.parametrize(
    ("user", "code", "answer", "slug"),
    [
        (b"alice", b"mistaken", FAILED, "auth.wrong-code"),
        (b"alice", b"webpass", b"-ERR [AUTH] Please log in with an auth", "auth.password-not-code"),
        (b"alice", b"EXPIRED", b"-ERR [AUTH] Authentication failed: the", "auth.code-expired"),
        (b"alice", b"REVOKED", b"-ERR [AUTH] Authentication failed: the", "auth.code-revoked"),
        (
            b"alice",
            b"IMAPONLY",
            b"-ERR [AUTH] Authentication failed: thi",
            "auth.code-out-of-scope",
        ),
        (b"bob", b"BOB", b"-ERR [AUTH] Authentication failed: POP3 is", "auth.service-off"),
        (b"a@@b", b"some-code", FAILED, "auth.no-such-account"),
        (b"someone", b"  ", b"-ERR [AUTH] Authentication failed: the", "auth.empty-secret"),
    ],
)
def test_failures_have_their_reason_and_the_session_goes_on(host, user, code, answer, slug):
    first, second = host.log_in(user, code).split(b"\r\n", 1)
    assert first == b"+OK send PASS"
    assert second.startswith(answer)
    assert host.refusals() == [slug]
    if code.strip() and code != b"BOB":
        secrets_are_hidden(host, code)
    assert host.log_in(b"alice", CODE).endswith(IN)


def test_strangers_read_the_same_as_wrong_codes(place):
    place.accounts.write_text(ACCOUNTS)
    place.directory.mode = "listed"
    stranger, alice = place.session(), place.session()
    assert stranger.log_in(b"stranger@x.test", b"C0DE") == alice.log_in(b"alice", b"C0DE")
    assert stranger.refusals() == ["auth.no-such-account"]
    assert alice.refusals() == ["auth.wrong-code"]


def test_pass_needs_user_before_each_try(host):
    assert host.say(b"PASS " + CODE) == b"-ERR Send USER first\r\n"
    host.log_in(b"alice", b"wrong")
    assert host.say(b"PASS " + CODE) == b"-ERR Send USER first\r\n"
    secrets_are_hidden(host, CODE)


def test_other_commands_may_stand_between_user_and_pass(host):
    assert host.say(b"USER alice", b"CAPA", b"NONSENSE", b"PASS " + CODE).endswith(IN)


@SLICES
def test_auth_plain_with_initial_response(place, slices):
    place.accounts.write_text(ACCOUNTS)
    host = place.session(slices)
    assert host.say(b"auth plain " + b64encode(b"\0alice\0" + CODE)) == IN
    assert "logged in as alice@fakemail.test (AUTH PLAIN, laptop)" in host.transcript()
    secrets_are_hidden(host, CODE)


@SLICES
def test_auth_plain_line_by_line(place, slices):
    place.accounts.write_text(ACCOUNTS)
    host = place.session(slices)
    assert host.say(b"AUTH PLAIN") == b"+ \r\n"
    assert host.say(b64encode("alice\0alice\0schlüssel".encode())) == IN
    assert "umlaut" in host.transcript()
    assert "C ********" in host.transcript()


@SLICES
def test_auth_login(place, slices):
    place.accounts.write_text(ACCOUNTS)
    host = place.session(slices)
    assert host.say(b"AUTH LOGIN") == b"+ VXNlcm5hbWU6\r\n"
    assert host.say(b64encode(b"alice")) == b"+ UGFzc3dvcmQ6\r\n"
    assert host.say(b"VU1KTFhFSUZVWlhLT0VYSw==") == IN
    secrets_are_hidden(host, CODE)


def test_auth_login_with_initial_response(host):
    assert host.say(b"AUTH LOGIN " + b64encode(b"alice")) == b"+ UGFzc3dvcmQ6\r\n"
    assert host.say(b64encode(CODE)) == IN


def test_bare_auth_lists_the_mechanisms(host):
    assert host.say(b"AUTH") == b"+OK mechanisms follow\r\nPLAIN\r\nLOGIN\r\n.\r\n"


@pytest.mark.parametrize(
    ("lines", "answer", "slug"),
    [
        ([b"AUTH CRAM-MD5"], b"-ERR Unrecognized authentication mech", "auth.mechanism-unknown"),
        ([b"AUTH PLAIN ="], b"-ERR Malformed authentication response", "auth.bad-response"),
        ([b"AUTH PLAIN !!!!"], b"-ERR Cannot decode response: not base", "auth.bad-base64"),
        ([b"AUTH PLAIN", b"not base64!"], b"-ERR Cannot decode response", "auth.bad-base64"),
        ([b"AUTH PLAIN", b"*"], b"-ERR Authentication cancelled\r\n", "auth.cancelled"),
        ([b"AUTH LOGIN", b"*"], b"-ERR Authentication cancelled\r\n", "auth.cancelled"),
        ([b"AUTH LOGIN", b"YQ==", b"*"], b"-ERR Authentication cancelled", "auth.cancelled"),
        ([b"AUTH LOGIN", b""], b"-ERR [AUTH] Authentication failed: the u", "auth.empty-identity"),
        ([b"AUTH LOGIN", b"YQ==", b""], b"-ERR [AUTH] Authentication failed", "auth.empty-secret"),
        ([b"AUTH PLAIN", b64encode(b"a\0b")], b"-ERR Malformed authentica", "auth.bad-response"),
        ([b"AUTH PLAIN", b64encode(b"\0\xff\0x")], b"-ERR Malformed authen", "auth.bad-response"),
        (
            [b"AUTH PLAIN " + b64encode(b"bob\0alice\0" + CODE)],
            b"-ERR [AUTH] Not authorized to act as that user",
            "auth.authorization-refused",
        ),
        ([b"AUTH PLAIN a b"], b"-ERR Syntax: AUTH [mechanism [initial-resp", "pop3.syntax"),
        ([b"AUTH PLAIN " + b"A" * 20000], b"-ERR Line too long", "pop3.line-too-long"),
        ([b"AUTH PLAIN", b"A" * 20000], b"-ERR Line too long", "pop3.line-too-long"),
    ],
)
@SLICES
def test_auth_failures_leave_a_session_in_step(place, slices, lines, answer, slug):
    place.accounts.write_text(ACCOUNTS)
    host = place.session(slices)
    answers = host.say(*lines).split(b"\r\n")
    assert answers[-2].startswith(answer.rstrip(b"\r\n"))
    assert host.refusals() == [slug]
    assert host.log_in(b"alice", CODE).endswith(IN)


def test_a_long_initial_response_is_taken(host):
    long = b64encode(b"\0alice\0" + b"x" * 5000)
    assert host.say(b"AUTH PLAIN " + long) == FAILED
    assert host.refusals() == [WRONG_CODE.slug]


def test_identities_that_are_no_addresses_are_refused_cleanly(host):
    for identity in (b"a\x01b", b"\xe2\x80\xa8", b"x" * 9000, b"a b c", b"'; DROP TABLE"):
        assert host.say(b"AUTH PLAIN " + b64encode(b"\0%s\0code" % identity)) == FAILED
    assert host.log_in(b"x" * 245 + b"@", b"code").endswith(FAILED)
    assert set(host.refusals()) == {"auth.no-such-account"}
    assert not host.over


def test_secrets_that_went_astray_before_login_are_not_shown(host):
    host.say(b"AUTH NTLM", b64encode(b"hunter2-secret"), b"PASSS hunter2", b"pass\thunter2")
    host.say(b"USER alice hunter2", b"AUTH PLAIN hunter2 hunter2", b"PASS hunter2\0", b"hunter2")
    assert "hunter2" not in host.transcript()
    assert b64encode(b"hunter2-secret").decode() not in host.transcript()
    assert "C PASSS ********" in host.transcript()
    assert "C USER alice ********" in host.transcript()


def test_a_broken_accounts_file_is_marked(place):
    place.accounts.write_text(ACCOUNTS)
    first = place.session()
    assert first.log_in(b"alice", CODE).endswith(IN)
    first.say(b"QUIT")
    place.accounts.write_text("accounts = [")
    second = place.session()
    assert second.log_in(b"alice", CODE).endswith(IN)
    assert "stay in force" in second.transcript()


class TestLock:
    def test_the_second_session_is_refused_until_the_first_has_gone(self, place):
        first, second = place.session(), place.session()
        assert first.log_in().endswith(IN)
        answer = second.log_in()
        assert answer.endswith(b"-ERR [IN-USE] Maildrop is locked by another POP3 session\r\n")
        assert second.refusals() == ["pop3.in-use"]
        assert second.log_in(b"other").endswith(IN)
        third = place.session()
        assert b"[IN-USE]" in third.log_in()
        first.say(b"QUIT")
        assert third.log_in().endswith(IN)

    @pytest.mark.parametrize("how", ["drop", "timed_out", "shutting_down"])
    def test_however_a_session_ends_the_maildrop_is_free(self, place, how):
        first, second = place.session(), place.session()
        first.log_in()
        first.drop() if how == "drop" else first.carry_out(getattr(first.engine, how)())
        assert first.over
        assert second.log_in().endswith(IN)

    def test_a_failed_login_locks_nothing(self, place):
        place.accounts.write_text(ACCOUNTS)
        first, second = place.session(), place.session()
        first.log_in(b"alice", b"wrong")
        assert second.log_in(b"alice", CODE).endswith(IN)
