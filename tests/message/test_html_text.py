"""The text and the links of HTML pages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.message.html import LONGEST, links, text_of


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>Hello&nbsp;<b>World</b><br>a &lt; b</p>", "Hello World\na < b"),
        ("<style>p { color: red }</style><p>x", "x"),
        ("a<script>if (1 < 2) alert('</p>')</script>b", "ab"),
        ("a<script>never closed", "a"),
        ("a<!-- <p>hidden</p> -->b<!-- never closed", "ab"),
        ("<td>1</td><td>2</td>", "1\n2"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("a\n  b\tc", "a b c"),
        ("&#72;&#x69;&unknown;", "Hi&unknown;"),
        ("", ""),
        ("<", "<"),
        ("<p", ""),
    ],
)
def test_text(page, text):
    assert text_of(page) == text


def test_links_of_pages_and_texts():
    page = (
        '<a href="https://c.test/?a=1&amp;b=2">x</a> <A class=x HREF=http://d.test/>y</A>'
        "<a href='mailto:x@y.test'>m</a><a href='javascript:x'>j</a><a name=z>z</a>"
        '<img src="http://e.test/pixel">'
    )
    text = "see https://a.test/x_(1), (http://b.test/). <https://c.test/?a=1&b=2>"
    assert links(text, page) == [
        "https://c.test/?a=1&b=2",
        "http://d.test/",
        "https://a.test/x_(1)",
        "http://b.test/",
    ]


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "piece",
    ["<script>", "<a", "<!--", "<p>", "</script", "http://", "http://a)", ")", "<a href=", "&"],
)
def test_long_pages_cost_little(piece):
    page = piece * (LONGEST // len(piece))
    text_of(page)
    links("http://x/" + page, page)


@given(st.text(alphabet="<>/ap\"' =!-&;hreftp:\n", max_size=200))
@settings(max_examples=200, deadline=None)
def test_whatever_it_is(page):
    text_of(page)
    for link in links(page, page):
        assert link.lower().startswith(("http://", "https://"))
