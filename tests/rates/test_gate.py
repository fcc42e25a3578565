"""What one session may do: the limits as rules set them, and what a refusal tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fakemail.clock import ManualClock
from fakemail.dialects.dialect import GENERIC
from fakemail.dialects.load import load
from fakemail.dialects.rules import RULES, by_hand
from fakemail.rates.gate import Gate, Rates, in_words
from fakemail.rates.limits import LIMITS
from fakemail.rates.notes import Notes, note
from fakemail.reasons.catalogue import catalogue
from fakemail.reasons.reason import Refusal

ME, OTHER = "me@qq.com", "other@qq.com"


class House:
    """A server's counts, and sessions of clients."""

    def __init__(self, notes: Notes | None = None) -> None:
        self.clock = ManualClock()
        self.rates = Rates(self.clock, notes)

    def gate(self, *rules: str, client: str = "127.0.0.1", dialect: str = "generic") -> Gate:
        """A session with these rules."""
        spoken = load(dialect).with_rules(map(by_hand, rules))
        gate = self.rates.gate(spoken, client)
        assert gate is not None
        return gate


@pytest.fixture
def house() -> House:
    return House()


def refused(ask: Callable[..., None], *whose: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        ask(*whose)
    return caught.value


def test_every_limit_has_its_rule_and_its_reason() -> None:
    assert {RULES[name].room for name in LIMITS} == {"rates"}
    assert set(LIMITS) >= {name for name, rule in RULES.items() if rule.kind == "rate"}
    reasons = [limit.reason.slug for limit in LIMITS.values()]
    assert len(set(reasons)) == len(reasons)
    assert set(reasons) <= set(catalogue())


def test_without_a_limit_there_is_no_gate(house: House) -> None:
    assert house.rates.gate(GENERIC, "127.0.0.1") is None
    assert house.rates.gate(load("163"), "127.0.0.1") is None
    off = load("163").with_rules([by_hand("messages_limit=off"), by_hand("messages_per_day=0")])
    assert house.rates.gate(off, "127.0.0.1") is None


def test_a_refusal_tells_which_how_many_how_long_and_until_when(house: House) -> None:
    gate = house.gate("messages_limit=2/15min")
    for _ in range(2):
        gate.finish(ME)
        gate.sent(ME)
        house.clock.advance(60)
    refusal = refused(gate.send, ME)
    assert refusal.reason.slug == "smtp.rate-limited"
    assert refusal.facts == {
        "rule": "messages_limit=2/15min",
        "counted": 2,
        "whose": ME,
        "n": 2,
        "within": "15 min",
        "left": "13 min",
        "until": "2023-11-14 22:28:20Z",
        "detail": f"(messages_limit=2/15min: 2 messages of {ME} in 15 min; there is room again in "
        "13 min, at 2023-11-14 22:28:20Z)",
    }
    house.clock.advance(13 * 60 - 1)
    refused(gate.send, ME)
    house.clock.advance(1)
    gate.send(ME)


def test_others_and_other_providers_are_counted_for_themselves(house: House) -> None:
    gate = house.gate("messages_limit=1/h")
    gate.sent(ME)
    refused(gate.send, ME)
    gate.send(OTHER)
    gate.send("")  # nobody has logged in: the client counts
    gate.sent("")
    refused(gate.send, "")
    house.gate("messages_limit=1/h", client="10.0.0.1").send("")
    house.gate("messages_limit=1/h", dialect="qq").send(ME)


def test_what_was_refused_does_not_count(house: House) -> None:
    gate = house.gate("failed_logins_limit=2/10min", "logins_limit=4/10min")
    for _ in range(2):
        gate.log_in(ME)
        gate.login_failed(ME)
    for _ in range(5):
        assert refused(gate.log_in, ME).reason.slug == "auth.too-many-failures"
    house.clock.advance(600)
    gate.log_in(ME)
    gate.log_in(OTHER)


def test_logins_count_whether_they_work_or_not(house: House) -> None:
    for _ in range(3):
        house.gate("logins_limit=3/min").log_in(ME)
    assert refused(house.gate("logins_limit=3/min").log_in, ME).reason.slug == (
        "auth.too-many-attempts"
    )


def test_a_client_that_fails_is_banned_by_address(house: House) -> None:
    rule = "failed_logins_ban=3/10min"
    for who in (ME, OTHER, ""):
        gate = house.gate(rule)
        gate.enter()
        gate.login_failed(who)
    refusal = refused(house.gate(rule).enter)
    assert refusal.reason.slug == "host.client-blocked"
    assert refusal.facts["whose"] == "127.0.0.1"
    house.gate(rule, client="10.0.0.1").enter()
    house.clock.advance(600)
    house.gate(rule).enter()


def test_connections_at_once(house: House) -> None:
    gates = [house.gate("connections_at_once=2") for _ in range(3)]
    gates[0].enter()
    gates[1].enter()
    refusal = refused(gates[2].enter)
    assert refusal.reason.slug == "host.connections-at-once"
    assert "until" not in refusal.facts
    gates[2].leave()  # it was never in
    refused(gates[2].enter)
    gates[0].leave()
    gates[0].leave()
    gates[2].enter()
    house.gate("connections_at_once=2", client="::1").enter()


def test_a_session_that_changes_its_dialect_is_still_one(house: House) -> None:
    before = house.gate("connections_at_once=1")
    before.enter()
    after = house.gate("connections_at_once=1", dialect="qq")
    after.follow(before)
    before.leave()
    refused(house.gate("connections_at_once=1").enter)
    after.leave()
    house.gate("connections_at_once=1").enter()


def test_connections_over_time_at_once_or_late(house: House) -> None:
    house.gate("connections_limit=1/min").enter()
    assert refused(house.gate("connections_limit=1/min").enter).reason.slug == (
        "host.connections-too-often"
    )
    house.gate("connections_limit=1/min", dialect="qq").enter()
    late = house.gate("connections_limit=1/min", dialect="qq")
    late.enter()
    late.begin(ME)
    late.send(ME)
    assert refused(late.finish, ME).reason.slug == "host.connections-too-often"


def test_connections_of_a_sender_in_a_day(house: House) -> None:
    first, second = (house.gate("connections_per_day=1") for _ in range(2))
    for _ in range(3):
        first.begin(ME)
    assert refused(second.begin, ME).reason.slug == "smtp.connections-today"
    second.begin(OTHER)
    house.clock.advance(86400)
    second.begin(ME)


def test_one_connection_has_its_own_limits(house: House) -> None:
    rules = ("messages_per_connection=2", "recipients_per_connection=1")
    gate = house.gate(*rules)
    gate.sent(ME)
    gate.sent(OTHER)
    refusal = refused(gate.send, ME)
    assert refusal.reason.slug == "smtp.messages-in-connection"
    assert refusal.facts["detail"] == ("(messages_per_connection=2: 2 messages in this connection)")
    gate.addressed(ME)
    assert refused(gate.address, ME).reason.slug == "smtp.recipients-in-connection"
    again = house.gate(*rules)
    again.send(ME)
    again.address(ME)


def test_recipients_and_days(house: House) -> None:
    gate = house.gate("recipients_limit=2/min", "recipients_per_day=3", "messages_per_day=1")
    for _ in range(2):
        gate.address(ME)
        gate.addressed(ME)
    assert refused(gate.address, ME).reason.slug == "smtp.recipients-too-often"
    house.clock.advance(60)
    gate.addressed(ME)
    house.clock.advance(60)
    refusal = refused(gate.address, ME)
    assert refusal.reason.slug == "smtp.recipients-today"
    assert refusal.facts["within"] == "24 h"
    gate.sent(ME)
    assert refused(gate.send, ME).reason.slug == "smtp.daily-limit"


def test_downloads(house: House) -> None:
    gate = house.gate("downloads_limit=1/h")
    gate.download(ME)
    gate.downloaded(ME)
    assert refused(gate.download, ME).facts["n"] == 1
    gate.download(OTHER)


@pytest.mark.parametrize(
    ("address", "domain", "mine", "others"),
    [
        ("", "", True, True),
        (ME, "", True, False),
        ("", "QQ.com", True, True),
        (OTHER, "", False, True),
    ],
)
def test_forgetting(house: House, address: str, domain: str, mine: bool, others: bool) -> None:
    gate = house.gate("messages_limit=1/h")
    for who in (ME, OTHER, "x@qq.com.test"):
        gate.sent(who)
    house.rates.forget(address, domain)
    for who, room in ((ME, mine), (OTHER, others)):
        if room:
            gate.send(who)
        else:
            refused(gate.send, who)
    if address or domain:
        refused(gate.send, "x@qq.com.test")


def test_another_program_has_it_counted_anew(tmp_path: Path) -> None:
    note(tmp_path, [ME])  # to a server that has gone
    house = House(Notes(tmp_path / "reset.log"))
    gate = house.gate("messages_limit=1/h")
    for who in (ME, OTHER):
        gate.sent(who)
        refused(gate.send, who)
    note(tmp_path, [ME])
    gate.send(ME)
    refused(gate.send, OTHER)
    note(tmp_path, [])
    gate.send(OTHER)
    gate.sent(OTHER)
    refused(gate.send, OTHER)
    (tmp_path / "reset.log").unlink()
    refused(gate.send, OTHER)


def test_times_for_people() -> None:
    assert [in_words(s) for s in (0, 0.2, 60, 61.5, 3600, 86399.1)] == [
        "0 s", "1 s", "1 min", "1 min 2 s", "1 h", "24 h",
    ]  # fmt: skip
