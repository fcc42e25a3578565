"""Settings: where they come from, what is allowed, and which one wins.

One setting has one name in three spellings: flag ``--host-name``, environment variable
``FAKEMAIL_HOST_NAME``, key ``host-name`` in the settings file (TOML). A flag wins over the
environment, the environment over the file, the file over the default. A value that is not allowed
stops the start and is named with its place; nothing is guessed. A variable that is empty is not
set: compose files and CI systems pass on variables that nobody gave a value.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from fakemail.dialects.dialect import GENERIC
from fakemail.dialects.rules import RuleError, by_hand
from fakemail.settings import MAIL_LISTENERS, Settings
from fakemail.wire.nearest import nearest

__all__ = [
    "FILE_NAME",
    "Field",
    "NoDialect",
    "Settings",
    "SettingsError",
    "default_data",
    "dialect_named",
    "fields",
    "load",
    "misspelt",
]

FILE_NAME = "fakemail.toml"

_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*")
_SEPARATORS = {"rule": r"\s+", "fault": r"\s*[;\n]\s*"}
"""Of the values in one text; of the other lists: commas or spaces."""
_TRUTH = {"1": True, "true": True, "yes": True, "on": True}
_TRUTH |= {"0": False, "false": False, "no": False, "off": False}


class SettingsError(Exception):
    """A setting that cannot be; the message names place, key, value and what is allowed."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting, for whoever lists them: the command line, the documentation."""

    key: str
    type: Any
    default: Any
    help: str
    group: str
    allowed: str

    @property
    def is_list(self) -> bool:
        """Whether it may be given several times."""
        return isinstance(self.default, tuple)

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that are allowed, where only words of a list are."""
        kind = self.type.__origin__
        return get_args(kind) if get_origin(kind) is Literal else ()

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return "FAKEMAIL_" + self.key.upper().replace("-", "_")


def fields() -> Iterator[Field]:
    """All settings in the order of the class."""
    for field in msgspec.structs.fields(Settings):
        meta = next(m for m in field.type.__metadata__ if isinstance(m, Meta))
        extra = meta.extra or {}
        yield Field(
            field.encode_name,
            field.type,
            field.default,
            meta.description or "",
            extra["group"],
            extra["allowed"],
        )


def default_data() -> str:
    """Where mail is kept unless --data says otherwise."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return str(Path(state) / "fakemail")


def load(
    flags: Mapping[str, object],
    environ: Mapping[str, str],
    config: str | None = None,
    *,
    flag: str = "flag --",
) -> Settings:
    """The settings from all four places.

    `flags` by key, only those that were given, called `flag` in errors; `config` is the settings
    file, else ``FAKEMAIL_CONFIG``, else ``fakemail.toml`` in the data folder if there is one.
    Raises SettingsError.
    """
    known = {field.key: field for field in fields()}
    values: dict[str, Any] = {}
    for field in known.values():
        if given := environ.get(field.variable):
            where = f"environment variable {field.variable}"
            values[field.key] = _checked(field, given, where, text=True)
    for key, value in flags.items():
        values[key] = _checked(known[key], value, f"{flag}{key}", text=True)
    data = values.get("data") or default_data()
    named = config or environ.get("FAKEMAIL_CONFIG")
    path = Path(named) if named else Path(data) / FILE_NAME
    from_file = _read(path, known, must_exist=bool(named))
    values = {"data": data} | from_file | values
    for key in ("data", "ready-file"):  # a daemon changes its folder
        if values.get(key):
            values[key] = str(Path(values[key]).expanduser().absolute())
    settings: Settings = msgspec.convert(values, Settings)
    _check_ports_differ(settings)
    return settings


def misspelt(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Variables that are nearly a setting's, each with the one that was probably meant.

    Only where a word is wrong: ``FAKEMAIL_SMTP_HOST`` is made of words of ours, and is a good name
    for where a program finds its server. Such programs may share our environment.
    """
    known = {field.variable for field in fields()} | {"FAKEMAIL_CONFIG"}
    words = {word for variable in known for word in variable.split("_")}
    for name, value in environ.items():
        if value and name.startswith("FAKEMAIL_") and not words.issuperset(name.split("_")):
            bare = {variable.removeprefix("FAKEMAIL_"): variable for variable in known}
            if meant := nearest(name.removeprefix("FAKEMAIL_"), bare, likeness=0.8):
                yield name, bare[meant]


def _read(path: Path, known: Mapping[str, Field], must_exist: bool) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        if must_exist:
            raise SettingsError(f"settings file {path}: there is no such file") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, PermissionError) and not (
            must_exist or os.access(path.parent, os.X_OK)
        ):
            raise SettingsError(
                f"data folder {path.parent} cannot be used: permission denied.\n"
                "Name another with --data."
            ) from None
        raise SettingsError(f"settings file {path} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"settings file {path} is not TOML: {error}") from None
    values = {}
    for key, value in table.items():
        if key not in known:
            meant = nearest(key, known, likeness=0.8)
            but = f"did you mean {meant}?" if meant else f"allowed are {', '.join(known)}"
            raise SettingsError(f"settings file {path}: unknown key {key!r}; {but}")
        values[key] = _checked(known[key], value, f"settings file {path}", text=False)
    return values


def _checked(field: Field, value: Any, where: str, *, text: bool) -> Any:
    """The value in its own type, or a SettingsError that says where and what is allowed."""
    given = value
    try:
        if field.is_list:
            parts = [value] if isinstance(value, str) else value
            if isinstance(value, str) or field.key == "provider":
                separator = _SEPARATORS.get(field.key, r"[,\s]+")
                parts = [each for part in parts for each in re.split(separator, part) if each]
            value = parts
        elif text and isinstance(field.default, bool) and isinstance(value, str):
            value = _TRUTH[value.lower()]
        converted = msgspec.convert(value, field.type, strict=not text)
        converted = _check(field.key, converted)
    except (NoDialect, NoFault, RuleError) as error:
        shown = given if isinstance(given, str) else ", ".join(map(str, given))
        raise SettingsError(f"{where}: {field.key} = {shown}: {error}") from None
    except (msgspec.ValidationError, ValueError, KeyError):
        raise SettingsError(
            f"{where}: {field.key} = {given!r} is not allowed; allowed: {field.allowed}"
        ) from None
    return converted


def _check(key: str, value: Any) -> Any:
    """What a type cannot say: ValueError; the value, files of dialects named from the root."""
    if key == "listen":
        for address in value:
            if address != "localhost":
                ipaddress.ip_address(address.strip("[]"))
    elif key == "tls-name":
        for name in value:
            if not _is_name(name.removeprefix("*.")):
                ipaddress.ip_address(name)
    elif key in ("host-name", "default-domain") and not _is_name(value):
        raise ValueError(value)
    elif key == "rule":
        for setting in value:
            by_hand(setting)
    elif key == "fault":
        _check_faults(value)
    elif key == "dialect":
        return dialect_named(value)
    elif key == "provider":
        return tuple(dialect_named(name) for name in value)
    elif key == "listener-dialect":
        pairs = [setting.partition("=") for setting in value]
        if any(listener not in MAIL_LISTENERS or not name for listener, _, name in pairs):
            raise ValueError(value)
        return tuple(f"{listener}={dialect_named(name)}" for listener, _, name in pairs)
    return value


class NoFault(ValueError):
    """Why a fault says nothing, for people."""


def _check_faults(sentences: Iterable[str]) -> None:
    from fakemail.faults.fault import FaultError, fault  # for those who plan some

    for sentence in sentences:
        try:
            fault(sentence)
        except FaultError as error:
            raise NoFault(str(error).removeprefix(f"{sentence}: ")) from None


class NoDialect(ValueError):
    """Why a dialect cannot be loaded, for people."""


def dialect_named(name: str) -> str:
    """The same name, a file's path made absolute, of a dialect that can be loaded; NoDialect."""
    if name == GENERIC.name:
        return name
    from fakemail.dialects import load  # 20 ms, for those who want one

    path, at, year = name.partition(".toml@") if ".toml@" in name else (name, "", "")
    try:
        if at or path.endswith(".toml"):
            file = Path(path + (".toml" if at else "")).expanduser().absolute()
            name = load.add(str(file), file.read_bytes()) + (f"@{year}" if at else "")
        load.load(name)
    except OSError as error:
        raise NoDialect(f"{error.filename}: {error.strerror}") from None
    except load.DialectError as error:
        raise NoDialect(error) from None
    return name


def _is_name(value: str) -> bool:
    return len(value) <= 253 and _NAME.fullmatch(value) is not None


def _check_ports_differ(settings: Settings) -> None:
    taken: dict[int, str] = {}
    for name, number in settings.fixed_ports.items():
        if number and number in taken:
            raise SettingsError(
                f"{name}-port = {number} is not allowed; allowed: a port that is not"
                f" {taken[number]}-port too"
            )
        taken[number] = name
