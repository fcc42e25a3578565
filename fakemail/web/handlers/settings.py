"""The settings that are in force."""

from __future__ import annotations

from typing import Any

import msgspec

from fakemail.web.route import Call, Route

GROUP = "Server"
SECRET = frozenset(["api-token"])


class SettingsFacts(msgspec.Struct):
    """Settings by key, as in the settings file; secrets are left out."""

    settings: dict[str, Any]
    ports: dict[str, int]
    """Listener to port number."""


def settings(call: Call) -> SettingsFacts:
    """GET /api/v1/settings."""
    found = msgspec.to_builtins(call.office.settings)
    shown = {key: value for key, value in found.items() if key not in SECRET}
    return SettingsFacts(shown, dict(call.office.ports))


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/settings",
        run=settings,
        summary="The settings that are in force, without secrets",
        group=GROUP,
        answer=SettingsFacts,
    ),
)
