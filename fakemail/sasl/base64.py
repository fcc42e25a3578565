"""Base64 as SASL profiles use it: strictly (RFC 4648 §3.3, RFC 4954 §4, RFC 5034 §4).

A line that is not base64 is most often a client that forgot to encode, so the refusal says where
the first wrong octet stands, but never which octet it is: it may be part of a secret.
"""

from __future__ import annotations

from binascii import Error, a2b_base64, b2a_base64

from fakemail.reasons.auth import BAD_BASE64
from fakemail.reasons.reason import Refusal

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def decode(octets: bytes) -> bytes:
    """The octets that a response in base64 stands for.

    Raises Refusal(auth.bad-base64).
    """
    try:
        return a2b_base64(octets, strict_mode=True)
    except Error:
        raise Refusal(BAD_BASE64, detail=_fault(octets)) from None


def initial(octets: bytes) -> bytes:
    """The same for an initial response, where ``=`` is an empty one (RFC 4954 §4)."""
    return b"" if octets == b"=" else decode(octets)


def encode(octets: bytes) -> bytes:
    """Base64 on one line, without a line end."""
    return b2a_base64(octets, newline=False)


def _fault(octets: bytes) -> str:
    body = octets.rstrip(b"=")
    rest = body.lstrip(ALPHABET)
    if rest:
        at = len(body) - len(rest) + 1
        return f"octet {at} of {len(octets)} is not in the base64 alphabet"
    return f"{len(octets)} octets with {len(octets) - len(body)} of padding: cut off, or not padded"
