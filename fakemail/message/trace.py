"""The two header fields that delivery adds: Return-Path and Received (RFC 5321 §4.4)."""

from __future__ import annotations

import re
import time
from functools import lru_cache

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9._:\[\]-]")
_LONGEST_NAME = 255


def return_path(reverse_path: str) -> bytes:
    """``Return-Path: <...>``, with its CR LF; the null path is ``<>``."""
    return f"Return-Path: <{reverse_path}>\r\n".encode()


def received(
    *,
    helo: str,
    client: str,
    by: str,
    protocol: str,
    identifier: str,
    at: float,
    recipient: str | None = None,
) -> bytes:
    """``Received: from helo (client) by ... with protocol id ... for recipient; date``.

    `client` is the IP address of the peer; `protocol` one of RFC 3848's words; `recipient` is
    given only where there is one recipient, so that nobody learns of the others (RFC 5321 §7.2);
    `at` in seconds since 1970-01-01 UTC. Whatever the client called itself, the field stays one
    field: octets that no host name has are shown as ``?``.
    """
    envelope = f"\r\n\tfor <{recipient}>" if recipient else ""
    return (
        f"Received: {_way(helo, client, by, protocol)} id {identifier}{envelope};\r\n"
        f"\t{date_time(int(at))}\r\n"
    ).encode()


@lru_cache(maxsize=64)
def _way(helo: str, client: str, by: str, protocol: str) -> str:
    """``from ... by ... with ...``: the same for every message of a session."""
    name = _NOT_IN_NAME.sub("?", helo[:_LONGEST_NAME]) or "?"
    return f"from {name} ({address_literal(client)})\r\n\tby {by} with {protocol}"


def with_protocol(*, extended: bool, tls: bool, login: bool, utf8: bool) -> str:
    """The word after "with": SMTP, ESMTP, ESMTPS, ESMTPA, ESMTPSA (RFC 3848), UTF8SMTP...

    (RFC 6531 §4.3).
    """
    if not extended:
        return "SMTP"
    return ("UTF8SMTP" if utf8 else "ESMTP") + "S" * tls + "A" * login


def address_literal(host: str) -> str:
    """``[127.0.0.1]``, ``[IPv6:::1]`` (RFC 5321 §4.1.3); a zone index is left out."""
    host = _NOT_IN_NAME.sub("?", host.partition("%")[0])
    return f"[IPv6:{host}]" if ":" in host else f"[{host}]"


@lru_cache(maxsize=4)
def date_time(at: int) -> str:
    """``Tue, 14 Nov 2023 22:13:20 +0000`` (RFC 5322 §3.3), whatever the locale."""
    t = time.gmtime(at)
    return (
        f"{_DAYS[t.tm_wday]}, {t.tm_mday} {_MONTHS[t.tm_mon - 1]} {t.tm_year:04d} "
        f"{t.tm_hour:02d}:{t.tm_min:02d}:{t.tm_sec:02d} +0000"
    )
