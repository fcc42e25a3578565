"""Reports, as Python's email package and our own reader understand them."""

import re
from email import policy
from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.message.delivery_report import DeliveryReport, Recipient
from fakemail.message.part import parse
from fakemail.message.structure import Multi, structure

HEADER = b"From: <a@b.test>\r\nSubject: hello\r\n\tagain\r\n\r\n"
AT = 1_700_000_000.5


def report(**facts):
    facts = {
        "reporting_mta": "mail.fakemail.test",
        "postmaster": "postmaster@fakemail.test",
        "reverse_path": "a@b.test",
        "recipients": [Recipient("c@d.test")],
        "message": HEADER,
        **facts,
    }
    return DeliveryReport(**facts).octets("18BCFE56800-7-1", AT)


def read(octets):
    message = BytesParser(policy=policy.default).parsebytes(octets)
    parts = [message, *message.walk()]
    assert not [part.defects for part in parts if part.defects]
    return message


def test_to_the_letter():
    octets = report(
        envelope_id="QQ314159",
        recipients=[Recipient("Bob@Example.COM", ("rfc822", "Bob+x@Example.COM"))],
    )
    assert octets == (
        b"Return-Path: <>\r\n"
        b"From: Mail Delivery System <postmaster@fakemail.test>\r\n"
        b"To: <a@b.test>\r\n"
        b"Subject: Delivery Status Notification (Success)\r\n"
        b"Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
        b"Message-ID: <18BCFE56800-7-1.report@mail.fakemail.test>\r\n"
        b"Auto-Submitted: auto-replied\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status;\r\n"
        b'\tboundary="=_18BCFE56800-7-1"\r\n'
        b"\r\n"
        b"--=_18BCFE56800-7-1\r\n"
        b"Content-Type: text/plain; charset=us-ascii\r\n"
        b"\r\n"
        b"Your message was delivered to:\r\n"
        b"\r\n"
        b"    <Bob@Example.COM>\r\n"
        b"\r\n"
        b"You called it QQ314159.\r\n"
        b"\r\n"
        b"Its header is attached.\r\n"
        b"\r\n"
        b"--=_18BCFE56800-7-1\r\n"
        b"Content-Type: message/delivery-status\r\n"
        b"\r\n"
        b"Original-Envelope-Id: QQ314159\r\n"
        b"Reporting-MTA: dns; mail.fakemail.test\r\n"
        b"Arrival-Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
        b"\r\n"
        b"Original-Recipient: rfc822;Bob+x@Example.COM\r\n"
        b"Final-Recipient: rfc822;Bob@Example.COM\r\n"
        b"Action: delivered\r\n"
        b"Status: 2.0.0\r\n"
        b"\r\n"
        b"--=_18BCFE56800-7-1\r\n"
        b"Content-Type: text/rfc822-headers\r\n"
        b"\r\n"
        b"From: <a@b.test>\r\n"
        b"Subject: hello\r\n"
        b"\tagain\r\n"
        b"\r\n"
        b"--=_18BCFE56800-7-1--\r\n"
    )


def test_pythons_email_package_reads_it():
    octets = report(recipients=[Recipient("c@d.test"), Recipient("e@f.test", ("x400", "c=de; x"))])
    message = read(octets)
    assert message.get_content_type() == "multipart/report"
    assert message["content-type"].params["report-type"] == "delivery-status"
    assert message["date"].datetime.timestamp() == int(AT)
    text, status, header = message.iter_parts()
    assert "<c@d.test>" in text.get_content() and "<e@f.test>" in text.get_content()
    about, first, second = status.get_payload()
    assert about.keys() == ["Reporting-MTA", "Arrival-Date"]
    assert first.items() == [
        ("Final-Recipient", "rfc822;c@d.test"),
        ("Action", "delivered"),
        ("Status", "2.0.0"),
    ]
    assert second["Original-Recipient"] == "x400;c=de; x"
    assert header.get_content_type() == "text/rfc822-headers"
    assert header.get_content().splitlines() == ["From: <a@b.test>", "Subject: hello", "\tagain"]


def test_imap_describes_it():
    found = structure(parse(report()))
    assert isinstance(found, Multi) and found.subtype == b"report"
    assert dict(found.parameters)[b"report-type"] == b"delivery-status"
    kinds = [(child.type, child.subtype, child.encoding) for child in found.children]
    assert kinds == [
        (b"text", b"plain", b"7bit"),
        (b"message", b"delivery-status", b"7bit"),
        (b"text", b"rfc822-headers", b"7bit"),
    ]


def test_the_whole_message():
    body = HEADER + b"hello\r\n"
    message = read(report(message=body, whole=True))
    returned = list(message.iter_parts())[2]
    assert returned.get_content_type() == "message/rfc822"
    assert returned.get_payload(0)["subject"] == "hello\tagain"
    assert body in report(message=body, whole=True)
    found = structure(parse(report(message=body, whole=True))).children[2]
    assert found.envelope is not None and found.size == len(body)


@pytest.mark.parametrize("bad", [b"\0", b"a\rb", b"a\nb", b"x" * 999])
def test_what_no_8bit_part_holds_does_not_come_back(bad):
    octets = report(message=HEADER + bad + b"\r\n", whole=True)
    assert bad not in octets and b"Subject: hello" in octets
    assert b"text/rfc822-headers" in octets


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Subject: 你好\r\n\r\n".encode(), "message/global-headers"),
        ("Subject: 你好\r\n\r\n".encode("gb2312"), "text/rfc822-headers"),
    ],
)
def test_a_header_beyond_ascii(header, kind):
    octets = report(message=header + b"text\r\n")
    part = b"Content-Type: %b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" % kind.encode()
    assert part + header in octets
    assert b"Content-Transfer-Encoding: 8bit\r\n\r\n--=_" in octets
    assert b"message/delivery-status" in octets
    read(octets)


def test_an_8_bit_body_in_a_header_of_ascii():
    octets = report(message=HEADER + b"\xff\r\n", whole=True)
    assert b"message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + HEADER in octets


def test_addresses_beyond_ascii():
    octets = report(
        reverse_path="用户@例子.测试", recipients=[Recipient("δ@x.test", ("utf-8", "ü@y.test"))]
    )
    assert "To: <用户@例子.测试>\r\n".encode() in octets
    assert b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit" in octets
    assert b"message/global-delivery-status\r\nContent-Transfer-Encoding: 8bit" in octets
    assert "Original-Recipient: utf-8;ü@y.test\r\nFinal-Recipient: utf-8;δ@x.test\r\n" in (
        octets.decode()
    )
    read(octets)


def test_a_failure_has_a_diagnostic():
    lost = Recipient("x@y.test", None, "failed", "5.1.1", "550 5.1.1 No such user")
    octets = report(recipients=[lost, Recipient("c@d.test")])
    status = list(read(octets).iter_parts())[1]
    assert status.get_payload()[1].items() == [
        ("Final-Recipient", "rfc822;x@y.test"),
        ("Action", "failed"),
        ("Status", "5.1.1"),
        ("Diagnostic-Code", "smtp; 550 5.1.1 No such user"),
    ]
    assert b"(Failure, Success)" in octets and b"could not be delivered to:" in octets


def test_a_name_without_a_dot_is_not_dns():
    assert b"Reporting-MTA: x-local-hostname; tower\r\n" in report(reporting_mta="tower")


def test_a_boundary_that_stands_in_the_message_is_another():
    octets = report(message=b"Subject: --=_18BCFE56800-7-1\r\n--=_18BCFE56800-7-1_\r\n\r\n")
    assert re.search(rb'boundary="([^"]+)"', octets)[1] == b"=_18BCFE56800-7-1__"
    assert len(list(read(octets).iter_parts())) == 3


@given(st.binary(max_size=200), st.booleans())
@settings(max_examples=100)
def test_any_message_gives_three_parts(message, whole):
    octets = report(message=message, whole=whole)
    found = structure(parse(octets))
    assert isinstance(found, Multi) and len(found.children) == 3
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", octets)
