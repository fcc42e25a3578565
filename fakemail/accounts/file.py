"""Reads the accounts file: strictly, and with errors that say where, what, and what instead.

    [accounts."alice@fakemail.test"]
    addresses = ["sales@fakemail.test"]       # more addresses, same mailboxes
    password = "what she types into the web page; opens nothing here"
    pop3 = false                              # smtp, pop3, imap: true unless switched off
    suspended = "banned"                      # or "web-login", "policy": the right code is refused

    [[accounts."alice@fakemail.test".codes]]
    code = "UMJLXEIFUZXKOEXK"
    label = "laptop"
    created = 2026-03-01T09:00:00Z
    expires = 2027-03-01                      # first moment of that day, UTC
    revoked = true                            # or since when
    scopes = ["smtp", "imap"]                 # all three unless said

Every key but `code` may be left out. The values of `password` and `code` never stand in an error.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from fakemail.accounts.account import HOLDS, Account, Hold
from fakemail.accounts.address import NotAnAddress, canonical, shown
from fakemail.accounts.codes import SERVICES, Code, Service, fault_of
from fakemail.accounts.roster import Roster


class AccountsFileError(ValueError):
    """The accounts file cannot be used; the text names file, key, value and what is allowed."""


class CodeTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[[accounts."...".codes]]`` as it stands in the file."""

    code: str
    label: str = ""
    created: datetime | None = None
    expires: datetime | None = None
    revoked: datetime | bool = False
    scopes: list[Service] = msgspec.field(default_factory=lambda: list(SERVICES))

    def __repr__(self) -> str:
        return f"CodeTable(label={self.label!r})"


class AccountTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[accounts."..."]`` as it stands in the file."""

    addresses: list[str] = []
    password: str = ""
    smtp: bool = True
    pop3: bool = True
    imap: bool = True
    suspended: Hold | None = None
    codes: list[CodeTable] = []

    def __repr__(self) -> str:
        return f"AccountTable(addresses={self.addresses!r})"


ALLOWED = {
    "accounts": 'tables [accounts."ADDRESS"]',
    "addresses": 'a list of addresses: ["sales@fakemail.test"]',
    "password": "a string",
    "smtp": "true or false",
    "pop3": "true or false",
    "imap": "true or false",
    "suspended": " or ".join(f'"{hold}"' for hold in HOLDS),
    "codes": 'tables [[accounts."ADDRESS".codes]]',
    "code": "a string with at least one character, without control characters",
    "label": "a string, unique within the account",
    "created": "a date or time: 2026-03-01T09:00:00Z",
    "expires": "a date or time: 2027-03-01 or 2027-03-01T09:00:00Z",
    "revoked": "true, false, or a date or time: 2026-03-01T09:00:00Z",
    "scopes": 'a list of at least one of "smtp", "pop3", "imap"',
}
"""What may stand after each key; the keys that are known at all."""

_SECRET = {"code", "codes", "password"}
_PATH = re.compile(r"^(?P<what>.*?)(?: - at `\$?(?P<path>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+)\]")


def parse(octets: bytes, file: str, default_domain: str) -> Roster:
    """The accounts in the octets of a file; `file` is how errors call it.

    Raises AccountsFileError.
    """
    try:
        document = tomllib.loads(octets.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise AccountsFileError(f"{file}: octet {error.start} is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        # The parser's words name line and column, and at most one character or key.
        raise AccountsFileError(f"{file}: not TOML: {error}") from None
    for key in document:
        if key != "accounts":
            raise AccountsFileError(f"{file}: unknown key {shown(key)!r}; known here: 'accounts'")
    tables = document.get("accounts", {})
    if not isinstance(tables, dict):
        raise _error(file, "accounts", tables, "accounts", "wrong type")
    accounts = [_account(file, key, table, default_domain) for key, table in tables.items()]
    try:
        return Roster(accounts, default_domain)
    except ValueError as error:
        raise AccountsFileError(f"{file}: {error}; an address belongs to one account") from None


def _account(file: str, key: str, raw: object, default_domain: str) -> Account:
    where = f'accounts."{shown(key)}"'
    raw = _dates(raw)
    try:
        table = msgspec.convert(raw, AccountTable)
    except msgspec.ValidationError as error:
        raise _translated(file, where, raw, error) from None
    addresses = []
    for number, address in enumerate([key, *table.addresses]):
        try:
            addresses.append(canonical(address, default_domain))
        except NotAnAddress as error:
            place = where if number == 0 else f"{where}.addresses[{number - 1}]"
            raise AccountsFileError(
                f"{file}: {place}: {shown(address)!r} is not an address: {error}"
            ) from None
    codes: dict[str, Code] = {}
    for number, entry in enumerate(table.codes):
        code = _code(file, f"{where}.codes[{number}]", number, entry)
        if code.label in codes:
            raise AccountsFileError(
                f"{file}: {where}.codes[{number}].label = {code.label!r}: an earlier code of this"
                " account has this label; labels tell codes apart"
            )
        codes[code.label] = code
    return Account(
        address=addresses[0],
        further=tuple(dict.fromkeys(a for a in addresses[1:] if a != addresses[0])),
        password=table.password,
        codes=tuple(codes.values()),
        services=frozenset(service for service in SERVICES if getattr(table, service)),
        suspended=table.suspended,
    )


def _code(file: str, where: str, number: int, entry: CodeTable) -> Code:
    fault = fault_of(entry.code)
    if fault:
        raise AccountsFileError(f"{file}: {where}.code is {fault}; allowed: {ALLOWED['code']}")
    if not entry.scopes:
        raise _error(file, f"{where}.scopes", [], "scopes", "empty")
    if not entry.label.isprintable():
        raise _error(file, f"{where}.label", shown(entry.label), "label", "not printable")
    revoked = entry.revoked
    return Code(
        label=entry.label or f"code-{number + 1}",
        secret=entry.code,
        created=entry.created.timestamp() if entry.created else None,
        expires=entry.expires.timestamp() if entry.expires else None,
        revoked=revoked.timestamp() if isinstance(revoked, datetime) else revoked or None,
        scopes=tuple(service for service in SERVICES if service in entry.scopes),
    )


def _dates(value: Any) -> Any:
    """The same tree; dates and times without a zone become moments in UTC."""
    if isinstance(value, dict):
        return {key: _dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_dates(inner) for inner in value]
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else value


def _translated(
    file: str, where: str, raw: Any, error: msgspec.ValidationError
) -> AccountsFileError:
    """msgspec's words, with the place spelled as in the file, the value, and what is allowed."""
    match = _PATH.match(str(error))
    assert match is not None
    what, path = match["what"], match["path"] or ""
    value, last = raw, ""
    for step in _STEP.finditer(path):
        if step["key"]:
            last = step["key"]
            value = value.get(last) if isinstance(value, dict) else None
        elif isinstance(value, list):
            value = value[int(step["index"])]
    unknown = re.search(r"unknown field `(.*)`", what)
    missing = re.search(r"missing required field `(.*)`", what)
    if unknown:
        known = (CodeTable if last == "codes" else AccountTable).__struct_fields__
        return AccountsFileError(
            f"{file}: {where}{path}: unknown key {shown(unknown[1])!r};"
            f" known here: {', '.join(known)}"
        )
    if missing:
        return AccountsFileError(
            f"{file}: {where}{path}: the key {missing[1]!r} is missing;"
            f" it holds {ALLOWED[missing[1]]}"
        )
    return _error(file, where + path, value, last or "accounts", what[:1].lower() + what[1:])


def _error(file: str, place: str, value: object, key: str, what: str) -> AccountsFileError:
    given = "(not shown)" if key in _SECRET else shown(_spelled(value))
    allowed = ALLOWED.get(key, "?")
    return AccountsFileError(f"{file}: {place} = {given}: {what}; allowed: {allowed}")


def _spelled(value: object) -> str:
    """A value roughly as TOML spells it; never what is inside a table, where secrets may be."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{...}"
    if isinstance(value, list):
        return f"[{', '.join(_spelled(inner) for inner in value)}]"
    if isinstance(value, datetime):
        return value.isoformat()
    return f'"{value}"' if isinstance(value, str) else str(value)
