"""Ten thousand messages, listed page by page: each is there once, and no page costs memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakemail.web.describe import KEPT

MESSAGES = 10_000
PAGE = 500
MOST_GROWTH = 4 * 1024 * 1024
"""Octets that all of it, read twice, may add to the first pages, which fill the caches. The
summaries of all would be three times as much."""

STATUS = Path("/proc/self/status")

pytestmark = pytest.mark.skipif(not STATUS.exists(), reason="reads its memory in /proc")


def resident() -> int:
    """Octets; the server runs in this process."""
    [line] = [line for line in STATUS.read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def fill(store) -> None:
    for number in range(MESSAGES):
        delivery = store.delivery()
        delivery.write(f"From: a@else.test\r\nSubject: {number}\r\n\r\nhello\r\n".encode())
        delivery.commit([store.home(f"user{number % 20}@fakemail.test")])


def listed(api, most: int = MESSAGES) -> list[str]:
    """The subjects, as a client gets them that asks for one page after the other."""
    found: list[str] = []
    while len(found) < most:
        page = api("GET", f"/api/v1/messages?start={len(found)}&limit={PAGE}", timeout=60).json
        assert (page["total"], page["count"]) == (MESSAGES, PAGE)
        found += [message["Subject"] for message in page["messages"]]
    return found


def test_ten_thousand_messages_page_by_page(own):
    private = own.private
    private.call(lambda: fill(private.server.post_office.store))
    everything = [str(number) for number in reversed(range(MESSAGES))]
    assert listed(own, KEPT) == everything[:KEPT]
    before = resident()
    for _ in range(2):
        assert listed(own) == everything
    assert resident() - before < MOST_GROWTH
