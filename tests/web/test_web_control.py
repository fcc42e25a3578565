"""Accounts, codes, mailboxes, sessions, dialects and the rest of what tests set up and look at."""

from __future__ import annotations

import contextlib
import imaplib
import poplib
import smtplib

import pytest

BOB = "bob@fakemail.test"
MAIL = b"From: tom@fakemail.test\r\nTo: bob@fakemail.test\r\nSubject: hello\r\n\r\nhello\r\n"


def deliver(api, *recipients, message=MAIL):
    with smtplib.SMTP("127.0.0.1", api.private.ready.ports["smtp"]) as client:
        client.sendmail("tom@fakemail.test", recipients, message)


def send_without_login(api):
    with smtplib.SMTP("127.0.0.1", api.private.ready.ports["submission"]) as client:
        client.ehlo()
        assert client.mail("tom@fakemail.test")[0] == 530


def imap(api, user, code="x"):
    client = imaplib.IMAP4("127.0.0.1", api.private.ready.ports["imap"])
    try:
        client.login(user, code)
    except imaplib.IMAP4.error:
        client.shutdown()
        raise
    return client


# Accounts


def test_an_account_is_made_logs_in_and_is_removed(start):
    api = start(accounts="listed")
    made = api("POST", "/api/v1/accounts", {"address": BOB})
    assert made.status == 201
    assert len(made.json["code"]) == 16
    with imap(api, BOB, made.json["code"]):
        pass
    listed = api("GET", "/api/v1/accounts")
    assert [account["address"] for account in listed.json["accounts"]] == [BOB]
    assert made.json["code"] not in listed.text
    assert made.json["password"] not in listed.text
    assert api("DELETE", f"/api/v1/accounts/{BOB}").status == 200
    assert api("GET", f"/api/v1/accounts/{BOB}").json["slug"] == "api.no-such-account"
    with pytest.raises(imaplib.IMAP4.error):
        imap(api, BOB, made.json["code"])


def test_everything_about_an_account_can_be_said(own):
    order = {
        "address": "Alice@Fakemail.Test",
        "further": ["sales@fakemail.test"],
        "password": "P4ss",
        "services": ["smtp", "imap"],
        "code": {"code": "abcdabcdabcdabcd", "label": "laptop", "scopes": ["imap"]},
    }
    made = own("POST", "/api/v1/accounts", order).json
    assert made["address"] == "alice@fakemail.test"
    assert made["further"] == ["sales@fakemail.test"]
    assert made["services"] == ["smtp", "imap"]
    assert (made["password"], made["code"]) == ("P4ss", "abcdabcdabcdabcd")
    assert made["codes"][0]["scopes"] == ["imap"]
    with imap(own, "sales@fakemail.test", "abcdabcdabcdabcd"):
        pass
    again = own("POST", "/api/v1/accounts", order)
    assert (again.status, again.json["slug"]) == (409, "api.account-not-changed")
    assert "already" in again.json["detail"]


def test_codes_have_the_shape_of_the_provider(own):
    made = own("POST", "/api/v1/accounts", {"address": "me@qq.com"}).json
    assert made["code"].islower()
    assert len(made["code"]) == 16


def test_a_code_is_issued_revoked_and_expires(own):
    own("POST", "/api/v1/accounts", {"address": BOB})
    codes = f"/api/v1/accounts/{BOB}/codes"
    phone = own("POST", codes, {"label": "phone", "expires": "30d"})
    assert phone.status == 201
    assert phone.json["expires"] > phone.json["created"]
    plain = own("POST", codes)
    assert plain.json["label"] == "code-3"
    with imap(own, BOB, phone.json["code"]):
        pass
    revoked = own("POST", f"{codes}/phone/revoke").json
    assert {code["label"]: code["state"] for code in revoked["codes"]} == {
        "code-1": "valid",
        "phone": "revoked",
        "code-3": "valid",
    }
    assert own("POST", f"{codes}/phone/revoke").status == 409
    expired = own("POST", f"{codes}/code-3/expire").json
    assert expired["codes"][2]["state"] == "expired"
    later = own("POST", f"{codes}/code-3/expire", {"expires": "1h"}).json
    assert later["codes"][2]["state"] == "valid"
    for code, slug in ((phone, "auth.code-revoked"), (plain, None)):
        with contextlib.suppress(imaplib.IMAP4.error), imap(own, BOB, code.json["code"]):
            assert slug is None
    assert own("POST", f"{codes}/none/expire").json["slug"] == "api.account-not-changed"


def test_protocols_are_switched(own):
    made = own("POST", "/api/v1/accounts", {"address": BOB}).json
    switched = own("PUT", f"/api/v1/accounts/{BOB}/services", {"services": ["imap"]})
    assert switched.json["services"] == ["imap"]
    pop3 = poplib.POP3("127.0.0.1", own.private.ready.ports["pop3"])
    pop3.user(BOB)
    with pytest.raises(poplib.error_proto):
        pop3.pass_(made["code"])
    pop3.quit()


@pytest.mark.parametrize(
    ("order", "slug", "word"),
    [
        ({"address": ""}, "api.bad-body", "length"),
        ({"address": BOB, "code": {"code": "a\nb"}}, "api.unusable", "control"),
        ({"address": BOB, "code": {"label": "\x07"}}, "api.unusable", "printable"),
        ({"address": BOB, "code": {"expires": "soon"}}, "api.unusable", "soon"),
        ({"address": BOB, "code": {"expires": "999999w"}}, "api.unusable", "999999w"),
        ({"address": BOB, "colour": "red"}, "api.bad-body", "colour"),
    ],
)
def test_what_no_account_can_have_is_refused(own, order, slug, word):
    answer = own("POST", "/api/v1/accounts", order)
    assert (answer.status, answer.json["slug"]) == (422 if slug.endswith("e") else 400, slug)
    assert word in answer.json["detail"]
    assert own("GET", "/api/v1/accounts").json["accounts"] == []


def test_an_account_is_suspended_and_let_in_again(own):
    code = own("POST", "/api/v1/accounts", {"address": BOB}).json["code"]
    address = f"/api/v1/accounts/{BOB}/suspension"
    assert own("PUT", address).json["suspended"] == "banned"
    with pytest.raises(imaplib.IMAP4.error, match="suspended"):
        imap(own, BOB, code)
    assert own("PUT", address, {"because": "policy"}).json["suspended"] == "policy"
    assert own("PUT", address, {"because": "whim"}).json["slug"] == "api.bad-body"
    assert own("DELETE", address).json["suspended"] is None
    with imap(own, BOB, code):
        pass
    assert own("DELETE", address).json["slug"] == "api.account-not-changed"
    assert own("PUT", "/api/v1/accounts/nobody@x.test/suspension").status == 404


def test_reset_lets_limits_count_anew(start):
    api = start(rule=("messages_per_day=1",))
    deliver(api, BOB)
    with pytest.raises(smtplib.SMTPSenderRefused, match="sending limit"):
        deliver(api, BOB)
    api("POST", "/api/v1/reset", {"address": BOB})
    with pytest.raises(smtplib.SMTPSenderRefused):
        deliver(api, BOB)  # it is the client that was counted
    api("POST", "/api/v1/reset")
    deliver(api, BOB)


# Mailboxes


def test_mailboxes_are_made_listed_and_deleted(own):
    deliver(own, BOB)
    boxes = f"/api/v1/accounts/{BOB}/mailboxes"
    names = {box["name"]: box for box in own("GET", boxes).json["mailboxes"]}
    assert (names["INBOX"]["messages"], names["INBOX"]["unseen"]) == (1, 1)
    assert names["Sent"]["special_use"] == "\\Sent"
    made = own("POST", boxes, {"name": "Work/2026"})
    assert (made.status, made.json["name"]) == (201, "Work/2026")
    assert own("POST", boxes, {"name": "Work/2026"}).status == 409
    with imap(own, BOB) as client:
        assert client.select("Work/2026")[0] == "OK"
    names = {box["name"]: box for box in own("GET", boxes).json["mailboxes"]}
    assert names["Work"]["selectable"] is False
    assert own("DELETE", f"{boxes}/Work%2F2026").status == 200
    assert own("DELETE", f"{boxes}/Work%2F2026").json["slug"] == "api.no-such-mailbox"
    inbox = own("DELETE", f"{boxes}/INBOX")
    assert (inbox.status, inbox.json["slug"]) == (409, "api.mailbox-not-changed")


def test_asking_for_mailboxes_makes_none(own):
    answer = own("GET", "/api/v1/accounts/typo@fakemail.test/mailboxes")
    assert (answer.status, answer.json["slug"]) == (404, "api.no-such-account")
    assert own("GET", "/api/v1/accounts").json["mail"] == []


@pytest.mark.parametrize("name", ["../x", "..", "a%00b", "%2e%2e%2fetc"])
def test_no_name_of_a_mailbox_leads_elsewhere(own, name):
    deliver(own, BOB)
    answer = own("DELETE", f"/api/v1/accounts/{BOB}/mailboxes/{name}")
    assert answer.status in (404, 409)


# Reset


def test_reset_takes_what_was_named(own):
    for address in (BOB, "carol@fakemail.test", "dave@example.com", "erin@example.com"):
        deliver(own, address)
    own("POST", f"/api/v1/accounts/{BOB}/mailboxes", {"name": "Work"})

    def mail():
        return {
            address: own("GET", f"/api/v1/accounts/{address}/mailboxes").json["mailboxes"]
            for address in own("GET", "/api/v1/accounts").json["mail"]
        }

    removed = {"accounts": 1, "messages": 1, "sessions": 0}
    assert own("POST", "/api/v1/reset", {"address": BOB}).json == removed
    assert "Work" not in [box["name"] for box in mail()[BOB]]
    assert sum(box["messages"] for box in mail()[BOB]) == 0
    removed = own("POST", "/api/v1/reset", {"domain": "Example.com"}).json
    assert (removed["accounts"], removed["messages"]) == (2, 2)
    assert sum(box["messages"] for box in mail()["carol@fakemail.test"]) == 1
    removed = own("POST", "/api/v1/reset", {"sessions": True}).json
    assert removed["messages"] == 1
    assert removed["sessions"] >= 4
    assert own("GET", "/api/v1/sessions").json["total"] == 0
    assert own("POST", "/api/v1/reset").json == {"accounts": 0, "messages": 0, "sessions": 0}


# Sessions


def test_a_session_is_shown_with_its_reasons(own):
    send_without_login(own)
    deliver(own, BOB)
    everything = own("GET", "/api/v1/sessions").json
    assert everything["total"] == 2
    failed = own("GET", "/api/v1/sessions?failed=true").json["sessions"]
    assert [session["number"] for session in failed] == [1]
    assert failed[0]["listener"] == "submission"
    one = own("GET", "/api/v1/sessions/1").json
    reasons = [line["reason"]["slug"] for line in one["entries"] if line.get("reason")]
    assert reasons == ["smtp.auth-required"]
    text = own("GET", "/api/v1/sessions/1/text")
    assert text.headers["content-type"].startswith("text/plain")
    assert text.text == one["text"]
    assert "smtp.auth-required" in text.text
    assert own("GET", "/api/v1/sessions/last").json["number"] == 2
    assert own("GET", "/api/v1/sessions?after=1&limit=1").json["sessions"][0]["number"] == 2


def test_a_session_is_explained_in_two_languages(own):
    send_without_login(own)
    english = own("GET", "/api/v1/sessions/1/explanation").json
    chinese = own("GET", "/api/v1/sessions/1/explanation?lang=zh").json
    assert english["explanations"][0]["slug"] == "smtp.auth-required"
    assert english["explanations"][0]["fix"]
    assert "登录" in chinese["text"]
    assert "登录" not in english["text"]


def test_sessions_by_login(own):
    with imap(own, BOB):
        pass
    with imap(own, "carol@fakemail.test"):
        pass
    found = own("GET", f"/api/v1/sessions?login={BOB.upper()}&protocol=imap").json["sessions"]
    assert [session["login"] for session in found] == [BOB]
    assert own("GET", "/api/v1/sessions?login=no%20address").json["total"] == 0


@pytest.mark.parametrize("number", ["99", "0", "-1", "x", "%D9%A1", "1" * 30])
def test_no_such_session(own, number):
    answer = own("GET", f"/api/v1/sessions/{number}")
    assert (answer.status, answer.json["slug"]) == (404, "api.no-such-session")


# Dialects, settings, health


def test_dialects_are_told_with_sources(api):
    listed = api("GET", "/api/v1/dialects").json
    assert {"qq", "163", "gmail"} <= set(listed["dialects"])
    assert listed["default"] == "generic"
    by_name, by_domain = (api("GET", f"/api/v1/dialects/{x}").json for x in ("qq", "qq.com"))
    assert by_name == by_domain
    assert by_name["files"][0]["name"] == "qq"
    assert api("GET", "/api/v1/dialects/nobody").json["slug"] == "api.no-such-dialect"
    assert api("GET", "/api/v1/dialects/..%2Fqq").status == 404
    assert api("GET", "/api/v1/dialects/qq@x").status == 404
    rules = {rule["name"]: rule for rule in api("GET", "/api/v1/rules").json["rules"]}
    assert rules["greeting_delay"]["wants"] == "a number of seconds, at most 3600"


def test_the_dialect_is_changed_for_the_next_session(own):
    ports = own.private.ready.ports
    before = smtplib.SMTP("127.0.0.1", ports["submission"])
    assert own("PUT", "/api/v1/dialect", {"dialect": "qq"}).json == {"dialect": "qq", "rules": []}
    assert own("GET", "/api/v1/dialects").json["default"] == "qq"
    before.ehlo()
    assert before.mail("me@qq.com") == (530, b"5.7.0 Authentication required")
    before.quit()
    with smtplib.SMTP("127.0.0.1", ports["submission"]) as after:
        after.ehlo()
        code, text = after.mail("me@qq.com")
        assert (code, b"EHLO and AUTH first" in text) == (503, True)
    rules = ["no-auth_before_tls"]
    own("PUT", "/api/v1/dialect", {"rules": rules})
    assert own("GET", "/api/v1/dialect").json == {"dialect": "generic", "rules": rules}
    with smtplib.SMTP("127.0.0.1", ports["submission"]) as clear:
        clear.ehlo()
        assert clear.docmd("AUTH", "PLAIN AGJvYgB4")[0] == 538
    for order in (
        {"dialect": "nobody"},
        {"dialect": "./pyproject.toml"},
        {"dialect": "qq@x"},
        {"rules": ["x"]},
        {"rules": ["greeting_delay=never"]},
    ):
        answer = own("PUT", "/api/v1/dialect", order)
        assert (answer.status, answer.json["slug"]) == (422, "api.unusable")
    assert own("GET", "/api/v1/dialect").json == {"dialect": "generic", "rules": rules}


def test_settings_are_told_without_the_token(start):
    api = start(api_token="s3cr3t-t0ken")
    token = {"Authorization": "Bearer s3cr3t-t0ken"}
    answer = api("GET", "/api/v1/settings", headers=token)
    assert answer.json["settings"]["ports"] == "ephemeral"
    assert answer.json["ports"]["imap"] == api.private.ready.ports["imap"]
    assert "s3cr3t" not in answer.text
    assert api("GET", "/api/v1/settings").status == 401
    assert api("GET", "/livez").status == 200
    assert api("GET", "/readyz").text == "ok\n"
    assert api("GET", "/api/service/readiness").status == 200


def test_prometheus_is_told_how_much_was_done(own):
    deliver(own, BOB, "carol@fakemail.test")
    with imap(own, BOB) as client:
        client.select("INBOX")
    send_without_login(own)
    from prometheus_client.parser import text_string_to_metric_families

    answer = own("GET", "/metrics")
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert found["fakemail_sessions_total", "smtp"] == 2
    assert found["fakemail_sessions_total", "imap"] == 1
    assert found["fakemail_logins_total", "imap"] == 1
    assert found["fakemail_refusals_total", "smtp", "smtp.auth-required"] == 1
    assert found["fakemail_messages_total",] == 1
    assert found["fakemail_message_octets_total",] > len(MAIL)


# GreenMail


def test_greenmails_api_works_as_its_clients_know_it(start):
    api = start(accounts="listed")
    assert api("GET", "/api/service/readiness").json == {"message": "Service running"}
    user = {"email": "foo.bar@example.com", "login": "foo", "password": "secret"}
    created = api("POST", "/api/user", user)
    assert created.json == {"login": "foo", "email": "foo.bar@example.com"}
    with imap(api, "foo", "secret"):
        pass
    with imap(api, "foo.bar@example.com", "secret"):
        pass
    assert [u["email"] for u in api("GET", "/api/user").json] == ["foo.bar@example.com"]
    deliver(api, "foo.bar@example.com")
    (message,) = api("GET", "/api/user/foo/messages").json
    assert message["subject"] == "hello"
    assert message["mimeMessage"].endswith("\r\n\r\nhello\r\n")
    assert api("GET", "/api/user/foo/messages/Sent").json == []
    assert api("GET", "/api/user/foo/messages/None").status == 404
    assert api("POST", "/api/mail/purge").json["message"]
    with imap(api, "foo", "secret") as client:
        assert client.select("INBOX")[1] == [b"0"]
    setups = {s["protocol"]: s for s in api("GET", "/api/configuration").json["serverSetups"]}
    assert setups["imap"]["port"] == api.private.ready.ports["imap"]
    assert setups["imaps"]["isSecure"] is True
    assert api("DELETE", "/api/user/foo").status == 200
    assert api("GET", "/api/user").json == []


def test_greenmails_reset_keeps_the_accounts_of_the_file(own):
    own("POST", "/api/v1/accounts", {"address": "alice@fakemail.test"})
    own("POST", "/api/user", {"email": BOB, "login": BOB, "password": "x"})
    deliver(own, BOB)
    assert own("POST", "/api/service/reset").status == 200
    assert [u["email"] for u in own("GET", "/api/user").json] == ["alice@fakemail.test"]
    assert own("POST", "/api/user", {"email": "a b@", "login": "x", "password": "x"}).status == 422
