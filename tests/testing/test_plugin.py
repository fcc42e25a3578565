"""The pytest plugin as other projects meet it: in a pytest of its own, warnings being errors."""

from __future__ import annotations

import sys

import pytest

pytest_plugins = ["pytester"]

SUITE = """
import smtplib
import pytest

def send(mail, to, subject):
    with smtplib.SMTP(mail.submission.host, mail.submission.port) as smtp:
        smtp.login(mail.address, mail.code)
        smtp.sendmail(mail.address, [to], f"Subject: {subject}\\n\\nhello\\n")
"""


@pytest.fixture
def run(pytester):
    def run(suite, *arguments, plugins=()):
        pytester.makepyfile(suite)
        off = [f"-pno:{name}" for name in {"asyncio", "twisted", "django"} - set(plugins)]
        return pytester.runpytest_subprocess("-W", "error", *off, *arguments, timeout=100)

    return run


def test_importing_the_plugin_imports_nothing(run):
    result = run(
        """
        import sys

        def test_it(request):
            assert request.config.pluginmanager.has_plugin("fakemail")
            ours = sorted(m for m in sys.modules if m.partition(".")[0] == "fakemail")
            assert ours == ["fakemail", "fakemail.pytest_plugin"]
            assert not {"twisted", "aiosmtpd", "msgspec", "cryptography"} & set(sys.modules)
        """,
        "-p", "no:hypothesispytest",
    )  # fmt: skip
    result.assert_outcomes(passed=1)


def test_a_failed_test_shows_what_was_said_in_it(run):
    result = run(
        SUITE
        + """
def test_passes(fakemail):
    send(fakemail, "before@example.com", "before")
    assert fakemail.wait().subject == "before"

@pytest.mark.fakemail(dialect="qq", accounts="listed")
def test_fails(fakemail):
    assert fakemail.messages == []
    with smtplib.SMTP(fakemail.submission.host, fakemail.submission.port) as smtp:
        smtp.sendmail(fakemail.address, ["bob@example.com"], "Subject: x")

def test_waits_in_vain(fakemail):
    fakemail.wait(to="bob", timeout=0.01)

def test_has_said_nothing(fakemail_server):
    assert not fakemail_server.ports

@pytest.fixture
def broken(fakemail):
    send(fakemail, "x@example.com", "from the fixture")
    raise RuntimeError

def test_cannot_begin(broken):
    pass
""",
    )
    result.assert_outcomes(passed=1, failed=3, errors=1)
    said = result.stdout.str()
    of_it = said.partition("_ test_fails _")[2].partition("_ test_waits_in_vain _")[0]
    section = of_it.partition("- fakemail transcript -")[2]
    assert "dialect qq" in section
    assert "mail from:<test@t1.fakemail.test>" in section.lower()
    assert "smtp.auth-required" in section
    assert "Call login(address, authorization_code) before sendmail()" in section
    assert "before@example.com" not in said
    assert said.count("- fakemail transcript -") == 2
    assert "Nobody has talked to the server since the test began." in said
    assert "to:<x@example.com>" in said.partition("ERROR at setup of test_cannot_begin")[2].lower()


def test_a_failed_test_tells_of_the_faults_that_struck(run):
    result = run(
        SUITE
        + """
@pytest.mark.parametrize("what", ["lose", "refuse=smtp.rate-limited"])
def test_fails(fakemail, what):
    fakemail.fault(f"smtp content nth=1 {what}")
    send(fakemail, "before@example.com", "before")
""",
    )
    result.assert_outcomes(failed=2)
    said = " ".join(result.stdout.str().split())
    for what, told in (("lose", "It was carried out"), ("refuse=smtp.rate-limited", "as if for")):
        assert f"smtp content nth=1 {what} (fault" in said
        assert told in said
    assert said.count("Nothing is wrong with the program") == 2


def test_what_a_marker_cannot_say(run):
    result = run(
        """
        import pytest

        @pytest.mark.fakemail("qq")
        def test_by_place(fakemail):
            pass

        @pytest.mark.fakemail(dialect="no-such-provider")
        def test_unknown(fakemail):
            pass

        @pytest.mark.fakemail(dialect="163")
        class TestNearest:
            @pytest.mark.fakemail(accounts="listed")
            def test_of_both(self, fakemail):
                ready = fakemail.server.ready
                assert (ready.dialect, ready.accounts) == ("163", "listed")

            def test_of_the_class(self, fakemail, pytestconfig):
                ready = fakemail.server.ready
                assert (ready.dialect, ready.accounts) == ("163", "open")
        """,
        "--strict-markers",
    )
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(["*takes settings by name*", "*dialect = no-such-provider*"])


@pytest.mark.parametrize("where", ["thread", "process"])
def test_four_workers_and_two_hundred_tests(run, where):
    """Each sends, waits and reads; none sleeps, none meets another's mail."""
    pytest.importorskip("xdist")
    result = run(
        SUITE
        + """
import imaplib

@pytest.mark.parametrize("number", range(200))
def test_mail(fakemail, number):
    to = fakemail.address if number % 2 else "shared@example.com"
    send(fakemail, to, f"number {number}")
    assert fakemail.wait(to=to).subject == f"number {number}"
    assert len(fakemail.messages) == 1
    with imaplib.IMAP4(fakemail.imap.host, fakemail.imap.port) as imap:
        imap.login(to, fakemail.code)
        assert imap.select() == ("OK", [b"1"])
        assert f"number {number}".encode() in imap.fetch("1", "BODY[]")[1][0][1]
""",
        "-n4", "-q", *(["--fakemail-process"] if where == "process" else []),
    )  # fmt: skip
    result.assert_outcomes(passed=200)


def test_beside_asyncio_and_django(run, pytester):
    pytest.importorskip("pytest_asyncio")
    pytest.importorskip("pytest_django")
    pytester.makepyfile(plain_settings="SECRET_KEY = 'for tests'; USE_TZ = True")
    result = run(
        """
        import asyncio
        import pytest
        from django.core.mail import send_mail

        @pytest.mark.asyncio
        async def test_async(fakemail):
            waiting = asyncio.create_task(fakemail.aio.wait(subject="hello"))
            await asyncio.sleep(0)
            await fakemail.aio.deliver(subject="hello")
            assert (await waiting).subject == "hello"

        def test_django(fakemail, settings):
            for name, value in fakemail.django_settings().items():
                setattr(settings, name, value)
            assert send_mail("Welcome", "Here you are.", None, ["new@example.com"]) == 1
            message = fakemail.wait(to="new@example.com")
            assert (message.sender, message.text) == (fakemail.address, "Here you are.\\n")
            assert fakemail.session("smtp").login == fakemail.address
        """,
        "-o", "asyncio_mode=strict", "-o", "asyncio_default_fixture_loop_scope=function",
        "-o", "DJANGO_SETTINGS_MODULE=plain_settings", "-o", "django_find_project=false",
        plugins=("asyncio", "django"),
    )  # fmt: skip
    result.assert_outcomes(passed=2)


def test_beside_twisted(run):
    pytest.importorskip("pytest_twisted")
    result = run(
        """
        import pytest_twisted
        from twisted.internet.threads import deferToThread

        @pytest_twisted.inlineCallbacks
        def test_deferred(fakemail):
            waiting = deferToThread(fakemail.wait, subject="hello")
            yield deferToThread(fakemail.deliver, subject="hello")
            message = yield waiting
            assert message.subject == "hello"
        """,
        "--reactor=default",
        plugins=("twisted",),
    )
    result.assert_outcomes(passed=1)


def test_the_async_twins_under_twisted(run):
    """On Twisted's asyncio reactor a coroutine of asyncio is a Deferred like any other."""
    pytest.importorskip("pytest_twisted")
    result = run(
        """
        import asyncio
        import pytest_twisted
        from twisted.internet.defer import Deferred

        def deferred(coroutine):
            return Deferred.fromFuture(asyncio.ensure_future(coroutine))

        @pytest_twisted.ensureDeferred
        async def test_twins(fakemail):
            waiting = deferred(fakemail.aio.wait(subject="hello"))
            await deferred(fakemail.aio.deliver(subject="hello"))
            assert (await waiting).subject == "hello"
            assert [m.subject for m in await deferred(fakemail.aio.messages())] == ["hello"]
        """,
        "--reactor=asyncio",
        plugins=("twisted",),
    )
    result.assert_outcomes(passed=1)


def test_beside_flask(fakemail):
    pytest.importorskip("flask_mail")
    from flask import Flask
    from flask_mail import Mail, Message

    app = Flask("shop")
    app.config.update(fakemail.flask_mail_settings(), TESTING=True)
    with app.app_context():
        Mail(app).send(Message("Order 7", recipients=["buyer@example.com"], body="Thanks."))
    assert fakemail.wait(to="buyer@example.com").subject == "Order 7"
    assert "flask" in sys.modules
