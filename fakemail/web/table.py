"""Every address of the API: the rows of all groups, in the order of the documentation."""

from __future__ import annotations

from fakemail.web.handlers import (
    accounts,
    dialects,
    greenmail,
    health,
    info,
    mailboxes,
    reset,
    sessions,
    settings,
)
from fakemail.web.route import Route

ROUTES: tuple[Route, ...] = (
    *info.ROUTES,
    *sessions.ROUTES,
    *accounts.ROUTES,
    *mailboxes.ROUTES,
    *dialects.ROUTES,
    *reset.ROUTES,
    *settings.ROUTES,
    *health.ROUTES,
    *greenmail.ROUTES,
)
