"""What can happen to a mailbox, as told to whoever watches it: always after it is on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Arrived:
    """Messages came in; their UIDs, ascending, each above every UID told before."""

    uids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Expunged:
    """Messages are gone for good."""

    uids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flagged:
    """Flags or keywords of messages changed."""

    uids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """The mailbox has another name now; messages and UIDs are as they were."""

    name: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """The mailbox is gone, or its UIDs lost their meaning (new UIDVALIDITY): close it."""


Change: TypeAlias = Arrived | Expunged | Flagged | Renamed | Deleted
