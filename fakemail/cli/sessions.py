"""``fakemail sessions``: what clients and server said to each other.

Reads the journal in the data folder, so it needs no running server and reaches back over restarts.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from fakemail.config import default_data
from fakemail.transcript.entry import Conversation, Entry, is_probe
from fakemail.transcript.journal import FILE_NAME
from fakemail.transcript.live import LiveView
from fakemail.transcript.read import Reader, Record, read
from fakemail.transcript.text import Style, explanation, printable, render

FOLLOW_EVERY = 0.2
"""Seconds between two looks at the journal; the server writes it as often."""


@click.command(
    "sessions",
    epilog="""\b
Examples:
  fakemail sessions                    the last 20, one line each
  fakemail sessions last               what was said in the last one
  fakemail sessions 7 --times          in session 7, and when
  fakemail sessions --failed           wherever something was refused, and why
  fakemail sessions --follow           what is said from now on
""",
)
@click.argument("which", nargs=-1, metavar="[NUMBER | last]...")
@click.option(
    "--data",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    envvar="FAKEMAIL_DATA",
    help="The server's data folder.",
)
@click.option("--failed", is_flag=True, help="Show the sessions in which something was refused.")
@click.option("--protocol", type=click.Choice(["smtp", "pop3", "imap"]), help="Only this one's.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="At most.")
@click.option("--all", "probes", is_flag=True, help="Also those in which no client said anything.")
@click.option("--times", is_flag=True, help="Each line with seconds since the session began.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each session.")
@click.option("--follow", is_flag=True, help="Show what is said from now on, until interrupted.")
def command(
    which: Sequence[str],
    data: Path | None,
    failed: bool,
    protocol: str | None,
    limit: int,
    probes: bool,
    times: bool,
    as_json: bool,
    follow: bool,
) -> None:
    """List sessions, or show what was said in them.

    Without arguments: a table of the last sessions. With numbers, or the word last, or --failed:
    their transcripts.
    """
    data = data or Path(default_data())
    style = Style(colour=colours(), times=times)
    if follow:
        with suppress(KeyboardInterrupt):
            follow_journal(data / FILE_NAME, LiveView(sys.stdout, style.colour, times), protocol)
        return
    everything = read(data)
    sessions = [s for s in everything if protocol in (None, s.protocol)]
    sessions = [s for s in sessions if s.refusals or not failed]
    sessions = [s for s in sessions if probes or s.ended is None or not is_probe(s)]
    shown = list(_chosen(everything, sessions, which)) if which else sessions[-limit:]
    if as_json:
        for session in shown:
            click.echo(json.dumps(as_object(session, entries=bool(which) or failed)))
    elif which or failed:
        click.echo("\n".join(render(session, style) for session in shown), nl=False)
    elif shown:
        click.echo(table(shown), nl=False)
    if not shown:
        but = "" if probes or not everything else " that were asked for (--all shows every one)"
        click.echo(f"no sessions in {data / FILE_NAME}{but}", err=True)


def table(sessions: Iterable[Conversation]) -> str:
    """One line a session: number, time, protocol, port, TLS, login, entries, refusals, end."""
    rows = [("session", "time", "protocol", "port", "TLS", "login", "lines", "refused", "ended")]
    for s in sessions:
        rows.append(
            (
                str(s.number),
                datetime.fromtimestamp(s.began).astimezone().strftime("%m-%d %H:%M:%S"),
                s.protocol,
                str(s.peer.local_port),
                s.tls.version if s.tls else "-",
                printable((s.login or "-").encode("utf-8", "backslashreplace")),
                str(len(s.entries) + s.left_out),
                str(s.refusals or "-"),
                s.how or "(goes on)",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "".join(line + "\n" for line in lines)


def as_object(session: Conversation, entries: bool) -> dict[str, object]:
    """A session for programs; octets that are not UTF-8 stand as ``\\xNN``."""
    found: dict[str, object] = {
        "number": session.number,
        "protocol": session.protocol,
        "client": [session.peer.host, session.peer.port],
        "server": [session.peer.local_host, session.peer.local_port],
        "listener": session.peer.listener,
        "dialect": session.dialect,
        "began": session.began,
        "ended": session.ended,
        "how": session.how,
        "tls": session.tls and {"version": session.tls.version, "cipher": session.tls.cipher},
        "login": session.login,
        "refusals": session.refusals,
        "left_out": session.left_out,
    }
    if entries:
        found["entries"] = [entry_object(entry) for entry in session.entries]
    return found


def entry_object(entry: Entry) -> dict[str, object]:
    """One entry for programs."""
    found: dict[str, object] = {
        "at": entry.at,
        "kind": entry.kind,
        "text": entry.octets.decode("utf-8", "backslashreplace"),
    }
    if entry.reason:
        because, instead = explanation(entry)
        found["reason"] = {
            "slug": entry.reason.slug,
            "because": because,
            "instead": instead,
            "cites": list(entry.reason.cites),
        }
    return found


def colours() -> bool:
    """Only on a terminal, and not where people asked for none."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()


def _chosen(
    everything: Sequence[Record], sessions: Sequence[Record], which: Iterable[str]
) -> Iterator[Record]:
    by_number = {session.number: session for session in everything}
    for word in which:
        if word == "last":
            yield from sessions[-1:]
        elif word.isascii() and word.isdecimal() and int(word) in by_number:
            yield by_number[int(word)]
        else:
            why = "" if word.isdecimal() else ": it takes numbers, or the word last"
            raise click.ClickException(f"there is no session {word}{why}")


def follow_journal(
    path: Path, view: Callable[[Conversation, Entry | None], None], protocol: str | None
) -> None:
    """Show what is appended; a journal that is replaced is read to its end first."""
    reader, pause, at_end = Reader(), threading.Event(), True
    while True:
        try:
            with path.open("rb") as file:
                for _ in reader.feed(file.read() if at_end else b""):
                    pass  # what was said before
                at_end = False
                inode = os.fstat(file.fileno()).st_ino
                while True:
                    replaced = not path.exists() or path.stat().st_ino != inode
                    for session, entry in reader.feed(file.read()):
                        if protocol in (None, session.protocol):
                            view(session, entry)
                    if replaced:
                        break
                    pause.wait(FOLLOW_EVERY)
        except FileNotFoundError:
            at_end = False
            pause.wait(FOLLOW_EVERY)
