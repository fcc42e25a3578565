"""One reply of a provider stands for many causes; where the cause is known, no other is told."""

from __future__ import annotations

import imaplib
import poplib

import pytest

EXPIRED = 1577836800.0
"""The first moment of 2020."""


def _by_imap(mail, address, secret):
    client = imaplib.IMAP4(mail.imap.host, mail.imap.port, timeout=20)
    with pytest.raises(imaplib.IMAP4.error):
        client.login(address, secret)
    client.shutdown()


def _by_pop3(mail, address, secret):
    client = poplib.POP3(mail.pop3.host, mail.pop3.port, timeout=20)
    client.user(address)
    with pytest.raises(poplib.error_proto):
        client.pass_(secret)
    client.quit()


def _told(mail):
    """Fix and scenarios of the last session, which is over in a moment."""
    [explanation, *_] = mail.session().explanations
    return explanation.fix, [known.id for known in explanation.scenarios]


@pytest.mark.fakemail(accounts="listed")
@pytest.mark.parametrize(
    ("wrong", "fix"),
    [
        ({}, "fakemail code list"),
        ({"expires": EXPIRED}, "fakemail code issue"),
        ({"revoked": True}, "fakemail code issue"),
        ({"scopes": ["smtp"]}, "--scope"),
    ],
    ids=["wrong", "expired", "revoked", "out of scope"],
)
def test_the_fix_is_about_the_code_not_about_how_to_pass_one(fakemail, wrong, fix):
    account = fakemail.account("bob", **wrong)
    _by_imap(fakemail, account.address, account.code if wrong else "another-code")
    told, scenarios = _told(fakemail)
    assert fix in told
    assert scenarios == []


@pytest.mark.fakemail(dialect="icloud", accounts="listed")
def test_a_wrong_code_by_login_is_no_authorization_identity(fakemail):
    _by_imap(fakemail, fakemail.address, "another-code")
    assert "B25" not in _told(fakemail)[1]


@pytest.mark.fakemail(dialect="163", accounts="listed")
def test_a_wrong_code_is_no_switch_and_a_switch_is_one(fakemail):
    _by_pop3(fakemail, fakemail.address, "another-code")
    assert _told(fakemail)[1] == []
    off = fakemail.account("bob", services=["imap", "smtp"])
    _by_pop3(fakemail, off.address, off.code)
    assert _told(fakemail)[1] == ["B22"]
