"""Sessions in which nothing was refused, and something is wrong all the same."""

from __future__ import annotations

import pytest

from fakemail.clock import ManualClock
from fakemail.explain.explain import explain
from fakemail.explain.language import LANGUAGES
from fakemail.transcript.sessions import Sessions
from fakemail.wire.engine import Peer, TlsFacts

TLS = TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384", "localhost")


def session(listener, port, *lines, how="closed by client", tls=True):
    recorder = Sessions().open("smtp", Peer("127.0.0.1", 1, "127.0.0.1", port, listener),
                               ManualClock(), "generic")  # fmt: skip
    for line in lines:
        if line == "TLS":
            recorder.secured(TLS)
        else:
            (recorder.server if line[0].isdigit() else recorder.client)(line.encode())
    recorder.close(how)
    return recorder


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "left",
    [
        session("submission", 587, "220 x", "EHLO a", "250 STARTTLS", "STARTTLS", "220 go", "TLS"),
        session("submissions", 465, "TLS", "220 x"),
        session("submissions", 465, "TLS", "220 x", how="reset by client"),
    ],
)
def test_who_leaves_after_the_handshake_distrusts(left, language):
    (found,) = explain(left, language)
    assert found.slug == "tls.not-trusted"
    assert "fakemail certs" in found.fix


@pytest.mark.parametrize(
    "stayed",
    [
        session("submission", 587, "220 x", "EHLO a", "250 ok"),
        session("submissions", 465, "TLS", "220 x", "QUIT", "221 bye"),
        session("submission", 587, "220 x", "STARTTLS", "220 go", "TLS", "EHLO a", "250 ok"),
        session("submissions", 465, "TLS", "220 x", how="closed by server: it was stopped"),
    ],
)
def test_who_says_anything_or_was_sent_away_does_not(stayed):
    assert explain(stayed) == []
