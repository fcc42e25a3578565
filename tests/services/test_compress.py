"""COMPRESS at the border (RFC 4978): a real server, a client that deflates by hand."""

from __future__ import annotations

import socket
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.services.compress import PIECE, BrokenDeflate, Compression

RAW = -zlib.MAX_WBITS


def deflated(octets: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, RAW)
    return deflate.compress(octets) + deflate.flush(zlib.Z_SYNC_FLUSH)


class Client:
    """IMAP by hand, first in clear, then compressed."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.wire = 0
        """Octets that came over the wire since compression."""
        self._out: Any = None
        self._in: Any = None
        self._read = b""

    def send(self, octets: bytes, *, size: int = 0) -> None:
        if self._out is not None:
            octets = self._out.compress(octets) + self._out.flush(zlib.Z_SYNC_FLUSH)
        for at in range(0, len(octets), size or len(octets)):
            self.sock.sendall(octets[at : at + (size or len(octets))])

    def until(self, end: bytes) -> bytes:
        """All that is said, up to a line that begins so."""
        while not any(line.startswith(end) for line in self._read.split(b"\r\n")[:-1]):
            octets = self.sock.recv(65536)
            assert octets, self._read[-300:]
            if self._in is not None:
                self.wire += len(octets)
                octets = self._in.decompress(octets)
            self._read += octets
        said, self._read = self._read, b""
        return said

    def rest(self) -> bytes:
        """What is said up to the end of the connection, which must be the end of the stream too."""
        said, self._read = self._read, b""
        while octets := self.sock.recv(65536):
            said += octets if self._in is None else self._in.decompress(octets)
        assert self._in is None or self._in.eof
        return said

    def ask(self, command: str, **how: int) -> bytes:
        self.send(f"t {command}\r\n".encode(), **how)
        return self.until(b"t ")

    def compress(self) -> None:
        assert self.ask("COMPRESS DEFLATE") == b"t OK DEFLATE active.\r\n"
        self._out, self._in = zlib.compressobj(6, zlib.DEFLATED, RAW), zlib.decompressobj(RAW)


@pytest.fixture
def connect(server: Any, tmp_path: Path) -> Callable[..., Any]:
    """Connect to a mailbox of this test's own."""

    @contextmanager
    def connected(tls: bool = False) -> Iterator[Client]:
        port = server.ports["imaps" if tls else "imap"]
        with socket.create_connection(("localhost", port), 10) as plain:
            sock = server.context.wrap_socket(plain, server_hostname="localhost") if tls else plain
            with sock:
                client = Client(sock)
                client.until(b"* OK")
                assert b"COMPRESS=DEFLATE" in client.ask(f"LOGIN {tmp_path.name} code")
                yield client

    return connected


@pytest.mark.parametrize("tls", [False, True], ids=["clear", "tls"])
def test_a_conversation(connect: Any, tls: bool) -> None:
    with connect(tls) as client:
        client.compress()
        assert b"0 EXISTS" in client.ask("SELECT Drafts")
        message = b"Subject: x\r\n\r\n" + b"all work and no play\r\n" * 2000
        client.send(b"t APPEND Drafts {%d}\r\n" % len(message))
        client.until(b"+")
        client.send(message + b"\r\n")
        assert b"APPENDUID" in client.until(b"t ")
        before = client.wire
        assert message in client.ask("FETCH 1 BODY[]")
        assert client.wire - before < len(message) / 10
        assert b"COMPRESSIONACTIVE" in client.ask("COMPRESS DEFLATE")
        client.send(b"z LOGOUT\r\n")
        assert client.rest().endswith(b"z OK LOGOUT completed.\r\n")


def test_one_octet_at_a_time(connect: Any) -> None:
    with connect() as client:
        client.compress()
        assert b"t OK" in client.ask('LIST "" "*"', size=1)
        assert b"t OK" in client.ask("NOOP", size=1)


def test_idle_is_heard_at_once(connect: Any) -> None:
    with connect() as idler, connect() as other:
        idler.compress()
        idler.ask("SELECT Junk")
        idler.send(b"t IDLE\r\n")
        idler.until(b"+ ")
        other.send(b"t APPEND Junk {10+}\r\nA: b\r\n\r\nhi\r\n")
        other.until(b"t ")
        assert b"* 1 EXISTS" in idler.until(b"* 1 EXISTS")
        idler.send(b"DONE\r\n")
        idler.until(b"t OK")


def test_a_large_body_both_ways(connect: Any) -> None:
    """Compressed 1000 to 1, which is mail and no attack; pieces do not come out of order."""
    body = b"".join(b"%07d\r\n" % n for n in range(300_000))
    message = b"Subject: x\r\n\r\n" + body + b"y" * 998 + b"\r\n"
    with connect(tls=True) as client:
        client.compress()
        client.send(b"t APPEND Sent {%d+}\r\n" % len(message) + message + b"\r\n")
        assert b"t OK" in client.until(b"t ")
        client.ask("SELECT Sent")
        assert message in client.ask("FETCH 1 BODY[]")


def test_a_bomb_is_worked_off_piece_by_piece(connect: Any, server: Any) -> None:
    """60 MB of an endless line in 60 KB: nothing of it is kept, and others are served."""
    with connect() as bomber, connect() as other:
        bomber.compress()
        tracemalloc.start()
        try:
            bomber.send(b"x" * 60_000_000 + b"\r\nb NOOP\r\n")
            tracemalloc.reset_peak()  # the client's own part
            assert b"t OK" in other.ask("NOOP")
            said = bomber.until(b"b ")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert said.endswith(b"b OK NOOP completed.\r\n")
        assert b"BAD" in said
        assert peak < 20_000_000


GARBAGE = {
    "clear text": b"b NOOP\r\n",
    "zlib header": zlib.compress(b"b NOOP\r\n"),
    "gzip header": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "noise": bytes(range(255, 0, -1)),
    "behind the end": zlib.compressobj(9, zlib.DEFLATED, RAW).flush() + b"more",
}


@pytest.mark.parametrize("kind", sorted(GARBAGE))
def test_garbage_ends_the_session_with_its_reason(connect: Any, server: Any, kind: str) -> None:
    with connect() as client:
        client.compress()
        client._out = None
        client.send(GARBAGE[kind])
        assert client.rest().startswith(b"* BYE The compressed stream is broken: ")
    with connect() as client:  # everybody else goes on
        client.ask("NOOP")


def test_clear_text_behind_the_command_is_explained(connect: Any) -> None:
    with connect() as client:
        client.send(b"t COMPRESS DEFLATE\r\nb NOOP\r\n")
        ok, _, deflated_bye = client.rest().partition(b"\r\n")
        assert ok == b"t OK DEFLATE active."
        bye = zlib.decompressobj(RAW).decompress(deflated_bye)
        assert bye == b"* BYE 8 octets came behind COMPRESS before it was answered.\r\n"


def test_a_client_that_leaves_is_gone(connect: Any) -> None:
    with connect() as client:
        client.compress()
        client.send(b"a NOOP\r\n")
        client.sock.shutdown(socket.SHUT_WR)
        assert client.rest() == b"a OK NOOP completed.\r\n"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=3000)), st.integers(1, 5000))
def test_what_is_deflated_is_inflated(pieces: list[bytes], size: int) -> None:
    ours, theirs = Compression(), Compression()
    wire = b"".join(map(ours.deflate, pieces)) + ours.goodbye()
    got = b""
    for at in range(0, len(wire), size):
        got += theirs.inflate(wire[at : at + size])
        while theirs.more:
            got += theirs.inflate(b"")
    assert got == b"".join(pieces)


def test_each_flush_can_be_read_at_once() -> None:
    ours, theirs = Compression(), Compression()
    for number in range(100):
        assert theirs.inflate(ours.deflate(b"%d" % number)) == b"%d" % number


def test_inflated_pieces_are_bounded() -> None:
    compression = Compression()
    bomb = deflated(b"\0" * 50_000_000)
    assert len(compression.inflate(bomb)) == PIECE
    assert 0 < compression.waiting <= len(bomb)
    total = PIECE
    while compression.more:
        piece = compression.inflate(b"")
        assert len(piece) <= PIECE
        total += len(piece)
    assert total == 50_000_000


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_broken_or_waits(noise: bytes) -> None:
    compression = Compression()
    try:
        compression.inflate(noise)
        while compression.more:
            compression.inflate(b"")
    except BrokenDeflate as error:
        assert str(error)
