"""The same accounts, asked by somebody who means another domain where none is said.

One server can be many providers. Who logs in to QQ as ``10001`` means ``10001@qq.com``, and on
another port of the same server ``10001@163.com``.
"""

from __future__ import annotations

from fakemail.accounts.directory import Directory
from fakemail.accounts.roster import Roster
from fakemail.clock import Clock


class Branch(Directory):
    """A directory with the accounts of `main` and a default domain of its own."""

    def __init__(self, main: Directory, domain: str, clock: Clock) -> None:
        super().__init__(None, clock, mode=main.mode, default_domain=domain)
        self._main = main
        self._main_roster: Roster | None = None

    def _current(self) -> Roster:
        found = self._main.roster()
        self.problem = self._main.problem
        if found is not self._main_roster:
            self._main_roster = found
            self._roster = found.seen_from(self.default_domain)
        return self._roster
