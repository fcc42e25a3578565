"""When a code expires, as people write it and as programs read it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DURATION = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def moment(text: str, now: float) -> float:
    """``2027-03-01``, ``2027-03-01T09:00Z`` or ``30d`` from now as seconds since 1970.

    UTC unless a zone is given. Raises ValueError with a text for people.
    """
    try:
        if duration := _DURATION.fullmatch(text):
            seconds = int(now) + int(duration[1]) * _SECONDS[duration[2]]
        else:
            found = datetime.fromisoformat(text)
            seconds = int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
        told(seconds)  # a moment that no calendar has
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{text!r} is none of 2027-03-01, 2027-03-01T09:00Z, 30d, 12h") from None
    return float(seconds)


def told(seconds: float) -> str:
    """``2027-03-01T09:00:00Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
