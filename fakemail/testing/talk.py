"""The process of a `ProcessServer`, and how one talks with it: pickles, one after the other.

What asks is ``(number, what, arguments)``; what answers is ``(number, value or Raised)``, and,
asked by nobody, ``(ARRIVED, (number of a waiter, message))``. Only this process and its own child
can write there.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from queue import SimpleQueue
from threading import Lock, Thread
from typing import IO, Any

START = "start"
"""Asked once, before everything else: data folder, settings."""

STOP = "stop"
"""Asked last, for a program under test that forked may hold our end open."""

ARRIVED = 0
PATIENCE = 30.0
"""Seconds for an answer, and for the process to end."""

# The child finds what we find; a script that lies in the current folder does not get in between.
PROGRAM = (
    "import gc, sys; gc.disable(); sys.path[:] = {path!r}; "
    "from fakemail.testing.child import main; main()"
)


@dataclass(frozen=True, slots=True)
class Raised:
    """What was raised instead of an answer."""

    error: Exception


class Pickles:
    """The writing end, for several threads."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = Lock()

    def write(self, thing: object) -> None:
        """Raises OSError when nobody reads any more."""
        octets = pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)
        with self._lock:
            try:
                self._stream.write(octets)
                self._stream.flush()
            except ValueError as error:  # closed
                raise BrokenPipeError from error

    def close(self) -> None:
        """Nothing more will be said."""
        with self._lock:
            try:
                self._stream.close()
            except OSError:  # the other end is gone
                pass


class Child:
    """The process. It begins to import at once, so make it before importing much yourself."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self.on_arrival: Callable[[int, Any], None] = lambda number, message: None
        """Called in a thread of its own, which may ask in turn."""
        self._requests = Pickles(self._process.stdin)
        self._answers = self._process.stdout
        self._numbers = count(1)
        self._asked: dict[int, Future[Any]] = {}
        self._arrived: SimpleQueue[tuple[int, Any] | None] = SimpleQueue()
        self._threads = [Thread(target=work, daemon=True) for work in (self._read, self._offer)]
        for thread in self._threads:
            thread.start()

    def number(self) -> int:
        """One that is used for nothing else."""
        return next(self._numbers)

    def ask(self, what: object, *args: object) -> Any:
        """Its answer; what was raised there is raised here. RuntimeError: there is no process."""
        number, answer = self.number(), Future[Any]()
        self._asked[number] = answer
        try:
            self._requests.write((number, what, args))
        except OSError:
            self._asked.pop(number, None)
            raise self._gone() from None
        return answer.result(PATIENCE)

    def end(self) -> None:
        """Tell it to stop, and wait until it has."""
        try:
            self._requests.write((self.number(), STOP, ()))
        except OSError:  # it is gone
            pass
        self._requests.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join()
        self._answers.close()

    def _read(self) -> None:
        while True:
            try:
                number, value = pickle.load(self._answers)
            except (EOFError, OSError, ValueError, pickle.UnpicklingError):
                break
            if number == ARRIVED:
                self._arrived.put(value)
            elif isinstance(value, Raised):
                self._asked.pop(number).set_exception(value.error)
            else:
                self._asked.pop(number).set_result(value)
        self._arrived.put(None)
        while self._asked:
            self._asked.popitem()[1].set_exception(self._gone())

    def _offer(self) -> None:
        while (arrived := self._arrived.get()) is not None:
            self.on_arrival(*arrived)

    def _gone(self) -> Exception:
        return RuntimeError(f"the process of the fakemail server (pid {self._process.pid}) is gone")
