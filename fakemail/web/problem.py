"""A refusal as HTTP tells it: problem details with the reason's slug (RFC 9457)."""

from __future__ import annotations

from typing import Any

import msgspec

from fakemail.reasons.reason import Reason, Refusal
from fakemail.web.route import Content

MEDIA = "application/problem+json"


class Problem(msgspec.Struct, omit_defaults=True):
    """Why a request was refused."""

    type: str
    """``urn:fakemail:reason:`` and the slug."""

    title: str
    status: int
    detail: str
    """What was wrong with this request."""

    instead: str
    """What to do."""

    slug: str
    """The reason: docs/explanations.md has an entry for each."""


def status_of(reason: Reason) -> int:
    """The status of a reason's answer; of one that is not the API's own, 422."""
    return int(reason.http[:3]) if reason.http else 422


def title_of(reason: Reason) -> str:
    """The title, the same for every occurrence."""
    return reason.http[4:] if reason.http else reason.slug


def problem(refusal: Refusal, headers: dict[str, str] | None = None) -> Content:
    """The answer: the fact `detail` is the problem's; other facts become members of their own."""
    reason = refusal.reason
    facts: dict[str, Any] = dict(refusal.facts)
    detail = facts.pop("detail", reason.because)
    told = Problem(
        f"urn:fakemail:reason:{reason.slug}",
        title_of(reason),
        status_of(reason),
        str(detail),
        reason.instead,
        reason.slug,
    )
    members = facts | msgspec.to_builtins(told)
    order = {name: members[name] for name in msgspec.to_builtins(told)} | members
    return Content(msgspec.json.encode(order), MEDIA, told.status, headers or {})
