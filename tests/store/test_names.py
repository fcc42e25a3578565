"""Mailbox names and their folders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.store import names
from fakemail.store.errors import BadMailboxName


def test_known_answers() -> None:
    assert names.folder_of("INBOX") == names.folder_of("inbox") == ""
    assert names.folder_of("Work/2026") == ".Work.2026"
    assert names.folder_of("Entwürfe/Sub & co") == ".Entw&APw-rfe.Sub &- co"
    assert names.folder_of("inbox/a") == ".INBOX.a"
    assert names.folder_of("v.1") == ".v&AC4-1"
    assert names.name_of(".v&AC4-1") == "v.1"


def test_modified_utf7_of_the_rfc() -> None:
    """The example of RFC 3501 §5.1.3."""
    text = "~peter/mail/台北/日本語"
    assert names.encode_modified_utf7(text) == "~peter/mail/&U,BTFw-/&ZeVnLIqe-"
    assert names.decode_modified_utf7("~peter/mail/&U,BTFw-/&ZeVnLIqe-") == text


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "a//b",
        "/a",
        "a/",
        "a\0b",
        "a\nb",
        "..",
        "../../x",
        "a/../b",
        ".",
        "a/./b",
        "x" * 1000,
        "é" * 250,
        "a\x7f",
        "\ud800",
    ],
)
def test_refused(name: str) -> None:
    with pytest.raises(BadMailboxName) as caught:
        names.folder_of(name)
    assert caught.value.because.endswith(".")


@pytest.mark.parametrize("folder", [".&", ".a&b", ".Entwürfe", ".&AGE-", ".", "..x", ".a..b"])
def test_folders_that_are_no_mailbox(folder: str) -> None:
    """Among them ``&AGE-``: RFC 3501 §5.1.3 has one form for each name, and that is ``a``."""
    assert names.name_of(folder) is None


@given(st.text(max_size=60))
def test_round_trip_and_never_a_separator(name: str) -> None:
    try:
        folder = names.folder_of(name)
    except BadMailboxName:
        return
    assert "/" not in folder and "\0" not in folder and folder.isascii() and len(folder) <= 255
    if folder:
        assert folder not in (".", "..")
        assert names.name_of(folder) == names.canonical_name(name)
