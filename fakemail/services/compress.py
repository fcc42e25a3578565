"""DEFLATE under one session (RFC 1951, by way of IMAP's COMPRESS, RFC 4978).

It lies between the engine and TLS (§3: first compressed, then encrypted), so that engine, faults
and transcript know nothing of it: what they see is what would go over the wire without it.

Three things can go wrong with compression, and each has its rule here:

* **Held-back answers.** A compressor likes to wait for more. Everything that is sent at once is
  flushed at once (zlib's sync flush), so that whatever the client has received it can read.
* **Bombs.** 64 KiB can stand for 64 MiB. `inflate` gives `PIECE` octets at most and keeps the rest
  compressed; the host asks for the next piece when the engine has used this one up, and others
  have had their turn. Nothing is refused for being compressed well: 10 MB of one letter is mail.
* **A broken stream.** After an error nothing that follows means anything: `BrokenDeflate`, and the
  session ends.
"""

from __future__ import annotations

import zlib

PIECE = 64 * 1024
"""Octets that are inflated at a time."""

LEVEL = 1
"""zlib's fastest: responses shrink to a third with it, and the server has one thread (§4)."""


class BrokenDeflate(Exception):
    """What the client sent is no DEFLATE stream, or goes on behind its end; the text says which."""


class Compression:
    """Both directions of one connection, from the OK of COMPRESS to the end."""

    __slots__ = ("_deflate", "_full", "_inflate", "_rest")

    def __init__(self) -> None:
        self._deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._rest = b""
        self._full = False

    @property
    def waiting(self) -> int:
        """Octets, still compressed, that are kept for the next `inflate`."""
        return len(self._rest)

    @property
    def more(self) -> bool:
        """Whether there may be more without another octet from the client."""
        return self._full or bool(self._rest)

    def inflate(self, octets: bytes) -> bytes:
        """At most `PIECE` octets of what `octets`, and what was kept, stand for.

        Raises BrokenDeflate.
        """
        octets = self._rest + octets if self._rest else octets
        if octets and self._inflate.eof:
            raise BrokenDeflate("octets follow the end of the compressed stream")
        try:
            found = self._inflate.decompress(octets, PIECE)
        except zlib.error as error:
            raise BrokenDeflate(_words(error)) from None
        self._rest = self._inflate.unconsumed_tail or self._inflate.unused_data
        self._full = len(found) == PIECE
        return found

    def deflate(self, octets: bytes) -> bytes:
        """What stands for `octets`, whole: the client can read all of it when it has this."""
        return self._deflate.compress(octets) + self._deflate.flush(zlib.Z_SYNC_FLUSH)

    def goodbye(self) -> bytes:
        """The end of our stream, for clients that would take its absence for a loss."""
        return self._deflate.flush(zlib.Z_FINISH)


def _words(error: zlib.error) -> str:
    """``invalid stored block lengths`` of ``Error -3 while decompressing data: invalid ...``."""
    return str(error).rpartition(": ")[2]
