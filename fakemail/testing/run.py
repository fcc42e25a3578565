"""From settings to a server: in a thread, or in a process.

The one kind needs the whole server here, the other nearly nothing of it; so each is imported when
it is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakemail.testing.mail import Mail
    from fakemail.testing.shared import SharedServer


@contextmanager
def run(
    data: str | Path | None = None,
    *,
    rules: Iterable[str] = (),
    process: bool = False,
    **settings: object,
) -> Iterator[Mail]:
    """A server for the block: ``with fakemail.run(dialect="qq", accounts="listed") as mail:``.

    `settings` are the settings of ``fakemail serve``; the ports are any free ones unless
    ``ports=`` says otherwise, the data folder is a temporary one unless it is given. The server is
    in a thread of this process, or with `process` in one of its own. Raises SettingsError,
    TypeError for a setting that does not exist, and what the server raises.
    """
    if rules:
        settings["rules"] = tuple(rules)
    server = started(data, process=process, **settings)
    try:
        with server.mail() as mail:
            yield mail
    finally:
        server.stop()


def started(
    data: str | Path | None = None, *, process: bool = False, **settings: object
) -> SharedServer:
    """A server of the one kind or the other, with all its ports open; stop it."""
    if not process:
        from fakemail.testing.local import LocalServer

        return LocalServer(data, **settings).start()
    from fakemail.testing.talk import Child

    child = Child()  # it imports what it needs while we do the same
    from fakemail.testing.process import ProcessServer

    return ProcessServer(data, **settings).start(child)
