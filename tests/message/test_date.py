from __future__ import annotations

import email.utils
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.message.date import parse_date

CASES = {
    # RFC 5322 appendix A
    b"Fri, 21 Nov 1997 09:55:06 -0600": (1997, 11, 21, 9, 55, 6, -360),
    b"Thu, 13 Feb 1969 23:32:54 -0330": (1969, 2, 13, 23, 32, 54, -210),
    b"Thu,\t      13\r\n        Feb\r\n  1969\r\n   23:32\r\n   -0330 (Newfoundland Time)": (
        1969, 2, 13, 23, 32, 0, -210),
    b"21 Nov 97 09:55:06 GMT": (1997, 11, 21, 9, 55, 6, 0),
    b"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600": (1997, 11, 21, 9, 55, 6, -360),
    # obsolete zones and years, RFC 5322 §4.3
    b"1 Jan 03 00:00 EST": (2003, 1, 1, 0, 0, 0, -300),
    b"1 Jan 103 00:00:00 PDT": (2003, 1, 1, 0, 0, 0, -420),
    b"1 Jan 2003 00:00:00 Z": (2003, 1, 1, 0, 0, 0, 0),
    b"1 Jan 2003 00:00:00 K": (2003, 1, 1, 0, 0, 0, 0),
    b"1 Jan 50 00:00:00 UT": (1950, 1, 1, 0, 0, 0, 0),
    # what people send
    b"Fri, 21 November 1997 09:55:06": (1997, 11, 21, 9, 55, 6, 0),
    b"Fri 21-Nov-1997 9:55 +0530": (1997, 11, 21, 9, 55, 0, 330),
    b"Fri Nov 21 09:55:06 1997": (1997, 11, 21, 9, 55, 6, 0),
    b"Fri Nov 21 09:55:06 CST 1997": (1997, 11, 21, 9, 55, 6, -360),
    b"Fri Nov 21 09:55:06 +0800 1997": (1997, 11, 21, 9, 55, 6, 480),
    b"2024-02-29": (2024, 2, 29, 0, 0, 0, 0),
    b"2024-02-29T01:02:03.5+01:00": (2024, 2, 29, 1, 2, 3, 60),
    b"01 Jan 2001 00:01+0000": (2001, 1, 1, 0, 1, 0, 0),
    b"Fri, 21 Nov 1997 99:99:99 +0000": (1997, 11, 21, 0, 0, 0, 0),
    b"Fri, 21 Nov 1997": (1997, 11, 21, 0, 0, 0, 0),
    b"Mon, 21 Nov 1997 (not a Monday)": (1997, 11, 21, 0, 0, 0, 0),
    # none
    b"": None, b"tomorrow": None, b"30 Feb 2024": None, b"1 Foo 2024": None, b"0 Jan 2024": None,
    b"1 Jan 0000": None, b"2024-13-01": None, b"1": None,
}  # fmt: skip


@pytest.mark.parametrize("value", CASES, ids=repr)
def test_dates(value):
    assert parse_date(value) == CASES[value]


@given(
    st.datetimes().filter(lambda moment: 1900 <= moment.year <= 9998),
    st.integers(-14 * 60, 14 * 60),
)
def test_dates_written_by_python(moment, minutes):
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    found = parse_date(email.utils.format_datetime(moment).encode())
    assert found.date() == moment.date()
    assert found.timestamp() == (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()


@given(st.binary(max_size=80) | st.text("0123456789:-+, JanFebEST()T", max_size=60).map(str.encode))
def test_no_octets_raise(value):
    found = parse_date(value)
    if found is not None:
        found.date(), found.timestamp()


@pytest.mark.parametrize("piece", [b"(", b"1 ", b" ", b"Fri ", b"1:", b"-", b"()"])
def test_hostile_dates_are_cheap(piece):
    started = time.process_time()
    parse_date(piece * 1_000_000)
    assert time.process_time() - started < 1
