"""Messages over HTTP: lists, one message, search, marks, deletion, delivery."""

from __future__ import annotations

import base64
import hashlib
import imaplib

import pytest

RICH = (
    b"From: =?utf-8?q?J=C3=BCrgen?= <juergen@else.test>\r\n"
    b"To: Alice <alice@fakemail.test>\r\nCc: carol@fakemail.test\r\n"
    b"Reply-To: reply@else.test\r\nSubject: =?utf-8?q?Your_code=C2=A0?=\r\n"
    b"Date: Fri, 21 Nov 1997 09:55:06 -0600\r\nMessage-ID: <rich@else.test>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=xx\r\n\r\n"
    b"--xx\r\nContent-Type: multipart/alternative; boundary=yy\r\n\r\n"
    b"--yy\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    b"Your verification code is 482913.\r\nSee https://else.test/confirm?t=1.\r\n"
    b"--yy\r\nContent-Type: text/html\r\n\r\n"
    b'<p>Code <b>482913</b> <a href="https://else.test/html">here</a></p>\r\n--yy--\r\n'
    b"--xx\r\nContent-Type: application/pdf; name=bill.pdf\r\n"
    b"Content-Disposition: attachment; filename*=utf-8''b%C3%BCll.pdf\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"
    b"--xx\r\nContent-Type: image/png\r\nContent-ID: <logo@x>\r\n"
    b"Content-Disposition: inline; filename=logo.png\r\n\r\nPNG\r\n--xx--\r\n"
)


@pytest.fixture
def rich(own):
    return own.send(RICH, "alice@fakemail.test", "carol@fakemail.test", "dave@fakemail.test")


def test_an_empty_server(own):
    assert own("GET", "/api/v1/messages").json == {
        "total": 0, "unread": 0, "count": 0, "messages_count": 0, "messages_unread": 0,
        "start": 0, "tags": [], "messages": [],
    }  # fmt: skip
    for path in (
        "latest",
        "latest/raw",
        "latest/headers",
        "latest/part/1",
        "0123456789abcdef012345",
    ):
        answer = own("GET", f"/api/v1/message/{path}")
        assert answer.status == 404
        assert answer.json["slug"] == "api.no-such-message"


def test_what_went_to_three_is_one_message(own, rich):
    found = own("GET", "/api/v1/messages").json
    assert (found["total"], found["unread"], found["count"]) == (1, 1, 1)
    (one,) = found["messages"]
    assert one["ID"] == rich
    assert one["MessageID"] == "rich@else.test"
    assert one["From"] == {"Name": "Jürgen", "Address": "juergen@else.test"}
    assert one["To"] == [{"Name": "Alice", "Address": "alice@fakemail.test"}]
    assert one["Cc"] == [{"Name": "", "Address": "carol@fakemail.test"}]
    assert one["Bcc"] == [{"Name": "", "Address": "dave@fakemail.test"}]
    assert one["ReplyTo"][0]["Address"] == "reply@else.test"
    assert one["Subject"] == "Your code\xa0"
    assert one["Attachments"] == 1
    assert one["Snippet"].startswith("Your verification code is 482913. See https://")
    assert one["Read"] is False
    assert one["Created"].endswith("Z")
    accounts = [place["account"] for place in one["copies"]]
    assert accounts == [f"{name}@fakemail.test" for name in ("alice", "carol", "dave")]


def test_one_message(own, rich):
    one = own("GET", f"/api/v1/message/{rich}").json
    assert one == own("GET", "/api/v1/message/latest").json
    assert one["Date"] == "1997-11-21T15:55:06.000Z"
    assert one["ReturnPath"] == "sender@else.test"
    assert one["Text"].startswith("Your verification code is 482913.")
    assert "<b>482913</b>" in one["HTML"]
    assert one["codes"] == ["482913"]
    assert one["links"] == ["https://else.test/html", "https://else.test/confirm?t=1"]
    (attachment,) = one["Attachments"]
    assert attachment["FileName"] == "büll.pdf"
    assert attachment["ContentType"] == "application/pdf"
    assert attachment["Size"] == 4
    assert attachment["Checksums"]["SHA256"] == hashlib.sha256(b"%PDF").hexdigest()
    assert attachment["Checksums"]["MD5"] == hashlib.md5(b"%PDF").hexdigest()
    (inline,) = one["Inline"]
    assert (inline["ContentID"], inline["FileName"]) == ("logo@x", "logo.png")
    parts = one["structure"]["parts"]
    assert [part["type"] for part in parts] == [
        "multipart/alternative", "application/pdf", "image/png",
    ]  # fmt: skip
    assert parts[0]["parts"][1]["PartID"] == "1.2"
    assert own("GET", "/api/v1/messages").json["unread"] == 1, "looking marks nothing"


def test_raw_headers_and_parts(own, rich):
    raw = own("GET", f"/api/v1/message/{rich}/raw").octets
    assert raw.endswith(RICH)
    headers = own("GET", f"/api/v1/message/{rich}/headers").json
    assert headers["Message-Id"] == ["<rich@else.test>"]
    assert headers["From"] == ["Jürgen <juergen@else.test>"]
    assert list(headers) == sorted(headers)
    pdf = own("GET", f"/api/v1/message/{rich}/part/2")
    assert pdf.octets == b"%PDF"
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == "attachment; filename*=utf-8''b%C3%BCll.pdf"
    page = own("GET", f"/api/v1/message/{rich}/part/1.2")
    assert page.headers["content-type"] == "text/html"
    assert "sandbox" in page.headers["content-security-policy"]
    assert "script" not in page.headers["content-security-policy"]
    answer = own("GET", f"/api/v1/message/{rich}/part/9.9")
    assert (answer.status, answer.json["slug"]) == (404, "api.no-such-part")


def numbered(own, count):
    for number in range(count):
        body = {"to": [f"u{number % 3}@fakemail.test"], "subject": f"Number {number}", "text": "x"}
        assert own("POST", "/api/v1/deliver", body).status == 200


def subjects(answer):
    return [message["Subject"] for message in answer.json["messages"]]


def test_pages(own):
    numbered(own, 7)
    everything = own("GET", "/api/v1/messages?limit=50")
    assert subjects(everything) == [f"Number {n}" for n in range(6, -1, -1)]
    page = own("GET", "/api/v1/messages?start=2&limit=3")
    assert subjects(page) == ["Number 4", "Number 3", "Number 2"]
    assert (page.json["total"], page.json["count"], page.json["start"]) == (7, 3, 2)
    assert subjects(own("GET", "/api/v1/messages?start=100")) == []
    for query in ("limit=-1", "limit=x", "limit=10001", "start=-1", "limit=1&limit=2", "page=1"):
        answer = own("GET", f"/api/v1/messages?{query}")
        assert (answer.status, answer.json["slug"]) == (400, "api.bad-query"), query


SEARCHES = {
    "from:juergen": True, "from:alice": False, "to:alice": True, "cc:carol": True, "bcc:dave": True,
    "to:dave": False, "reply-to:reply@": True, "addressed:dave": True, 'subject:"your code"': True,
    "subject:nothing": False, "message-id:rich@else.test": True, "has:attachment": True,
    "has:inline": True, "is:unread": True, "is:read": False, "is:tagged": False,
    "482913": True, "-482913": False, "!nothing": True, '"verification code is"': True,
    '"code verification"': False, "verification code": True, "büll.pdf": True,
    "after:2020-01-01": True, "before:2020-01-01": False, "larger:1k": True, "smaller:1k": False,
    "larger:1m": False, "account:dave@fakemail.test": True, "account:eve@fakemail.test": False,
    "mailbox:inbox": True, "mailbox:sent": False, "to:alice -from:juergen": False,
    "https://else.test/confirm": True, "": True, "cc:alice": False, "bcc:carol": False,
    "reply-to:juergen": False, "addressed:eve": False, "tag:unread": False,
}  # fmt: skip


def test_query_words(own, rich):
    from urllib.parse import quote

    for words, found in SEARCHES.items():
        answer = own("GET", f"/api/v1/search?query={quote(words)}").json
        assert answer["messages_count"] == int(found), words
        assert len(answer["messages"]) == int(found), words
        assert answer["total"] == 1
    for words in ("is:blue", "has:legs", "before:soon", "larger:huge"):
        answer = own("GET", f"/api/v1/search?query={words}")
        assert (answer.status, answer.json["slug"]) == (422, "api.unusable"), words
    assert own("GET", "/api/v1/search?query=x&tz=Not/There").status == 422
    assert own("GET", "/api/v1/search?query=x&tz=Asia/Shanghai").status == 200
    assert own("GET", "/api/v1/search").json["slug"] == "api.bad-query"


FIT_ANYTHING = {"is:unread", "!nothing", "after:2020-01-01", "mailbox:inbox", ""}


def test_no_word_means_a_message_without_what_it_asks_for(own):
    from urllib.parse import quote

    plain = b"From: a@else.test\r\nTo: b@fakemail.test\r\nSubject: plain\r\n\r\nhello\r\n"
    own.send(plain, "b@fakemail.test", sender="a@else.test")
    for words, found in SEARCHES.items():
        if found:
            answer = own("GET", f"/api/v1/search?query={quote(words)}").json
            assert answer["messages_count"] == (words in FIT_ANYTHING), words


def test_search_has_pages_and_deletes(own):
    numbered(own, 7)
    page = own("GET", "/api/v1/search?query=to:u0&limit=2")
    assert subjects(page) == ["Number 6", "Number 3"]
    assert (page.json["messages_count"], page.json["count"]) == (3, 2)
    assert own("DELETE", "/api/v1/search?query=to:u0").text == "ok"
    assert subjects(own("GET", "/api/v1/messages")) == [f"Number {n}" for n in (5, 4, 2, 1)]


def test_marks_are_imap_flags(own, rich):
    assert own("PUT", "/api/v1/messages", {"IDs": [rich], "Read": True}).text == "ok"
    found = own("GET", "/api/v1/messages").json
    assert found["unread"] == 0
    assert found["messages"][0]["Read"] is True
    with imaplib.IMAP4("127.0.0.1", own.private.ready.ports["imap"]) as client:
        client.login("dave@fakemail.test", "any")
        client.select()
        assert b"\\Seen" in client.fetch("1", "(FLAGS)")[1][0]
        client.store("1", "-FLAGS", "\\Seen")
        client.store("1", "+FLAGS", "urgent")
    found = own("GET", "/api/v1/messages").json
    assert found["unread"] == 1, "one copy is unread again"
    assert found["messages"][0]["Tags"] == ["urgent"]
    assert own("PUT", "/api/v1/messages", {"Search": "from:juergen", "Read": True}).status == 200
    assert own("GET", "/api/v1/messages").json["unread"] == 0
    assert own("PUT", "/api/v1/messages", {"Read": False}).status == 200
    assert own("GET", "/api/v1/messages").json["unread"] == 1
    assert own("PUT", "/api/v1/messages", {"IDs": ["unknown"], "Read": True}).text == "ok"


def test_deletion_is_for_all_copies(own, rich):
    numbered(own, 2)
    assert own("DELETE", "/api/v1/messages", {"IDs": [rich]}).text == "ok"
    assert own("GET", f"/api/v1/message/{rich}").status == 404
    with imaplib.IMAP4("127.0.0.1", own.private.ready.ports["imap"]) as client:
        client.login("alice@fakemail.test", "any")
        assert client.select()[1] == [b"0"]
    assert own("GET", "/api/v1/messages").json["total"] == 2
    assert own("DELETE", "/api/v1/messages").text == "ok"
    assert own("GET", "/api/v1/messages").json["total"] == 0


def test_what_imap_does_is_seen(own, rich):
    """An IMAP client copies and removes."""
    with imaplib.IMAP4("127.0.0.1", own.private.ready.ports["imap"]) as client:
        client.login("carol@fakemail.test", "any")
        client.select()
        client.copy("1", "Archive")
        client.store("1", "+FLAGS", "\\Deleted")
        client.expunge()
    found = own("GET", "/api/v1/messages").json
    assert found["total"] == 2, "a copy is a message of its own"
    assert found["messages"][0]["copies"][0]["mailbox"] == "Archive"


def test_ids_survive_a_restart(own, rich):
    own.private.stop()
    own.private.start()
    own.port = own.private.ready.ports["http"]
    assert own("GET", "/api/v1/message/latest").json["ID"] == rich


def test_a_file_is_delivered_octet_for_octet(own):
    message = b"To: x@y.test\r\nSubject: bare\r\n\r\n.\r\nbare\nlf \xff\x00 end without a line end"
    answer = own(
        "POST",
        "/api/v1/deliver?to=alice@fakemail.test&to=bob@fakemail.test&mailbox=Archive&flag=%5CSeen&flag=mine",
        message,
        {"Content-Type": "message/rfc822"},
    ).json
    raw = own("GET", f"/api/v1/message/{answer['ID']}/raw").octets
    assert raw == message.replace(b"bare\nlf", b"bare\r\nlf")
    assert [place["account"] for place in answer["copies"]] == [
        "alice@fakemail.test", "bob@fakemail.test",
    ]  # fmt: skip
    for place in answer["copies"]:
        assert place["mailbox"] == "Archive"
        assert place["flags"] == ["\\Seen", "mine"]


def test_recipients_of_the_header_get_it(own):
    answer = own(
        "POST", "/api/v1/deliver", b"To: A <a@x.test>\r\nCc: b@x.test\r\n\r\n",
        {"Content-Type": "message/rfc822"},
    ).json  # fmt: skip
    assert [place["account"] for place in answer["copies"]] == ["a@x.test", "b@x.test"]


def test_a_message_is_made(own):
    body = {
        "from": "Ünal <u@x.test>", "to": ["a@x.test"], "bcc": ["hidden@x.test"],
        "subject": "Grüße", "text": "Hallo", "html": '<img src="cid:logo">',
        "headers": {"X-Mine": "1"},
        "attachments": [
            {"filename": "ä.txt", "content": base64.b64encode(b"file").decode(),
             "content_type": "text/plain"},
            {"filename": "l.png", "content": "UE5H", "content_type": "image/png",
             "content_id": "logo"},
        ],
    }  # fmt: skip
    answer = own("POST", "/api/v1/deliver", body).json
    one = own("GET", f"/api/v1/message/{answer['ID']}").json
    assert one["From"] == {"Name": "Ünal", "Address": "u@x.test"}
    assert one["Subject"] == "Grüße"
    assert one["Text"].strip() == "Hallo"
    assert "cid:logo" in one["HTML"]
    assert [f["FileName"] for f in one["Attachments"]] == ["ä.txt"]
    assert [f["ContentID"] for f in one["Inline"]] == ["logo"]
    assert one["Bcc"] == [{"Name": "", "Address": "hidden@x.test"}]
    raw = own("GET", f"/api/v1/message/{answer['ID']}/raw").octets
    assert b"hidden" not in raw
    assert b"X-Mine: 1\r\n" in raw
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("query", "body", "status", "slug"),
    [
        ("", {"subject": "nobody"}, 422, "api.not-delivered"),
        ("", {"to": ["a b@c"]}, 422, "api.not-delivered"),
        ("?mailbox=Nowhere", {"to": ["a@x.test"]}, 404, "api.no-such-mailbox"),
        ("?flag=%28", {"to": ["a@x.test"]}, 422, "api.not-delivered"),
        ("", {"to": "a@x.test"}, 400, "api.bad-body"),
        ("", {"to": ["a@x.test"], "subject": "a\r\nBcc: b@x.test"}, 422, "api.unusable"),
        ("", {"to": ["a@x.test"], "headers": {"To": "x"}}, 422, "api.unusable"),
        ("", {"to": ["a@x.test"], "attachments": [{"filename": "x", "content": "!"}]}, 422,
         "api.unusable"),
        ("", b"{", 400, "api.bad-body"),
        ("", b"", 400, "api.bad-body"),
        ("?nothing=1", {}, 400, "api.bad-query"),
    ],
)  # fmt: skip
def test_what_cannot_be_delivered(own, query, body, status, slug):
    answer = own("POST", f"/api/v1/deliver{query}", body)
    assert (answer.status, answer.json["slug"]) == (status, slug), answer.json
    assert own("GET", "/api/v1/messages").json["total"] == 0


def test_other_media_types_are_refused(own):
    answer = own("POST", "/api/v1/deliver?to=a@x.test", b"x", {"Content-Type": "image/png"})
    assert (answer.status, answer.json["slug"]) == (415, "api.wrong-media-type")
    assert answer.json["allowed"] == ["application/json", "message/rfc822"]


def test_bodies_are_bounded(start):
    api = start(message_size="1000")
    answer = api(
        "POST", "/api/v1/deliver?to=a@x.test", b"x" * 1001, {"Content-Type": "message/rfc822"}
    )
    assert (answer.status, answer.json["slug"]) == (413, "api.too-large")
    answer = api(
        "POST", "/api/v1/deliver?to=a@x.test", b"x" * 200_000, {"Content-Type": "message/rfc822"}
    )
    assert (answer.status, answer.json["slug"]) == (413, "api.too-large")


def test_the_token(start):
    api = start(api_token="sesame")
    for authorization in (None, "Bearer", "Bearer wrong", "Basic eDp5", "Basic !", "sesame"):
        headers = {"Authorization": authorization} if authorization else {}
        answer = api("GET", "/api/v1/messages", headers=headers)
        assert (answer.status, answer.json["slug"]) == (401, "api.token-wanted"), authorization
        assert (
            answer.headers["www-authenticate"] == 'Basic realm="fakemail", Bearer realm="fakemail"'
        )
    basic = "Basic " + base64.b64encode(b"anybody:sesame").decode()
    for authorization in ("Bearer sesame", "bearer sesame", basic):
        assert (
            api("GET", "/api/v1/messages", headers={"Authorization": authorization}).status == 200
        )
    assert "sesame" not in api("GET", "/api/v1/openapi.json").text
    assert "sesame" not in repr(api.private.settings)
