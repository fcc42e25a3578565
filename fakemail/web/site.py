"""One request of Twisted's, from its first octet to its answer.

A body is kept up to the limit and then only counted, so that nobody fills the memory; the header
is bounded by Twisted. Handlers that are coroutines run as tasks, which end when their client goes
away. Whatever fails becomes a problem (`problem`), and what failed by our fault is logged.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Sequence
from io import BytesIO
from typing import Any, cast

import msgspec
from twisted.web.http import Request

from fakemail.reasons.api import BAD_METHOD, INTERNAL, NO_SUCH_ADDRESS, STOPPING, TOO_LARGE
from fakemail.reasons.reason import Refusal
from fakemail.web import decode
from fakemail.web.guard import Guard
from fakemail.web.office import Office
from fakemail.web.problem import problem
from fakemail.web.route import JSON, TEXT, Answer, Call, Content, Route, Stream, find

log = logging.getLogger("fakemail")

ENCODED = 2
"""A body may be larger than the largest message by this factor: base64 in JSON."""

FIELDS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " sandbox; frame-ancestors 'self'",
}
"""Sent with everything, unless the answer has its own: what is in a mail cannot run or call home,
should somebody open it in a browser."""


class WebRequest(Request):
    """Twisted's request, handed to the site when it is whole."""

    def __init__(self, channel: Any, site: Site) -> None:
        super().__init__(channel)
        self.site = site
        self.too_large = False
        self._octets = 0

    def gotLength(self, length: int | None) -> None:
        """The header is there; None: the body comes in chunks."""
        self.content = BytesIO()
        self.too_large = length is not None and length > self.site.largest_body

    def handleContentChunk(self, data: bytes) -> None:
        """A piece of the body."""
        self._octets += len(data)
        if self._octets > self.site.largest_body:
            self.too_large = True
            self.content = BytesIO()
        if not self.too_large:
            cast(BytesIO, self.content).write(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """The request is whole; what is in its body is the site's business."""
        self.method, self.uri, self.clientproto = command, path, version
        self.path, _, self.query = path.partition(b"?")
        self.site.answer(self)

    @property
    def fields(self) -> dict[str, str]:
        """The header: names in lower case, the first value of each."""
        return {
            name.decode("latin-1").lower(): values[0].decode("utf-8", "surrogateescape")
            for name, values in self.requestHeaders.getAllRawHeaders()
            if values
        }


class Site:
    """Answers requests by a table of routes (RFC 9110 §9: HEAD is GET without the content)."""

    def __init__(
        self,
        office: Office,
        routes: Sequence[Route],
        guard: Guard,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.office = office
        self.largest_body = office.settings.message_size * ENCODED + 65536
        self._routes = routes
        self._guard = guard
        self._loop = loop
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    def answer(self, request: WebRequest) -> None:
        """Answer now, or start what will."""
        try:
            answer = self._handle(request)
        except Exception as error:
            self._send(request, self._failed(error, request))
            return
        if not (inspect.isawaitable(answer) or isinstance(answer, Stream)):
            self._send(request, answer)
            return
        task = self._loop.create_task(self._later(request, answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        request.notifyFinish().addBoth(lambda _: task.cancel())

    async def stop(self) -> None:
        """Nothing new; those who wait hear that the server stops."""
        self._stopping = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)

    def _handle(self, request: WebRequest) -> Answer | Awaitable[Answer]:
        headers = request.fields
        method = request.method.decode("latin-1")
        path = request.path.decode("latin-1")
        route, values, others = find(self._routes, "GET" if method == "HEAD" else method, path)
        local = getattr(request.getHost(), "host", "")
        self._guard.check(headers, local, free=route is not None and route.free)
        if route is None:
            if others:
                raise Refusal(BAD_METHOD, allowed=others)
            raise Refusal(NO_SUCH_ADDRESS, path=path[:300])
        if request.too_large:
            raise Refusal(TOO_LARGE, octets=self.largest_body)
        if self._stopping:
            raise Refusal(STOPPING)
        query = decode.query_of(route, request.query.decode("latin-1"))
        body = decode.body_of(route, cast(BytesIO, request.content).getvalue(), headers)
        answer = route.run(Call(self.office, values, query, body, headers))
        if isinstance(answer, str | Content | Stream | msgspec.Struct | list | dict):
            return _content(answer, route)
        return _in_time(answer, route)

    async def _later(self, request: WebRequest, answer: Any) -> None:
        try:
            if not isinstance(answer, Stream):
                answer = await answer
            if isinstance(answer, Stream):
                await self._stream(request, answer)
                return
        except asyncio.CancelledError:
            if not self._stopping:
                return
            answer = self._failed(Refusal(STOPPING), request)
        except Exception as error:
            answer = self._failed(error, request)
        self._send(request, answer)

    async def _stream(self, request: WebRequest, stream: Stream) -> None:
        flow = _Flow()
        self._head(request, Content(b"", stream.media), None)
        request.registerProducer(flow, True)
        try:
            request.write(b"")
            async for piece in stream.pieces:
                request.write(piece)
                await flow.free.wait()
        except asyncio.CancelledError:
            pass
        except Exception:
            log.exception("a stream of the HTTP API failed")
        finally:
            close = getattr(stream.pieces, "aclose", None)
            if close is not None:
                await close()
            if not request.finished and not request._disconnected:
                request.unregisterProducer()
                request.finish()

    def _send(self, request: WebRequest, answer: Any) -> None:
        if request.finished or request._disconnected:
            return
        if request.startedWriting:
            request.loseConnection()
            return
        self._head(request, answer, len(answer.octets))
        if request.method != b"HEAD":
            request.write(answer.octets)
        request.finish()

    def _head(self, request: WebRequest, answer: Content, length: int | None) -> None:
        request.setResponseCode(answer.status)
        for name, value in (FIELDS | dict(answer.headers)).items():
            request.setHeader(name, value)
        request.setHeader("Content-Type", answer.media)
        if length is not None:
            request.setHeader("Content-Length", str(length))

    def _failed(self, error: Exception, request: WebRequest) -> Content:
        if isinstance(error, Refusal):
            headers = {}
            if error.reason is BAD_METHOD:
                headers["Allow"] = ", ".join(cast(list[str], error.facts["allowed"]))
            elif error.reason.http and error.reason.http.startswith("401"):
                # Chromium reads the first challenge of a line only
                headers["WWW-Authenticate"] = 'Basic realm="fakemail", Bearer realm="fakemail"'
            return problem(error, headers)
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        return problem(Refusal(INTERNAL))


class _Flow:
    """Whether the client reads as fast as a stream flows (Twisted's push producer)."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.free.set()

    def pauseProducing(self) -> None:
        self.free.clear()

    def resumeProducing(self) -> None:
        self.free.set()

    def stopProducing(self) -> None:
        self.free.set()


async def _in_time(answer: Awaitable[Answer], route: Route) -> Content | Stream:
    return _content(await answer, route)


def _content(answer: Answer, route: Route) -> Content | Stream:
    if isinstance(answer, Content | Stream):
        return answer
    if isinstance(answer, str):
        return Content(answer.encode("utf-8", "replace"), TEXT, route.status)
    return Content(msgspec.json.encode(answer), JSON, route.status)
