"""The border: one connection, from accept to the last octet, for every listener and protocol.

    socket  <->  Connection  <->  TLS layer, where it is on  <->  App  (an engine, or aiosmtpd)

Whatever is true of *every* connection is written here once: TLS by implicit start or by command,
wrong guesses about TLS explained, idle and handshake timers, half-closed and reset connections,
congestion, the mark in the transcript that says how it ended.

How a connection ends. `close()` sends what is left, then half-closes and reads on for a moment:
closing a socket with unread octets in it makes the kernel send RST, and RST can overtake the
very reply that says why the connection is closed. A client that does not go away is cut off
after `Host.linger` seconds.

Timers. A connection has one; on every octet it only notes the time, and the timer that
fires early sets itself anew. A command costs no timer.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from functools import partial
from typing import TYPE_CHECKING, cast

from fakemail.desk import Desk
from fakemail.reasons.reason import Reason
from fakemail.reasons.tls import (
    HANDSHAKE_TIMEOUT,
    PLAIN_TO_TLS_PORT,
    SILENT_ON_TLS_PORT,
    TLS_TO_PLAIN_PORT,
)
from fakemail.services.ports import Listener
from fakemail.services.tls import TlsLayer, is_hello, why
from fakemail.wire.engine import Peer

if TYPE_CHECKING:
    from fakemail.faults.action import Action
    from fakemail.services.app import App, Host
    from fakemail.services.outgoing import Outgoing

log = logging.getLogger("fakemail")

HIGH_WATER = 256 * 1024
"""Octets that may wait for a slow client before its engine is held (plus one piece)."""

PIECE = 64 * 1024
"""Largest piece that is encrypted and written at once."""


class Connection(asyncio.Protocol):
    """One client, on one listener."""

    desk: Desk
    app: App
    _transport: asyncio.Transport

    def __init__(self, host: Host, listener: Listener, loop: asyncio.AbstractEventLoop) -> None:
        self.listener = listener
        self.loop = loop
        self._congested = False
        self.closing = False
        self._host = host
        self._tls: TlsLayer | None = None
        self._fault: Outgoing | None = None
        self._deaf = False
        """What the client sends is dropped: a fault lets it hang, or TLS is about to begin."""
        self._handshaking = False
        self._virgin = True
        self._client_left = False
        self._app_closed = False
        self._last = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    # what the app asks for

    def is_congested(self) -> bool:
        """Whether nothing can be sent now: `HIGH_WATER` octets wait for the client to read, or a
        handshake is going on, or a fault holds back what was said."""
        held = self._fault is not None and self._fault.waiting
        return self._congested or self._handshaking or held

    def send(self, octets: bytes) -> None:
        """Send to the client; watch `is_congested()` when there is much to send."""
        if self._app_closed or not octets:
            return
        if self._fault is None:
            self.write(octets)
        else:
            self._fault.send(octets)

    @property
    def piece(self) -> int:
        """So much is worth one `send`; where a fault has struck, every word is."""
        return PIECE if self._fault is None else 1

    def write(self, octets: bytes) -> None:
        """Send to the client now, whatever may be wrong."""
        if self._tls is not None:
            octets = self._tls.encrypt(octets)
        self._transport.write(octets)

    def arm(self, action: Action) -> None:
        """Let this go wrong with what is sent from here on."""
        from fakemail.services.outgoing import SILENT, Outgoing  # for those who plan faults

        if self._fault is None:
            self._fault = Outgoing(self)
        self.desk.recorder.muted |= action.kind in SILENT
        self._fault.arm(action)

    def start_tls(self) -> None:
        """Begin the handshake; what the client sent in clear so far is the app's to forget."""
        if self._fault is not None and self._fault.waiting:
            self._deaf = True
            self._fault.then(self._start_tls)
        else:
            self._start_tls()

    def _start_tls(self) -> None:
        context = self._host.tls_context(self.desk)
        if context is None:
            raise RuntimeError("STARTTLS without a certificate")
        self._deaf = False
        self._tls = TlsLayer(context)
        self._handshaking = self._virgin = True
        self._last = self.loop.time()
        self._arm()

    def close(self, how: str = "closed by server") -> None:
        """Close after everything sent has gone out; unless a fault holds some of it back, the app
        hears `closed` at once."""
        if self._fault is not None and self._fault.waiting:
            self._fault.then(partial(self.end, how))
        else:
            self.end(how)

    def end(self, how: str) -> None:
        """Close, and forget what a fault holds back."""
        if self.closing:
            return
        self.closing = True
        self._release(how)
        if self._tls is not None and not self._handshaking:
            self._transport.write(self._tls.goodbye())
        if self._transport.is_closing():
            return
        if self._client_left:
            self._transport.close()
        else:
            self._transport.resume_reading()
            self._transport.write_eof()
        self._last = self.loop.time()
        self._arm()

    def shut_down(self) -> None:
        """The server stops: let the app say goodbye, if anything can be said."""
        if self._handshaking or self._deaf:
            self.end("closed by server: it was stopped")
        elif not self.closing:
            self.app.shutting_down()

    def abort(self, how: str) -> None:
        """Cut the connection now; unsent octets are lost."""
        self.closing = True
        self._release(how)
        self._transport.abort()

    def pause_reading(self) -> None:
        """Let the client wait: octets stay in the kernel."""
        if not self._deaf:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Go on reading."""
        if not self.closing:
            self._transport.resume_reading()

    def watch_idle(self) -> None:
        """The app's `idle_limit` may have changed."""
        if self._last + self._limit() < self._due:
            self._arm()

    # what its faults ask for

    def is_full(self) -> bool:
        """Whether `HIGH_WATER` octets wait for the client to read."""
        return self._congested

    def waits(self) -> None:
        """A fault holds back what the app said."""
        self.app.congested_changed(True)

    def relieved(self) -> None:
        """It has let it go."""
        if self._fault is not None and self._fault.spent:
            self._fault = None
        if not self.closing:
            self.app.congested_changed(self._congested)

    def hang(self) -> None:
        """Hear nothing any more but that the client goes."""
        self._deaf = True
        self._transport.resume_reading()

    def reset(self, how: str) -> None:
        """RST in place of FIN."""
        from fakemail.services.outgoing import linger_not

        linger_not(self._transport.get_extra_info("socket"))
        self.abort(how)

    # what asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The listener accepted a client."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=HIGH_WATER)
        if not self._host.has_room():
            self.closing = True
            self._transport.abort()
            return
        # TCP_NODELAY is on already: asyncio and uvloop set it on what they accept
        far = transport.get_extra_info("peername") or ("", 0)
        near = transport.get_extra_info("sockname") or ("", 0)
        self._last = self.loop.time()
        peer = Peer(far[0], far[1], near[0], near[1], self.listener.name)
        try:
            self.desk, self.app = self._host.admit(self, peer)
        except Exception:
            log.exception("no session for a connection on %s", self.listener.name)
            self.closing = True
            self._transport.abort()
            return
        if self.listener.implicit_tls:
            self.start_tls()
        else:
            self._arm()
            self.app.opened()

    def data_received(self, octets: bytes) -> None:
        """Something came from the client."""
        if self.closing or self._deaf:
            return
        self._last = self.loop.time()
        if self._virgin:
            self._virgin = False
            if is_hello(octets) != (self._tls is not None):
                self._explain_wrong_guess()
                return
        if self._tls is None:
            self.app.received(octets)
        else:
            self._decrypt(self._tls, octets)

    def eof_received(self) -> bool:
        """The client half-closed; keep our half for what it still wants to read."""
        self._client_left = True
        if self.closing or self._handshaking or self._deaf:
            return False
        self.app.ended()
        return True

    def pause_writing(self) -> None:
        """The transport holds `HIGH_WATER` octets."""
        self._congested = True
        if not self.closing:
            self.app.congested_changed(True)

    def resume_writing(self) -> None:
        """The client has read."""
        self._congested = False
        self._last = self.loop.time()
        if self._fault is not None and self._fault.waiting:
            self._fault.drained()
        elif not self.closing:
            self.app.congested_changed(False)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        if exc is None:
            how = "closed by client"
        elif isinstance(exc, ConnectionResetError | BrokenPipeError):
            how = "reset by client"
        else:
            how = f"connection lost: {exc}"
        if self._handshaking and not self.closing:
            how += " during the TLS handshake"
        self.closing = True
        if self._timer is not None:
            self._timer.cancel()
        self._release(how)
        self._host.gone(self)

    # TLS

    def _decrypt(self, tls: TlsLayer, octets: bytes) -> None:
        tls.feed(octets)
        try:
            if self._handshaking and not self._shake(tls):
                return
            plain, ended = tls.decrypt()
        except ssl.SSLError as error:
            self._transport.write(tls.outgoing())
            reason, word = why(error)
            self.desk.recorder.refused(reason, {"detail": word})
            self._tls = None
            self.end("TLS failed")
            return
        if replies := tls.outgoing():
            self._transport.write(replies)
        if plain and not self.closing:
            self.app.received(plain)
        if ended and not self.closing:
            self.app.ended()

    def _shake(self, tls: TlsLayer) -> bool:
        done = tls.handshake()
        self._transport.write(tls.outgoing())
        if not done:
            return False
        self._handshaking = False
        facts = tls.facts()
        again = self.desk.tls is None and not self.listener.implicit_tls
        self.desk.tls = facts
        self.desk.recorder.secured(facts)
        self._host.named(self, facts.server_name)
        if again:
            self.app.secured()
        else:
            self.app.opened()
        self._arm()
        return True

    def _explain_wrong_guess(self) -> None:
        if self._tls is None:
            self._end(TLS_TO_PLAIN_PORT)
        else:
            self._end(PLAIN_TO_TLS_PORT)

    def _end(self, reason: Reason) -> None:
        """Close for a reason that no engine knows of; said in clear, since TLS never came."""
        self.desk.recorder.refused(reason)
        self._tls = None
        protocol = self.listener.protocol
        assert protocol != "http"
        silent = self.listener.implicit_tls and self.desk.dialect.has("tls_port_silent")
        if getattr(reason, protocol) is not None and not silent:
            text = self.desk.dialect.word(protocol, reason, {}).encode()
            self.desk.recorder.server(text)
            self._transport.write(text + b"\r\n")
        self.end("closed by server")

    # the timer

    def _limit(self) -> float:
        if self.closing:
            return self._host.linger
        return self._host.handshake_limit if self._handshaking else self.app.idle_limit

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._due = self._last + self._limit()
        self._timer = self.loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self.loop.time() < self._last + self._limit() - 0.001:
            self._arm()
        elif self.closing:
            self._transport.abort()
        elif self._handshaking:
            self._end(SILENT_ON_TLS_PORT if self._virgin else HANDSHAKE_TIMEOUT)
        elif self._congested:
            self.abort("timed out: the client did not read what was sent")
        elif self.app.busy or self.is_congested():
            self._last = self.loop.time()
            self._arm()
        else:
            self.desk.recorder.mark(f"timed out: nothing came for {self._limit():g} seconds")
            self._last = self.loop.time()
            self._arm()
            self.app.timed_out()

    def _release(self, how: str) -> None:
        if self._app_closed:
            return
        self._app_closed = True
        if self._fault is not None:
            self._fault.stop()
        if hasattr(self, "app"):
            self.app.closed()
            self.desk.recorder.close(how)
