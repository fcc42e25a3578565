"""What a client says about delivery status notifications (RFC 3461 §4): RET and ENVID with MAIL,
NOTIFY and ORCPT with RCPT.

Each is read by its ABNF, and refused with what is wrong with it. A mistake that other servers let
pass and nobody notices, until a report does not come, is what a test server is for.

RET is about reports of failure only: where the message was delivered the header comes back, never
all of it (RFC 3461 §4.3). So nothing has to be remembered of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fakemail.message import xtext
from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp_transaction import NEEDS_SMTPUTF8
from fakemail.smtp import path
from fakemail.smtp.parameters import bad

if TYPE_CHECKING:
    from fakemail.message.delivery_report import Recipient

ENVID = 100
ORCPT = 500
"""Octets that a value may have (RFC 3461 §4.4, §4.2)."""

_ATOM = re.compile(r"[!#$%&'*+/0-9=?A-Z^_`a-z{|}~-]+")
_WHEN = frozenset({"SUCCESS", "FAILURE", "DELAY"})


def check_ret(value: str | None) -> None:
    """``RET=FULL`` or ``RET=HDRS`` (RFC 3461 §4.3)."""
    if value is None or value.upper() not in {"FULL", "HDRS"}:
        raise bad("RET can only be FULL or HDRS")


def envelope_id(value: str | None) -> str:
    """``"ENVID=" xtext`` (RFC 3461 §4.4), decoded."""
    return _printable("ENVID", _at_most("ENVID", value, ENVID))


def recipient(address: str, found: dict[str, str | None], *, utf8: bool) -> Recipient | None:
    """What is to be reported of this recipient on delivery, by the parameters of its RCPT; None
    where nothing is. `utf8`: whether MAIL asked for SMTPUTF8."""
    from fakemail.message.delivery_report import Recipient  # only for those who ask for a report

    wanted = "NOTIFY" in found and _notify(found["NOTIFY"])
    original = _original(found["ORCPT"], utf8) if "ORCPT" in found else None
    return Recipient(address, original) if wanted else None


def _notify(value: str | None) -> bool:
    """``"NEVER" / 1#( "SUCCESS" / "FAILURE" / "DELAY" )`` (RFC 3461 §4.1): whether success is to be
    reported. Empty elements count for nothing (RFC 822 §2.7)."""
    words = [word for word in (value or "").upper().split(",") if word]
    if not words:
        raise bad("NOTIFY takes NEVER, or some of SUCCESS, FAILURE, DELAY with commas between")
    if "NEVER" in words and len(words) > 1:
        raise bad("NOTIFY=NEVER stands alone")
    for word in words:
        if word not in _WHEN and word != "NEVER":
            raise bad(f"NOTIFY has no '{word[:20]}', only NEVER, SUCCESS, FAILURE, DELAY")
    return "SUCCESS" in words


def _original(value: str | None, utf8: bool) -> tuple[str, str]:
    """``addr-type ";" xtext`` (RFC 3461 §4.2), or ``"utf-8;" utf-8-enc-addr`` (RFC 6533 §3): type
    and address as a report tells them."""
    text = _at_most("ORCPT", value, ORCPT)
    kind, semicolon, address = text.partition(";")
    if not semicolon or not _ATOM.fullmatch(kind):
        raise bad("ORCPT takes a type, a semicolon and an address: rfc822;somebody@example.test")
    if not address:
        raise bad("ORCPT has no address after the semicolon")
    if kind.lower() != "utf-8":
        return kind, _printable("ORCPT", address)
    try:
        decoded = xtext.decode_address(address)
    except xtext.XtextError as error:
        raise bad(f"ORCPT: {error}") from None
    if not address.isascii() and not utf8:
        raise Refusal(NEEDS_SMTPUTF8)
    # ASCII stays as it is encoded, for a report in ASCII wants it so; what is no address is copied
    # without a change (RFC 6533 §3)
    return kind, decoded if not decoded.isascii() and _is_address(decoded) else address


def _is_address(text: str) -> bool:
    try:
        found, rest = path.read(f"<{text}>")
    except path.PathError:
        return False
    return found.address == text and not rest and text.isprintable()


def _at_most(keyword: str, value: str | None, octets: int) -> str:
    if value is None:
        raise bad(f"{keyword} takes a value")
    if len(value.encode()) > octets:
        raise bad(f"{keyword} has {len(value.encode())} octets, and may have {octets}")
    return value


def _printable(keyword: str, value: str) -> str:
    """Decoded; only what can stand in a field of a report (RFC 3461 §4.2, §4.4)."""
    try:
        text = xtext.decode(value)
    except xtext.XtextError as error:
        raise bad(f"{keyword}: {error}") from None
    if not (text.isascii() and text.isprintable()):
        raise bad(f"{keyword} stands for something that is not printable ASCII")
    return text
