"""The process of a `ProcessServer`: a `LocalServer` that is asked in pickles, until its input ends.

Nothing else is written to the standard output: it is put aside, and what a module may print goes
to the standard error.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from functools import partial
from typing import IO, Any

from fakemail.testing.local import LocalServer
from fakemail.testing.message import Message
from fakemail.testing.talk import ARRIVED, STOP, Pickles, Raised


def main() -> None:
    """Serve the process at the other end of standard input and output."""
    # A Ctrl-C in the terminal is for the test run; we end when it does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = Pickles(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


def serve(requests: IO[bytes], answers: Pickles) -> None:
    """Answer one after the other; an answer that nobody reads any more is not missed."""
    server: LocalServer | None = None
    try:
        while True:
            number, what, args = pickle.load(requests)
            if what == STOP:
                break
            if server is None:
                data, settings = args
                server = LocalServer(data, **settings)
                work = partial(_start, server, answers)
            else:
                work = partial(server.visit, what, *args)
            answers.write((number, _done(work)))
    except (EOFError, OSError):
        pass
    finally:
        if server is not None:
            server.stop()


def _start(server: LocalServer, answers: Pickles) -> object:
    server.start()

    def hand_on(number: int, message: Message) -> None:
        try:
            answers.write((ARRIVED, (number, message)))
        except OSError:  # whoever waited is gone
            pass

    server.inside.hand_on = hand_on
    gc.freeze()  # what has been made by now stays
    gc.enable()
    return server.ready, server.accounts.default_domain


def _done(work: Any) -> object:
    try:
        return work()
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # some cannot be made anew from what they were made of
            error = RuntimeError(f"{type(error).__name__}: {error}")
        return Raised(error)
