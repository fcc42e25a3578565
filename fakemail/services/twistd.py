"""``twistd fakemail``: the same server, daemonized, with Twisted's log and pid file.

    twistd --nodaemon fakemail --ports test
    twistd --reactor=asyncio fakemail           what the line above does by itself

The flags are those of `fakemail serve`. Standard output is not ours here: scripts wait for the
ready file (`fakemail ready --wait`).
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any, ClassVar

from twisted.application.service import Service
from twisted.python import log, usage

from fakemail.config import SettingsError, fields, load
from fakemail.services.daemon import MailService
from fakemail.services.loop import new_loop
from fakemail.services.manners import Manners
from fakemail.services.ready import Ready
from fakemail.services.server import Server


class Options(usage.Options):
    """Every setting as a parameter; a list is separated by commas."""

    synopsis = "[options]"
    optParameters: ClassVar[list[list[str | None]]] = [
        ["config", None, None, "Settings file."],
        *([f.key, None, None, f.help] for f in fields() if not isinstance(f.default, bool)),
    ]

    def postOptions(self) -> None:
        """Settings that cannot be are a usage error."""
        given = {k: v for k, v in self.items() if v is not None and k in _KEYS}
        try:
            self.settings = load(given, os.environ, self["config"])
            Manners(self.settings)
        except SettingsError as error:
            raise usage.UsageError(str(error)) from None


_KEYS = {field.key for field in fields()}


def makeService(options: Options) -> Service:
    """What `twistd` runs."""
    loop = _use_asyncio(options.settings.uvloop)
    return MailService(Server(options.settings), loop, _announce)


def _announce(ready: Ready) -> None:
    log.msg(ready.line)


def _use_asyncio(use_uvloop: bool) -> asyncio.AbstractEventLoop:
    """The loop of the asyncio reactor, which is installed unless one was chosen already; another
    reactor cannot serve."""
    installed: Any = sys.modules.get("twisted.internet.reactor")
    if installed is None:
        from twisted.internet import asyncioreactor

        loop = new_loop(use_uvloop)
        asyncio.set_event_loop(loop)
        asyncioreactor.install(loop)
        return loop
    chosen: asyncio.AbstractEventLoop | None = getattr(installed, "_asyncioEventloop", None)
    if chosen is None:
        raise usage.UsageError("fakemail needs the asyncio reactor: twistd --reactor=asyncio")
    return chosen
