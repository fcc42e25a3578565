"""The twins for ``async def`` tests, on whatever asyncio loop the test runs.

Only waiting takes time, so only `wait` really awaits: the loop goes on meanwhile. The others are
one visit in the server's thread, which never waits for the test's loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

from fakemail.testing.match import Pattern
from fakemail.testing.message import Message
from fakemail.testing.session import Session

if TYPE_CHECKING:
    from fakemail.testing.mail import Mail


class AsyncMail:
    """``mail.aio``."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    @overload
    async def wait(
        self,
        *,
        to: Pattern | None = ...,
        subject: Pattern | None = ...,
        sender: Pattern | None = ...,
        text: Pattern | None = ...,
        where: Callable[[Message], object] | None = ...,
        mailbox: str | None = ...,
        count: None = ...,
        timeout: float = ...,
    ) -> Message: ...

    @overload
    async def wait(
        self,
        *,
        to: Pattern | None = ...,
        subject: Pattern | None = ...,
        sender: Pattern | None = ...,
        text: Pattern | None = ...,
        where: Callable[[Message], object] | None = ...,
        mailbox: str | None = ...,
        count: int,
        timeout: float = ...,
    ) -> list[Message]: ...

    async def wait(
        self, *, count: int | None = None, timeout: float = 5.0, **meant: Any
    ) -> Message | list[Message]:
        """`Mail.wait`, awaited."""
        __tracebackhide__ = True
        mail = self._mail
        waiter = mail.enter(mail.match(**meant), count)
        future = asyncio.wrap_future(waiter.future)
        try:
            await asyncio.wait([future], timeout=timeout)
        finally:
            mail.leave(waiter)
            future.cancel()
        return mail.answer(waiter, count, timeout)

    async def find(self, **meant: Any) -> list[Message]:
        """`Mail.find`."""
        return self._mail.find(**meant)

    async def deliver(self, *source: Any, **how: Any) -> Message:
        """`Mail.deliver`."""
        return self._mail.deliver(*source, **how)

    async def messages(self) -> list[Message]:
        """`Mail.messages`."""
        return self._mail.messages

    async def sessions(self) -> list[Session]:
        """`Mail.sessions`."""
        return self._mail.sessions
