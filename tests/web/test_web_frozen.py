"""The HTTP API is frozen: what `api-v1.txt` has stays as it is, and nobody has to send more than
before. What is new is added to it:

    .venv/bin/python tests/web/test_web_frozen.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fakemail.web.openapi import document
from fakemail.web.table import ROUTES

KEPT = Path(__file__).with_name("api-v1.txt")
MUST = "must have"


def lines(api: Mapping[str, Any]) -> Iterator[str]:
    """All that a client may rely on, and all that it must send, a line each."""
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            place = f"{method.upper()} {path}"
            yield place
            for each in operation.get("parameters", ()):
                yield f"{place} takes {each['in']} {each['name']}: {kind(each['schema'])}"
                if each.get("required"):
                    yield f"{place} {MUST} {each['in']} {each['name']}"
            body = operation.get("requestBody", {})
            for media, content in body.get("content", {}).items():
                yield f"{place} takes {media}: {kind(content.get('schema', {}))}"
            if body.get("required"):
                yield f"{place} {MUST} a body"
            for status, answer in operation["responses"].items():
                for media, content in answer.get("content", {"nothing": {}}).items():
                    yield f"{place} answers {status} {media}: {kind(content.get('schema', {}))}"
    sent = set(sent_by_clients(api))
    for name, schema in api["components"]["schemas"].items():
        for field, value in schema.get("properties", {}).items():
            yield f"{name}.{field}: {kind(value)}"
        if name in sent:
            yield from (f"{name} {MUST} {field}" for field in schema.get("required", ()))


def kind(schema: Mapping[str, Any]) -> str:
    """Its type in one word or a few; names of other schemas as they are."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " | ".join(sorted(map(kind, schema[several])))
    if "enum" in schema:
        return " | ".join(sorted(map(repr, schema["enum"])))
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    more = schema.get("additionalProperties")
    if isinstance(more, Mapping):
        return f"map to {kind(more)}"
    return str(schema.get("type", "anything"))


def sent_by_clients(api: Mapping[str, Any]) -> Iterator[str]:
    """The schemas of what is in bodies of requests."""
    left = [
        content.get("schema", {})
        for operations in api["paths"].values()
        for operation in operations.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
    ]
    seen: set[str] = set()
    while left:
        found = left.pop()
        if isinstance(found, Mapping):
            if "$ref" in found:
                name = str(found["$ref"]).rpartition("/")[2]
                if name not in seen:
                    seen.add(name)
                    left.append(api["components"]["schemas"][name])
            left += found.values()
        elif isinstance(found, list):
            left += found
    yield from sorted(seen)


def test_nothing_of_it_is_gone_or_another():
    kept = KEPT.read_text(encoding="utf-8").splitlines()
    now = set(lines(document(ROUTES)))
    assert len(kept) > 500
    assert [line for line in kept if line not in now and f" {MUST} " not in line] == []


def test_nobody_has_to_send_more():
    kept = set(KEPT.read_text(encoding="utf-8").splitlines())
    known = {line.partition(end)[0] for line in kept for end in (" takes ", ".")} | kept
    more = [
        line
        for line in lines(document(ROUTES))
        if f" {MUST} " in line and line not in kept and line.split(f" {MUST} ")[0] in known
    ]
    assert more == []


def test_what_is_new_is_kept_too():
    kept = KEPT.read_text(encoding="utf-8").splitlines()
    assert sorted(set(lines(document(ROUTES)))) == sorted(kept), "run: python " + __file__


if __name__ == "__main__":
    before = KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else []
    with KEPT.open("w", encoding="utf-8") as file:
        stays = {line for line in before if f" {MUST} " not in line}
        file.writelines(f"{line}\n" for line in sorted(stays | set(lines(document(ROUTES)))))
