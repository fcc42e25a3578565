"""Why COMPRESS is refused, or ends a session (RFC 4978).

Two of them are found by the host and not by the engine: their wording is a whole line.
"""

from __future__ import annotations

from fakemail.reasons.reason import Reason

COMPRESSION_ACTIVE = Reason(
    slug="imap.compression-active",
    because="The client sent COMPRESS a second time in one session.",
    instead="Send it once, right after the login.",
    cites=("RFC 4978 §3",),
    imap="NO [COMPRESSIONACTIVE] DEFLATE is active already.",
)
COMPRESSED_TOO_EARLY = Reason(
    slug="imap.compressed-too-early",
    because="The client sent more behind COMPRESS before it had the answer; nobody can tell "
    "whether that is compressed or not.",
    instead="Wait for the tagged OK of COMPRESS; everything after it is compressed.",
    cites=("RFC 4978 §3",),
    imap="* BYE {detail} came behind COMPRESS before it was answered.",
)
DEFLATE_BROKEN = Reason(
    slug="imap.deflate-broken",
    because="After COMPRESS DEFLATE the client sent octets that are no DEFLATE stream: most often "
    "it did not compress at all, or used the zlib or gzip format, which have their own header.",
    instead="Compress with raw DEFLATE (zlib: windowBits -15; Node: deflateRaw), one stream for "
    "the whole session, flushed after each command.",
    cites=("RFC 4978 §4", "RFC 1951 §3.2"),
    imap="* BYE The compressed stream is broken: {detail}.",
)
