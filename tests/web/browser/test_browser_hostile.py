"""What strangers write is shown and does nothing: not in the page, not in the API, not outside."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterator
from email.message import Message

import pytest

import fakemail
from fakemail.testing.mail import Mail

HOSTILE = """\
<html><head><base href="http://foreign.example/"><meta http-equiv="refresh" content="0;url=/gone">
<style>* {{ position: fixed; inset: 0; z-index: 9999; background: url(http://foreign.example/css) }}
</style><script>fetch("http://localhost:{port}/api/v1/messages", {{method: "DELETE"}}); top.hit = 1
</script></head><body onload="top.hit = 2">
<img src="http://foreign.example/pixel.png" onerror="top.hit=3">
<iframe src="javascript:top.hit = 4"></iframe><form action="http://localhost:{port}/api/v1/reset"
method="post" id="f"></form><script>document.getElementById("f").submit()</script>
<a href="javascript:top.hit = 5" target="_top">click</a> HARMLESS WORDS</body></html>"""


@pytest.fixture
def served() -> Iterator[Mail]:
    with fakemail.run() as mail:
        yield mail


def put(served: Mail, subject: str, body: str, kind: str = "text/html; charset=utf-8") -> str:
    """Deliver it; its ID."""
    head = f"From: a@b.test\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n"
    served.deliver((head + "\r\n" + body).encode(), to="you@fakemail.test")
    return "latest"


def get(served: Mail, path: str) -> tuple[int, Message]:
    """Status and header fields."""
    connection = http.client.HTTPConnection("127.0.0.1", served.http.port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers


def test_the_html_of_a_mail_does_nothing(served, browser):
    here = f"http://localhost:{served.http.port}"
    put(served, "hostile", HOSTILE.format(port=served.http.port))
    browser.open(f"{here}/")
    browser.click("#rows a")
    browser.until("return document.querySelector('iframe')")
    browser.into("iframe")
    browser.until("return document.body?.innerText.includes('HARMLESS WORDS')")
    assert browser.js("return window.origin") == "null"
    browser.out()
    assert browser.js("return window.hit ?? null") is None
    assert browser.js("return location.origin") == here
    assert len(served.messages) == 1
    asked = [url for url in browser.requests() if "foreign.example" in url]
    answered = browser.js("return performance.getEntriesByType('resource').map(e => e.name)")
    assert asked == [] or not any("foreign.example" in url for url in answered)
    browser.console()  # the policy says what it has stopped


@pytest.mark.parametrize(
    "subject",
    [
        "<img src=x onerror=top.hit=1>",
        "=?utf-8?q?=E2=80=AEgnp=2Eexe?=",
        "x" * 10_000,
        "{{7*7}}${7*7}",
    ],
)
def test_a_subject_is_text(served, browser, subject):
    put(served, subject, "hello", "text/plain")
    browser.open(f"http://localhost:{served.http.port}/")
    browser.click("#rows a")
    browser.until("return document.querySelector('.view h2')")
    shown = browser.js("return document.querySelector('.view h2').textContent")
    if subject.startswith("="):
        assert "U+202E" in shown, "a sign that turns the text around is shown"
    else:
        assert shown[:5000] == subject[:5000]
    assert browser.js("return window.hit ?? null") is None
    assert browser.js("return document.querySelectorAll('.view h2 img').length") == 0
    assert browser.console() == []


def test_a_page_of_another_site_reads_nothing_and_changes_nothing(served, browser):
    """Also by a name that a stranger points at this machine (DNS rebinding)."""
    put(served, "secret", "hello", "text/plain")
    port = served.http.port
    browser.open(f"http://rebound.example:{port}/")
    assert "secret" not in browser.text("body")
    browser.open("data:text/html,<p>elsewhere</p>")
    tries = """
    const done = arguments[arguments.length - 1], api = arguments[0] + "/api/v1/";
    const text = { method: "POST", headers: { "Content-Type": "text/plain" }, body: "{}" };
    Promise.all([
      fetch(api + "messages").then((answer) => answer.text()).catch(() => "refused"),
      fetch(api + "reset", text).then((answer) => answer.text()).catch(() => "refused"),
      fetch(api + "messages", { method: "DELETE" }).then((a) => a.text()).catch(() => "refused"),
      fetch(api + "reset", { ...text, mode: "no-cors" }).then((a) => a.type).catch(() => "refused"),
    ]).then(done);
    """
    body = {"script": tries, "args": [f"http://localhost:{port}"]}
    said = browser._ask("POST", "/execute/async", body)
    assert said[:3] == ["refused"] * 3
    assert said[3] in ("opaque", "refused"), "it may be sent; it must not be obeyed"
    assert [message.subject for message in served.messages] == ["secret"]
    browser.console()


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml"])
def test_what_a_mail_brings_is_no_page_of_this_server(served, kind):
    identifier = put(
        served, "x", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", kind
    )
    for path in (f"/api/v1/message/{identifier}/part/1", f"/api/v1/message/{identifier}/raw"):
        status, headers = get(served, path)
        assert status == 200
        policy = headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in policy and "default-src 'none'" in policy, (path, policy)


def test_with_a_token_the_page_asks_for_it_and_keeps_it_out_of_addresses(browser):
    with fakemail.run(api_token="a-secret-token") as mail:
        port = mail.http.port
        assert get(mail, "/api/v1/messages")[0] == 401
        mail.deliver(subject="hello", text="x", to="you@fakemail.test")
        browser.open(f"http://x:a-secret-token@localhost:{port}/")
        browser.until("return document.querySelectorAll('#rows li').length === 1")
        # What the document itself names is told with its name and password by DevTools.
        asked = [url for url in browser.requests() if "/api/" in url]
        assert asked
        assert not any("a-secret-token" in url for url in asked)
        browser.console()
