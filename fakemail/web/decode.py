"""From the octets of a request to the objects that a row asks for; whatever is wrong is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin
from urllib.parse import parse_qsl

import msgspec

from fakemail.reasons.api import BAD_BODY, BAD_QUERY, WRONG_MEDIA_TYPE
from fakemail.reasons.reason import Refusal
from fakemail.web.route import JSON, Route


def query_of(route: Route, text: str) -> Any:
    """The parameters behind the ``?``, as the row's object. Raises Refusal(api.bad-query)."""
    fields = {f.encode_name: f for f in msgspec.structs.fields(route.query)}
    allowed = sorted(fields)
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise Refusal(BAD_QUERY, detail=f"The query cannot be read: {error}.") from None
    values: dict[str, Any] = {}
    for name, value in pairs:
        field = fields.get(name)
        if field is None:
            detail = f"There is no parameter {name[:100]!r} here."
            raise Refusal(BAD_QUERY, detail=detail, parameter=name[:100], allowed=allowed)
        if _is_list(field.type):
            values.setdefault(name, []).append(value)
        elif name in values:
            raise Refusal(BAD_QUERY, detail=f"{name} is given twice.", allowed=allowed)
        else:
            values[name] = value
    try:
        return msgspec.convert(values, route.query, strict=False)
    except msgspec.ValidationError as error:
        raise Refusal(BAD_QUERY, detail=f"{error}.", allowed=allowed) from None


def body_of(route: Route, octets: bytes, headers: Mapping[str, str]) -> Any:
    """The body as the row wants it. Raises Refusal(api.bad-body, api.wrong-media-type)."""
    if route.body is None or (not octets and not route.body_needed):
        return None
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if JSON not in route.takes or media not in ("", JSON):
        if media and media not in route.takes and not _is_sloppy(media, route):
            raise Refusal(WRONG_MEDIA_TYPE, given=media[:100], allowed=list(route.takes))
        if media in route.takes or JSON not in route.takes:
            return octets
    if route.body is bytes:
        return octets
    try:
        if route.any_case:
            return msgspec.convert(_spelled(msgspec.json.decode(octets), route.body), route.body)
        return msgspec.json.decode(octets, type=route.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(BAD_BODY, detail=f"{error}.") from None


def _spelled(value: Any, type_: Any) -> Any:
    """A JSON value with the names of its objects as the type has them, whatever their case.

    Of two that differ in nothing else, the one that is spelled right counts.
    """
    if get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    if isinstance(value, list) and get_origin(type_) is list:
        return [_spelled(each, get_args(type_)[0]) for each in value]
    if not isinstance(value, dict) or not isinstance(type_, type(msgspec.Struct)):
        return value
    fields = {field.encode_name.lower(): field for field in msgspec.structs.fields(type_)}
    found: dict[str, Any] = {}
    for name, each in value.items():
        field = fields.get(name.lower())
        if field is None or name == field.encode_name or field.encode_name not in value:
            right = name if field is None else field.encode_name
            found[right] = each if field is None else _spelled(each, field.type)
    return found


def _is_list(type_: Any) -> bool:
    """Whether a parameter may be given several times."""
    if get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    return get_origin(type_) in (list, tuple)


def _is_sloppy(media: str, route: Route) -> bool:
    """``curl -d`` says it sends a form; whoever reads JSON looks at the octets instead."""
    return media == "application/x-www-form-urlencoded" and JSON in route.takes
