"""``fakemail wait``: for scripts, until a message is there.

The system says when a file comes into a mailbox that is watched, so nothing is asked again and
again; only whether there are new accounts is looked at a few times a second.
"""

from __future__ import annotations

import json
import select
import sys
from pathlib import Path

import click

from fakemail.cli.folder import data_option, json_option, settings
from fakemail.cli.mailbag import ANY, Found, account_of, boxes, messages, store_of, table
from fakemail.clock import SystemClock
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store
from fakemail.transcript.read import read
from fakemail.transcript.text import render

LOOK_EVERY = 0.1
SHOWN = 20


@click.command(
    "wait",
    epilog="""\b
Examples:
  fakemail wait --to new@example.com --subject Welcome && echo sent
  fakemail wait --from shop@example.com --count 2 --timeout 30 --json | jq -r .id
  fakemail wait --new & ./nightly-report; wait $!       only what comes from now on
""",
)
@click.option("--to", metavar="ADDRESS", help="In the mailbox of this account.")
@click.option("--subject", metavar="TEXT", help="With this in its subject, in any case.")
@click.option("--from", "sender", metavar="TEXT", help="With this in its From, in any case.")
@click.option("--mailbox", default="INBOX", show_default=True, metavar="NAME", help="* for any.")
@click.option("--count", type=click.IntRange(1), default=1, show_default=True, help="So many.")
@click.option("--new", is_flag=True, help="Only what comes from now on.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait.",
)
@data_option
@json_option
def command(
    to: str | None,
    subject: str | None,
    sender: str | None,
    mailbox: str,
    count: int,
    new: bool,
    timeout: float,
    data: Path | None,
    as_json: bool,
) -> None:
    """Wait until a message is there, print it as `fakemail inbox` does, and exit with 0.

    Also one that came before. After the timeout: exit with 1, and tell on standard error what came
    instead, and what was said in sessions that go on or in which something was refused.
    """
    found, clock = settings(data), SystemClock()
    began, deadline = clock.time(), clock.monotonic() + timeout
    with store_of(found, must_exist=False, watch=True) as store:
        owner = account_of(found, to) if to else None
        watched: set[Mailbox] = set()
        judged: dict[tuple[Mailbox, int], bool] = {}
        first = True
        while True:
            _watch(store, owner, mailbox, watched)
            fitting = []
            for each in messages(store, owner, mailbox):
                key = each.mailbox, each.message.uid
                if key not in judged:  # once: a header says the same for ever
                    judged[key] = not (new and first) and _fits(each, subject, sender)
                if judged[key]:
                    fitting.append(each)
            first = False
            left = deadline - clock.monotonic()
            if len(fitting) >= count or left <= 0:
                break
            _pause(store, min(left, LOOK_EVERY))
        if len(fitting) < count:
            wanted = _wanted(len(fitting), count, owner, subject, sender, mailbox)
            click.echo(f"{wanted} within {timeout:g} s.", err=True)
            click.echo(_in_vain(found.folder, messages(store, None, ANY), began), err=True)
            sys.exit(1)
        if as_json:
            for each in fitting[:count]:
                click.echo(json.dumps(each.as_object()))
        else:
            click.echo(table(fitting[:count]), nl=False)


def _watch(store: Store, owner: str | None, mailbox: str, watched: set[Mailbox]) -> None:
    """Ask for notices of every mailbox that is meant and was not there before."""
    for address in [owner] if owner else store.addresses():
        if store.path(address).is_dir():
            for box in boxes(store, address, mailbox):
                if box not in watched:
                    watched.add(box)
                    box.watch(lambda _: None)


def _pause(store: Store, seconds: float) -> None:
    """Until there is a notice, or for so long."""
    descriptors = [store.watcher.fileno()] if store.watcher is not None else []
    if select.select(descriptors, [], [], seconds)[0]:
        store.drain_watcher()
    else:
        store.poll()


def _fits(each: Found, subject: str | None, sender: str | None) -> bool:
    wanted = ((subject, b"subject"), (sender, b"from"))
    return all(text is None or text.casefold() in each.field(n).casefold() for text, n in wanted)


def _wanted(
    have: int, count: int, to: str | None, subject: str | None, sender: str | None, mailbox: str
) -> str:
    """What was asked for, and how much of it there is."""
    words = [f"{have} of {count} messages" if count > 1 else "no message"]
    words += [f"to {to}"] if to else []
    words += [f"from {sender!r}"] if sender else []
    words += [f"with {subject!r} in the subject"] if subject else []
    words += [f"in {mailbox}"] if mailbox not in ("INBOX", ANY) else []
    return " ".join(words)


def _in_vain(folder: Path, there: list[Found], began: float) -> str:
    """What came instead; where nothing came meanwhile, what was there before."""
    came = [each for each in there if each.message.internal_date >= began]
    if came:
        lines = ["", "What did come meanwhile:", table(came[-SHOWN:])]
    elif there:
        lines = ["", "Nothing came meanwhile. What was there before:", table(there[-SHOWN:])]
    else:
        lines = ["", f"No message has ever come to {folder}.", ""]
    sessions = read(folder)
    look = [s for s in sessions if s.ended is None or (s.refusals and s.ended >= began)]
    if look:
        lines += ["Sessions that go on, or in which something was refused meanwhile:"]
    elif look := [session for session in sessions if session.refusals][-1:]:
        lines += ["Nothing was refused meanwhile. The last session in which something was:"]
    lines += [f"\n{render(session)}" for session in look[-SHOWN:]]
    return "\n".join(lines).rstrip()
