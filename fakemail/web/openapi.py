"""The table of routes as an OpenAPI 3.1 document; nothing in it is written twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from fakemail import __version__
from fakemail.reasons.api import (
    BAD_BODY,
    BAD_QUERY,
    FOREIGN_HOST,
    FOREIGN_ORIGIN,
    INTERNAL,
    STOPPING,
    TOKEN_WANTED,
    TOO_LARGE,
    WRONG_MEDIA_TYPE,
)
from fakemail.reasons.reason import Reason
from fakemail.web.problem import MEDIA, Problem, status_of
from fakemail.web.route import JSON, Route

ANY = (FOREIGN_HOST, FOREIGN_ORIGIN, TOO_LARGE, INTERNAL, STOPPING)
"""What every row may answer."""

_REF = "#/components/schemas/{name}"


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """The whole document."""
    types = [t for r in routes for t in (r.answer, r.body, r.query) if t not in (None, bytes)]
    schemas, components = msgspec.json.schema_components([*types, Problem], ref_template=_REF)
    by_type = {repr(t): schema for t, schema in zip(types, schemas, strict=False)}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(
            route, by_type, components
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fakemail",
            "version": __version__,
            "description": "Messages, accounts and sessions of a fakemail server."
            " Refusals are problem details (RFC 9457) with a `slug`.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def errors_of(route: Route) -> tuple[Reason, ...]:
    """Every reason that a row may refuse for."""
    found = [*route.errors, *ANY, BAD_QUERY]
    if not route.free:
        found.append(TOKEN_WANTED)
    if route.body is not None:
        found += [BAD_BODY, WRONG_MEDIA_TYPE]
    return tuple(dict.fromkeys(found))


def operation_id(route: Route) -> str:
    """``get_message_raw``: the name of a method in a client that is generated."""
    words = re.findall(r"[A-Za-z0-9]+", re.sub(r"^/api/(v1/)?", "", route.path)) or ["page"]
    return "_".join([route.method.lower(), *words])


def _operation(route: Route, by_type: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": operation_id(route),
        "tags": [route.group],
        "summary": route.summary,
    }
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
            "description": route.path_help.get(name, ""),
        }
        for name in route.names
    ]
    parameters += _query(route, components)
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = {
            "required": route.body_needed,
            "content": {
                media: {"schema": by_type[repr(route.body)]} if media == JSON else {}
                for media in route.takes
            },
        }
    operation["responses"] = _responses(route, by_type)
    if route.free:
        operation["security"] = []
    return operation


def _query(route: Route, components: dict[str, Any]) -> list[dict[str, Any]]:
    schema = components.get(route.query.__name__, {})
    required = schema.get("required", ())
    found = []
    for name, described in schema.get("properties", {}).items():
        told = {k: v for k, v in described.items() if k != "description"}
        found.append(
            {
                "name": name,
                "in": "query",
                "required": name in required,
                "description": described.get("description", ""),
                "schema": told,
            }
        )
    return found


def _responses(route: Route, by_type: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {route.media.partition(";")[0]: {}}
    if route.answer is not None:
        content = {JSON: {"schema": by_type[repr(route.answer)]}}
    responses: dict[str, Any] = {str(route.status): {"description": "OK", "content": content}}
    by_status: dict[int, list[Reason]] = {}
    for reason in errors_of(route):
        by_status.setdefault(status_of(reason), []).append(reason)
    for status, reasons in sorted(by_status.items()):
        responses[str(status)] = {
            "description": _sentences(reasons),
            "content": {MEDIA: {"schema": {"$ref": _REF.format(name=Problem.__name__)}}},
        }
    return responses


def _sentences(reasons: Iterable[Reason]) -> str:
    return " ".join(f"`{reason.slug}`: {reason.because}" for reason in reasons)
