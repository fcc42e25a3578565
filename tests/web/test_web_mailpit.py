"""What Mailpit's clients ask for beyond lists and messages, as they ask for it."""

from __future__ import annotations

import imaplib

import pytest

MAIL = b"From: a@else.test\r\nTo: %s\r\nSubject: %s\r\n\r\nhello\r\n"
PAGE = (
    b"From: a@else.test\r\nSubject: page\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    b"<p>Gr\xc3\xbc\xc3\x9fe<script>x()</script></p>\r\n"
)


def test_the_views_of_a_message(own):
    text = own.send(MAIL % (b"bob@fakemail.test", b"text"), "bob@fakemail.test")
    answer = own("GET", f"/view/{text}.txt")
    assert (answer.status, answer.text) == (200, "hello\r\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    answer = own("GET", f"/view/{text}.html")
    assert (answer.status, answer.json["slug"]) == (404, "api.no-such-part")
    page = own.send(PAGE, "bob@fakemail.test")
    for name in (page, "latest"):
        answer = own("GET", f"/view/{name}.html")
        assert "Grüße" in answer.text
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "script" not in answer.headers["content-security-policy"]
    for path in ("/view/.html", f"/view/{page}.pdf", f"/view/{page}", "/view/nothing.html"):
        assert own("GET", path).status == 404
    assert own("DELETE", f"/view/{page}.html").status == 405


def test_names_in_a_body_may_have_any_case(own):
    """Mailpit is written in Go, whose JSON does not mind; testcontainers-mailpit says ``ids``."""
    ids = [own.send(MAIL % (b"b@fakemail.test", b"%d" % n), "b@fakemail.test") for n in range(3)]
    assert own("DELETE", "/api/v1/messages", {"ids": [ids[0]]}).text == "ok"
    assert own("GET", "/api/v1/messages").json["total"] == 2
    assert own("PUT", "/api/v1/messages", {"iDs": [ids[1]], "read": True}).text == "ok"
    assert own("GET", "/api/v1/messages").json["unread"] == 1
    # of two, the one that is spelled right counts
    assert own("DELETE", "/api/v1/messages", {"IDs": [ids[1]], "ids": []}).text == "ok"
    assert own("DELETE", "/api/v1/messages", {"ids": [], "IDs": [ids[1]]}).text == "ok"
    assert own("GET", "/api/v1/messages").json["total"] == 1
    assert own("DELETE", "/api/v1/messages", {"ids": "all"}).status == 400
    assert own("GET", "/api/v1/messages").json["total"] == 1
    sent = {
        "from": {"email": "a@else.test", "name": "A"},
        "to": [{"EMAIL": "b@fakemail.test"}],
        "subject": "any case",
        "headers": {"x-mine": "1"},
        "attachments": [{"content": "eA==", "filename": "a.pdf"}],
    }
    id_ = own("POST", "/api/v1/send", sent).json["ID"]
    message = own("GET", f"/api/v1/message/{id_}").json
    assert (message["From"]["Name"], message["Subject"]) == ("A", "any case")
    assert message["Attachments"][0]["ContentType"] == "application/pdf"
    assert own("GET", f"/api/v1/message/{id_}/headers").json["X-Mine"] == ["1"]


def test_tags_are_keywords(own):
    one, two = (own.send(MAIL % (b"b@fakemail.test", b"x"), "b@fakemail.test") for _ in range(2))
    assert own("GET", "/api/v1/tags").json == []
    body = {"IDs": [one, two, "unknown"], "Tags": ["invoice", "new"]}
    assert own("PUT", "/api/v1/tags", body).text == "ok"
    own("PUT", "/api/v1/messages", {"IDs": [one], "Read": True})
    assert own("PUT", "/api/v1/tags", {"IDs": [one], "Tags": ["paid"]}).text == "ok"
    assert own("GET", "/api/v1/tags").json == ["invoice", "new", "paid"]
    for envelope in ("/api/v1/messages?limit=0", "/api/v1/search?query=subject:none"):
        assert own("GET", envelope).json["tags"] == ["invoice", "new", "paid"]
    assert own("GET", f"/api/v1/message/{one}").json["Tags"] == ["paid"]
    assert own("PUT", "/api/v1/tags/invoice", {"Name": "bill"}).text == "ok"
    assert own("PUT", "/api/v1/tags/bill", {"Name": "bill"}).text == "ok"
    assert own("DELETE", "/api/v1/tags/new").text == "ok"
    assert own("GET", "/api/v1/search?query=tag:bill").json["messages_count"] == 1
    with imaplib.IMAP4("127.0.0.1", own.private.ready.ports["imap"]) as imap:
        imap.login("b@fakemail.test", "any")
        imap.select()
        assert imap.search(None, "KEYWORD", "bill") == ("OK", [b"2"])
        assert imap.search(None, "KEYWORD", "paid", "SEEN") == ("OK", [b"1"])


@pytest.mark.parametrize("tag", ["two words", "\\Seen", "$Junk", "a(b"])
def test_what_no_keyword_can_be(own, tag):
    id_ = own.send(MAIL % (b"b@fakemail.test", b"x"), "b@fakemail.test")
    answer = own("PUT", "/api/v1/tags", {"IDs": [id_], "Tags": [tag]})
    assert (answer.status, answer.json["slug"]) == (422, "api.unusable")
    assert own("GET", f"/api/v1/message/{id_}").json["Tags"] == []
