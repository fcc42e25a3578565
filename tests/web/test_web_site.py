"""What every address of the API has in common: routing, refusals, limits."""

from __future__ import annotations

import http.client
import json

import pytest


def test_what_there_is_not(api):
    answer = api("GET", "/api/v1/nothing")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["slug"] == "api.no-such-address"
    assert answer.json["path"] == "/api/v1/nothing"


def test_a_method_that_is_not_taken(api):
    answer = api("PATCH", "/api/v1/info")
    assert answer.status == 405
    assert answer.headers["allow"] == "GET"
    assert api("OPTIONS", "/api/v1/info").status == 405


def test_head_is_get_without_the_content(api):
    whole, head = api("GET", "/api/v1/openapi.json"), api("HEAD", "/api/v1/openapi.json")
    assert head.status == 200
    assert head.octets == b""
    assert head.headers["content-length"] == str(len(whole.octets))


def test_unknown_parameters_are_refused_with_what_is_allowed(api):
    answer = api("GET", "/api/v1/info?x=1")
    assert answer.status == 400
    assert answer.json["slug"] == "api.bad-query"
    assert answer.json["allowed"] == []


@pytest.mark.parametrize(
    "host", ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "[::2]", "mail", ""]
)
def test_foreign_hosts_are_refused(api, host):
    answer = api("GET", "/api/v1/info", headers={"Host": host})
    assert answer.status == 403
    assert answer.json["slug"] == "api.foreign-host"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1:8025",
        "127.9.9.9",
        "[::1]:1",
        "fakemail.test",
        "a.localhost",
    ],
)
def test_hosts_that_are_this_machine(api, host):
    assert api("GET", "/api/v1/info", headers={"Host": host}).status == 200


def test_pages_of_other_sites_change_nothing(api):
    for headers in (
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        answer = api("GET", "/api/v1/info", headers=headers)
        assert answer.status == 403
        assert answer.json["slug"] == "api.foreign-origin"
    own = f"http://127.0.0.1:{api.port}"
    assert api("GET", "/api/v1/info", headers={"Origin": own}).status == 200


def test_no_cors_and_nothing_runs(api):
    for path in ("/api/v1/info", "/api/v1/nothing"):
        headers = api("GET", path, headers={"Origin": f"http://127.0.0.1:{api.port}"}).headers
        assert not [name for name in headers if name.startswith("access-control")]
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]


def test_a_connection_serves_many_requests(api):
    client = http.client.HTTPConnection("127.0.0.1", api.port, timeout=10)
    for path, status in (("/api/v1/info", 200), ("/nothing", 404), ("/api/v1/info", 200)):
        client.request("GET", path)
        answer = client.getresponse()
        assert answer.status == status
        json.loads(answer.read())
    client.close()


def test_what_is_no_http_ends_nothing(api, raw):
    for octets in (
        b"EHLO there\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n" * 50,
    ):
        raw(octets)
    assert api("GET", "/api/v1/info").status == 200


def test_the_document_names_every_row(api):
    from fakemail.web.table import ROUTES

    document = api("GET", "/api/v1/openapi.json").json
    assert document["openapi"] == "3.1.0"
    for route in ROUTES:
        operation = document["paths"][route.path][route.method.lower()]
        assert operation["summary"] == route.summary
        assert str(route.status) in operation["responses"]
    ids = [o["operationId"] for p in document["paths"].values() for o in p.values()]
    assert len(ids) == len(set(ids)) == len(ROUTES)
    text = json.dumps(document)
    for name in document["components"]["schemas"]:
        assert f"#/components/schemas/{name}" in text or name.endswith(("Query", "Nothing"))
