"""The TLS layer: octets in, octets out, no socket (ssl.MemoryBIO).

One layer for implicit TLS and for STARTTLS/STLS, for all three protocols, so that whatever is
said, recorded or broken about TLS is written once. asyncio's own `start_tls` would replace the
transport under a running engine and hide the handshake's details; here the border feeds the
layer what arrived and sends what the layer wants sent.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from fakemail.reasons.reason import Reason
from fakemail.reasons.tls import HANDSHAKE_FAILED, NO_COMMON_TLS, NOT_TRUSTED
from fakemail.services.certs import Certificates
from fakemail.wire.engine import TlsFacts

_READ = 65536


class _Object(ssl.SSLObject):
    """Remembers the name that the client asked for."""

    server_name: str | None = None


def _remember_name(socket: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: object) -> None:
    if isinstance(socket, _Object):
        socket.server_name = name


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 and up, no ALPN, no client certificates, the server name remembered."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.load_cert_chain(certificate, key)
    context.sslobject_class = _Object
    context.sni_callback = _remember_name
    return context


def old_server_context(certificates: Certificates) -> ssl.SSLContext:
    """TLS 1.2 with RSA key exchange (RFC 5246 §7.4.7.1) and nothing else, as some servers still
    have it: clients of today refuse it unless they are told not to."""
    context = server_context(certificates.rsa_server, certificates.rsa_server_key)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("kRSA+AES")
    return context


class TlsLayer:
    """One connection's TLS, from ClientHello to close_notify."""

    __slots__ = ("_in", "_object", "_out")

    def __init__(self, context: ssl.SSLContext) -> None:
        self._in = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        self._object = context.wrap_bio(self._in, self._out, server_side=True)

    def feed(self, octets: bytes) -> None:
        """What arrived from the socket."""
        self._in.write(octets)

    def outgoing(self) -> bytes:
        """What must go to the socket now; empty when there is nothing."""
        return self._out.read() if self._out.pending else b""

    def handshake(self) -> bool:
        """One step; True when it is done, False when more must arrive.

        Raises ssl.SSLError.
        """
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def facts(self) -> TlsFacts:
        """What the handshake agreed upon."""
        cipher = self._object.cipher()
        name = self._object.server_name if isinstance(self._object, _Object) else None
        return TlsFacts(self._object.version() or "", cipher[0] if cipher else "", name)

    def decrypt(self) -> tuple[bytes, bool]:
        """All that can be read now, and whether the client has ended TLS (close_notify).

        Raises ssl.SSLError for an alert or for octets that are no TLS.
        """
        parts = []
        try:
            while part := self._object.read(_READ):
                parts.append(part)
        except ssl.SSLWantReadError:
            return b"".join(parts), False
        except ssl.SSLZeroReturnError:
            pass
        return b"".join(parts), True

    def encrypt(self, octets: bytes) -> bytes:
        """The records that carry `octets`."""
        self._object.write(octets)
        return self._out.read()

    def goodbye(self) -> bytes:
        """Our close_notify; the client's is not waited for."""
        try:
            self._object.unwrap()
        except ssl.SSLError:
            pass
        return self.outgoing()


_DISTRUST = ("UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN", "CERTIFICATE_EXPIRED")
_NOTHING_IN_COMMON = (
    "UNSUPPORTED_PROTOCOL",
    "NO_SHARED_CIPHER",
    "PROTOCOL_VERSION",
    "VERSION_TOO_LOW",
    "NO_SHARED_GROUP",
    "NO_SUITABLE_KEY_SHARE",
)


def why(error: ssl.SSLError) -> tuple[Reason, str]:
    """The reason behind OpenSSL's error, and its own word for it."""
    word = error.reason or str(error)
    if any(part in word for part in _DISTRUST):
        return NOT_TRUSTED, word
    if any(part in word for part in _NOTHING_IN_COMMON):
        return NO_COMMON_TLS, word
    return HANDSHAKE_FAILED, word


def is_hello(octets: bytes) -> bool:
    """Whether `octets` begin a TLS handshake record (RFC 8446 §5.1)."""
    return octets[:1] == b"\x16" and (len(octets) < 2 or octets[1] == 3)
