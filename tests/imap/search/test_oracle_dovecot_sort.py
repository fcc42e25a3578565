"""Dovecot, asked to sort and thread the same messages; what it sorts otherwise is left out of the
question, with a reason."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

pytestmark = pytest.mark.oracle

DATE = "msg_47.txt"
"""``00:01+0000``, without seconds and without a space: we read it."""

NOBODY = "msg_43.txt"
"""``MAILER DAEMON <>``: to Dovecot, MISSING_MAILBOX at MISSING_DOMAIN; to us, and in our ENVELOPE,
two empty strings (RFC 5256 §3: "treated as the empty string")."""

NO_HOST = "msg_05.txt"
"""``From: foo``: to Dovecot at MISSING_DOMAIN; to us at an empty one."""

ODD = {
    "DATE": [DATE],
    "DISPLAYFROM": [NOBODY, NO_HOST],
    "DISPLAYTO": [NO_HOST],
    "FROM": [NOBODY],
    "THREAD": [DATE],
}
KEYS = ["ARRIVAL", "CC", "DATE", "DISPLAYFROM", "DISPLAYTO", "FROM", "SIZE", "SUBJECT", "TO"]
COMMANDS = [
    *(f"SORT ({key}) UTF-8 ALL" for key in KEYS),
    *(f"UID SORT (REVERSE {key}) UTF-8 ALL" for key in KEYS),
    "SORT (SUBJECT REVERSE DATE) US-ASCII ALL",
    "SORT (FROM REVERSE SUBJECT ARRIVAL) UTF-8 LARGER 500",
    "SORT (REVERSE SIZE) UTF-8 TEXT nowhere",
    "SORT RETURN (MIN MAX COUNT) (SUBJECT) UTF-8 ALL",
    "SORT RETURN () (REVERSE DATE) UTF-8 ALL",
    "UID SORT RETURN (ALL COUNT) (SIZE) UTF-8 SMALLER 2000",
    "SEARCH RETURN (MIN MAX ALL COUNT) ALL",
    "SEARCH RETURN (MIN MAX) LARGER 1000",
    "UID SEARCH RETURN (COUNT) LARGER 1000",
    "UID SEARCH RETURN (ALL) SMALLER 700",
    "SEARCH RETURN (MIN COUNT) TEXT nowhere",
    "SEARCH OLDER 1",
    "SEARCH YOUNGER 1",
    "THREAD ORDEREDSUBJECT UTF-8 ALL",
    "THREAD REFERENCES UTF-8 ALL",
    "UID THREAD REFERENCES UTF-8 LARGER 800",
    "THREAD REFERENCES UTF-8 TEXT nowhere",
]


def ours(client: Any, command: str) -> list[bytes]:
    lines = client.ask(f"tag {command}").split(b"\r\n")
    assert lines[-2].startswith(b"tag OK"), lines
    return lines[:-2]


def theirs(dovecot: Any, command: str) -> list[bytes]:
    """Without the space that Dovecot puts after an empty THREAD."""
    return [line.rstrip(b" ") for line in dovecot.ask(command.encode())]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_corpus_comes_out_the_same(
    command: str, messages: Any, dovecot: Any, fill: Any
) -> None:
    words = re.findall(r"[A-Z]+", command)
    odd = {name for word in words for name in ODD.get(word, ())}
    numbers = [str(message.seq) for message in messages if message.name in odd]
    asked = f"{command} NOT {','.join(numbers)}" if numbers else command
    assert ours(fill(messages), asked) == theirs(dovecot, asked)


SUBJECTS = """
    lunch|Re: lunch|RE : lunch|re[2]: lunch|Fwd: lunch|FW: lunch|fw [x]: lunch|lunch (fwd)
    [list] lunch|[list] Re: [other] lunch|[fwd: lunch]|[Fwd: [fwd: Re: lunch] (fwd)]
    Re: [list]|[list]|[a] [b]|[a][b]c|Re: [list] Re: Fwd: lunch (Fwd) (fWd)|re:|Re: re:
    (fwd)||[fwd:]|[fwd: ] x|[fwd: a] b|[fwd: a|=?utf-8?q?Re:_l=C3=BCnch?=
    =?utf-8?q?L=C3=9CNCH?=|=?utf-8?b?bHXMiG5jaA==?=|lu  nch|lu nch|LUNCH|ref: lunch
    fwdd: lunch|[x [y] lunch|[x]] lunch|Re: (fwd) lunch|Re[: lunch|rE:lunch|tea|Re: tea|ﬁne
    [unclosed lunch|[list]Re:lunch|[] lunch|[]Re: lunch|Re [: x]: lunch|Aw: lunch
    Re: Aw: lunch|tEa (fwd)
"""
CHOICES = [each.strip() for line in SUBJECTS.strip().splitlines() for each in line.split("|")]


def made_up(make_message: Any, seed: int, count: int) -> list[Any]:
    """Messages that answer each other, or claim to."""
    rng = random.Random(seed)
    subjects = rng.sample(CHOICES, 6) if seed % 2 else CHOICES
    made = []
    for number in range(1, count + 1):
        fields = [f"Subject: {rng.choice(subjects)}"] if rng.random() < 0.95 else []
        ids = [f"<{rng.randint(1, count)}@x>" for _ in range(rng.choice([0, 0, 1, 1, 2, 3, 6]))]
        if rng.random() < 0.2:
            ids += [f"<gone{rng.randint(1, 9)}@x>"]
        if rng.random() < 0.1:
            ids += [f'<"{rng.randint(1, count)}"@x>']
        rng.shuffle(ids)
        if ids:
            fields.append(f"{rng.choice(['References', 'In-Reply-To'])}: {' '.join(ids)}")
        if rng.random() < 0.9:
            own = number if rng.random() < 0.95 else rng.randint(1, count)
            fields.append(f"Message-ID: <{own}@x>")
        if rng.random() < 0.9:
            hour, zone = rng.randint(0, 3), rng.choice(["+0000", "+0100", "-0800"])
            fields.append(f"Date: {rng.randint(1, 9)} Jan 2020 {hour:02}:00:00 {zone}")
        name = rng.choice(["a", "B", "=C3=A9", "E=CC=81", "=EF=AC=81", "f", "=C3=9F"])
        fields.append(f"From: =?utf-8?q?{name}?= <{rng.choice('zyX')}@y>")
        octets = "\r\n".join([*fields, "", "text", ""]).encode()
        day = 1_577_836_800.0 + 3600 * rng.randint(0, 200)
        made.append(make_message(number, str(number), octets, internal_date=day))
    return made


@pytest.mark.parametrize("seed", range(6))
def test_so_do_messages_that_were_made_for_it(
    seed: int, make_message: Any, searching: Any, fill: Any
) -> None:
    messages = made_up(make_message, seed, 150)
    client = fill(messages)
    with searching(messages) as dovecot:
        for command in (
            "SORT (SUBJECT) UTF-8 ALL",
            "SORT (REVERSE SUBJECT DATE) UTF-8 ALL",
            "SORT (DISPLAYFROM REVERSE FROM) UTF-8 ALL",
            "THREAD ORDEREDSUBJECT UTF-8 ALL",
            "THREAD REFERENCES UTF-8 ALL",
            "THREAD REFERENCES UTF-8 NOT 1:40",
        ):
            assert ours(client, command) == theirs(dovecot, command), command
