"""One address of the API: a row that says all there is to know about it.

The site routes by it, the OpenAPI document and docs/api.md are made from it, and a test asks each
row what it says it does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from urllib.parse import unquote

import msgspec

from fakemail.reasons.reason import Reason
from fakemail.web.office import Office

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, decoded: what a handler is given."""

    office: Office
    path: Mapping[str, str]
    """The values of the ``{names}`` of the row's path."""

    query: Any
    """An object of the row's `query`."""

    body: Any
    """An object of the row's `body`; octets where that is `bytes`; None where there is none."""

    headers: Mapping[str, str]
    """Names in lower case; the first value of each."""

    @property
    def media(self) -> str:
        """The media type of the body, in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Content:
    """An answer that is not JSON, or has a status or header fields of its own."""

    octets: bytes
    media: str = TEXT
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer in pieces; the iterator is closed when the client goes, or the server stops."""

    pieces: AsyncIterator[bytes]
    media: str


Answer: TypeAlias = Content | Stream | msgspec.Struct | list[Any] | dict[str, Any] | str
"""A struct, list or dictionary is sent as JSON, a text as a text."""

Handler: TypeAlias = Callable[[Call], Answer | Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A row of the table."""

    method: Method
    path: str
    """``/api/v1/message/{id}/part/{part}``, ``/view/{id}.html``."""

    run: Handler
    """A plain function, or a coroutine function where it waits or works long."""

    summary: str
    """One line."""

    group: str
    """Under which heading it is documented."""

    answer: Any = None
    """The type of a JSON answer; None: `media` says what it is."""

    media: str = JSON
    query: type[msgspec.Struct] = Nothing
    body: Any = None
    """The type of a JSON body; `bytes`: any body of one of the types in `takes`."""

    takes: tuple[str, ...] = (JSON,)
    """Media types of a body; one that is not JSON is handed over as octets."""

    any_case: bool = False
    """Names in a JSON body may have any case, as Go's JSON reads them, and so Mailpit."""

    body_needed: bool = True
    """Whether a body must be there."""

    errors: tuple[Reason, ...] = ()
    """What it refuses, besides what every row may."""

    status: int = 200
    free: bool = False
    """Answered without a token."""

    path_help: Mapping[str, str] = field(default_factory=dict)
    """What each ``{name}`` of the path is."""

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """The values of the ``{names}`` if this is the row for a path; None if it is not."""
        own = self.path.split("/")
        if len(own) != len(segments):
            return None
        found = {}
        for mine, theirs in zip(own, segments, strict=True):
            if mine.startswith("{"):
                name, _, suffix = mine[1:].partition("}")
                value = theirs.removesuffix(suffix)
                if not value or value + suffix != theirs:
                    return None
                found[name] = value
            elif mine != theirs:
                return None
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """The ``{names}`` of the path."""
        parts = self.path.split("/")
        return tuple(part[1:].partition("}")[0] for part in parts if part.startswith("{"))


def find(
    routes: Iterable[Route], method: str, path: str
) -> tuple[Route | None, dict[str, str], list[str]]:
    """The row for a request and its path values; else the methods that the path does take.

    A path that is written out stands above one with ``{names}``.
    """
    segments = tuple(unquote(part) for part in path.split("/"))
    best: tuple[int, Route, dict[str, str]] | None = None
    methods = []
    for route in routes:
        values = route.match(segments)
        if values is None:
            continue
        methods.append(route.method)
        if route.method == method and (best is None or len(values) < best[0]):
            best = len(values), route, values
    if best is None:
        return None, {}, sorted(set(methods))
    return best[1], best[2], []
