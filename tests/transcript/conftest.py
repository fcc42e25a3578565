"""One peer, one clock, one reason: what the tests of transcripts are made of."""

import pytest

from fakemail.clock import ManualClock
from fakemail.reasons.reason import Reason
from fakemail.wire.engine import Peer

AUTH_REQUIRED = Reason(
    slug="smtp.test-auth-required",
    because="MAIL arrived before the client had authenticated.",
    instead="EHLO was sent, so the missing part is AUTH: call login(address, "
    "authorization_code) before sendmail(). QQ wants the authorization code, not the mailbox "
    "password.",
    cites=("RFC 4954 §6", "RFC 6409 §4.3"),
    smtp="530 5.7.0 Authentication required",
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def peer() -> Peer:
    return Peer("127.0.0.1", 51324, "127.0.0.1", 587, "submission")


@pytest.fixture
def auth_required() -> Reason:
    return AUTH_REQUIRED
