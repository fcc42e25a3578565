"""LOGIN: identity, then secret, each after a prompt (draft-murchison-sasl-login-00).

Obsolete and everywhere. The draft's prompts are ``User Name`` and ``Password``; §2.2 of it knows
that there are clients that read the prompts and want ``Username:`` and ``Password:``, and these
are what every server sends.
"""

from __future__ import annotations

from fakemail.reasons.auth import BAD_RESPONSE, EMPTY_IDENTITY, EMPTY_SECRET
from fakemail.reasons.reason import Refusal
from fakemail.sasl.mechanism import Challenge, Credentials, Outcome

USERNAME = Challenge(b"Username:")
PASSWORD = Challenge(b"Password:")


class Login:
    """Two prompts, two responses; an initial response answers the first prompt."""

    name = "LOGIN"

    def __init__(self) -> None:
        self._identity: str | None = None

    def step(self, response: bytes | None) -> Outcome:
        """Prompt for what is still missing."""
        if response is None:
            return USERNAME
        if self._identity is None:
            self._identity = _text(response, "user name")
            if not self._identity:
                raise Refusal(EMPTY_IDENTITY)
            return PASSWORD
        secret = _text(response, "password")
        if not secret:
            raise Refusal(EMPTY_SECRET, identity=self._identity)
        return Credentials(self._identity, secret)


def _text(response: bytes, what: str) -> str:
    if b"\0" in response:
        raise Refusal(BAD_RESPONSE, detail=f"the {what} of LOGIN must not contain a NUL")
    try:
        return response.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(BAD_RESPONSE, detail=f"the {what} of LOGIN is not UTF-8") from None
