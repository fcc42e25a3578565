"""GreenMail's own API, for those who move their tests from it: same paths, same field names.

A user's password is an authorization code here, since that is what logs in. Where the login is
another name than the address, it becomes a further address of the account.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from fakemail.accounts.address import NotAnAddress, canonical
from fakemail.accounts.codes import Code, fault_of
from fakemail.message.encoded_word import decode_words
from fakemail.message.header import header_of, unfold
from fakemail.reasons.api import NO_SUCH_MAILBOX
from fakemail.reasons.api_control import ACCOUNT_NOT_CHANGED, NO_SUCH_ACCOUNT, UNUSABLE
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MailboxError, MessageGone
from fakemail.store.names import INBOX
from fakemail.web.handlers.accounts import account_of, editing
from fakemail.web.handlers.mailboxes import home_of
from fakemail.web.handlers.reset import clear, homes
from fakemail.web.route import Call, Route

GROUP = "GreenMail's API"
LABEL = "greenmail"
"""Of the codes of users that this API made."""

PROTOCOLS = {
    "smtp": "smtp",
    "submission": "smtp",
    "submissions": "smtps",
    "smtp-alt": "smtp",
    "pop3": "pop3",
    "pop3s": "pop3s",
    "imap": "imap",
    "imaps": "imaps",
}
"""Listener to what GreenMail calls its protocol."""


class Said(msgspec.Struct):
    """How it went."""

    message: str


class GreenMailUser(msgspec.Struct):
    """Who may log in."""

    login: str
    email: str


class GreenMailUserOrder(msgspec.Struct):
    """Who shall be able to log in."""

    email: Annotated[str, Meta(min_length=1, max_length=320)]
    login: Annotated[str, Meta(max_length=320)]
    password: Annotated[str, Meta(min_length=1, max_length=500)]


class ServerSetup(msgspec.Struct):
    """One port."""

    protocol: str
    address: str
    port: int
    isSecure: bool


class Configuration(msgspec.Struct):
    """How the server was started."""

    defaultHostname: str
    serverSetups: list[ServerSetup]
    authenticationDisabled: bool


class GreenMailMessage(msgspec.Struct):
    """One message, whole."""

    uid: int
    messageId: str
    subject: str
    contentType: str
    mimeMessage: str
    """Octets that are not UTF-8 stand as `\\xNN`."""


def ready(call: Call) -> Said:
    """GET /api/service/readiness."""
    return Said("Service running")


def reset(call: Call) -> Said:
    """POST /api/service/reset: mail, users that the API made, and sessions that have ended."""
    purge(call)
    made = [
        account.address
        for account in call.office.post_office.directory.roster().accounts
        if any(code.label == LABEL for code in account.codes)
    ]
    if made:
        with editing(call.office) as file:
            for address in made:
                file.remove(address)
    call.office.post_office.sessions.forget()
    return Said("Performed reset")


def purge(call: Call) -> Said:
    """POST /api/mail/purge."""
    for home in homes(call.office):
        clear(home)
    return Said("Purged mails")


def users(call: Call) -> list[GreenMailUser]:
    """GET /api/user."""
    accounts = call.office.post_office.directory.roster().accounts
    return [GreenMailUser(account.addresses[-1], account.address) for account in accounts]


def create(call: Call) -> GreenMailUser:
    """POST /api/user."""
    order: GreenMailUserOrder = call.body
    office, domain = call.office, call.office.post_office.directory.default_domain
    if fault := fault_of(order.password):
        raise Refusal(UNUSABLE, detail=f"A password must not be {fault}.")
    try:
        email, login = canonical(order.email, domain), canonical(order.login or order.email, domain)
    except NotAnAddress as error:
        raise Refusal(UNUSABLE, detail=f"An address is wanted: {error}.") from None
    local_part = email.rpartition("@")[0]
    further = [] if login == email or order.login.lower() == local_part else [login]
    created = float(int(office.clock.time()))
    with editing(office) as file:
        name = file.add(email, further=further, password="", switched_off=[])
        file.issue(name, Code(LABEL, order.password, created=created))
    return GreenMailUser(order.login or email, name)


def delete(call: Call) -> Said:
    """DELETE /api/user/{emailOrId}."""
    account = account_of(call.office, call.path["emailOrId"])
    with editing(call.office) as file:
        file.remove(account.address)
    return Said(f"User '{call.path['emailOrId']}' deleted")


def messages(call: Call) -> list[GreenMailMessage]:
    """GET /api/user/{emailOrId}/messages and .../messages/{folderName}."""
    home = home_of(call.office, call.path["emailOrId"])
    try:
        mailbox = home.mailbox(call.path.get("folderName", INBOX))
    except MailboxError:
        raise Refusal(NO_SUCH_MAILBOX) from None
    found = []
    for message in mailbox.messages():
        try:
            found.append(_whole(message.uid, mailbox.read(message.uid)))
        except MessageGone:
            continue
    return found


def _whole(uid: int, octets: bytes) -> GreenMailMessage:
    header = header_of(octets)

    def text(name: bytes) -> str:
        return decode_words(unfold(header.get(name) or b""))

    return GreenMailMessage(
        uid,
        text(b"message-id"),
        text(b"subject"),
        text(b"content-type") or "text/plain",
        octets.decode("utf-8", "backslashreplace"),
    )


def configuration(call: Call) -> Configuration:
    """GET /api/configuration."""
    office = call.office
    setups = [
        ServerSetup(PROTOCOLS[name], "localhost", port, PROTOCOLS[name].endswith("s"))
        for name, port in office.ports.items()
        if name in PROTOCOLS
    ]
    return Configuration(office.settings.host_name, setups, office.settings.accounts == "open")


_WHO = {"emailOrId": "An address of the account, or its login."}

ROUTES = (
    Route(
        method="GET",
        path="/api/service/readiness",
        run=ready,
        summary="200 when the server is ready",
        group=GROUP,
        answer=Said,
        free=True,
    ),
    Route(
        method="POST",
        path="/api/service/reset",
        run=reset,
        summary="Remove mail, users made by this API, and ended sessions",
        group=GROUP,
        answer=Said,
        errors=(ACCOUNT_NOT_CHANGED,),
    ),
    Route(
        method="POST",
        path="/api/mail/purge",
        run=purge,
        summary="Remove all mail",
        group=GROUP,
        answer=Said,
    ),
    Route(
        method="GET",
        path="/api/user",
        run=users,
        summary="The accounts of the accounts file",
        group=GROUP,
        answer=list[GreenMailUser],
    ),
    Route(
        method="POST",
        path="/api/user",
        run=create,
        summary="Create an account whose password is an authorization code",
        group=GROUP,
        answer=GreenMailUser,
        body=GreenMailUserOrder,
        errors=(ACCOUNT_NOT_CHANGED, UNUSABLE),
    ),
    Route(
        method="DELETE",
        path="/api/user/{emailOrId}",
        run=delete,
        summary="Remove an account",
        group=GROUP,
        answer=Said,
        errors=(NO_SUCH_ACCOUNT, ACCOUNT_NOT_CHANGED),
        path_help=_WHO,
    ),
    Route(
        method="GET",
        path="/api/user/{emailOrId}/messages",
        run=messages,
        summary="The messages in INBOX, whole",
        group=GROUP,
        answer=list[GreenMailMessage],
        errors=(NO_SUCH_ACCOUNT,),
        path_help=_WHO,
    ),
    Route(
        method="GET",
        path="/api/user/{emailOrId}/messages/{folderName}",
        run=messages,
        summary="The messages in a mailbox, whole",
        group=GROUP,
        answer=list[GreenMailMessage],
        errors=(NO_SUCH_ACCOUNT, NO_SUCH_MAILBOX),
        path_help={**_WHO, "folderName": "The mailbox; `/` is written `%2F`."},
    ),
    Route(
        method="GET",
        path="/api/configuration",
        run=configuration,
        summary="The ports, as GreenMail tells them",
        group=GROUP,
        answer=Configuration,
    ),
)
