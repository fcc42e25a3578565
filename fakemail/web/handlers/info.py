"""What this server is."""

from __future__ import annotations

from typing import Any

import msgspec

from fakemail import __version__
from fakemail.web.openapi import document
from fakemail.web.route import Answer, Call, Route

GROUP = "Server"


class Info(msgspec.Struct):
    """Names in capitals are Mailpit's."""

    Version: str
    LatestVersion: str
    Database: str
    """The folder that holds the mail."""
    DatabaseSize: int
    """Always 0: the mail is files."""
    Messages: int
    Unread: int
    Tags: dict[str, int]
    """Always empty: IMAP keywords are in each message's `Tags`."""
    RuntimeStats: dict[str, int]
    """`Uptime`: seconds since the API was first asked."""
    ports: dict[str, int]
    accounts: str
    """`open`: any address logs in with any code; `listed`: only those of the accounts file."""
    dialect: str
    default_domain: str


def info(call: Call) -> Answer:
    """GET /api/v1/info."""
    office = call.office
    mail = office.mail.fresh()
    return Info(
        Version=f"fakemail {__version__}",
        LatestVersion=f"fakemail {__version__}",
        Database=str(office.post_office.store_folder),
        DatabaseSize=0,
        Messages=len(mail),
        Unread=mail.unread,
        Tags={},
        RuntimeStats={"Uptime": int(office.clock.time() - office.started)},
        ports=dict(office.ports),
        accounts=office.settings.accounts,
        dialect=office.dialect.name,
        default_domain=office.post_office.directory.default_domain,
    )


def openapi(call: Call) -> Answer:
    """GET /api/v1/openapi.json."""
    from fakemail.web.table import ROUTES

    return document(ROUTES)


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/info",
        run=info,
        summary="Version, ports, and how many messages there are",
        group=GROUP,
        answer=Info,
    ),
    Route(
        method="GET",
        path="/api/v1/openapi.json",
        run=openapi,
        summary="This API as an OpenAPI 3.1 document",
        group=GROUP,
        answer=dict[str, Any],
        free=True,
    ),
)
