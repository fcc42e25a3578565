"""Messages as the API shows them.

Names in capitals are Mailpit's, so that its clients work; those in small letters are ours.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Address(msgspec.Struct):
    """One address of a header."""

    Name: str
    Address: str


class Place(msgspec.Struct):
    """One copy of a message."""

    account: str
    mailbox: str
    uid: int
    flags: list[str]
    """IMAP flags and keywords."""


class Summary(msgspec.Struct, kw_only=True):
    """One message of a list."""

    ID: str
    """The same for ever: it is made of the message's name in the store."""
    MessageID: str
    """Without angle brackets."""
    Read: bool
    """Whether every copy has the flag `\\Seen`."""
    From: Address
    To: list[Address]
    Cc: list[Address]
    Bcc: list[Address]
    """Of the header, and accounts that got the message though no header names them."""
    ReplyTo: list[Address]
    Subject: str
    Created: str
    """When it arrived (IMAP's INTERNALDATE), ISO 8601 in UTC."""
    Tags: list[str]
    """IMAP keywords."""
    Size: int
    """Octets."""
    Attachments: int
    Snippet: str
    """The beginning of the text, at most 250 characters."""
    copies: list[Place]
    """The mailboxes in which it lies."""


class Messages(msgspec.Struct, kw_only=True):
    """A page of a list, the newest first."""

    total: int
    """Messages on the server."""
    unread: int
    count: int
    """Messages in this answer."""
    messages_count: int
    """Messages that match."""
    messages_unread: int
    """Of those, unread ones."""
    start: int
    tags: list[str]
    """Always empty; each message has its `Tags`."""
    messages: list[Summary]


class Checksums(msgspec.Struct):
    """Of a file's content, in hexadecimal."""

    MD5: str
    SHA1: str
    SHA256: str


class File(msgspec.Struct):
    """An attachment, or an inline part."""

    PartID: str
    """`/api/v1/message/{id}/part/{PartID}`; IMAP's number of the part."""
    FileName: str
    ContentType: str
    ContentID: str
    Size: int
    Checksums: Checksums


class Unsubscribe(msgspec.Struct):
    """List-Unsubscribe (RFC 2369)."""

    Header: str
    HeaderPost: str
    Links: list[str]
    Errors: str


class Node(msgspec.Struct):
    """One part of the message's structure."""

    PartID: str
    type: str
    size: int
    """Octets, still encoded."""
    file_name: str
    parts: list[dict[str, Any]]
    """Its parts, as this one."""


class Message(msgspec.Struct, kw_only=True):
    """One message."""

    ID: str
    MessageID: str
    From: Address
    To: list[Address]
    Cc: list[Address]
    Bcc: list[Address]
    ReplyTo: list[Address]
    ReturnPath: str
    Subject: str
    ListUnsubscribe: Unsubscribe
    Date: str
    """Of the Date field, else when it arrived; ISO 8601 in UTC."""
    Tags: list[str]
    Text: str
    HTML: str
    Size: int
    Inline: list[File]
    Attachments: list[File]
    links: list[str]
    """http(s) addresses in text and HTML, in order, each once."""
    codes: list[str]
    """One-time codes found in it, the likeliest first."""
    structure: Node
    created: str
    copies: list[Place]
