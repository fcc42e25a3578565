"""What clients and server said to each other, and why something was refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fakemail.accounts.address import NotAnAddress, canonical
from fakemail.reasons.api_control import NO_SUCH_SESSION
from fakemail.reasons.reason import Refusal
from fakemail.transcript.entry import Entry, is_probe
from fakemail.transcript.recorder import Recorder
from fakemail.transcript.text import explanation as filled
from fakemail.transcript.text import printable, render
from fakemail.web.office import Office
from fakemail.web.route import TEXT, Call, Route

GROUP = "Sessions"
BEARABLE = 10_000
"""Characters of one transcript in an answer that is about something else."""


class Tls(msgspec.Struct):
    """What a handshake came to."""

    version: str
    cipher: str
    server_name: str | None


class Session(msgspec.Struct):
    """One connection of a client, without what was said."""

    number: int
    protocol: str
    client: str
    """Address and port."""
    server: str
    listener: str
    dialect: str
    began: float
    """Seconds since 1970-01-01 UTC."""
    ended: float | None
    """None while it goes on."""
    how: str
    """How it ended."""
    tls: Tls | None
    login: str | None
    """The address that logged in last."""
    refusals: int
    left_out: int
    """Lines in the middle that were not kept."""


class Reason(msgspec.Struct):
    """Why something was refused."""

    slug: str
    because: str
    instead: str
    cites: list[str]


class Line(msgspec.Struct):
    """One line of a conversation."""

    at: float
    kind: Literal["C", "S", "!", "*"]
    """`C` client, `S` server, `!` why something was refused, `*` what happened."""
    text: str
    reason: Reason | None = None


class Transcript(Session):
    """One connection of a client, with what was said."""

    entries: list[Line]
    text: str
    """The same for people."""


class SessionList(msgspec.Struct):
    """Sessions by number."""

    sessions: list[Session]
    total: int
    """How many fit, also beyond the limit."""


class Known(msgspec.Struct):
    """A known mistake that fits."""

    id: str
    program: str
    mistake: str
    cause: str
    fix: str
    providers: list[str]
    sources: list[str]
    confidence: str


class Explanation(msgspec.Struct):
    """Why something was refused, and what to change."""

    session: int | None
    what: str
    why: list[str]
    fix: str
    fix_for_client: str
    """The same in the terms of the program that was recognised."""
    client: str
    said: str
    """The client's line that was refused."""
    reply: str
    slug: str
    cites: list[str]
    providers: list[str]
    """Who says it."""
    scenarios: list[Known]


class Explanations(msgspec.Struct):
    """The explanations of one session, the main one first."""

    session: int
    explanations: list[Explanation]
    text: str
    """The same for people."""


class SessionQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which sessions."""

    protocol: Annotated[
        Literal["smtp", "pop3", "imap"] | None, Meta(description="Only this one's.")
    ] = None
    failed: Annotated[bool, Meta(description="Only those in which something was refused.")] = False
    live: Annotated[bool, Meta(description="Only those that go on.")] = False
    login: Annotated[str, Meta(description="Only those that logged in as this address.")] = ""
    after: Annotated[int, Meta(description="Only those with a higher number.", ge=0, le=2**53)] = 0
    probes: Annotated[bool, Meta(description="Also those in which no client said anything.")] = (
        False
    )
    limit: Annotated[int, Meta(description="At most so many, the last.", ge=1, le=1000)] = 100


class LanguageQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In which language."""

    lang: Annotated[Literal["en", "zh"], Meta(description="English or Chinese.")] = "en"


def listed(call: Call) -> SessionList:
    """GET /api/v1/sessions."""
    query: SessionQuery = call.query
    login = query.login
    try:
        login = login and canonical(login, call.office.settings.default_domain)
    except NotAnAddress:
        return SessionList([], 0)
    found = [
        recorder
        for recorder in call.office.post_office.sessions
        if recorder.number > query.after
        and query.protocol in (None, recorder.protocol)
        and (recorder.refusals or not query.failed)
        and (recorder.ended is None or not query.live)
        and login in ("", recorder.login)
        and (query.probes or recorder.ended is None or not is_probe(recorder))
    ]
    return SessionList([Session(**facts(r)) for r in found[-query.limit :]], len(found))


def one(call: Call) -> Transcript:
    """GET /api/v1/sessions/{number}."""
    recorder = _recorder(call)
    return transcript(recorder)


def text(call: Call) -> str:
    """GET /api/v1/sessions/{number}/text."""
    return render(_recorder(call))


def explanation(call: Call) -> Explanations:
    """GET /api/v1/sessions/{number}/explanation."""
    from fakemail.explain.explain import explain  # reads its tables

    recorder, language = _recorder(call), call.query.lang
    found = explain(recorder, language)
    return Explanations(
        recorder.number,
        [msgspec.convert(each.as_object(), Explanation) for each in found],
        "\n".join(each.as_text(language) for each in found),
    )


def transcript(recorder: Recorder) -> Transcript:
    """A session with everything that was kept of it."""
    entries = [_line(entry) for entry in recorder.entries]
    return Transcript(**facts(recorder), entries=entries, text=render(recorder))


def facts(recorder: Recorder) -> dict[str, Any]:
    """What a `Session` has."""
    peer, tls = recorder.peer, recorder.tls
    return {
        "number": recorder.number,
        "protocol": recorder.protocol,
        "client": _end(peer.host, peer.port),
        "server": _end(peer.local_host, peer.local_port),
        "listener": peer.listener,
        "dialect": recorder.dialect,
        "began": recorder.began,
        "ended": recorder.ended,
        "how": recorder.how,
        "tls": tls and Tls(tls.version, tls.cipher, tls.server_name),
        "login": recorder.login,
        "refusals": recorder.refusals,
        "left_out": recorder.left_out,
    }


def recent(office: Office, since: float, most: int) -> list[str]:
    """The transcripts of the sessions that were open at some time since then, the last ones; of a
    long one its end."""
    found = [
        recorder
        for recorder in office.post_office.sessions
        if (recorder.ended is None or recorder.ended >= since) and not is_probe(recorder)
    ]
    return [_ending(render(recorder)) for recorder in found[-most:]]


def _ending(text: str) -> str:
    """The heading and as many of the last lines as are bearable in an error message."""
    if len(text) <= BEARABLE:
        return text
    heading = text.partition("\n")[0]
    return f"{heading}\n  ...\n{text[-BEARABLE:].partition(chr(10))[2]}"


def _recorder(call: Call) -> Recorder:
    sessions, word = call.office.post_office.sessions, call.path["number"]
    found: Recorder | None = None
    if word == "last":
        kept = [r for r in sessions if r.ended is None or not is_probe(r)]
        found = kept[-1] if kept else None
    elif word.isascii() and word.isdecimal() and len(word) < 16:
        found = sessions.get(int(word))
    if found is None:
        raise Refusal(NO_SUCH_SESSION)
    return found


def _end(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _line(entry: Entry) -> Line:
    said = "\n".join(printable(line) for line in entry.octets.split(b"\r\n"))
    if entry.reason is None:
        return Line(entry.at, entry.kind, said)
    because, instead = filled(entry)
    reason = Reason(entry.reason.slug, because, instead, list(entry.reason.cites))
    return Line(entry.at, entry.kind, said, reason)


_NUMBER = {"number": "The number of a session, or `last`."}

ROUTES = (
    Route(
        method="GET",
        path="/api/v1/sessions",
        run=listed,
        summary="The sessions that are kept, by number",
        group=GROUP,
        answer=SessionList,
        query=SessionQuery,
    ),
    Route(
        method="GET",
        path="/api/v1/sessions/{number}",
        run=one,
        summary="One session with everything that was said",
        group=GROUP,
        answer=Transcript,
        errors=(NO_SUCH_SESSION,),
        path_help=_NUMBER,
    ),
    Route(
        method="GET",
        path="/api/v1/sessions/{number}/text",
        run=text,
        summary="Its transcript as text",
        group=GROUP,
        media=TEXT,
        errors=(NO_SUCH_SESSION,),
        path_help=_NUMBER,
    ),
    Route(
        method="GET",
        path="/api/v1/sessions/{number}/explanation",
        run=explanation,
        summary="What went wrong in it, and what to change",
        group=GROUP,
        answer=Explanations,
        query=LanguageQuery,
        errors=(NO_SUCH_SESSION,),
        path_help=_NUMBER,
    ),
)
