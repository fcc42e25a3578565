"""The page as a person uses it, in Chromium: what comes appears, what went wrong is explained."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import fakemail
from fakemail.testing.mail import Mail

ENTER = "\ue007"
CONTRAST = Path(__file__).with_name("contrast.js")


@pytest.fixture
def served() -> Iterator[Mail]:
    with fakemail.run(dialect="qq") as mail:
        yield mail


@pytest.fixture
def page(served, browser):
    """The page, open, with nothing in it; afterwards it must not have complained or looked
    elsewhere."""
    here = f"http://localhost:{served.http.port}"
    browser.open(f"{here}/")
    browser.until("return document.getElementById('live').className === 'on'")
    yield browser
    assert browser.console() == []
    strangers = [url for url in browser.requests() if not url.startswith((here, "data:"))]
    assert strangers == []


def refused(served: Mail) -> None:
    """What so many programs do on their first day."""
    endpoint = served.submission
    wrong = pytest.raises(smtplib.SMTPSenderRefused)
    with smtplib.SMTP(endpoint.host, endpoint.port) as smtp, wrong:
        smtp.sendmail("me@qq.com", ["you@qq.com"], "Subject: x\r\n\r\nhi\r\n")


def send(served: Mail, subject: str) -> None:
    served.deliver(subject=subject, text="hello", sender="billing@example.com", to="you@qq.com")


def test_an_empty_page_teaches(page, served):
    text = page.text("main")
    assert "No mail yet" in text
    assert f"smtp localhost\n{served.smtp.port}" in text
    assert "any" in text


def test_mail_appears_by_itself_newest_first_and_is_read(page, served):
    for number in range(3):
        send(served, f"Invoice {number}")
    page.until("return document.querySelectorAll('#rows li').length === 3")
    assert page.texts("#rows .title") == ["Invoice 2", "Invoice 1", "Invoice 0"]
    assert page.js("return document.title") == "(3) fakemail"
    page.click("#rows a")
    page.until("return document.querySelector('.view h2')?.innerText === 'Invoice 2'")
    assert "billing@example.com" in page.text(".view")
    assert "hello" in page.text(".view")


def test_search_and_delete(page, served):
    for subject in ("Invoice", "Welcome"):
        send(served, subject)
    page.until("return document.querySelectorAll('#rows li').length === 2")
    page.press("subject:wel" + ENTER, "#search")
    page.until("return document.querySelectorAll('#rows li').length === 1")
    assert page.texts("#rows .title") == ["Welcome"]
    page.click(".bar .danger")
    page.click("#yes")
    page.until("return document.querySelectorAll('#rows li').length === 0")
    assert [message.subject for message in served.messages] == ["Invoice"]


def test_a_refusal_is_counted_at_once_and_explained(page, served):
    refused(served)
    page.until("return document.getElementById('refused').innerText === '1'")
    page.click("nav a[data-room=sessions]")
    page.click("main .list li a")
    page.until("return document.querySelector('.why')")
    why = page.text(".why")
    assert "503 Error: need EHLO and AUTH first !" in why
    assert "EHLO was sent, so the missing part is AUTH." in why
    assert "login(address, authorization_code)" in why
    talk = "".join(
        page.js("return [...document.querySelectorAll('ol.talk li')].map(e => e.textContent)")
    )
    assert "mail FROM:<me@qq.com>" in talk
    assert "smtp.auth-required" in talk


def test_accounts_and_codes(page, served):
    page.click("nav a[data-room=accounts]")
    page.press("phone@qq.com" + ENTER, "input[name=address]")
    page.until("return document.querySelector('.fresh .code')")
    code = page.text(".fresh .code")
    assert len(code) == 16
    assert code.islower()
    endpoint = served.submission
    with smtplib.SMTP(endpoint.host, endpoint.port) as smtp:
        smtp.login("phone@qq.com", code)
    page.click("[data-address='phone@qq.com'] tbody .danger")
    page.click("#yes")
    page.until("return document.querySelector('[data-address] .chip.bad')")
    wrong = pytest.raises(smtplib.SMTPAuthenticationError)
    with smtplib.SMTP(endpoint.host, endpoint.port) as smtp, wrong:
        smtp.login("phone@qq.com", code)


def test_faults_are_planned_counted_and_removed(page, served):
    page.click("nav a[data-room=server]")
    page.press("smtp ehlo nth=1 reply='421 4.3.0 Later'" + ENTER, "#faults input")
    page.until("return document.querySelectorAll('#faults li').length === 1")
    with smtplib.SMTP(served.smtp.host, served.smtp.port) as smtp:
        assert smtp.ehlo()[0] == 421
    page.until("return document.querySelector('#faults .chip.bad')")
    assert page.text("#faults .chip") == "struck 1 of 1"
    page.click("#faults li .danger")
    page.until("return document.querySelectorAll('#faults li').length === 0")
    page.press("smtp lunch close" + ENTER, "#faults input")
    page.until("return !document.getElementById('said').hidden")
    assert "no moment of smtp" in page.text("#said")
    page.console()  # the API's 422 stands there too, as it should


def test_the_dialect_is_changed(page, served):
    page.click("nav a[data-room=server]")
    page.until("return document.getElementById('dialect')?.value === 'qq'")
    page.js(
        "const choice = document.getElementById('dialect'); choice.value = '163';"
        "choice.dispatchEvent(new Event('change'))"
    )
    page.until("return !document.getElementById('said').hidden")
    assert "163" in page.text("#said")
    with smtplib.SMTP() as smtp:
        assert b"163.com Anti-spam" in smtp.connect(served.smtp.host, served.smtp.port)[1]


def test_keys(page, served):
    for subject in ("first", "second"):
        send(served, subject)
    page.until("return document.querySelectorAll('#rows li').length === 2")
    page.press("j")
    page.until("return document.querySelector('.view h2')?.innerText === 'second'")
    page.press("j")
    page.until("return document.querySelector('.view h2')?.innerText === 'first'")
    page.press("/")
    assert page.js("return document.activeElement.id") == "search"


@pytest.mark.parametrize("view", ["messages", "sessions", "accounts", "server"])
def test_nothing_is_wider_than_a_phone(page, served, view):
    send(served, "W" * 5000)
    refused(served)
    page.size(375, 667, mobile=True)
    page.click(f"nav a[data-room={view}]")
    page.until(f"return document.querySelector('nav a[data-room={view}]').ariaCurrent === 'page'")
    if view in ("messages", "sessions"):
        page.until("return document.querySelector('main .list li a')")
        page.click("main .list li a")
        page.until("return document.querySelector('.view h2')")
    wide = page.js("return [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_written_can_be_read(page, served, dark):
    """Contrast of 4.5 to 1 at least (WCAG 2.1, 1.4.3), for every text that is shown."""
    send(served, "hello")
    refused(served)
    page.dark(dark)
    for view in ("messages", "sessions", "accounts", "server"):
        page.click(f"nav a[data-room={view}]")
        page.until(f"return document.querySelector('nav a[data-room={view}]').ariaCurrent")
        assert page.js(CONTRAST.read_text(encoding="utf-8")) == []


def test_chinese(served, browser_of: Callable):
    window = browser_of("zh-CN")
    window.size(1280, 800)
    window.open(f"http://localhost:{served.http.port}/")
    window.until("return document.getElementById('live').className === 'on'")
    refused(served)
    assert "还没有邮件" in window.text("main")
    window.click("nav a[data-room=sessions]")
    window.click("main .list li a")
    window.until("return document.querySelector('.why')")
    assert "登录" in window.text(".why")
    assert window.console() == []
