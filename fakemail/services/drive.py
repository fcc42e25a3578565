"""Drives one sans-IO engine (POP3, IMAP): pulls its effects and carries them out.

Three promises:

* **An engine is never ahead of its client.** Effects are pulled one at a time; when the client
  reads too slowly the pulling stops, and so does the engine's generator, with one message in
  its hand rather than ten thousand.
* **One session never starves another.** After `SLICE` seconds of pulling, the rest waits for the
  next turn of the loop. Meanwhile what the client sends is kept, up to `AHEAD` octets, then it is
  left in the kernel.
* **Small effects cost one write.** Octets are gathered and go out when `PIECE` of them have come
  together or when there is nothing more to pull.

A failure of the engine itself is logged, said in the protocol's words, and ends this session only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from fakemail.desk import Desk
from fakemail.reasons.compress import COMPRESSED_TOO_EARLY, DEFLATE_BROKEN
from fakemail.reasons.host import INTERNAL, SHUTTING_DOWN
from fakemail.reasons.reason import Reason
from fakemail.reasons.tls import OCTETS_BEFORE_TLS
from fakemail.services.compress import BrokenDeflate, Compression
from fakemail.services.connection import PIECE, Connection, log
from fakemail.wire.effects import Close, Compress, Effect, Effects, Later, Pause, Shown, StartTls
from fakemail.wire.engine import Engine

if TYPE_CHECKING:
    from fakemail.faults.action import Action

SLICE = 0.005
"""Seconds of work for one session before others get their turn."""

AHEAD = 64 * 1024
"""Octets that a client may send while its engine is at work."""

MakeEngine: TypeAlias = Callable[[Desk, Callable[[], None]], Engine]


class EngineDriver:
    """The `App` around one engine."""

    def __init__(self, connection: Connection, desk: Desk, make: MakeEngine) -> None:
        self._connection = connection
        self._loop = connection.loop
        self._desk = desk
        self._engine = make(desk, self._wake)
        self._effects: Iterator[Effect] | None = None
        self._resumption: asyncio.Handle | None = None
        self._alarms: list[asyncio.TimerHandle] = []
        self._parts: list[bytes] = []
        self._input = bytearray()
        self._compression: Compression | None = None
        self._events: list[Callable[[], Effects]] = []
        self._awake = False
        self._client_ended = False
        self._holding = False
        self._working = False
        self._over = False
        self._closed = False
        self._piece = PIECE
        """So much is gathered before it is sent."""

    # App

    @property
    def idle_limit(self) -> float:
        """The engine's."""
        return self._engine.idle_limit

    @property
    def busy(self) -> bool:
        """Whether the engine has more to say."""
        return self._effects is not None

    def opened(self) -> None:
        """The greeting."""
        self._event(self._engine.opened)

    def received(self, octets: bytes) -> None:
        """Commands, or pieces of them."""
        self._input += octets
        self._work()
        self._connection.watch_idle()

    def secured(self) -> None:
        """The handshake is done."""
        facts = self._desk.tls
        assert facts is not None
        self._event(lambda: self._engine.secured(facts))

    def ended(self) -> None:
        """Answer what was sent, then close."""
        self._client_ended = True
        self._work()

    def congested_changed(self, yes: bool) -> None:
        """The client reads too slowly, or has caught up."""
        if not yes:
            self._piece = self._connection.piece
            self._work()

    def timed_out(self) -> None:
        """Too long without a command."""
        self._event(self._engine.timed_out)

    def shutting_down(self) -> None:
        """Finish what runs, then say goodbye: by the engine's words where it has them."""
        own = getattr(self._engine, "shutting_down", None)
        self._event(own if own is not None else lambda: self._goodbye(SHUTTING_DOWN))

    def arm(self, action: Action) -> None:
        """What was said before is no part of it; what is said from here on goes out at once."""
        self._send()
        self._connection.arm(action)
        self._piece = self._connection.piece

    def closed(self) -> None:
        """The connection is gone."""
        if self._closed:
            return
        self._over = self._closed = True
        if self._resumption is not None:
            self._resumption.cancel()
        for alarm in self._alarms:
            alarm.cancel()
        self._drop_effects()
        try:
            self._engine.closed()
        except Exception:
            log.exception("session %d: failed to close", self._desk.recorder.number)

    # work

    def _wake(self) -> None:
        """Given to the engine.

        Any number of calls before the next turn of the loop are one.
        """
        if not self._awake and not self._over:
            self._awake = True
            self._loop.call_soon(self._work)

    def _event(self, event: Callable[[], Effects]) -> None:
        self._events.append(event)
        self._work()

    def _work(self) -> None:
        """Do what can be done now."""
        if self._working or self._over or self._resumption is not None:
            self._hold()
            return
        self._working = True
        try:
            self._pull()
        except Exception:
            self._crash()
        finally:
            self._working = False
        self._hold()

    def _pull(self) -> None:
        """Carry out effects until there are none, the client is slow, or the slice is over."""
        time = self._loop.time
        deadline = time() + SLICE
        recorder, connection, parts = self._desk.recorder, self._connection, self._parts
        size = 0
        while not (self._over or connection.is_congested()):
            if self._effects is None and not self._next():
                break
            for effect in self._effects or ():
                if isinstance(effect, bytes):
                    recorder.server(effect)
                    parts.append(effect)
                    size += len(effect)
                elif isinstance(effect, Shown):
                    recorder.server(effect.text)
                    parts.append(effect.octets)
                    size += len(effect.octets)
                else:
                    self._send()
                    size = 0
                    if self._act(effect):
                        continue
                    return
                if size >= self._piece:
                    self._send()
                    size = 0
                    if connection.is_congested():
                        return
                if time() >= deadline:
                    self._send()
                    self._resumption = self._loop.call_soon(self._wait_in_line)
                    return
            else:
                self._effects = None
                if self._compression is not None and time() >= deadline:  # no effect, much work
                    self._send()
                    self._resumption = self._loop.call_soon(self._wait_in_line)
                    return
        self._send()
        self._leave_with_client()

    def _next(self) -> bool:
        """Ask the engine for the effects of the next thing that happened; False: nothing did."""
        if self._events:
            effects = self._events.pop(0)()
        elif self._awake:
            self._awake = False
            effects = self._engine.woken()
        elif self._input or (self._compression is not None and self._compression.more):
            octets = bytes(self._input)
            self._input.clear()
            effects = self._received(octets)
        else:
            return False
        self._effects = iter(effects)
        return True

    def _received(self, octets: bytes) -> Effects:
        if self._compression is not None:
            try:
                octets = self._compression.inflate(octets)
            except BrokenDeflate as error:
                return self._goodbye(DEFLATE_BROKEN, detail=str(error))
        return self._engine.received(octets)

    def _leave_with_client(self) -> None:
        """A client that half-closed has got all its answers: close."""
        inflating = self._compression is not None and self._compression.more
        waiting = self._effects or self._events or self._awake or self._input or inflating
        if self._client_ended and not waiting:
            self._close("closed by client")

    def _send(self) -> None:
        """Write what was gathered; a large piece is cut, so that TLS works piece by piece."""
        if not self._parts:
            return
        octets = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        if len(octets) <= 2 * PIECE:
            self._write(octets)
            return
        view = memoryview(octets)
        for at in range(0, len(octets), PIECE):
            self._write(bytes(view[at : at + PIECE]))

    def _write(self, octets: bytes) -> None:
        if self._compression is not None and octets:
            octets = self._compression.deflate(octets)
        self._connection.send(octets)

    def _close(self, how: str = "closed by server") -> None:
        compression, self._compression = self._compression, None
        if compression is not None:
            self._connection.send(compression.goodbye())
        self._connection.close(how)

    def _act(self, effect: Effect) -> bool:
        """Carry out what is not sending; True: go on pulling."""
        if isinstance(effect, Close):
            self._over = True
            self._close()
            return False
        if isinstance(effect, StartTls):
            if self._input:
                self._desk.recorder.refused(
                    OCTETS_BEFORE_TLS, {"detail": f"{len(self._input)} octets"}
                )
                self._input.clear()
            self._connection.start_tls()
            return True
        if isinstance(effect, Compress):
            self._compression = Compression()
            self._desk.recorder.mark("both sides send DEFLATE from here (RFC 4978)")
            if early := effect.early + len(self._input):
                self._input.clear()
                self._event(lambda: self._goodbye(COMPRESSED_TOO_EARLY, detail=f"{early} octets"))
            return True
        if isinstance(effect, Pause):
            self._resumption = self._loop.call_later(effect.seconds, self._resume)
            return False
        if isinstance(effect, Later):
            now = self._loop.time()
            self._alarms = [alarm for alarm in self._alarms if alarm.when() > now]
            self._alarms.append(self._loop.call_later(effect.seconds, self._wake))
            return True
        raise TypeError(f"unknown effect {effect!r}")

    def _wait_in_line(self) -> None:
        """The loop looks at its sockets only after this call: what others sent comes first."""
        self._resumption = self._loop.call_soon(self._resume)

    def _resume(self) -> None:
        self._resumption = None
        self._work()

    def _hold(self) -> None:
        """Leave what the client sends in the kernel while there is enough of it here."""
        waiting = len(self._input)
        if self._compression is not None:
            waiting += self._compression.waiting
        full = waiting > AHEAD and not self._over
        if full != self._holding and not self._over:
            self._holding = full
            if full:
                self._connection.pause_reading()
            else:
                self._connection.resume_reading()

    # failure

    def _crash(self) -> None:
        recorder = self._desk.recorder
        log.exception("session %d (%s) failed", recorder.number, recorder.protocol)
        self._drop_effects()
        if self._over:
            return
        try:
            self._parts += [e for e in self._goodbye(INTERNAL) if isinstance(e, bytes)]
            recorder.server(self._parts[-1])
            self._send()
        finally:
            self._over = True
            self._close("closed by server after an internal error")

    def _goodbye(self, reason: Reason, **facts: object) -> Effects:
        protocol = self._connection.listener.protocol
        assert protocol != "http"
        self._desk.recorder.refused(reason, facts)
        yield self._desk.dialect.word(protocol, reason, facts).encode() + b"\r\n"
        yield Close()

    def _drop_effects(self) -> None:
        effects, self._effects = self._effects, None
        stop = getattr(effects, "close", None)
        if stop is None:
            return
        try:
            stop()
        except ValueError:  # the generator itself is running: it closed its own connection
            pass
        except Exception:
            log.exception("session %d: failed to stop", self._desk.recorder.number)
