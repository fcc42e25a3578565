"""The octet sets of RFC 3501 §9, in its own words."""

from __future__ import annotations

from fakemail.wire.abnf import CHAR, CR, CTL, LF, SP, between, of

LIST_WILDCARDS = of("list-wildcards", "%*")
QUOTED_SPECIALS = of("quoted-specials", '"\\')
RESP_SPECIALS = of("resp-specials", "]")
ATOM_SPECIALS = of("parentheses and brace", "(){").plus(
    "atom-specials", SP, CTL, LIST_WILDCARDS, QUOTED_SPECIALS, RESP_SPECIALS
)
ATOM_CHAR = CHAR.minus("ATOM-CHAR", ATOM_SPECIALS)
ASTRING_CHAR = ATOM_CHAR.plus("ASTRING-CHAR", RESP_SPECIALS)
LIST_CHAR = ASTRING_CHAR.plus("list-char", LIST_WILDCARDS)
TAG_CHAR = ASTRING_CHAR.minus("tag character", of("plus", "+"))
TEXT_CHAR = CHAR.minus("TEXT-CHAR", CR, LF)
PLAIN_QUOTED_CHAR = TEXT_CHAR.minus("TEXT-CHAR except quoted-specials", QUOTED_SPECIALS)
UTF8_OCTET = between("octets of UTF-8 beyond ASCII", 0x80, 0xFF)
