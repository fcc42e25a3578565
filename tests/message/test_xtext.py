"""xtext and its sibling for UTF-8, read back after they were written by their ABNF."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.message.xtext import XtextError, decode, decode_address

ASCII = st.text(st.characters(max_codepoint=127))
PEOPLE = st.text(st.characters(exclude_categories=["Cs"]))


def xtext(text: str, always: frozenset[str]) -> str:
    """RFC 3461 §4: "!" to "~" as itself, unless the writer likes hexchars; "+" and "=" never."""
    return "".join(
        c if "!" <= c <= "~" and c not in always | {"+", "="} else f"+{ord(c):02X}" for c in text
    )


def unitext(text: str, ascii_only: bool) -> str:
    """RFC 6533 §3: controls, space, ``\\``, ``+``, ``=`` escaped, the rest beyond ASCII may be."""
    special = {"\\", "+", "=", "\x7f"}
    return "".join(
        f"\\x{{{ord(c):02X}}}"
        if c <= " " or c in special or (ascii_only and not c.isascii())
        else c
        for c in text
    )


@given(ASCII, st.frozensets(st.characters(max_codepoint=127)))
@settings(max_examples=200)
def test_xtext_is_read_back(text, always):
    assert decode(xtext(text, always)) == text


@given(PEOPLE, st.booleans())
@settings(max_examples=200)
def test_addresses_in_utf_8_are_read_back(text, ascii_only):
    written = unitext(text, ascii_only)
    assert decode_address(written) == text
    assert written.isascii() or not ascii_only


def test_every_octet_by_itself():
    """The ABNF's sets, over all of ASCII and a little beyond."""
    for code in range(256):
        fine = 0x21 <= code <= 0x7E and chr(code) not in "+="
        assert fine == (_reads(decode, chr(code)))
        assert (code > 127 or (fine and chr(code) != "\\")) == _reads(decode_address, chr(code))


def _reads(reader, text):
    try:
        return reader(text) == text
    except XtextError:
        return False


@pytest.mark.parametrize(
    ("text", "at"),
    [("a+b", 2), ("+0d", 1), ("+0", 1), ("ab=", 3), ("a b", 2), ("a\x7f", 2), ("+2B+", 4)],
)
def test_what_is_wrong_has_a_position(text, at):
    with pytest.raises(XtextError, match=rf"at position {at};"):
        decode(text)


@pytest.mark.parametrize(
    "text",
    [
        r"\x{41}",  # is written as it is
        r"\x{0041}",
        r"\x{00E9}",  # leading zeros
        r"\x{D800}",
        r"\x{110000}",
    ],
)
def test_what_is_escaped_needs_it(text):
    with pytest.raises(XtextError, match=f"escaped as '{text[3:-1]}'"):
        decode_address(text)


@pytest.mark.parametrize(
    "text", [r"\x{1}", r"\x{}", r"\x{1234567}", r"\x2B", "\\", "a+2B", r"\x{zz}"]
)
def test_what_is_no_escape(text):
    with pytest.raises(XtextError, match="at position"):
        decode_address(text)


def test_known_answers():
    assert decode("Bob+40Example.COM+2Bx+3D") == "Bob@Example.COM+x="
    assert decode_address(r"\x{7528}\x{2B}\x{20}x\x{1F600}") == "用+ x😀"
    assert decode_address(r"\x{e9}") == "é"
