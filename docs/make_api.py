"""Writes docs/api.md from the table of the HTTP API.

    .venv/bin/python docs/make_api.py

A test fails when the page is not what this would write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fakemail.web.openapi import ANY, document, errors_of
from fakemail.web.problem import status_of
from fakemail.web.route import Route
from fakemail.web.table import ROUTES

PAGE = Path(__file__).with_name("api.md")

HEAD = """\
# HTTP API

Port 8025 (11025 with `--ports test`; `http` in the ready line and the ready file), JSON, no
login. The same as an OpenAPI 3.1 document: `/api/v1/openapi.json`. Made by `docs/make_api.py`;
edit the program, not this page.

- **Mailpit's clients work unchanged**: names in capitals are Mailpit's, names in small letters
  are ours; in the body of a request to Mailpit's addresses they may have any case. Differences:
  looking at a message does not mark it as read (it would change what IMAP shows), parts have
  IMAP's numbers, a tag is an IMAP keyword (no spaces), and an unknown parameter of a query is
  refused. Not there, so 404: thumbnails, release, chaos, and the checks of HTML, links and spam.
- **GreenMail's clients work unchanged** too: a user's password is an authorization code. An
  unknown user is 404 where GreenMail says 400.
- **A message that went to three recipients is one message** with three `copies`. Its `ID` stays
  the same for ever; a copy made with IMAP's COPY is a message of its own.
- **Query words** (`/api/v1/search`): `to:` `from:` `cc:` `bcc:` `reply-to:` `addressed:`
  `subject:` `message-id:` `tag:` `is:read` `is:unread` `is:tagged` `has:attachment` `has:inline`
  `larger:10k` `smaller:5m` `before:2026-01-31` `after:`, and ours: `account:` `mailbox:`. `"two
  words"` belong together, also after a word; `-` or `!` in front negates; anything else is looked
  for in addresses, subject, text and file names.
- **Refusals** are `application/problem+json` (RFC 9457): `status`, `title`, `detail`, `instead`
  (what to do), and `slug`, the reason, which [explanations.md](explanations.md) explains.
- **It is frozen**: what is there keeps its name and type, and no request has to have more than it
  has to have now; what is new is added. A test compares it with `tests/web/api-v1.txt`.
- **Who may ask**: programs on this machine. A web page of another site may not: no CORS field is
  sent, a foreign Host or Origin is refused. With `--api-token TOKEN` everybody needs
  `Authorization: Bearer TOKEN` (or the token as the password of Basic); `--no-http` turns all of
  it off.

"""


def page() -> str:
    """The whole page."""
    schemas = document(ROUTES)["components"]["schemas"]
    lines: list[str] = []
    groups = dict.fromkeys(route.group for route in ROUTES)
    for group in groups:
        lines += [f"## {group}", ""]
        for route in ROUTES:
            if route.group == group:
                lines += [*_route(route, schemas), ""]
    lines += [
        "## Every address",
        "",
        "May also answer: "
        + ", ".join(f"`{reason.slug}` ({status_of(reason)})" for reason in ANY)
        + ".",
        "",
    ]
    lines += ["## Types", ""]
    queries = {route.query.__name__ for route in ROUTES}
    for name, schema in sorted(schemas.items()):
        if name not in queries and schema.get("properties"):
            lines += [*_type(name, schema), ""]
    return HEAD + "\n".join(lines).rstrip() + "\n"


def _route(route: Route, schemas: Mapping[str, Any]) -> Iterator[str]:
    yield f"### `{route.method} {route.path}`"
    yield ""
    yield f"{route.summary}."
    yield ""
    for name in route.names:
        yield f"- `{{{name}}}`: {route.path_help.get(name, '')}"
    query = schemas.get(route.query.__name__, {})
    required = query.get("required", ())
    for name, schema in query.get("properties", {}).items():
        told = schema.get("description", "")
        default = schema.get("default")
        more = "required" if name in required else f"default {default}" if default else ""
        yield f"- `?{name}=` {_shown(schema)}{f', {more}' if more else ''}. {told}".rstrip()
    if route.body is not None:
        needed = "" if route.body_needed else ", may be left out"
        name = getattr(route.body, "__name__", str(route.body))
        body = "" if route.body is bytes else f": [{name}](#{name.lower()})"
        yield f"- body ({', '.join(route.takes)}{needed}){body}"
    answer = route.media if route.answer is None else _named(route.answer, schemas)
    yield f"- answers {route.status}: {answer}"
    own = [reason for reason in errors_of(route) if reason in route.errors]
    if own:
        yield "- refuses: " + ", ".join(f"`{r.slug}` ({status_of(r)})" for r in own)


def _named(kind: Any, schemas: Mapping[str, Any]) -> str:
    name = getattr(kind, "__name__", "")
    if name in schemas:
        return f"[{name}](#{name.lower()})"
    return "`" + str(kind).replace("typing.", "") + "`"


def _type(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    if told := schema.get("description"):
        yield f"{' '.join(told.split())}"
        yield ""
    required = schema.get("required", ())
    for field, described in schema["properties"].items():
        optional = "" if field in required else ", optional"
        told = " ".join(described.get("description", "").split())
        yield f"- `{field}` {_shown(described)}{optional}{f'. {told}' if told else ''}"


def _shown(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_shown(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_shown(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_shown(schema['additionalProperties'])}"
    return str(kind)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
