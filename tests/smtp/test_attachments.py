"""Attachments that are refused by the ends of their names."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.smtp.attachments import LONGEST, Skeleton, names


def made(*files: str, inside: EmailMessage | None = None) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "hello"
    message.set_content("-- \nno attachment; filename=run.bat\nContent-Type: text/x; name=y.bat\n")
    message.add_alternative("<p>hello</p>", subtype="html")
    for file in files:
        message.add_attachment(b"\0" * 3000, "application", "octet-stream", filename=file)
    if inside is not None:
        message.add_attachment(inside)
    return message.as_bytes()


def skeleton(octets: bytes, cuts: list[int]) -> bytes:
    gathered = Skeleton()
    for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True):
        gathered.feed(octets[start:end])
    return gathered.octets()


FORWARDED = EmailMessage(policy=SMTP)
FORWARDED["Subject"] = "look"
FORWARDED.set_content("see there")
FORWARDED.add_attachment(b"x", "text", "vbs", filename="inner.vbs")

MESSAGES = [
    made(),
    made("plan.pdf", "run.bat"),
    made("приказ.exe", "a b.scr"),
    made("x" * 200 + ".vbs"),
    made("outer.pdf", inside=FORWARDED),
    b"Subject: no body",
    b"\r\nonly a body\r\n--x\r\n",
    b"",
    made("run.bat").replace(b"\r\n", b"\n"),
]


@pytest.mark.parametrize("octets", MESSAGES, ids=range(len(MESSAGES)))
def test_a_skeleton_has_the_names_of_its_message(octets: bytes) -> None:
    wanted = sorted(names(octets))
    random = Random(7)
    every = list(range(1, len(octets)))
    slices = [[], every, *(sorted(random.sample(every, min(9, len(every)))) for _ in range(60))]
    for cuts in slices:
        assert sorted(names(skeleton(octets, cuts))) == wanted
    assert len(skeleton(octets, [])) <= max(3000, len(octets))


def test_names_are_found_and_text_is_none() -> None:
    assert sorted(names(MESSAGES[0])) == []
    assert sorted(names(MESSAGES[1])) == ["plan.pdf", "run.bat"]
    assert sorted(names(MESSAGES[2])) == ["a b.scr", "приказ.exe"]
    assert sorted(names(MESSAGES[4])) == ["inner.vbs", "outer.pdf"]


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=5))
def test_nothing_breaks_it(octets: bytes, cuts: list[int]) -> None:
    cuts = sorted(min(cut, len(octets)) for cut in cuts)
    list(names(skeleton(octets, cuts)))


@given(st.lists(st.sampled_from([b"\r\n", b"\n", b"--", b"a", b"\r", b"message/"]), max_size=40))
def test_however_it_is_cut_it_is_the_same(pieces: list[bytes]) -> None:
    octets = b"".join(pieces)
    whole = skeleton(octets, [])
    assert skeleton(octets, list(range(1, len(octets)))) == whole


def test_it_is_bounded() -> None:
    gathered = Skeleton()
    for _ in range(300):
        gathered.feed(b"--x\r\n" * 2000)
    assert len(gathered.octets()) < LONGEST + 20_000
