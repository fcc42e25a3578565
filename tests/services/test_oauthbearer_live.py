"""OAUTHBEARER in the three protocols: the token is a code of the account (RFC 7628)."""

from __future__ import annotations

import imaplib
import poplib
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Iterator, Mapping

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer

ALICE = "alice@fakemail.test"
CODE = "UMJLXEIFUZXKOEXK"
ACCOUNTS = f"""
[accounts."{ALICE}"]
codes = [{{ code = "{CODE}" }}]
"""
TRUSTING = ssl._create_unverified_context()
FAILED = b64encode(b'{"status":"invalid_token","schemes":"bearer"}')


def message(token: str) -> bytes:
    return f"n,a={ALICE},\x01host=localhost\x01auth=Bearer {token}\x01\x01".encode()


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, int]]:
    data = tmp_path_factory.mktemp("bearer")
    (data / "accounts.toml").write_text(ACCOUNTS)
    with PrivateServer(load({"data": str(data), "ports": "ephemeral"}, {})) as private:
        yield private.ready.ports


def test_imap(ports: Mapping[str, int]) -> None:
    with imaplib.IMAP4_SSL("localhost", ports["imaps"], ssl_context=TRUSTING) as imap:
        said: list[bytes] = []

        def respond(challenge: bytes) -> bytes:
            said.append(challenge)
            return message("wrong") if len(said) == 1 else b"\x01"

        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            imap.authenticate("OAUTHBEARER", respond)
        assert said == [b"", b'{"status":"invalid_token","schemes":"bearer"}']
        right = message(CODE)
        assert imap.authenticate("OAUTHBEARER", lambda _: right)[0] == "OK"
        assert imap.select()[0] == "OK"


def test_smtp(ports: Mapping[str, int]) -> None:
    port = ports["submissions"]
    with smtplib.SMTP_SSL("localhost", port, context=TRUSTING) as smtp:
        smtp.ehlo()
        assert "OAUTHBEARER" in smtp.esmtp_features["auth"]
        wrong = b64encode(message("wrong")).decode()
        assert smtp.docmd("AUTH", f"OAUTHBEARER {wrong}") == (334, FAILED)
        assert smtp.docmd("AQ==")[0] == 535
        assert smtp.docmd("AUTH", "OAUTHBEARER") == (334, b"")
        right = b64encode(message(CODE)).decode()
        assert smtp.docmd(right)[0] == 235


def test_pop3(ports: Mapping[str, int]) -> None:
    pop3 = poplib.POP3_SSL("localhost", ports["pop3s"], context=TRUSTING)
    try:
        assert "OAUTHBEARER" in pop3.capa()["SASL"]
        wrong = b64encode(message("wrong")).decode()
        pop3._putcmd(f"AUTH OAUTHBEARER {wrong}")  # type: ignore[attr-defined]
        assert pop3._getline()[0] == b"+ " + FAILED  # type: ignore[attr-defined]
        with pytest.raises(poplib.error_proto, match="AUTH"):
            pop3._shortcmd("AQ==")  # type: ignore[attr-defined]
        right = b64encode(message(CODE)).decode()
        assert pop3._shortcmd(f"AUTH OAUTHBEARER {right}").startswith(b"+OK")  # type: ignore[attr-defined]
    finally:
        pop3.close()
