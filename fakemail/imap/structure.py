"""ENVELOPE, BODY and BODYSTRUCTURE as they are spelled (RFC 3501 §7.4.2, §9)."""

from __future__ import annotations

from fakemail.imap.write import NIL, nstring, parenthesized, string
from fakemail.message.address import Address
from fakemail.message.envelope import Addresses, Envelope
from fakemail.message.parameters import Parameters
from fakemail.message.structure import Disposition, Multi, Single, Structure


def envelope(of: Envelope) -> bytes:
    """envelope = "(" env-date SP env-subject SP env-from SP ... SP env-message-id ")" """
    return b"(%b %b %b %b %b %b %b %b %b %b)" % (
        nstring(of.date),
        nstring(of.subject),
        from_ := addresses(of.from_),
        from_ if of.sender is of.from_ else addresses(of.sender),
        from_ if of.reply_to is of.from_ else addresses(of.reply_to),
        addresses(of.to),
        addresses(of.cc),
        addresses(of.bcc),
        nstring(of.in_reply_to),
        nstring(of.message_id),
    )


def addresses(of: Addresses) -> bytes:
    """ "(" 1*address ")" / nil"""
    if not of:
        return NIL
    return b"(" + b"".join(map(_address, of)) + b")"


def _address(address: Address) -> bytes:
    """address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")" """
    name, adl, mailbox, host = address
    return b"(%b %b %b %b)" % (nstring(name), nstring(adl), nstring(mailbox), nstring(host))


def body(structure: Structure, extensible: bool) -> bytes:
    """body = "(" (body-type-1part / body-type-mpart) ")"

    `extensible`: BODYSTRUCTURE, with extension data; else BODY, without.
    """
    if isinstance(structure, Multi):
        return _multi(structure, extensible)
    return _single(structure, extensible)


def _single(part: Single, extensible: bool) -> bytes:
    """body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]"""
    fields = [
        _upper(part.type),
        _upper(part.subtype),
        _parameters(part.parameters),
        nstring(part.id),
        nstring(part.description),
        _upper(part.encoding),
        b"%d" % part.size,
    ]
    if part.envelope is not None and part.message is not None:
        fields += [envelope(part.envelope), body(part.message, extensible)]
    if part.lines is not None:
        fields.append(b"%d" % part.lines)
    if extensible:
        fields += [nstring(part.md5), *_extensions(part)]
    return parenthesized(fields)


def _multi(part: Multi, extensible: bool) -> bytes:
    """body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]"""
    children = b"".join([body(child, extensible) for child in part.children])
    fields = [children, _upper(part.subtype)] if children else [_upper(part.subtype)]
    if extensible:
        fields += [_parameters(part.parameters), *_extensions(part)]
    return parenthesized(fields)


def _extensions(part: Structure) -> list[bytes]:
    """body-fld-dsp SP body-fld-lang SP body-fld-loc"""
    return [_disposition(part.disposition), _language(part.language), nstring(part.location)]


def _disposition(disposition: Disposition) -> bytes:
    """body-fld-dsp = "(" string SP body-fld-param ")" / nil"""
    if disposition is None:
        return NIL
    word, parameters = disposition
    return b"(%b %b)" % (_upper(word), _parameters(parameters))


def _language(tags: tuple[bytes, ...]) -> bytes:
    """body-fld-lang = nstring / "(" string *(SP string) ")" """
    if not tags:
        return NIL
    return string(tags[0]) if len(tags) == 1 else parenthesized(map(string, tags))


def _parameters(parameters: Parameters) -> bytes:
    """body-fld-param = "(" string SP string *(SP string SP string) ")" / nil"""
    if not parameters:
        return NIL
    return parenthesized(
        b"%b %b" % (_upper(attribute), string(value)) for attribute, value in parameters
    )


def _upper(word: bytes) -> bytes:
    """Words that are compared without case go in upper case, as the RFC's examples have them."""
    return string(word.upper())
