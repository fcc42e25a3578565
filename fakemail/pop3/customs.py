"""What providers do differently in POP3, where it is more than wording (`dialects/rules.py`)."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable
from hashlib import blake2b

from fakemail.accounts.directory import Login
from fakemail.desk import Desk
from fakemail.dialects.dialect import Dialect
from fakemail.message.envelope import envelope
from fakemail.message.header import body_offset, header_of
from fakemail.store.index import Message
from fakemail.store.mailbox import Mailbox
from fakemail.wire.effects import Pause

Hides = Callable[[Mailbox, Message], bool]
Shape = Callable[[list[str]], list[str]]


def late(dialect: Dialect, rule: str) -> tuple[Pause, ...]:
    """The pause that a rule asks for, if it does."""
    return (Pause(dialect.seconds(rule)),) if dialect.has(rule) else ()


def sent_by_oneself(desk: Desk, login: Login) -> Hides | None:
    """Tells the messages whose From is an address of the account, where these are not shown."""
    if not desk.dialect.has("self_sent_hidden"):
        return None

    def hides(mailbox: Mailbox, message: Message) -> bool:
        head = mailbox.read_head(message.uid)
        for address in envelope(header_of(head[: body_offset(head)])).from_ or ():
            text = b"%b@%b" % (address.mailbox or b"", address.host or b"")
            if desk.directory.owner_may_send(login, text.decode("utf-8", "replace")):
                return True
        return False

    return hides


def shapes(dialect: Dialect) -> Shape | None:
    """Makes unique-ids as long as the provider's, of our own; None: ours are shown.

    The same message has the same one in every session. Short ones may collide: then the later
    message of the two takes another, since unique they have to be (RFC 1939 §7).
    """
    length = dialect.count("uidl_length")
    upper_hex = dialect.has("uidl_upper_hex")
    if not length and not upper_hex:
        return None

    def shape(guids: list[str]) -> list[str]:
        found: dict[str, None] = {}
        for guid in guids:
            attempt = 0
            while (made := unique_id(guid, length or 32, upper_hex, attempt)) in found:
                attempt += 1
            found[made] = None
        return list(found)

    return shape


def unique_id(guid: str, length: int, upper_hex: bool, attempt: int = 0) -> str:
    """Letters and digits, or hexadecimal digits, that stand for `guid`."""
    digits = ""
    block = 0
    while len(digits) < length:
        octets = blake2b(f"{guid} {attempt} {block}".encode()).digest()
        digits += octets.hex().upper() if upper_hex else b32encode(octets).decode().rstrip("=")
        block += 1
    return digits[:length]
