"""A server in a process of its own, for tests that must not share theirs with it.

A program under test that holds the interpreter for long, forks, changes signals or runs out of
file descriptors does not disturb it, and a debugger that stops all threads of the test stops no
mail. What is asked there are the methods of `Inside` (`talk.py`, `child.py`). The process ends when
its input does, so it outlives no test run, however that ends.

Conditions of a wait are the test's own functions: they stay here, and are asked in a thread of
their own, so that they may look at the mail themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import rmtree
from threading import RLock
from typing import Concatenate, ParamSpec, TypeVar

from fakemail.testing.accounts import AccountBook
from fakemail.testing.arrivals import Waiter
from fakemail.testing.inside import Inside, Scope
from fakemail.testing.message import Message
from fakemail.testing.shared import SharedServer
from fakemail.testing.talk import START, Child

P = ParamSpec("P")
T = TypeVar("T")


class ProcessServer(SharedServer):
    """In a process of its own."""

    def __init__(self, data: str | Path | None = None, **settings: object) -> None:
        super().__init__(data, **settings)
        self._child: Child | None = None
        self._waiters: dict[int, tuple[int, Waiter]] = {}
        """By the number under which messages are handed on: the key, and who waits."""
        self._offering = RLock()

    @property
    def runs(self) -> bool:
        return self._child is not None

    def start(self, child: Child | None = None) -> ProcessServer:
        """`child`: a process that has been started already, to save time."""
        if self._child is not None:
            raise RuntimeError("the server runs already")
        child = child or Child()
        child.on_arrival = self._offer
        try:
            data = None if self._data is None else str(Path(self._data).absolute())
            self.ready, domain = child.ask(START, data, self._given)
        except BaseException:
            child.end()
            raise
        self._child = child
        self.accounts = AccountBook(Path(self.ready.data), domain, ours=self._data is None)
        return self

    def stop(self) -> None:
        if self._child is not None:
            child, self._child = self._child, None
            self._forget(lambda key: True)
            child.end()
            if self._data is None:  # it has done so itself, unless it was killed
                rmtree(self.ready.data, ignore_errors=True)

    def visit(
        self, what: Callable[Concatenate[Inside, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        assert not kwargs, "methods of Inside are given their arguments by place"
        answer: T = self._running.ask(what, *args)
        return answer

    def wait(self, key: int, waiter: Waiter, accounts: Sequence[str]) -> None:
        number = self._running.number()
        with self._offering:  # what is there comes before what arrives meanwhile
            self._waiters[number] = key, waiter
            for message in self.visit(Inside.forward, key, number, list(accounts)):
                waiter.offer(message)

    def leave(self, key: int, waiter: Waiter) -> None:
        for number, (_, each) in tuple(self._waiters.items()):
            if each is waiter and self._waiters.pop(number, None) is not None:
                self.visit(Inside.forward_no_more, number)

    def end(self, key: int, scope: Scope) -> None:
        super().end(key, scope)
        self._forget(lambda each: each == key)

    def _forget(self, which: Callable[[int], bool]) -> None:
        for number, (key, waiter) in tuple(self._waiters.items()):
            if which(key) and self._waiters.pop(number, None) is not None:
                waiter.future.cancel()

    def _offer(self, number: int, message: Message) -> None:
        with self._offering:
            if (waiting := self._waiters.get(number)) is not None:
                waiting[1].offer(message)

    @property
    def _running(self) -> Child:
        if self._child is None:
            raise RuntimeError("the fakemail server is not running")
        return self._child
