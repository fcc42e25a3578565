"""What a message counts as when it is sorted (RFC 5256 §2.2, §3; RFC 5957 §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from fakemail.imap.sort.base_subject import BaseSubject, base_subject
from fakemail.imap.sort.collation import casemap
from fakemail.message.address import Address, parse_addresses
from fakemail.message.charset import decode
from fakemail.message.date import parse_date
from fakemail.message.encoded_word import decode_words
from fakemail.message.header import Header
from fakemail.store.index import Message

Value: TypeAlias = str | float
ValueOf: TypeAlias = Callable[[Message, Header], Value]


def arrival(message: Message) -> float:
    """The internal date, to the second, as INTERNALDATE shows it."""
    return message.internal_date // 1


def sent_date(message: Message, header: Header) -> float:
    """The Date field in seconds since 1970, or the internal date where that says nothing (§2.2)."""
    value = header.get(b"date")
    sent = parse_date(value) if value else None
    return arrival(message) if sent is None else sent.timestamp()


def subject_of(header: Header) -> BaseSubject:
    """The base subject, collated."""
    text, is_reply = base_subject(decode_words(header.get(b"subject") or b""))
    return BaseSubject(casemap(text), is_reply)


def first_address(header: Header, name: bytes) -> Address | None:
    """The first address structure that ENVELOPE shows for a field; a group's start is one."""
    for value in header.get_all(name):
        if found := parse_addresses(value, at_most=1):
            return found[0]
    return None


def _mailbox(name: bytes) -> ValueOf:
    """addr-mailbox of the first address."""

    def value(_message: Message, header: Header) -> str:
        address = first_address(header, name)
        return casemap(decode(address.mailbox)) if address and address.mailbox else ""

    return value


def _display(name: bytes) -> ValueOf:
    """addr-name of the first address, or else the address (RFC 5957 §3)."""

    def value(_message: Message, header: Header) -> str:
        address = first_address(header, name)
        if address is None:
            return ""
        if address.name is not None and (shown := decode_words(address.name)):
            return casemap(shown)
        mailbox, host = address.mailbox, address.host
        if mailbox is None:
            return ""
        return casemap(decode(mailbox if host is None else b"%b@%b" % (mailbox, host)))

    return value


WITHOUT_HEADER: dict[str, Callable[[Message], Value]] = {
    "ARRIVAL": arrival,
    "SIZE": lambda message: message.size,
}
"""What needs no file."""

FROM_HEADER: dict[str, ValueOf] = {
    "CC": _mailbox(b"cc"),
    "DATE": sent_date,
    "DISPLAYFROM": _display(b"from"),
    "DISPLAYTO": _display(b"to"),
    "FROM": _mailbox(b"from"),
    "SUBJECT": lambda _message, header: subject_of(header).text,
    "TO": _mailbox(b"to"),
}
