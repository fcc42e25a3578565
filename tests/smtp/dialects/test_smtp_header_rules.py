"""What dialects do to messages: only what the rule says, and never without a mark."""

from __future__ import annotations

import re

import pytest
from dialect_table.smtp import enter
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.dialects.dialect import GENERIC
from fakemail.message.address import parse_addresses
from fakemail.message.header import unfold
from fakemail.reasons.reason import Refusal
from fakemail.smtp.conduct import Conduct
from fakemail.smtp.content import LONGEST_HEADER, Content
from fakemail.smtp.head import lowered
from fakemail.smtp.header_rules import HeaderRules

ME = "me@fakemail.test"


def send(talk, content: bytes, *, bdat: bool = False) -> bytes:
    talk.say(f"MAIL FROM:<{talk.me}>")
    talk.say(f"RCPT TO:<{talk.me}>")
    if bdat:
        return talk.say(b"BDAT %d LAST\r\n%b" % (len(content), content))
    talk.say("DATA")
    return talk.say(content + b".\r\n")


class OneMessage:
    """The part of a store that a `Content` asks, and what it was given."""

    def __init__(self) -> None:
        self.stored = b""

    def delivery(self) -> OneMessage:
        return self

    def write(self, octets: bytes) -> None:
        self.stored += octets

    def commit(self, homes: list[object]) -> list[object]:
        return homes

    def discard(self) -> None:
        self.stored = b""


def rules(**conduct: object) -> tuple[Content, OneMessage]:
    store = OneMessage()
    header = HeaderRules(Conduct(**conduct), "mail.test", lambda author: None, ME)  # type: ignore[arg-type]
    return Content(store, 100_000_000, "18C-7-1", b"", header), store  # type: ignore[arg-type]


def through(reader: tuple[Content, OneMessage], octets: bytes, step: int) -> bytes:
    """What is stored of a message that comes in chunks of `step` octets; raises Refusal."""
    content, store = reader
    for at in range(0, len(octets), step):
        content.write(octets[at : at + step])
    content.commit([], store)  # type: ignore[arg-type]
    return store.stored


MESSAGE = (
    b"Received: from x\r\n"
    b'FROM : "Tom Cat" <tom@b.test>\r\n'
    b"Subject: message-id: no\r\n From: neither\r\n"
    b"message-ID:\r\n <old@b.test>\r\n"
    b"\r\nFrom: body <a@b>\r\nMessage-ID: body\r\n"
)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_only_the_one_field_changes_and_the_body_never(step: int) -> None:
    reader = rules(rewrites_message_id=True, message_id_form="<tencent_{40 hex}@qq.com>")
    stored = through(reader, MESSAGE, step)
    found = re.search(rb"message-ID: (<tencent_[0-9A-F]{40}@qq\.com>)\r\n\r\n", stored)
    assert found
    assert stored == MESSAGE.replace(b"\r\n <old@b.test>", b" " + found[1])
    own = found[1].decode()
    assert reader[0].changes == f"; Message-ID is {own}, as this provider does; it was <old@b.test>"


def test_a_missing_message_id_is_added() -> None:
    reader = rules(rewrites_message_id=True)
    stored = through(reader, b"Subject: x\r\n\r\nbody\r\n", 1000)
    assert re.fullmatch(
        rb"Message-ID: <[0-9A-F]{32}@mail\.test>\r\nSubject: x\r\n\r\nbody\r\n", stored
    )
    assert "it was missing" in reader[0].changes


@pytest.mark.parametrize("count", [1, 7, 128, 129, 400])
def test_as_many_digits_as_the_form_wants(count: int) -> None:
    stored = through(
        rules(rewrites_message_id=True, message_id_form=f"<{{{count} hex}}@x>"), b"\r\n", 9
    )
    assert re.fullmatch(rb"Message-ID: <[0-9A-F]{%d}@x>\r\n\r\n" % count, stored)


def test_a_form_without_digits_is_taken_as_it_is() -> None:
    stored = through(rules(rewrites_message_id=True, message_id_form="<one@x>"), b"\r\nbody\r\n", 9)
    assert stored == b"Message-ID: <one@x>\r\n\r\nbody\r\n"


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (b" Tom Cat <t@b.test>", b" Tom_Cat <t@b.test>"),
        (b' "Tom  the Cat" <t@b.test>', b' "Tom_the_Cat" <t@b.test>'),
        (b" Tom\r\n Cat\r\n <t@b.test>", b" Tom_Cat\r\n <t@b.test>"),
        (b" t@b.test", b" t@b.test"),
        (b" <t@b.test>", b" <t@b.test>"),
        (b" Tom <t@b.test>", b" Tom <t@b.test>"),
        (b" =?utf-8?q?a?= =?utf-8?q?b?= <t@b.test>", b" =?utf-8?q?a?= =?utf-8?q?b?= <t@b.test>"),
    ],
)
def test_underscores_in_from_name(value: bytes, stored: bytes) -> None:
    reader = rules(underscores_in_from_name=True)
    head = b"To: a b <c@d>\r\nFrom:%b\r\n\r\nbody\r\n"
    assert through(reader, head % value, 1000) == head % stored
    assert bool(reader[0].changes) is (value != stored)


@pytest.mark.parametrize("step", [1, 5, 1000])
@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n", b"\n\r\n", b"\r\n", b""])
def test_any_end_of_a_header(end: bytes, step: int) -> None:
    reader = rules(underscores_in_from_name=True)
    body = b"x\ny\n\nFrom: a b <c@d>\r\n" if end.count(b"\n") > 1 else b""
    stored = through(reader, b"From: a b <c@d>" + end + body, step)
    assert stored == b"From: a_b <c@d>" + end + body


@given(
    st.binary(max_size=200).map(lambda b: b.replace(b":", b".").replace(b"\0", b".")),
    st.integers(1, 50),
)
def test_what_no_rule_is_about_passes_as_it_is(octets: bytes, step: int) -> None:
    assert through(rules(underscores_in_from_name=True), octets, step) == octets


def test_a_header_without_end_is_not_kept_in_memory_for_ever() -> None:
    content, store = rules(underscores_in_from_name=True)
    piece = b"X: " + b"y" * 65533
    pieces = LONGEST_HEADER // len(piece)
    for _ in range(pieces - 1):
        content.write(piece)
    assert store.stored == b""
    content.write(piece)
    assert store.stored == piece * pieces
    content.write(piece)
    assert store.stored == piece * (pieces + 1)


FIELDS = st.sampled_from(
    [
        b"",
        b"\r",
        b"From",
        b"FROM:",
        b"From: Tom <tom@b.test>",
        b"from:me@b.test",
        b"From: Tom",
        b"From : no@b.test",
        b"From: \xe5\xb0\x8f <tom@b.test>",
        b"Message-ID: <old@b.test>",
        b"message-id:",
        b"MESSAGE-ID:\t<o>",
        b"Subject: message-id: no",
        b"X-From: no@b.test",
        b"To: from: a@b",
    ]
)
FOLDS = st.sampled_from([b"", b"", b"", b"{} ", b"{}\t<tom@b.test>", b"{} x{} y", b"\r", b" \r"])
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\n"])
LINES = st.tuples(FIELDS, FOLDS, ENDS).map(lambda f: f[0] + f[1].replace(b"{}", f[2]) + f[2])
MESSAGES = st.tuples(
    st.lists(LINES, max_size=6), st.sampled_from([b"", b"body", b"From: x\r\n"])
).map(lambda m: b"".join(m[0]) + m[1])


def by_the_book(octets: bytes) -> tuple[bytes, bool]:
    """The same rules line by line: what would be stored, and whether From passes."""
    fields: list[bytes] = []
    lines = re.findall(rb"[^\n]*\n|[^\n]+", octets)
    while lines and lines[0] not in {b"\n", b"\r\n"}:
        line = lines.pop(0)
        if line[:1] in {b" ", b"\t"} and fields:
            fields[-1] += line
        else:
            fields.append(line)
    authors = [field[5:] for field in fields if field.lower().startswith(b"from:")][:1]
    passes = any(
        address.mailbox and address.host and value.isascii()
        for value in map(unfold, authors)
        for address in parse_addresses(value)
    )
    for at, field in enumerate(fields):
        if field.lower().startswith(b"message-id:"):
            end = re.search(rb"(\r?\n)?\Z", field)
            fields[at] = field[:11] + b" <own@x>" + (end[0] if end else b"")
            break
    else:
        fields.insert(0, b"Message-ID: <own@x>\r\n")
    return b"".join(fields + lines), passes


@given(MESSAGES, st.integers(1, 60))
@settings(max_examples=200)
def test_any_header_in_any_chunks_as_by_the_book(octets: bytes, step: int) -> None:
    stored, passes = by_the_book(octets)
    assert (
        through(rules(rewrites_message_id=True, message_id_form="<own@x>"), octets, step) == stored
    )
    reader = rules(rewrites_message_id=True, message_id_form="<own@x>", from_header_checked=True)
    if passes:
        assert through(reader, octets, step) == stored
    else:
        with pytest.raises(Refusal, match=r"smtp\.from-header-invalid"):
            through(reader, octets, step)


def test_the_same_author_again_and_then_nobody() -> None:
    header = HeaderRules(Conduct(from_header_checked=True), "mail.test", lambda author: None, ME)
    good, bad = b"from: a@b.test\r\n", b"from: nobody\r\n"
    for octets, fine in [(good, True), (good, True), (bad, False), (good, True), (b"", False)]:
        lower = lowered(octets)
        if fine:
            assert header.apply(octets, lower, "1") == (octets, "")
        else:
            with pytest.raises(Refusal):
                header.apply(octets, lower, "1")


# -- From ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "fine"),
    [
        (b"From: me@fakemail.test\r\n", True),
        (b"from: =?utf-8?b?5bCP?= <me@fakemail.test>\r\n", True),
        (b'From: "Tom" <me@fakemail.test>\r\n', True),
        (b"", False),
        (b"From:\r\n", False),
        (b"From: =?utf-8?b?5bCP?=\r\n", False),
        (b"From: Tom\r\n", False),
        (b"From: \xe5\xb0\x8f <me@fakemail.test>\r\n", False),
    ],
)
@pytest.mark.parametrize("bdat", [False, True])
def test_from_header_checked(start, field: bytes, fine: bool, bdat: bool) -> None:
    talk = start(GENERIC, "from_header_checked")
    enter(talk)
    reply = send(talk, b"Subject: x\r\n" + field + b"\r\nhello\r\n", bdat=bdat)
    assert reply[:3] == (b"250" if fine else b"550")
    assert talk.reasons == ([] if fine else ["smtp.from-header-invalid"])
    assert len(talk.stored(ME)) == fine
    assert send(talk, b"From: me@fakemail.test\r\n\r\nnext\r\n").startswith(b"250")


def test_header_fields_required(start) -> None:
    talk = start(GENERIC, "header_fields_required=From,To,Subject")
    enter(talk)
    reply = send(talk, b"From: me@fakemail.test\r\nSubject:\r\n\r\nhello\r\n")
    assert reply.startswith(b"554 5.7.1 ")
    assert "It has no To, Subject." in talk.transcript
    assert talk.stored(ME) == []
    good = b"From: me@fakemail.test\r\nto: x\r\nSUBJECT: a plan\r\n\r\nhello\r\n"
    assert send(talk, good).startswith(b"250")
    assert talk.stored(ME) == [good]


def test_sender_must_match_at_data(start) -> None:
    talk = start(GENERIC, "sender_must_match=data")
    enter(talk)
    assert send(talk, b"From: Else <else@b.test>\r\n\r\nhello\r\n").startswith(b"553 5.7.1 <else@")
    assert send(talk, b"From: Me <ME@Fakemail.Test>\r\n\r\nhello\r\n").startswith(b"250")
    assert send(talk, b"Subject: no From: the sender counts\r\n\r\nhello\r\n").startswith(b"250")
    talk.say("MAIL FROM:<else@b.test>")
    talk.say(f"RCPT TO:<{ME}>")
    talk.say("DATA")
    assert talk.say(b"Subject: x\r\n\r\nhello\r\n.\r\n").startswith(b"553 ")


def test_sender_is_rewritten(start) -> None:
    talk = start(GENERIC, "sender_must_match=rewrite")
    enter(talk)
    send(talk, b"From: Else <else@b.test>\r\nTo: else@b.test\r\n\r\nelse@b.test\r\n")
    send(talk, b"From: else@b.test\r\n\r\nhello\r\n")
    send(talk, b"From:\tMe <me@fakemail.test>\r\n\r\nhello\r\n")
    assert talk.stored(ME) == [
        b"From: Else <me@fakemail.test>\r\nTo: else@b.test\r\n\r\nelse@b.test\r\n",
        b"From: me@fakemail.test\r\n\r\nhello\r\n",
        b"From:\tMe <me@fakemail.test>\r\n\r\nhello\r\n",
    ]
    assert talk.transcript.count("From was <else@b.test>; it is <me@fakemail.test> now") == 2


def test_a_refusal_knows_which_message_it_was(start) -> None:
    talk = start("163")
    enter(talk)
    replies = [send(talk, b"Date: today\r\n\r\nhello\r\n") for _ in range(2)]
    assert all(reply.startswith(b"554 DT:SPM 163 ") for reply in replies)
    assert replies[0] != replies[1], "each has a queue id of its own"


def test_wrong_headers_are_refused_at_their_end_and_not_before() -> None:
    content, store = rules(from_header_checked=True)
    content.write(b"Subject: x\r\n")
    assert content.failure is None and store.stored == b""
    content.write(b"\r\nbody")
    assert content.failure is not None and store.stored == b""


# -- byte for byte, and the sent copy ---------------------------------------------------------

ODD = (
    b"From:me@fakemail.test  \r\nX:\r\n y\r\nMessage-id:<a@b>\r\n"
    b"\r\n\x80\xff lone \r and \n end\r\n"
)


@pytest.mark.parametrize("dialect", ["126", "aliyun_qiye", "sina", "yahoo", "sohu", "139"])
def test_no_other_dialect_touches_an_octet(start, dialect: str) -> None:
    talk = start(dialect, mode="open")
    enter(talk)
    fields = b"To: a@b\r\nSubject: x\r\n" if dialect == "126" else b""
    content = fields + ODD.replace(b"me@fakemail.test", talk.me.encode())
    assert send(talk, content).startswith(b"250")
    assert talk.stored(talk.me)[0] == content


@pytest.mark.parametrize(
    ("dialect", "folder"),
    [
        ("qq", "Sent Messages"),
        ("163", "已发送"),
        ("gmail", "[Gmail]/Sent Mail"),
        ("hotmail", "Sent"),
    ],
)
def test_saves_sent_copy(start, dialect: str, folder: str) -> None:
    talk = start(dialect)
    enter(talk)
    content = f"From: {talk.me}\r\nTo: x@y\r\nSubject: a plan\r\n\r\nhello\r\n".encode()
    for _ in range(2):
        assert send(talk, content).startswith(b"250")
    kept, received = talk.stored(talk.me, folder), talk.stored(talk.me)
    assert kept == received and len(kept) == 2
    box = talk.desk.store.home(talk.me).mailbox(folder)
    assert all("\\Seen" in message.flags for message in box.messages())
    assert f"{talk.me}/INBOX, {talk.me}/{folder}" in talk.transcript
    if dialect not in {"qq", "hotmail"}:
        assert kept[0] == content


def test_a_sent_folder_that_goes_away_comes_again(start) -> None:
    talk = start(GENERIC, "saves_sent_copy")
    enter(talk)
    message = b"From: me@fakemail.test\r\n\r\nhello\r\n"
    send(talk, message)
    talk.desk.store.home(ME).delete("Sent")
    assert send(talk, message).startswith(b"250")
    assert talk.stored(ME, "Sent") == [message]


def test_without_a_login_there_is_nobody_to_keep_a_copy(start) -> None:
    from fakemail.smtp.border import RELAY

    talk = start(GENERIC, "saves_sent_copy", policy=RELAY)
    talk.say("EHLO laptop.example")
    assert send(talk, b"Subject: x\r\n\r\nhello\r\n").startswith(b"250")
    assert talk.stored(ME, "Sent") == []


def test_sina_keeps_none(start) -> None:
    talk = start("sina")
    enter(talk)
    send(talk, b"Subject: x\r\n\r\nhello\r\n")
    assert "Sent" not in talk.transcript and "已发送/" not in talk.transcript
