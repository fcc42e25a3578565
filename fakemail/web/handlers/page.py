"""The page at ``/``: files of our own, without anything from elsewhere.

What a stranger wrote (a mail, a command) is shown on it, so it is built such that none of it can
run. Its program sets text and never markup, and Trusted Types turn any other way into an error;
the policy lets nothing run but our own files, and nothing be fetched from any other server. The
HTML of a mail is shown in a frame without any allowance, which has an origin of its own, and
its answer says the same again (`site.FIELDS`), should somebody open it by itself.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fakemail.reasons.api import NO_SUCH_ADDRESS
from fakemail.reasons.reason import Refusal
from fakemail.web.route import Answer, Call, Content, Route

GROUP = "Page"
POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
}
"""Nothing runs but our own files, and nothing is fetched from anywhere else."""

MEDIA = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}


@cache
def _files() -> dict[str, Content]:
    found = {}
    for file in (files("fakemail.web") / "page").iterdir():
        media = MEDIA.get(file.name.rpartition(".")[2])
        if media is not None:
            found[file.name] = Content(file.read_bytes(), media, headers=POLICY)
    return found


def page(call: Call) -> Answer:
    """GET /."""
    return _files()["index.html"]


def file(call: Call) -> Answer:
    """GET /page/{file}."""
    found = _files().get(call.path["file"])
    if found is None:
        raise Refusal(NO_SUCH_ADDRESS, path=f"/page/{call.path['file'][:200]}")
    return found


ROUTES = (
    Route(
        method="GET",
        path="/",
        run=page,
        summary="A page with the messages, the sessions, the accounts and the dialect",
        group=GROUP,
        media="text/html",
    ),
    Route(
        method="GET",
        path="/page/{file}",
        run=file,
        summary="What the page consists of",
        group=GROUP,
        media="*/*",
        path_help={"file": "The name of a file: `page.js`."},
        errors=(NO_SUCH_ADDRESS,),
    ),
)
