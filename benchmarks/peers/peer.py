"""What every peer has: a name, ports, and a place where its messages end up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from benchmarks.workplace import Child

DOMAIN = "fakemail.test"
PASSWORD = "QWERTYUIOPPOIUYT"


class Peer:
    """A server under measurement. Subclasses start it in `__init__` and set `ports`."""

    name: ClassVar[str]
    lmtp: ClassVar[bool] = False
    """Whether it takes mail by LMTP (RFC 2033) in place of SMTP."""

    child: Child
    ports: dict[str, int]

    @classmethod
    def missing(cls) -> str | None:
        """Why it cannot be measured here, or None."""
        return None

    @property
    def version(self) -> str:
        raise NotImplementedError

    def maildir(self, user: str) -> Path:
        """The Maildir that mail to `user` at `DOMAIN` ends up in."""
        raise NotImplementedError

    def delivered(self, users: list[str]) -> int:
        """How many messages are in place: under their final names, in `new` or `cur`."""
        total = 0
        for folder in {self.maildir(user) for user in users}:
            for sub in ("new", "cur"):
                try:
                    total += len(os.listdir(folder / sub))
                except FileNotFoundError:
                    pass
        return total

    def end(self) -> None:
        self.child.end()


def install_maildir(target: Path, source: Path, owner: tuple[int, int] | None = None) -> None:
    """Hard-link the messages of `source` into `target` as already seen mail, all under one
    Maildir `cur`, and give the whole to `owner`."""
    for sub in ("cur", "new", "tmp"):
        (target / sub).mkdir(parents=True, exist_ok=True)
    for entry in sorted(os.listdir(source)):
        os.link(source / entry, target / "cur" / entry)
    if owner:
        for folder, _, names in os.walk(target):
            os.chown(folder, *owner)
            for name in names:
                os.chown(Path(folder) / name, *owner)
