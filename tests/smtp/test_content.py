"""DATA: where it ends, what is kept, what is refused; and no smuggling."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.smtp.dots import DotReader

MESSAGES = [
    b"",
    b"\r\n",
    b"x\r\n",
    b"Subject: a\r\n\r\nb\r\n",
    b".\r\n..\r\n...\r\n.x\r\n",
    b"\r\n.\r\r\n",
    b"a\n.\nb\r\n",
    b"a\r.\rb\r\n",
    b"a\n.\r\nb\r\n",
    b"a\r\n\n.\r\nb\r\n",
    b"a\r.\r\nb\r\n",
    b"\r\r\n\r\n\n\r\n",
    b"lone \r and lone \n\r\n.\r\n",
    bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") + b"\r\n",
]


def stuffed(message: bytes) -> bytes:
    """What a right client sends for it (RFC 5321 §4.5.2), the end included."""
    assert not message or message.endswith(b"\r\n")
    first = b"." if message.startswith(b".") else b""
    return first + message.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def read(chunks) -> tuple[bytes, bytes]:
    reader = DotReader()
    content = bytearray()
    chunks = iter(chunks)
    for chunk in chunks:
        content += reader.feed(chunk)
        if reader.ended:
            return bytes(content), reader.rest + b"".join(chunks)
    raise AssertionError("did not end")


@pytest.mark.parametrize("message", MESSAGES)
def test_cut_anywhere(message):
    octets = stuffed(message) + b"NOOP\r\n"
    for cut in range(len(octets) + 1):
        assert read([octets[:cut], octets[cut:]]) == (message, b"NOOP\r\n")
    assert read(octets[at : at + 1] for at in range(len(octets))) == (message, b"NOOP\r\n")


pieces = st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"a", b"bc", b"\x00", b"\xff"])


@given(st.lists(pieces), st.lists(st.integers(1, 5)))
@settings(max_examples=300)
def test_what_is_stuffed_comes_out_as_it_was(parts, sizes):
    message = b"".join(parts)
    message = message + b"\r\n" if message and not message.endswith(b"\r\n") else message
    octets, chunks = stuffed(message) + b"rest", []
    for size in sizes:
        chunks.append(octets[:size])
        octets = octets[size:]
    assert read([*chunks, octets]) == (message, b"rest")


@given(st.lists(pieces))
@settings(max_examples=300)
def test_the_end_is_where_the_rfc_says(parts):
    """Against the definition: line by line, where only CR LF ends a line."""
    octets = b"".join(parts) + b"\r\n.\r\nrest"
    lines = octets.split(b"\r\n")
    end = lines.index(b".")
    wanted = b"".join(line.removeprefix(b".") + b"\r\n" for line in lines[:end])
    assert read([octets]) == (wanted, b"\r\n".join(lines[end + 1 :]))
    assert read(octets[at : at + 1] for at in range(len(octets)))[0] == wanted


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("step", [0, 1, 3])
def test_kept_octet_for_octet(client, message, step):
    reply = client.ready().raw(stuffed(message), step)
    assert reply.startswith("250 2.0.0 Ok: queued as")
    assert client.store.contents == [message]
    assert client.say("NOOP") == "250 2.0.0 Ok"


@pytest.mark.parametrize(
    "trick",
    [
        b"\n.\n",
        b"\n.\r\n",
        b"\r.\r",
        b"\r.\r\n",
        b"\r\n.\n",
        b"\r\n.\r",
        b"\r\n\x00.\r\n",
        b"\r\n.\x00\r\n",
        b"\r\r\n.\r\r\n",
        b"\n\n.\n\n",
        b"\r\n. \r\n",
    ],
)
@pytest.mark.parametrize("step", [0, 1])
def test_nothing_else_ends_the_content(client, trick, step):
    smuggled = b"MAIL FROM:<evil@x.test>\r\nRCPT TO:<victim@x.test>\r\nDATA\r\nspoof\r\n"
    reply = client.ready().raw(b"real" + trick + smuggled + b"\r\n.\r\n", step)
    assert reply[:3] in {"250", "554"} and "\n" not in reply
    assert len(client.store.messages) <= 1
    if client.store.messages:
        assert smuggled in client.store.contents[0]
        assert client.store.messages[0][0] == ["c@d.test"]


def test_bare_line_ends_are_marked_once_with_the_offset(client):
    client.ready().raw(b"good\r\nbad\nworse\rbad\n\r\n.\r\n")
    marks = [line for line in client.transcript.splitlines() if "bare CR or LF" in line]
    assert len(marks) == 1 and "at offset 9;" in marks[0] and "RFC 5321 §2.3.8" in marks[0]


@pytest.mark.parametrize("step", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("content", "at"), [(b"a\r\nb\r\r\n", 4), (b"a\n\r\r\n", 1), (b"a\r\n", None)]
)
def test_bare_line_ends_are_found_across_chunks(client, step, content, at):
    client.ready().raw(content + b".\r\n", step)
    assert ("bare CR" in client.transcript) == (at is not None)
    assert at is None or f"at offset {at};" in client.transcript


@pytest.mark.parametrize("step", [0, 1])
def test_nul_is_refused_after_the_end(client, step):
    assert client.ready().raw(b"a\x00b\r\nNOOP\r\n.\r\n", step)[:9] == "554 5.6.0"
    assert client.reasons == ["smtp.nul-in-content"]
    assert client.store.open == 0 and not client.store.messages
    client.ready()
    assert client.say("fine", ".")[:3] == "250"


def test_too_much_is_refused_after_the_end_and_not_kept(connect):
    client = connect(limits={"message_octets": 1000})
    client.ready()
    for _ in range(100):
        assert client.raw(b"x" * 998 + b"\r\n") == ""
        assert client.store.open <= 1
    assert client.store.open == 0
    assert client.raw(b".\r\n")[:9] == "552 5.3.4"
    assert client.ready().raw(b"x" * 998 + b"\r\n.\r\n")[:3] == "250"
    assert client.ready().raw(b"x" * 999 + b"\r\n.\r\n")[:3] == "552"
    assert client.say("MAIL FROM:<a@b.test> SIZE=1001")[:9] == "552 5.3.4"
    assert client.say("MAIL FROM:<a@b.test> SIZE=1000")[:9] == "250 2.1.0"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("boom")])
@pytest.mark.parametrize("where", ["write_error", "commit_error"])
def test_the_store_fails(client, error, where, caplog):
    client.ready()
    setattr(client.store, where, error)
    assert client.raw(b"a\r\nb\r\n.\r\n", 1) == "451 4.3.0 Error: queue file write error"
    assert not client.store.messages and client.store.open == 0
    assert client.reasons == ["smtp.not-stored"] and "was not stored" in caplog.text
    setattr(client.store, where, None)
    assert client.ready().say("again", ".")[:3] == "250"


def test_the_connection_ends_inside_data(client):
    client.ready().raw(b"half a mess")
    client.session.ended()
    assert client.store.open == 0 and not client.store.messages
    assert "ended inside DATA" in client.transcript
    assert client.taken() == ""


def test_a_dot_typed_at_nc_is_explained(client):
    client.ready().raw(b"text\n.\n")
    assert "nc -C" in client.transcript
    assert client.raw(b"\r\n.\r\n")[:3] == "250"
    assert client.store.contents == [b"text\n.\n\r\n"]


def test_25_megabytes(client):
    line = b"." + b"x" * 70_000 + b"\r\n"
    message = line * (25 * 1024 * 1024 // len(line))
    octets = stuffed(message)
    client.ready()
    for at in range(0, len(octets), 200_003):
        client.session.received(octets[at : at + 200_003])
    assert client.taken()[:3] == "250"
    assert client.store.contents == [message]
