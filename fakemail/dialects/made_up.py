"""What stands in the place of ``{qid}``, ``{sess}``, ``{date}``, ... when the engine has no fact.

Queue ids, session ids and dates differ from reply to reply on a real server. Here they are made
from a sample that was really seen, so that they have its shape, and from the number of the session
and the clock, so that the same session says the same thing when it is replayed: engines have no
randomness. Letters become letters of the same case, digits digits; names of servers and addresses
stay as they were seen.

    make = maker(session=7, now=clock.time)
    make("qid", "EMCowAC3OVhGC8Zb4eYqJg--.30933S2", "")  # 'XKRrkLU8GOkVY5Kq6rNmVd--.61204A9'
    make("epoch", "1539705737", "")                       # '1700000000'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from time import gmtime, strftime
from types import MappingProxyType
from typing import TypeAlias

Make: TypeAlias = Callable[[str, str, str], str]
"""Name of a placeholder, a sample of it (or an empty text), and what it is about (fakemail's own
queue id, so that every message gets another), to what stands there."""

_SAMPLES = {
    "node": "mail",
    "dc": "mail",
    "host": "localhost",
    "ip": "10.0.0.1",
    "client_ip": "127.0.0.1",
    "client_name": "localhost",
    "qid": "4RvXk25ZGgzHr0hc",
    "sess": "a640c23a62f3a-aa20df263bcsm696223666b.11",
    "xid": "08DE2A6028D26C22",
    "hash": "b62aaa251425b4be4eaec4ab4744cf47",
    "token": "3PmVJQB3bjS5RERX",
    "base64": "TQBXAEgAUABSADIAMQBDAEEAMAAwADYAMAA=",
    "n": "1",
    "size": "0",
    "uid": "1",
    "url": "https://localhost/",
    "mailbox": "INBOX",
    "date": "Sun, 23 Nov 2025 11:12:20 +0000",
    "ts": "2025-11-23T11:12:20.539Z",
    "epoch": "1700000000",
    "reason": "authentication failure",
    "diagnostics": "16.55847:01000000",
}
"""For a placeholder of which no sample was ever seen: plain values of its kind."""

_AS_SEEN = frozenset({"node", "dc", "host", "ip", "client_ip", "client_name", "url", "mailbox"})
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def maker(
    session: int, now: Callable[[], float], known: Mapping[str, str] = MappingProxyType({})
) -> Make:
    """What fills the replies of one session; `now` in seconds since 1970. `known` are the facts
    that hold for all of it: ``client_ip``, ``host``."""

    def make(name: str, sample: str, about: str) -> str:
        if name in known:
            return known[name]
        sample = sample or _SAMPLES.get(name, "")
        if name in _AS_SEEN:
            return sample
        match name:
            case "epoch":
                return str(int(now()))
            case "date":
                return date(now(), sample)
            case "ts":
                return (
                    strftime("%Y-%m-%dT%H:%M:%S", gmtime(now()))
                    + f".{int(now() * 1000) % 1000:03}Z"
                )
            case "n" | "size" | "uid" | "reason":
                return sample
        return shuffled(sample, f"{session} {name} {about}")

    return make


def shuffled(sample: str, seed: str) -> str:
    """Other letters and digits in the same shape, always the same for one seed."""
    shape = _shape(sample)
    stream = blake2b(seed.encode()).digest()
    while len(stream) < len(shape):
        stream += blake2b(stream).digest()
    return "".join(
        [choice[octet % len(choice)] for choice, octet in zip(shape, stream, strict=False)]
    )


@lru_cache(maxsize=256)
def _shape(sample: str) -> tuple[str, ...]:
    """For every place of the sample, the characters that may stand there."""
    if _HEX.fullmatch(sample) and len(sample) > 8:
        digits = "0123456789ABCDEF" if sample.upper() == sample else "0123456789abcdef"
        return (digits,) * len(sample)
    return tuple(map(_like, sample))


def _like(character: str) -> str:
    if "0" <= character <= "9":
        return "0123456789"
    if "a" <= character <= "z":
        return _LOWER
    if "A" <= character <= "Z":
        return _LOWER.upper()
    return character


def date(seconds: float, sample: str) -> str:
    """The time in the form of the sample (UTC, English, whatever the locale):

    ``Sun, 23 Nov 2025 11:12:20 +0000``, ``January 25, 2018 12:17:24 AM UTC``,
    ``2024-Feb-13 08:17:42``.
    """
    t = gmtime(seconds)
    month, clock = _MONTHS[t.tm_mon - 1], f"{t.tm_min:02}:{t.tm_sec:02}"
    if sample[:1].isdigit():
        return f"{t.tm_year}-{month[:3]}-{t.tm_mday:02} {t.tm_hour:02}:{clock}"
    if sample[3:4] == ",":
        return (
            f"{_DAYS[t.tm_wday]}, {t.tm_mday} {month[:3]} {t.tm_year} {t.tm_hour:02}:{clock} +0000"
        )
    half = "AM" if t.tm_hour < 12 else "PM"
    return f"{month} {t.tm_mday}, {t.tm_year} {t.tm_hour % 12 or 12}:{clock} {half} UTC"
