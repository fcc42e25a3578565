"""A message as a test looks at it: decoded, and never a reason to fail."""

from __future__ import annotations

from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from fakemail.testing.message import Message, octets_of


def message(octets, recipient="me@example.com"):
    return Message(recipient, "INBOX", 1, frozenset(), 0.0, octets)


def test_all_its_parts():
    made = EmailMessage()
    made["From"] = "Grüße <eve@example.com>"
    made["To"] = "Ann <a@example.com>, b@example.com"
    made["Cc"] = "c@example.com"
    made["Subject"] = "Ihr Zugang – bestätigen"
    made.set_content(
        "Your code is 481920.\nConfirm: https://example.com/c?a=1&b=2.\n(or http://x.test/)\n"
    )
    made.add_alternative(
        '<a href="https://example.com/c?a=1&amp;b=2">Здравствуй</a>', subtype="html"
    )
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Rechnung ä.pdf")
    made.add_attachment("text, but attached\n", filename="n.txt")
    found = message(octets_of(made))
    assert found.subject == "Ihr Zugang – bestätigen"
    assert found.sender == "eve@example.com"
    assert found.to == ["a@example.com", "b@example.com", "c@example.com"]
    assert found.text.startswith("Your code is 481920.\nConfirm:")
    assert "Здравствуй" in found.html
    assert found.links == ["https://example.com/c?a=1&b=2", "http://x.test/"]
    assert [(a.name, a.media) for a in found.attachments] == [
        ("Rechnung ä.pdf", "application/pdf"),
        ("n.txt", "text/plain"),
    ]
    assert found.attachments[0].content == b"%PDF"
    assert found.codes == ["481920"]
    assert found.email["subject"] == found.subject
    assert repr(found) == (
        "<Message to me@example.com from eve@example.com 'Ihr Zugang – bestätigen'>"
    )


def test_what_is_not_there_is_empty():
    found = message(b"Return-Path: <bounce@example.com>\r\n\r\n")
    assert (found.subject, found.text, found.html, found.to) == ("", "", "", [])
    assert (found.attachments, found.links, found.header("X-None")) == ([], [], None)
    assert found.sender == "bounce@example.com"


def test_the_wire_form_has_its_line_ends():
    assert octets_of("a\nb") == b"a\r\nb\r\n"
    assert octets_of(b"a\r\n\r\nb\n") == b"a\r\n\r\nb\r\n"
    assert octets_of(b"") == b""


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"Content-Type: multipart/mixed; boundary=x\n"])
)
def test_any_octets_can_be_looked_at(octets, head):
    found = message(octets_of(head + octets))
    for value in (found.subject, found.sender, found.text, found.html):
        assert isinstance(value, str)
    assert isinstance(found.to + found.links, list)
    assert all(isinstance(a.name, str) for a in found.attachments)
    assert found.raw.replace(b"\r\n", b"\n").startswith(head)
