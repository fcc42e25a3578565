"""XOAUTH2: an access token in place of a secret (Google's and Microsoft's, before RFC 7628).

    message = "user=" identity ^A "auth=Bearer " token ^A ^A

Offered only where a dialect lists it. The token is checked like a code: on a test server it is one.
Where it is refused, the client is told why in a challenge, answers it with an empty line, and only
then hears of the failure: that is `Rejected`.
"""

from __future__ import annotations

from typing import NoReturn

from fakemail.reasons.auth import BAD_RESPONSE, EMPTY_IDENTITY, EMPTY_SECRET
from fakemail.reasons.reason import Refusal
from fakemail.sasl.mechanism import Challenge, Credentials, Outcome

BEARER_ERROR = b'{"status":"400","schemes":"Bearer"}'
"""What the challenge after a wrong token says."""


class XOAuth2:
    """One message, or an empty challenge and then the message."""

    name = "XOAUTH2"

    def step(self, response: bytes | None) -> Outcome:
        """The identity and its token."""
        if response is None:
            return Challenge(b"")
        try:
            fields = response.decode("utf-8").split("\x01")
        except UnicodeDecodeError:
            raise Refusal(BAD_RESPONSE, detail="the XOAUTH2 response is not UTF-8") from None
        known = dict(field.partition("=")[::2] for field in fields if field)
        if fields[-2:] != ["", ""] or not {"user", "auth"} <= known.keys():
            raise Refusal(
                BAD_RESPONSE,
                detail="XOAUTH2 wants user=...^Aauth=Bearer ...^A^A, with ^A for the octet 0x01",
            )
        kind, _, token = known["auth"].partition(" ")
        if kind.lower() != "bearer":
            raise Refusal(BAD_RESPONSE, detail="the auth field of XOAUTH2 wants Bearer and a token")
        if not known["user"]:
            raise Refusal(EMPTY_IDENTITY)
        if not token:
            raise Refusal(EMPTY_SECRET, identity=known["user"])
        return Credentials(known["user"], token, bearer=True, failure=BEARER_ERROR)


class Rejected:
    """The exchange after a token that was refused: whatever the client answers, it has failed."""

    def __init__(self, refusal: Refusal, name: str) -> None:
        self.name = name
        self._refusal = refusal

    def step(self, response: bytes | None) -> NoReturn:
        """Raise the refusal."""
        raise self._refusal
