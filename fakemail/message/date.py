"""The Date field, read leniently (RFC 5322 §3.3 and §4.3).

Besides ``Fri, 21 Nov 1997 09:55:06 -0600`` also: no day name, a wrong one, one- and two-digit
days, two- and three-digit years, no seconds, comments, dashes between, ``AM``/``PM``-less
obsolete zones (``EST``, ``GMT``, military letters), the order of C's ctime (``Fri Nov 21
09:55:06 1997``), and ISO 8601.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

MONTHS = {
    name: number
    for number, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
ZONES = {
    b"est": -300, b"edt": -240, b"cst": -360, b"cdt": -300,
    b"mst": -420, b"mdt": -360, b"pst": -480, b"pdt": -420,
}  # fmt: skip
"""Minutes east of UTC of the obsolete zones that are not UTC (RFC 5322 §4.3); every other name,
the military letters included, counts as UTC, as the RFC asks."""

_CLOCK = rb"(\d{1,2})[ ]?:[ ]?(\d{2})(?:[ ]?:[ ]?(\d{2})(?:\.\d{1,9})?)?"
_ZONE = rb"(?:[ ]*([+-]\d{4})|[ ]+([A-Za-z]{1,5}))?"
_USUAL = re.compile(
    rb"(?:[^\d\s,]{1,12}(?:,[ ]*|[ ]+))?"
    rb"(\d{1,2})[ -]+([A-Za-z]{3})[a-z]{0,6}[,. -]+(\d{2,4})(?:,?[ ]+" + _CLOCK + _ZONE + rb")?"
)
_CTIME = re.compile(
    rb"[A-Za-z]{2,9},?[ ]+([A-Za-z]{3})[a-z]{0,6}[ ]+(\d{1,2}),?[ ]+"
    + _CLOCK + rb"[ ]+(?:([+-]\d{4})[ ]+|([A-Za-z]{1,5})[ ]+)?(\d{4})"
)  # fmt: skip
_ISO = re.compile(
    rb"(\d{4})-(\d{2})-(\d{2})(?:[T ]" + _CLOCK + rb"(?:[ ]*([+-]\d{2}:?\d{2})|(Z))?)?"
)
_COMMENT = re.compile(rb"\([^()]{0,200}\)")
_SPACE = re.compile(rb"[ \t\r\n]+")
_LONGEST = 500


class SentDate(NamedTuple):
    """A date as written, legal as a date."""

    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0
    second: int = 0
    zone: int = 0
    """Minutes east of UTC."""

    def date(self) -> date:
        """The day as the sender wrote it: without time and zone (SENTON, RFC 3501 §6.4.4)."""
        return date(self.year, self.month, self.day)

    def timestamp(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        midnight = datetime(self.year, self.month, self.day, tzinfo=UTC)
        minutes = self.hour * 60 + self.minute - self.zone
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return (midnight - epoch + timedelta(minutes=minutes, seconds=self.second)).total_seconds()


def parse_date(value: bytes) -> SentDate | None:
    """The date in an unfolded field value; None when there is none to be found."""
    value = _SPACE.sub(b" ", _COMMENT.sub(b" ", value[:_LONGEST])).strip()
    if found := _USUAL.match(value):
        day, month, year, hour, minute, second, zone, name = found.groups()
    elif found := _CTIME.match(value):
        month, day, hour, minute, second, zone, name, year = found.groups()
    elif found := _ISO.match(value):
        year, month, day, hour, minute, second, zone, name = found.groups()
    else:
        return None
    number = MONTHS.get(month.lower(), 0) if month.isalpha() else int(month)
    try:
        day_written = date(_year(year), number, int(day))
    except ValueError:
        return None
    clock = (int(hour or 0), int(minute or 0), int(second or 0))
    if clock[0] > 24 or clock[1] > 59 or clock[2] > 60:
        clock = (0, 0, 0)
    return SentDate(day_written.year, day_written.month, day_written.day, *clock, _zone(zone, name))


def _year(digits: bytes) -> int:
    """RFC 5322 §4.3: two digits 00 to 49 are 2000 to 2049, others and three digits add 1900."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _zone(offset: bytes | None, name: bytes | None) -> int:
    if offset:
        minutes = int(offset[1:3]) * 60 + int(offset[-2:])
        return -minutes if offset[:1] == b"-" else minutes
    return ZONES.get(name.lower(), 0) if name else 0
