"""What a person reads of an HTML page, and where its links lead. Enough for mail; no browser.

One pass, whatever the page is: an element that is never closed ends where the page does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

LONGEST = 1_000_000
"""Characters of a page past this number are not looked at."""

MAX_LINKS = 1_000

_TAG = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,20})")
_HIDDEN = {"script", "style", "title", "template", "noscript"}
_BREAKS = {
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th",
    "tr", "ul",
}  # fmt: skip
_HREF = re.compile(r"\bhref\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.I)
_URL = re.compile(r"\bhttps?://[^\s<>\"'\\^`{|}\x00-\x20\x7f]+", re.I)
_SPACE = re.compile(r"[ \t\r\f\v\xa0\u200b\u200c\u200d\u2060\ufeff]+")
_LINES = re.compile(r" ?\n[ \n]*")


def text_of(page: str) -> str:
    """The text of a page, a line for each block."""
    pieces: list[str] = []
    for text, tag in _cut(page[:LONGEST]):
        pieces.append(unescape(text).replace("\n", " "))
        name = _name(tag)
        if name in _BREAKS:
            pieces.append("\n")
    return _LINES.sub("\n", _SPACE.sub(" ", "".join(pieces))).strip()


def links(text: str, page: str) -> list[str]:
    """Every http(s) address in a text and a page, each once, in order; the page's come first."""
    found: dict[str, None] = {}
    for _, tag in _cut(page[:LONGEST]):
        if _name(tag) in ("a", "area") and (match := _HREF.search(tag)):
            target = unescape(next(filter(None, match.groups()), "")).strip()
            if target.lower().startswith(("http://", "https://")):
                found[target] = None
        if len(found) >= MAX_LINKS:
            break
    for match in _URL.finditer(text[:LONGEST]):
        if len(found) >= MAX_LINKS:
            break
        found[_trimmed(match[0])] = None
    return list(found)


def _trimmed(url: str) -> str:
    """Without what belongs to the sentence: a full stop, a bracket that was opened before."""
    end = len(url)
    surplus = url.count(")") - url.count("(")
    while end and url[end - 1] in ".,;:!?)]*_。，；":
        if url[end - 1] == ")":
            if surplus <= 0:
                break
            surplus -= 1
        end -= 1
    return url[:end]


def _cut(page: str) -> Iterator[tuple[str, str]]:
    """Pairs of text and the tag that ends it, what is between ``<`` and ``>``."""
    lower = page.lower()
    at = 0
    while at < len(page):
        opened = page.find("<", at)
        if opened < 0:
            yield page[at:], ""
            return
        if page.startswith("<!--", opened):
            closed = page.find("-->", opened + 4)
            end = len(page) if closed < 0 else closed + 3
            yield page[at:opened], ""
        elif _TAG.match(page, opened + 1) or page.startswith(("<!", "<?"), opened):
            closed = page.find(">", opened)
            end = len(page) if closed < 0 else closed + 1
            tag = page[opened + 1 : end - 1]
            yield page[at:opened], tag
            name = _name(tag)
            if name in _HIDDEN and not tag.startswith("/"):
                closed = lower.find(f"</{name}", end)
                end = len(page) if closed < 0 else closed
        else:
            end = opened + 1
            yield page[at:end], ""
        at = end


def _name(tag: str) -> str:
    match = _TAG.match(tag)
    return match[1].lower() if match else ""
