"""What a SASL mechanism is, apart from the protocol that carries it (RFC 4422 §3).

The three protocols frame an exchange differently (``334 ``, ``+ ``, base64 everywhere), but the
exchange itself is the same: the server gives challenges, the client gives responses, and in the
end there is somebody who claims to be somebody. A `Mechanism` is that exchange and nothing else:

* `step(response)` is given what the client said, base64 already undone; None when the client
  named the mechanism and gave no initial response (which is not the same as an empty one).
* It answers with a `Challenge` to send, or with `Credentials`: identity, secret, and whom the
  client wants to act as. Whether these are right is for `accounts/` to say, never for a mechanism.
* A response that the mechanism cannot read is a refusal (``auth.bad-response`` and its relatives).

A mechanism that proves a secret without sending it (CRAM-MD5, SCRAM) fits the same shape: it is
made with a function that gives the secrets an identity may have, tries the proof against each, and
returns `Credentials` with the one that fits; the decision still falls in one place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the server says next; the protocol sends it in base64."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the client claims in the end; nothing of it has been checked."""

    identity: str
    """The authentication identity: who is logging in."""

    secret: str = field(repr=False)

    authorize_as: str = ""
    """The authorization identity: whom the client wants to act as; empty for itself."""

    bearer: bool = False
    """Whether the secret is an access token."""

    failure: bytes = b""
    """A challenge that the client must answer before it hears that the token is refused."""


Outcome: TypeAlias = Challenge | Credentials


class Mechanism(Protocol):
    """One exchange, from the first step to `Credentials` or a refusal; then it is used up."""

    name: str

    def step(self, response: bytes | None) -> Outcome:
        """Take the client's next response; raises Refusal with one of the ``auth.`` reasons."""
