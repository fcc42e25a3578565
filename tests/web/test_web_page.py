"""The page at / and what it shows of a message that means harm."""

from __future__ import annotations

import re

import pytest

HARM = (
    b"From: a@b.test\r\nTo: x@y.test\r\nSubject: <script>alert(1)</script>\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    b'<script>alert(2)</script><img src="http://else.test/pixel"><p>gr\xc3\xbc\xc3\x9f'
)


@pytest.mark.parametrize(
    ("path", "media"), [("/", "html"), ("/page.js", "javascript"), ("/page.css", "css")]
)
def test_its_files(api, path, media):
    answer = api("GET", path)
    assert answer.status == 200
    assert answer.headers["content-type"] == f"text/{media}; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?://", answer.text), "nothing comes from elsewhere"


def test_it_sets_nothing_but_text(api):
    program = api("GET", "/page.js").text
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|srcdoc|eval\(", program
    )
    assert 'setAttribute("sandbox", "")' in program
    page = api("GET", "/").text
    assert not re.search(r"<script(?! src=\"/page.js\")|<style|\bon[a-z]+=|style=", page)


def test_html_of_a_mail_can_do_nothing(own):
    id_ = own.send(HARM, "x@y.test")
    answer = own("GET", f"/api/v1/message/{id_}/html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<p>grüß" in answer.text
    policy = answer.headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert not [each for each in policy if each.startswith(("script-src", "connect-src"))]


def test_the_token_is_asked_for(start):
    api = start(api_token="sesame")
    answer = api("GET", "/")
    assert answer.status == 401
    assert "Basic" in answer.headers["www-authenticate"]
