"""Every address of the API: the rows of all groups, in the order of the documentation."""

from __future__ import annotations

from fakemail.web.handlers import info
from fakemail.web.route import Route

ROUTES: tuple[Route, ...] = (*info.ROUTES,)
