"""OAUTHBEARER: an access token in place of a secret (RFC 7628).

    message = gs2-header kvsep *kvpair kvsep ; kvsep = 0x01 ; kvpair = key "=" value kvsep

The GS2 header names the user (``n,a=user@example.com,``); RFC 7628 lets a client leave that out,
where the token itself tells. Here a token is a code of the account, so the name is needed. The keys
``host`` and ``port`` are for tokens that sign the request, and are not looked at, nor are unknown
ones. A token that is refused is told of in a challenge (§3.2.2) that the client must answer, before
it hears of the failure.
"""

from __future__ import annotations

from typing import NoReturn

from fakemail.reasons.auth import BAD_RESPONSE, EMPTY_IDENTITY, EMPTY_SECRET
from fakemail.reasons.reason import Refusal
from fakemail.sasl.mechanism import Challenge, Credentials, Outcome

INVALID_TOKEN = b'{"status":"invalid_token","schemes":"bearer"}'
"""What the challenge after a wrong token says (RFC 7628 §3.2.2, RFC 6750 §3.1)."""


class OAuthBearer:
    """One message, or an empty challenge and then the message."""

    name = "OAUTHBEARER"

    def step(self, response: bytes | None) -> Outcome:
        """The identity and its token."""
        if response is None:
            return Challenge(b"")
        try:
            header, *pairs = response.decode("utf-8").split("\x01")
        except UnicodeDecodeError:
            _bad("the OAUTHBEARER response is not UTF-8")
        if pairs[-2:] != ["", ""]:
            _bad("OAUTHBEARER ends with two ^A, which stand for the octet 0x01")
        flag, _, rest = header.partition(",")
        if flag.startswith("p"):
            _bad("channel binding is not offered: the GS2 header begins with n")
        authorize_as, comma, rest = rest.partition(",")
        if flag not in ("n", "y") or not comma or rest or authorize_as[:2] not in ("", "a="):
            _bad("OAUTHBEARER begins with the GS2 header n,a=USER, and its commas")
        identity = authorize_as[2:].replace("=2C", ",").replace("=3D", "=")
        kind, _, token = (
            dict(pair.partition("=")[::2] for pair in pairs).get("auth", "").partition(" ")
        )
        if kind.lower() != "bearer":
            _bad("the auth key of OAUTHBEARER wants Bearer and a token")
        if not identity:
            raise Refusal(EMPTY_IDENTITY)
        if not token.strip():
            raise Refusal(EMPTY_SECRET, identity=identity)
        return Credentials(identity, token.strip(), bearer=True, failure=INVALID_TOKEN)


def _bad(detail: str) -> NoReturn:
    raise Refusal(BAD_RESPONSE, detail=detail)
