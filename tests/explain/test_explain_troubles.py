"""Errors from before the first reply, as each language's library words them (each was provoked)."""

from __future__ import annotations

import pytest

from fakemail.explain.language import LANGUAGES, table
from fakemail.explain.pasted import explain_text
from fakemail.explain.troubles import trouble_in, troubles
from fakemail.reasons.catalogue import find

SEEN = {
    "refused": [
        "ConnectionRefusedError: [Errno 111] Connection refused",
        "Error: connect ECONNREFUSED 127.0.0.1:1",
        "dial tcp 127.0.0.1:1: connect: connection refused",
        "java.net.ConnectException: Connection refused",
        "curl: (7) Failed to connect to localhost port 1 after 0 ms: Couldn't connect to server",
    ],
    "unknown-host": [
        "socket.gaierror: [Errno -2] Name or service not known",
        "Error: getaddrinfo ENOTFOUND smtp.nowhere.invalid",
        "dial tcp: lookup smtp.nowhere.invalid on 192.0.2.53:53: no such host",
        "java.net.UnknownHostException: smtp.nowhere.invalid",
        "curl: (6) Could not resolve host: smtp.nowhere.invalid",
    ],
    "untrusted": [
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
        "self-signed certificate in certificate chain (_ssl.c:1006)",
        "Error: self-signed certificate in certificate chain",
        "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "javax.net.ssl.SSLHandshakeException: PKIX path building failed",
        "curl: (60) SSL certificate problem: self-signed certificate in certificate chain",
    ],
    "other-name": [
        "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames",
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
        "Hostname mismatch, certificate is not valid for 'a'. (_ssl.c:1006)",
    ],
    "tls-to-plain": [
        "ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)",
        "Error: 802C0A94757F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:",
        "tls: first record does not look like a TLS handshake",
        "javax.net.ssl.SSLException: Unsupported or unrecognized SSL message",
        "curl: (35) OpenSSL/3.0.22: error:0A00010B:SSL routines::wrong version number",
    ],
    "no-tls-version": [
        "ssl.SSLError: [SSL: NO_PROTOCOLS_AVAILABLE] no protocols available (_ssl.c:1006)",
    ],
    "no-starttls": [
        "smtplib.SMTPNotSupportedError: STARTTLS extension not supported by server.",
    ],
    "not-ascii": [
        "UnicodeEncodeError: 'ascii' codec can't encode character '\\u4f60' in position 1",
    ],
    "timed-out": [
        "smtplib.SMTPServerDisconnected: Connection unexpectedly closed: timed out",
        "TimeoutError: timed out",
    ],
    "reset": [
        "ConnectionResetError: [Errno 104] Connection reset by peer",
        "smtplib.SMTPServerDisconnected: Connection unexpectedly closed",
    ],
    "login-refused": ["SMTP Error: Could not authenticate."],
}


@pytest.mark.parametrize(
    ("key", "text"), [(key, text) for key, texts in SEEN.items() for text in texts]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_known_and_explained(key, text, language):
    found = trouble_in([text])
    assert found is not None
    assert found.key == key
    explained = explain_text(text, language)
    assert explained.slug == found.slug
    assert len(explained.why) >= 1
    assert explained.fix


def test_every_trouble_has_been_seen():
    assert {trouble.key for trouble in troubles()} == SEEN.keys()


def test_each_has_words_in_both_languages():
    own = {t.key for t in troubles() if not t.slug}
    assert table("troubles", "zh").keys() == own
    for trouble in troubles():
        assert find(trouble.slug) if trouble.slug else all(trouble.words("zh"))


@pytest.mark.parametrize("text", ["Could not do it.", "Connection closed", "Login refused"])
def test_a_few_common_words_are_not_our_own_wording(text):
    assert explain_text(text).slug == ""


def test_a_reply_counts_for_more_than_the_name_of_the_exception():
    text = "AuthenticationFailedException: 535 5.7.0 (#AUTH005) Too many bad auth attempts."
    assert explain_text(text).providers == ("yahoo",)
