"""PLAIN: identity and secret in one message (RFC 4616)."""

from __future__ import annotations

from fakemail.reasons.auth import BAD_RESPONSE, EMPTY_IDENTITY, EMPTY_SECRET
from fakemail.reasons.reason import Refusal
from fakemail.sasl.mechanism import Challenge, Credentials, Outcome


class Plain:
    """``message = [authzid] UTF8NUL authcid UTF8NUL passwd`` (RFC 4616 §2)."""

    name = "PLAIN"

    def step(self, response: bytes | None) -> Outcome:
        """An empty challenge where there is no initial response, then the message."""
        if response is None:
            return Challenge(b"")
        parts = response.split(b"\0")
        if len(parts) != 3:
            raise Refusal(
                BAD_RESPONSE,
                detail=f"PLAIN wants exactly two NULs, this response has {len(parts) - 1}",
            )
        try:
            authorize_as, identity, secret = (part.decode("utf-8") for part in parts)
        except UnicodeDecodeError:
            raise Refusal(BAD_RESPONSE, detail="the PLAIN response is not UTF-8") from None
        if not identity:
            raise Refusal(EMPTY_IDENTITY)
        if not secret:
            raise Refusal(EMPTY_SECRET, identity=identity)
        return Credentials(identity, secret, authorize_as)
