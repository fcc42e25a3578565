"""The page at ``/``: three files, without anything from elsewhere."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fakemail.web.route import Answer, Call, Content, Handler, Route

GROUP = "Page"
POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
}
"""Nothing runs but our own file, and nothing is fetched from anywhere else."""


@cache
def _file(name: str) -> bytes:
    return (files("fakemail.web") / "page" / name).read_bytes()


def _page(name: str, media: str) -> Handler:
    def handler(call: Call) -> Answer:
        return Content(_file(name), f"{media}; charset=utf-8", headers=POLICY)

    return handler


ROUTES = tuple(
    Route(
        method="GET",
        path=path,
        run=_page(name, media),
        summary=summary,
        group=GROUP,
        media=media,
    )
    for path, name, media, summary in (
        ("/", "index.html", "text/html", "A page with the messages and the sessions"),
        ("/page.js", "page.js", "text/javascript", "Its program"),
        ("/page.css", "page.css", "text/css", "Its style"),
    )
)
