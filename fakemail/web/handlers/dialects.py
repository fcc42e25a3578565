"""The providers whose manners fakemail has, and the rules of conduct that tell them apart."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from fakemail.accounts.address import shown
from fakemail.config import SettingsError
from fakemail.dialects.find import by_domain
from fakemail.dialects.load import DialectError
from fakemail.dialects.names import GENERIC_NAME, names
from fakemail.dialects.rules import RULES, RuleError
from fakemail.reasons.api_control import NO_SUCH_DIALECT, UNUSABLE
from fakemail.reasons.reason import Refusal
from fakemail.web.route import Call, Route

GROUP = "Dialects"


class DialectList(msgspec.Struct):
    """The dialects that fakemail brings along."""

    dialects: list[str]
    default: str
    """The one of sessions of which nothing else is known."""
    providers: list[str]
    """Those that have an address of their own (`--provider`)."""


class DialectFacts(msgspec.Struct):
    """Everything that is known of a provider, each fact with where it is from."""

    name: str
    summary: str
    files: list[dict[str, Any]]
    """Its own facts, then those of the dialects that it inherits from."""
    aside: dict[str, Any]
    """What was seen and is not spoken."""


class RuleFacts(msgspec.Struct):
    """A rule of conduct."""

    name: str
    room: str
    """Who obeys it: `smtp`, `pop3`, `imap`, `services`, `accounts`, `store`."""
    does: str
    kind: str
    wants: str
    """What a value has to be."""
    default: Any


class RuleList(msgspec.Struct):
    """All rules of conduct."""

    rules: list[RuleFacts]


class Speech(msgspec.Struct, forbid_unknown_fields=True):
    """How the server speaks with sessions of which nothing else is known."""

    dialect: Annotated[str, Meta(min_length=1, max_length=100)] = GENERIC_NAME
    """`qq`, `qq@2017`."""
    rules: list[Annotated[str, Meta(max_length=200)]] = []
    """Rules of conduct on top of any dialect: `greeting_delay=1`, `no-auth_before_tls`."""


def speech(call: Call) -> Speech:
    """GET /api/v1/dialect."""
    return Speech(call.office.dialect.name, list(call.office.rules))


def speak(call: Call) -> Speech:
    """PUT /api/v1/dialect."""
    order: Speech = call.body
    if order.dialect.partition("@")[0] not in names():  # a file is for who starts the server
        there = f"There is no dialect {shown(order.dialect)!r}; there are {', '.join(names())}."
        raise Refusal(UNUSABLE, detail=there)
    try:
        call.office.speak(order.dialect, order.rules)
    except (DialectError, RuleError, SettingsError) as error:
        raise Refusal(UNUSABLE, detail=str(error)) from None
    return speech(call)


def listed(call: Call) -> DialectList:
    """GET /api/v1/dialects."""
    office = call.office
    return DialectList(list(names()), office.dialect.name, list(office.settings.provider))


def one(call: Call) -> DialectFacts:
    """GET /api/v1/dialects/{name}, by name or by a domain of the provider."""
    from fakemail.dialects.describe import as_object

    wanted = call.path["name"]
    name = wanted if wanted.partition("@")[0] in names() else by_domain(wanted)
    if name is None:
        raise Refusal(NO_SUCH_DIALECT)
    try:
        return msgspec.convert(as_object(name), DialectFacts)
    except DialectError as error:
        raise Refusal(NO_SUCH_DIALECT, detail=str(error)) from None


def rules(call: Call) -> RuleList:
    """GET /api/v1/rules."""
    return RuleList(
        [
            RuleFacts(rule.name, rule.room, rule.does, rule.kind, rule.wants, rule.default)
            for rule in RULES.values()
        ]
    )


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/dialects",
        run=listed,
        summary="The dialects there are, and the one that is spoken",
        group=GROUP,
        answer=DialectList,
    ),
    Route(
        method="GET",
        path="/api/v1/dialects/{name}",
        run=one,
        summary="What is known of a provider, with sources",
        group=GROUP,
        answer=DialectFacts,
        errors=(NO_SUCH_DIALECT,),
        path_help={"name": "`qq`, `qq@2017`, or a domain: `qq.com`."},
    ),
    Route(
        method="GET",
        path="/api/v1/dialect",
        run=speech,
        summary="The dialect that is spoken, and the rules on top of it",
        group=GROUP,
        answer=Speech,
    ),
    Route(
        method="PUT",
        path="/api/v1/dialect",
        run=speak,
        summary="Speak another dialect from the next session on",
        group=GROUP,
        answer=Speech,
        body=Speech,
        errors=(UNUSABLE,),
    ),
    Route(
        method="GET",
        path="/api/v1/rules",
        run=rules,
        summary="Every rule of conduct that a dialect can have",
        group=GROUP,
        answer=RuleList,
    ),
)
