"""`mail.fault`: for the clients of one test, as long as it lasts, in a thread and in a process."""

from __future__ import annotations

import smtplib

import pytest

from fakemail.faults.fault import FaultError
from fakemail.testing.local import LocalServer
from fakemail.testing.process import ProcessServer


@pytest.fixture(scope="module", params=[LocalServer, ProcessServer])
def server(request):
    with request.param() as server:
        yield server


def send(mail, times=1, by="smtp"):
    """What became of each message."""
    said = []
    for _ in range(times):
        endpoint = getattr(mail, by)
        with smtplib.SMTP(endpoint.host, endpoint.port) as smtp:
            try:
                smtp.sendmail(mail.address, [mail.address], b"Subject: x\r\n\r\nhello\r\n")
                said.append(250)
            except smtplib.SMTPRecipientsRefused as refused:
                said.append(refused.recipients[mail.address][0])
            except smtplib.SMTPServerDisconnected:
                said.append(0)
    return said


def test_it_strikes_as_often_as_it_says_and_tells(server):
    with (
        server.fresh_mail() as mail,
        mail.fault("smtp rcpt first=2 refuse=smtp.rate-limited") as fault,
    ):
        assert send(mail, 3) == [450, 450, 250]
        assert (fault.met, fault.struck) == (3, 2)
        assert mail.sessions[0].reasons == ["smtp.rate-limited"]
        assert "fault" in repr(fault)


def test_it_is_over_with_the_block_and_still_knows(server):
    with server.fresh_mail() as mail:
        with mail.fault("smtp content lose") as fault:
            assert send(mail) == [0]
        assert send(mail) == [250]
        assert (fault.met, fault.struck) == (1, 1)
        assert len(mail.wait(to=mail.address, count=2)) == 2


def test_it_is_over_with_the_test(server):
    with server.fresh_mail() as mail:
        mail.fault("smtp rcpt close")
    with server.fresh_mail() as mail:
        assert send(mail) == [250]


def test_other_tests_have_no_part_in_it(server):
    with server.fresh_mail() as mine, server.fresh_mail() as theirs:
        mine.fault("smtp rcpt refuse=smtp.rate-limited")
        assert send(theirs) == [250]
        assert send(mine) == [450]


def test_a_sentence_that_says_nothing(server):
    with (
        server.fresh_mail() as mail,
        pytest.raises(FaultError, match="'lunch' is no moment of smtp"),
    ):
        mail.fault("smtp lunch close")
