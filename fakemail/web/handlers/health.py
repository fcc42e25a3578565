"""For those who only want to know whether it runs, and how much it does."""

from __future__ import annotations

from typing import Any

from fakemail.web.office import Office
from fakemail.web.route import TEXT, Call, Content, Route

GROUP = "Server"


def alive(call: Call) -> str:
    """GET /livez: this process answers."""
    return "ok\n"


def ready(call: Call) -> str:
    """GET /readyz: all ports are open, or nobody could ask."""
    return "ok\n"


def metrics(call: Call) -> Content:
    """GET /metrics: the tallies in the words of Prometheus' own library."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.exposition import choose_encoder

    families = CollectorRegistry(auto_describe=False)
    families.register(_Collector(call.office))
    encode, media = choose_encoder(call.headers.get("accept", ""))
    return Content(encode(families), media)


class _Collector:
    """Reads the tallies when Prometheus asks; nothing is counted twice."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def collect(self) -> Any:
        """All families, each protocol in each of them from the first answer on."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        sessions = self._office.post_office.sessions
        tally, stored = sessions.tally, self._office.post_office.store.tally
        protocols = ("smtp", "pop3", "imap")
        began = CounterMetricFamily(
            "fakemail_sessions", "Sessions that began.", labels=["protocol"]
        )
        logins = CounterMetricFamily(
            "fakemail_logins", "Logins that succeeded.", labels=["protocol"]
        )
        opened = GaugeMetricFamily(
            "fakemail_open_sessions", "Sessions that go on.", labels=["protocol"]
        )
        live = [recorder.protocol for recorder in sessions.live]
        for protocol in protocols:
            began.add_metric([protocol], tally.sessions[protocol])
            logins.add_metric([protocol], tally.logins[protocol])
            opened.add_metric([protocol], live.count(protocol))
        refusals = CounterMetricFamily(
            "fakemail_refusals", "Refusals by reason.", labels=["protocol", "reason"]
        )
        for (protocol, slug), count in sorted(tally.refusals.items()):
            refusals.add_metric([protocol, slug], count)
        yield from (began, opened, logins, refusals)
        yield CounterMetricFamily(
            "fakemail_messages", "Messages stored by SMTP, APPEND and the API.", stored.messages
        )
        yield CounterMetricFamily(
            "fakemail_message_octets", "Octets of these messages.", stored.octets
        )


ROUTES = (
    Route(
        method="GET",
        path="/livez",
        run=alive,
        summary="200 while the server runs",
        group=GROUP,
        media=TEXT,
        free=True,
    ),
    Route(
        method="GET",
        path="/readyz",
        run=ready,
        summary="200 when every port is open",
        group=GROUP,
        media=TEXT,
        free=True,
    ),
    Route(
        method="GET",
        path="/metrics",
        run=metrics,
        summary="Sessions, logins, refusals and messages for Prometheus",
        group=GROUP,
        media="text/plain",
    ),
)
