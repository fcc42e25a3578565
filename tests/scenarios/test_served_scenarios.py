"""Each of the 100 known mistakes, made on a socket: the reply is the provider's own, and what the
server recorded is explained as that mistake, with its fix.

The client's half is played from `tests/explain/conversations`; how, stands in `conftest.py`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from fakemail.dialects.load import load
from fakemail.explain.explain import explain
from fakemail.explain.replies import Template
from fakemail.explain.scenarios import scenarios, text
from fakemail.transcript.text import render

CONVERSATIONS = Path(__file__).parents[1] / "explain" / "conversations"
ALL = sorted(path.stem for path in CONVERSATIONS.glob("*.txt"))

LISTED = {"A05", "A06", "A08", "A09", "A10", "A11", "A17", "E02"}
"""Nothing on the wire names the program, and the reply is the same for several of them: they are
listed, each with its own fix, and none is said to be the one."""

TWINS = {"A04": "A03"}
"""The same octets on the wire: told together."""

NOTHING_REFUSED = {"D04", "D08", "D14", "E04", "E05", "E12", "E15"}

SHORTEST = 3
"""Letters that a template must have outside of its placeholders to tell anything."""


@pytest.mark.parametrize("script", ALL, indirect=True)
def test_the_mistake_is_made_and_explained(script, play):
    played = play(script)
    scenario = scenarios()[script.id]
    shown = render(played.session)

    # what the provider says
    replies = played.replies
    if not script.get("client"):  # where TLS fails, the socket has only octets
        assert played.heard == replies
    assert len(replies) == len(script.replies), shown
    for wanted, said in zip(script.replies, replies, strict=True):
        assert is_same(script, wanted, said), f"{wanted}\n{said}\n{shown}"
    if scenario.says:
        assert any(words.is_all_of(line) for words in scenario.says for line in replies), shown

    # what was recorded
    assert (played.session.refusals == 0) == (script.id in NOTHING_REFUSED), shown
    assert not any(secret in shown for secret in play.secrets), shown

    # what is explained
    for language in ("en", "zh"):
        main = explain(played.session, language, around=script.text)[0]
        assert script.id in main.ids, f"{main}\n{shown}"
        fix = text(scenario, "fix", language)
        assert unspaced(fix) in unspaced(main.as_text(language))
        if script.id in LISTED:
            assert main.fix != fix
            continue
        first = TWINS.get(script.id, script.id)
        assert main.ids[0] == first, f"{main}\n{shown}"
        assert main.fix == text(scenarios()[first], "fix", language)
        assert text(scenarios()[first], "cause", language) in main.why


def is_same(script, wanted: str, said: str) -> bool:
    """Whether two lines are equal but for what varies: placeholders of a text of the dialect, and
    long numbers in what fakemail says of its own accord."""
    if re.sub(r"\d{6,}", "#", wanted) == re.sub(r"\d{6,}", "#", said):
        return True
    return any(
        template.is_all_of(wanted) and template.is_all_of(said)
        for template in templates(script.dialect, script.protocol)
    )


@cache
def templates(dialect: str, protocol: str) -> list[Template]:
    """The lines of a dialect in which something varies."""
    lines = {
        line
        for (spoken, _, _), known in load(dialect).texts.items()
        if spoken == protocol
        for line in known.lines
        if "{" in line and len(re.findall(r"\w", re.sub(r"\{\w+\}", "", line))) >= SHORTEST
    }
    return [Template(line) for line in lines]


def unspaced(words: str) -> str:
    """Without the line ends and indentation of the terminal."""
    return "".join(words.split())
