"""Dates (RFC 3501 §9, date and date-time)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from fakemail.wire.abnf import DIGIT
from fakemail.wire.cursor import Cursor

MONTHS = (
    b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV", b"DEC",
)  # fmt: skip
_FIRST, _LAST = -62135596800, 253402300799
_NAMES = tuple(month.capitalize() for month in MONTHS)


def date_(cursor: Cursor) -> date:
    """date = date-text / DQUOTE date-text DQUOTE

    date-text = date-day "-" date-month "-" date-year ; date-day = 1*2DIGIT
    """
    start = cursor.at
    in_quotes = cursor.accept(b'"')
    day_at = cursor.at
    day = cursor.run1(DIGIT, "a date such as 1-Feb-2026")
    if len(day) > 2:
        cursor.fail("a day of one or two digits", day_at)
    found = _month_and_year(cursor, int(day), start)
    if in_quotes:
        cursor.expect(b'"', "the closing quote of a date")
    return found


def date_time(cursor: Cursor) -> float:
    """date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE

    Seconds since 1970-01-01 UTC.
    """
    cursor.expect(b'"', 'a date and time such as "17-Jul-1996 02:44:25 -0700"')
    start = cursor.at
    day = cursor.digits(1 if cursor.accept(b" ") else 2, "a day of two places, such as 07 or ' 7'")
    found = _month_and_year(cursor, day, start)
    cursor.space()
    clock_at = cursor.at
    hour = cursor.digits(2, "a time such as 02:44:25")
    cursor.expect(b":", "the : before the minutes")
    minute = cursor.digits(2, "minutes")
    cursor.expect(b":", "the : before the seconds")
    second = cursor.digits(2, "seconds")
    cursor.space()
    zone = _zone(cursor)
    cursor.expect(b'"', "the closing quote of a date and time")
    try:  # a leap second is the last second of its minute to us
        clock = time(hour, minute, min(second, 59) if second < 61 else second, tzinfo=UTC)
    except ValueError:
        cursor.fail("a time between 00:00:00 and 23:59:60", clock_at)
    return datetime.combine(found, clock).timestamp() - zone


def write_date_time(moment: float) -> bytes:
    """INTERNALDATE's value, in UTC: ``"17-Jul-1996 09:44:25 +0000"``.

    Years outside 1 to 9999, which a file's time stamp can have, become the nearest of these.
    """
    at = datetime.fromtimestamp(int(max(_FIRST, min(moment, _LAST))), UTC)
    return b'"%02d-%b-%04d %02d:%02d:%02d +0000"' % (
        at.day, _NAMES[at.month - 1], at.year, at.hour, at.minute, at.second,
    )  # fmt: skip


def _month_and_year(cursor: Cursor, day: int, start: int) -> date:
    cursor.expect(b"-", "the - before the month")
    name = cursor.octets[cursor.at : cursor.at + 3].upper()
    if name not in MONTHS:
        cursor.fail("a month such as Feb")
    cursor.at += 3
    cursor.expect(b"-", "the - before the year")
    year = cursor.digits(4, "a year of four digits")
    try:
        return date(year, MONTHS.index(name) + 1, day)
    except ValueError:
        cursor.fail("a day that is in the calendar", start)


def _zone(cursor: Cursor) -> float:
    """zone = ("+" / "-") 4DIGIT    Seconds east of Greenwich."""
    start = cursor.at
    if cursor.next not in (0x2B, 0x2D):
        cursor.fail("a time zone such as +0100")
    sign = -1 if cursor.next == 0x2D else 1
    cursor.at += 1
    hours, minutes = cursor.digits(2, "a time zone such as +0100"), cursor.digits(2, "minutes")
    if hours > 23 or minutes > 59:
        cursor.fail("a time zone between -2359 and +2359", start)
    return sign * timedelta(hours=hours, minutes=minutes).total_seconds()
