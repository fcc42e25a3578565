"""UTF8 (RFC 6856): user names and codes in UTF-8, and mail that wants the client to say so."""

import pytest

from fakemail.dialects.dialect import Dialect
from fakemail.dialects.text import Text

TRACE = "Return-Path: <a@b.test>\r\nReceived: from x ([127.0.0.1])\r\n\tby y with {} id 1;\r\n"
INTERNATIONAL = (TRACE.format("UTF8SMTPSA") + "Subject: 你好\r\n\r\ntext\r\n").encode()
RAW = (TRACE.format("ESMTP") + "Subject: 你好\r\n\r\ntext\r\n").encode()
PLAIN = (TRACE.format("UTF8SMTP") + "Subject: x\r\n\r\n你好\r\n").encode()
QUOTED = (TRACE.format("ESMTP") + "X: a\r\n\r\nwith UTF8SMTP 你好\r\n").encode()
REFUSED = b"-ERR [UTF8] The message is in UTF-8, and UTF8 was not sent\r\n"
SLICES = pytest.mark.parametrize("slices", [0, 1])


@SLICES
def test_a_message_by_smtputf8_wants_utf8(place, slices):
    place.deliver(INTERNATIONAL, RAW, PLAIN, QUOTED)
    host = place.session(slices)
    host.log_in()
    assert host.say(b"RETR 1") == REFUSED == host.say(b"TOP 1 0") == host.say(b"TOP 1 1")
    for number, octets in enumerate((RAW, PLAIN, QUOTED), 2):
        assert octets in host.say(b"RETR %d" % number)
    assert host.say(b"LIST 1") == b"+OK 1 %d\r\n" % len(INTERNATIONAL)
    assert host.refusals() == ["pop3.utf8-needed"] * 3
    assert host.say(b"UTF8").startswith(b"-ERR ")  # only before the login
    host.say(b"QUIT")
    again = place.session(slices)
    assert again.say(b"UTF8", b"UTF8") == b"+OK UTF8 enabled\r\n" * 2
    again.log_in()
    assert INTERNATIONAL in again.say(b"RETR 1")
    assert b"Subject: \xe4\xbd\xa0" in again.say(b"TOP 1 0")


@SLICES
def test_pipelined(place, slices):
    place.deliver(INTERNATIONAL)
    host = place.session(slices)
    answer = host.say(b"CAPA", b"UTF8", b"USER antladdie", b"PASS QWERTYUIOPPOIUYT", b"RETR 1")
    assert b"\r\nUTF8 USER\r\n" in answer and INTERNATIONAL in answer


@SLICES
@pytest.mark.parametrize("said", [(), (b"UTF8",)])
def test_names_and_codes_in_utf_8(place, slices, said):
    place.deliver(b"mail\r\n", to="用户@例子.测试")
    host = place.session(slices)
    assert host.say(*said) == b"+OK UTF8 enabled\r\n" * len(said)
    assert host.log_in("用户@例子.测试".encode(), "密码密码".encode()).endswith(
        b"+OK maildrop has 1 message (6 octets)\r\n"
    )
    assert "密码".encode().decode("latin-1") not in host.transcript()


@pytest.mark.parametrize(
    "line",
    [b"USER \xff", b"PASS a\xc3", "USER a\x85b".encode(), "USER ü\x7f".encode(), b"USER a\tb"],
)
def test_what_is_no_utf_8_text(place, line):
    host = place.session()
    assert host.say(b"UTF8", line)[18:] == (
        b"-ERR Command contains an octet that is not printable ASCII\r\n"
    )
    assert host.say(b"UTF8 now") == b"-ERR Syntax: UTF8\r\n"
    assert host.say(b"LIST \xc3\xbc", b"NOOP \xc3\xbc").count(b"not printable ASCII") == 2


def test_a_listed_code_beyond_ascii(place):
    place.accounts.write_text(
        '[accounts."tom@fakemail.test"]\ncodes = [{ code = "QWERTYUIOPPOIUYT" }]\n',
        encoding="utf-8",
    )
    host = place.session()
    answer = host.log_in(b"tom@fakemail.test", "密码密码".encode())
    assert answer.splitlines()[1].startswith(b"-ERR [AUTH]") and answer.isascii()


def test_stls_comes_first(place):
    host = place.session()
    assert host.say(b"UTF8", b"STLS")[18:] == b"-ERR STLS is not permitted after UTF8\r\n"
    assert not host.wants_tls and host.refusals() == ["pop3.utf8-before-tls"]
    inside = place.session()
    inside.say(b"STLS")
    inside.secure()
    assert inside.say(b"UTF8") == b"+OK UTF8 enabled\r\n"


@pytest.mark.parametrize("listed", [False, True])
def test_a_providers_list_decides(place, listed):
    place.deliver(INTERNATIONAL)
    lines = ("+OK here it is", "USER", *(["UTF8"] if listed else []), ".")
    texts = {("pop3", "pop3.capa-before-login", ""): Text(lines)}
    host = place.session()
    host.desk.dialect = Dialect("odd", texts=texts)
    assert host.say(b"UTF8").startswith(b"+OK" if listed else b"-ERR Unknown command")
    host.log_in()
    assert INTERNATIONAL in host.say(b"RETR 1")
    if not listed:
        assert host.say(b"USER \xc3\xbc").startswith(b"-ERR ")
