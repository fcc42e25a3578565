"""Settings: where they come from, what is allowed, and which one wins.

One setting has one name in three spellings: flag ``--host-name``, environment variable
``FAKEMAIL_HOST_NAME``, key ``host-name`` in the settings file (TOML). A flag wins over the
environment, the environment over the file, the file over the default. A value that is not allowed
stops the start and is named with its place; nothing is guessed.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from fakemail.dialects.dialect import GENERIC
from fakemail.dialects.rules import RuleError, by_hand

FILE_NAME = "fakemail.toml"
PORT_KEYS = (
    *("smtp-port", "submission-port", "submissions-port", "smtp-alt-port"),
    *("pop3-port", "pop3s-port", "imap-port", "imaps-port"),
)
_LISTENERS = tuple(key.removesuffix("-port") for key in PORT_KEYS)

_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*")
_TRUTH = {"1": True, "true": True, "yes": True, "on": True}
_TRUTH |= {"0": False, "false": False, "no": False, "off": False}

_A_PORT = "a number from 1 to 65535, or 0 for any free port"
_SECONDS = "a number of seconds above 0"

Port = Annotated[int, Meta(ge=0, le=65535)]


class SettingsError(Exception):
    """A setting that cannot be; the message names place, key, value and what is allowed."""


def _about(group: str, allowed: str, help_: str, **bounds: Any) -> Meta:
    return Meta(description=help_, extra={"group": group, "allowed": allowed}, **bounds)


def _port(name: str, note: str) -> Meta:
    return _about("ports", _A_PORT, f"{name} port {note}.")


def _seconds(help_: str) -> Meta:
    return _about("limits", _SECONDS, help_, gt=0)


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """Everything that can be set, with its default."""

    data: Annotated[
        str,
        _about(
            "files",
            "a folder",
            "Data folder: mail, accounts, certificates, transcripts."
            " Default: $XDG_STATE_HOME/fakemail.",
            min_length=1,
        ),
    ] = ""
    ready_file: Annotated[
        str | None,
        _about("files", "a file name", "Write ports, pid and CA file here (JSON) when ready."),
    ] = None

    ports: Annotated[
        Literal["auto", "standard", "test", "ephemeral"],
        _about(
            "ports",
            "auto, standard, test or ephemeral",
            "standard: 25, 587, ...; test: the standard number + 3000; auto: standard if all of"
            " them can be had, else test; ephemeral: any free ports.",
        ),
    ] = "auto"
    smtp_port: Annotated[Port | None, _port("SMTP", "(25), takes mail for anybody")] = None
    submission_port: Annotated[Port | None, _port("Submission", "(587), wants a login")] = None
    submissions_port: Annotated[Port | None, _port("Submission over TLS", "(465)")] = None
    smtp_alt_port: Annotated[Port | None, _port("Alternative submission", "(2525)")] = None
    pop3_port: Annotated[Port | None, _port("POP3", "(110)")] = None
    pop3s_port: Annotated[Port | None, _port("POP3 over TLS", "(995)")] = None
    imap_port: Annotated[Port | None, _port("IMAP", "(143)")] = None
    imaps_port: Annotated[Port | None, _port("IMAP over TLS", "(993)")] = None
    listen: Annotated[
        tuple[str, ...],
        _about(
            "ports",
            "IP addresses of this machine, or localhost",
            "Address to listen on (repeat for several). Default: loopback only, IPv4 and IPv6;"
            " 0.0.0.0 and :: open it to the network.",
        ),
    ] = ()

    host_name: Annotated[
        str,
        _about("names", "a host name", "What the server calls itself in greetings."),
    ] = "fakemail.test"
    tls_name: Annotated[
        tuple[str, ...],
        _about(
            "names",
            "host names or IP addresses",
            "Further name for the certificate (repeat for several); localhost, 127.0.0.1, ::1 and"
            " the host name are in it anyway.",
        ),
    ] = ()
    accounts: Annotated[
        Literal["open", "listed"],
        _about(
            "names",
            "open or listed",
            "open: any address receives mail and logs in with any code, listed ones with their"
            " own; listed: only the accounts in the accounts file exist.",
        ),
    ] = "open"
    default_domain: Annotated[
        str,
        _about("names", "a domain", "Domain of a login or recipient without one."),
    ] = "fakemail.test"

    dialect: Annotated[
        str,
        _about(
            "dialects",
            "a name (fakemail dialect list), name@year, or a file",
            "How the server speaks: qq, qq@2017, ./ours.toml.",
        ),
    ] = GENERIC.name
    provider: Annotated[
        tuple[str, ...],
        _about(
            "dialects",
            "names of dialects that have host names, name@year, or files",
            "Be this provider too (repeat for several): on a loopback address of its own, with its"
            " host names in the certificate. `fakemail hosts` prints the lines for the hosts file.",
        ),
    ] = ()
    listener_dialect: Annotated[
        tuple[str, ...],
        _about(
            "dialects",
            "LISTENER=DIALECT with a listener of " + " ".join(_LISTENERS),
            "How one listener speaks: submission=qq (repeat for several).",
        ),
    ] = ()
    rule: Annotated[
        tuple[str, ...],
        _about(
            "dialects",
            "NAME, NAME=VALUE or no-NAME of a rule (fakemail dialect rules)",
            "Set a rule of conduct on top of any dialect: id_before_select, greeting_delay=2,"
            " no-auth_before_tls (repeat for several).",
        ),
    ] = ()

    max_connections: Annotated[
        int,
        _about("limits", "a number from 1", "Connections at a time; more are refused.", ge=1),
    ] = 5000
    message_size: Annotated[
        int,
        _about("limits", "a number of octets from 1", "Largest message in octets.", ge=1),
    ] = 50 * 1024 * 1024
    max_recipients: Annotated[
        int,
        _about("limits", "a number from 1", "Recipients of one message.", ge=1),
    ] = 1000
    smtp_timeout: Annotated[float, _seconds("Seconds without a command in SMTP.")] = 300.0
    pop3_timeout: Annotated[float, _seconds("Seconds without a command in POP3.")] = 600.0
    imap_timeout: Annotated[float, _seconds("Seconds without a command in IMAP.")] = 1800.0
    login_timeout: Annotated[float, _seconds("The same before login in POP3 and IMAP.")] = 180.0

    fsync: Annotated[
        bool,
        _about("machine", "true or false", "Survive power loss, not only kill -9: slower."),
    ] = False
    uvloop: Annotated[
        bool,
        _about("machine", "true or false", "Use uvloop where it is installed."),
    ] = True
    verbose: Annotated[
        bool,
        _about("machine", "true or false", "Show every session on standard error as it goes on."),
    ] = False

    @property
    def fixed_ports(self) -> dict[str, int]:
        """Listener name to the number that was asked for."""
        values = {key: getattr(self, key.replace("-", "_")) for key in PORT_KEYS}
        return {key.removesuffix("-port"): n for key, n in values.items() if n is not None}

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data)


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
    flags: Mapping[str, object], environ: Mapping[str, str], config: str | None = None
) -> Settings:
    """The settings from all four places.

    `flags` by key, only those that were given; `config` is the settings file, else
    ``FAKEMAIL_CONFIG``, else ``fakemail.toml`` in the data folder if there is one. Raises
    SettingsError.
    """
    known = {field.key: field for field in fields()}
    values: dict[str, Any] = {}
    for field in known.values():
        if field.variable in environ:
            where = f"environment variable {field.variable}"
            values[field.key] = _checked(field, environ[field.variable], where, text=True)
    for key, value in flags.items():
        values[key] = _checked(known[key], value, f"flag --{key}", text=True)
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


def _read(path: Path, known: Mapping[str, Field], must_exist: bool) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        if must_exist:
            raise SettingsError(f"settings file {path}: there is no such file") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings file {path} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"settings file {path} is not TOML: {error}") from None
    values = {}
    for key, value in table.items():
        if key not in known:
            raise SettingsError(
                f"settings file {path}: unknown key {key!r}; allowed are {', '.join(known)}"
            )
        values[key] = _checked(known[key], value, f"settings file {path}", text=False)
    return values


def _checked(field: Field, value: Any, where: str, *, text: bool) -> Any:
    """The value in its own type, or a SettingsError that says where and what is allowed."""
    given = value
    try:
        if field.is_list:
            parts = [value] if isinstance(value, str) else value
            if isinstance(value, str) or field.key == "provider":
                separator = r"\s+" if field.key == "rule" else r"[,\s]+"
                parts = [each for part in parts for each in re.split(separator, part) if each]
            value = parts
        elif text and isinstance(field.default, bool) and isinstance(value, str):
            value = _TRUTH[value.lower()]
        converted = msgspec.convert(value, field.type, strict=not text)
        converted = _check(field.key, converted)
    except (NoDialect, RuleError) as error:
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
    elif key == "dialect":
        return dialect_named(value)
    elif key == "provider":
        return tuple(dialect_named(name) for name in value)
    elif key == "listener-dialect":
        pairs = [setting.partition("=") for setting in value]
        if any(listener not in _LISTENERS or not name for listener, _, name in pairs):
            raise ValueError(value)
        return tuple(f"{listener}={dialect_named(name)}" for listener, _, name in pairs)
    return value


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
