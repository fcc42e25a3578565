"""Every address of the API: the rows of all groups, in the order of the documentation."""

from __future__ import annotations

from fakemail.web.handlers import (
    accounts,
    deliver,
    dialects,
    events,
    faults,
    greenmail,
    health,
    info,
    mailboxes,
    mailpit,
    message,
    messages,
    page,
    reset,
    sessions,
    settings,
    suspension,
    wait,
)
from fakemail.web.route import Route

ROUTES: tuple[Route, ...] = (
    *info.ROUTES,
    *messages.ROUTES,
    *message.ROUTES,
    *deliver.ROUTES,
    *mailpit.ROUTES,
    *wait.ROUTES,
    *events.ROUTES,
    *sessions.ROUTES,
    *accounts.ROUTES,
    *suspension.ROUTES,
    *mailboxes.ROUTES,
    *dialects.ROUTES,
    *faults.ROUTES,
    *reset.ROUTES,
    *settings.ROUTES,
    *health.ROUTES,
    *greenmail.ROUTES,
    *page.ROUTES,
)
