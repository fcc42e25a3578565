"""The page at / and what it shows of a message that means harm."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

HARM = (
    b"From: a@b.test\r\nTo: x@y.test\r\nSubject: <script>alert(1)</script>\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    b'<script>alert(2)</script><img src="http://else.test/pixel"><p>gr\xc3\xbc\xc3\x9f'
)


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/page/page.js", "text/javascript; charset=utf-8"),
        ("/page/views.css", "text/css; charset=utf-8"),
        ("/page/icon.svg", "image/svg+xml"),
    ],
)
def test_its_files(api, path, media):
    answer = api("GET", path)
    assert answer.status == 200
    assert answer.headers["content-type"] == media
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"(src|href|url)\W{1,2}(https?:)?//", answer.text), (
        "nothing from elsewhere"
    )


def test_no_other_file_is_one_of_the_page(api):
    for path in ("/page/", "/page/page.py", "/page/..%2Fsite.py", "/page/__init__.py"):
        assert api("GET", path).status == 404


def test_it_sets_nothing_but_text(api):
    programs = sorted(each.name for each in (files("fakemail.web") / "page").iterdir())
    for name in (each for each in programs if each.endswith(".js")):
        program = api("GET", f"/page/{name}").text
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|srcdoc|eval\(", program
        ), name
    page = api("GET", "/").text
    assert not re.search(r"<script(?! src=\"/page/)|<style|\bon[a-z]+=|style=", page)


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
