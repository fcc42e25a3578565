"""Waiting and hearing over HTTP, with real clients on real sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import smtplib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

BOB = "bob@fakemail.test"


def deliver(api, to, subject="hello"):
    message = f"From: tom@fakemail.test\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nhello\r\n"
    with smtplib.SMTP("127.0.0.1", api.private.ready.ports["smtp"]) as client:
        client.sendmail("tom@fakemail.test", [to], message.encode())


def until(api, condition):
    """Until something is true in the server's thread."""
    for _ in range(2000):
        if api.private.call(condition):
            return
        threading.Event().wait(0.005)
    raise AssertionError("it did not become true")


def test_a_wait_is_answered_the_moment_the_mail_is_there(own):
    with ThreadPoolExecutor() as pool:
        waits = [
            pool.submit(own, "GET", f"/api/v1/wait?to={BOB}&subject={word}&timeout=15")
            for word in ("one", "two", "two")
        ]
        deliver(own, BOB, "number one")
        first = waits[0].result(10).json
        assert [message["Subject"] for message in first["messages"]] == ["number one"]
        assert not waits[1].done()
        deliver(own, BOB, "number two")
        assert {wait.result(10).json["count"] for wait in waits} == {1}


def test_the_cursor_leads_from_wait_to_wait(own):
    deliver(own, BOB, "1")
    answer = own("GET", f"/api/v1/wait?to={BOB}").json
    told = [message["Subject"] for message in answer["messages"]]
    for number in range(2, 6):
        deliver(own, BOB, str(number))
        answer = own("GET", f"/api/v1/wait?to={BOB}&since={answer['cursor']}").json
        told += [message["Subject"] for message in answer["messages"]]
    assert told == ["1", "2", "3", "4", "5"]
    vain = own("GET", f"/api/v1/wait?to={BOB}&since={answer['cursor']}&timeout=0")
    assert (vain.status, vain.json["messages"]) == (408, [])


def test_time_up_tells_what_did_arrive_and_what_was_said(own):
    deliver(own, BOB, "something else")
    with smtplib.SMTP("127.0.0.1", own.private.ready.ports["submission"]) as client:
        client.ehlo("laptop")
        client.mail("tom@fakemail.test")
        answer = own("GET", f"/api/v1/wait?to={BOB}&subject=welcome&timeout=0.1")
    assert answer.status == 408
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json
    assert problem["slug"] == "api.not-in-time"
    assert [message["Subject"] for message in problem["arrived"]] == ["something else"]
    assert "ehlo laptop" in problem["sessions"][-1]
    assert "smtp.auth-required" in problem["sessions"][-1]
    assert problem["cursor"].isdecimal()


def test_the_message_of_a_wait_is_the_message_of_the_list(own):
    deliver(own, BOB)
    (waited,) = own("GET", f"/api/v1/wait?to={BOB}").json["messages"]
    assert own("GET", f"/api/v1/message/{waited['ID']}").json["Subject"] == "hello"
    assert waited in own("GET", "/api/v1/messages").json["messages"]


@pytest.mark.parametrize(
    "query",
    [
        "count=0",
        "timeout=-1",
        "timeout=1e9",
        "timeout=nan",
        "since=x",
        "subjekt=x",
        "to=a@b&to=c@d",
    ],
)
def test_a_wrong_query_is_named(api, query):
    answer = api("GET", f"/api/v1/wait?{query}")
    assert (answer.status, answer.json["slug"]) == (400, "api.bad-query")


def test_a_query_as_long_as_it_may_be_is_answered(api):
    words = "%F0%9F%98%80" * 1000
    query = f"subject={words}&from={words}&mailbox={words}&timeout=0"
    assert api("GET", f"/api/v1/wait?{query}").status == 408


def test_waiting_for_nobody_ends_at_once(start):
    api = start(accounts="listed")
    answer = api("GET", "/api/v1/wait?to=typo@fakemail.test")
    assert (answer.status, answer.json["slug"]) == (422, "smtp.no-such-user")


def test_who_hangs_up_is_forgotten(own):
    bus = own.private.server.post_office.store.bus
    with contextlib.ExitStack() as clients:
        for _ in range(20):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", own.port)))
            client.sendall(b"GET /api/v1/wait?timeout=60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(own, lambda: bool(bus))
    until(own, lambda: not bus)
    deliver(own, BOB)
    assert own("GET", f"/api/v1/wait?to={BOB}").status == 200


def test_a_server_that_stops_lets_nobody_wait(own):
    with ThreadPoolExecutor() as pool:
        wait = pool.submit(own, "GET", "/api/v1/wait?timeout=60")
        store = own.private.server.post_office.store
        until(own, lambda: bool(store.bus))
        own.private.stop()
        assert wait.result(10).json["slug"] == "api.stopping"


class Hearing:
    """A client of the event stream."""

    def __init__(self, api, path="/api/v1/events", headers=None):
        self.client = http.client.HTTPConnection("127.0.0.1", api.port, timeout=10)
        self.client.request("GET", path, headers=headers or {})
        self.answer = self.client.getresponse()
        assert self.answer.getheader("content-type") == "text/event-stream"
        assert self.answer.readline() == b"retry: 1000\n"
        self.answer.readline()

    def next(self):
        fields = {}
        while line := self.answer.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            fields[name] = value
        return fields["id"], fields["event"], json.loads(fields["data"])

    def close(self):
        self.answer.close()
        self.client.close()


def test_events_are_streamed_and_resumed(own):
    with contextlib.closing(Hearing(own, "/api/v1/events?kind=message&kind=refusal")) as hearing:
        deliver(own, BOB, "first")
        id_, kind, facts = hearing.next()
        assert (kind, facts["address"], facts["mailbox"]) == ("message", BOB, "INBOX")
        assert facts["message"]["Subject"] == "first"
        with smtplib.SMTP("127.0.0.1", own.private.ready.ports["submission"]) as client:
            client.ehlo()
            client.mail("tom@fakemail.test")
        assert hearing.next()[2]["slug"] == "smtp.auth-required"
    deliver(own, BOB, "second")
    path = f"/api/v1/events?kind=message&address={BOB}"
    with contextlib.closing(Hearing(own, path, {"Last-Event-ID": id_})) as hearing:
        assert hearing.next()[2]["message"]["Subject"] == "second"
    with contextlib.closing(Hearing(own, headers={"Last-Event-ID": "1-1"})) as hearing:
        assert hearing.next()[1] == "gap"


def test_a_listener_who_does_not_read_stops_nobody(own):
    with socket.create_connection(("127.0.0.1", own.port)) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(own, lambda: bool(own.private.server.post_office.store.bus))
        for number in range(60):
            deliver(own, BOB, f"{number} " + "x" * 500)
        assert own("GET", f"/api/v1/wait?to={BOB}&count=60").json["count"] == 60
