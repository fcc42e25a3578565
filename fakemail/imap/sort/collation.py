"""i;unicode-casemap, by which SORT and THREAD compare strings (RFC 5256 §7; RFC 5051 §2)."""

from __future__ import annotations

from unicodedata import normalize


def casemap(text: str) -> str:
    """A text whose code points order, and equal, as the collation says.

    Each character in title case, as the Unicode tables map single characters (``ß`` has no other
    case there), then decomposed, compatibility decompositions included. The collation compares
    UTF-8 octets, which order as code points do.
    """
    if text.isascii():
        return text.upper()
    titles = [title if len(title := character.title()) == 1 else character for character in text]
    return normalize("NFKD", "".join(titles))
