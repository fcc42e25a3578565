"""Why the HTTP API refuses a request; each is answered as a problem (RFC 9457)."""

from __future__ import annotations

from fakemail.reasons.reason import Reason

BAD_QUERY = Reason(
    slug="api.bad-query",
    because="A parameter of the query is unknown, given twice, or has a value that it cannot have.",
    instead="Use the parameters that `allowed` names; docs/api.md says what each of them takes.",
    cites=("RFC 9110 §15.5.1",),
    http="400 Bad query",
)

BAD_BODY = Reason(
    slug="api.bad-body",
    because="The body of the request is not what this address takes.",
    instead="Send what docs/api.md shows for this address; `detail` says what is wrong, and where.",
    cites=("RFC 9110 §15.5.1",),
    http="400 Bad body",
)

TOKEN_WANTED = Reason(
    slug="api.token-wanted",
    because="The server was started with --api-token, and the request has no token or a wrong one.",
    instead="Send `Authorization: Bearer TOKEN` with the token of --api-token.",
    cites=("RFC 6750 §2.1", "RFC 9110 §15.5.2"),
    http="401 A token is wanted",
)

FOREIGN_HOST = Reason(
    slug="api.foreign-host",
    because="The Host field names no host that this server is: a web page could read test mail"
    " this way (DNS rebinding).",
    instead="Use localhost or the address itself; make another name known with --host-name or"
    " --tls-name, or use --api-token.",
    cites=("RFC 9110 §7.2",),
    http="403 Foreign host",
)

FOREIGN_ORIGIN = Reason(
    slug="api.foreign-origin",
    because="The request comes from a web page of another site.",
    instead="Ask from a program, or from a page that this server delivers.",
    cites=("RFC 6454 §7",),
    http="403 Foreign origin",
)

NO_SUCH_ADDRESS = Reason(
    slug="api.no-such-address",
    because="The API has nothing at this address.",
    instead="See docs/api.md or /api/v1/openapi.json for what there is.",
    cites=("RFC 9110 §15.5.5",),
    http="404 No such address",
)

NO_SUCH_MESSAGE = Reason(
    slug="api.no-such-message",
    because="There is no message with this ID: it never was, or it has been deleted.",
    instead="List the messages with GET /api/v1/messages.",
    cites=("RFC 9110 §15.5.5",),
    http="404 No such message",
)

NO_SUCH_PART = Reason(
    slug="api.no-such-part",
    because="The message has no part with this number.",
    instead="Take the PartID from Attachments, Inline or Structure of the message.",
    cites=("RFC 9110 §15.5.5",),
    http="404 No such part",
)

NO_SUCH_MAILBOX = Reason(
    slug="api.no-such-mailbox",
    because="The account has no mailbox of this name.",
    instead="Create it first, or deliver into INBOX.",
    cites=("RFC 9110 §15.5.5",),
    http="404 No such mailbox",
)

BAD_METHOD = Reason(
    slug="api.bad-method",
    because="This address does not take this method.",
    instead="Use one of the methods in the Allow field of the answer.",
    cites=("RFC 9110 §15.5.6",),
    http="405 Bad method",
)

TOO_LARGE = Reason(
    slug="api.too-large",
    because="The body of the request is larger than the largest message (--message-size) needs.",
    instead="Send less, or raise --message-size.",
    cites=("RFC 9110 §15.5.14",),
    http="413 Too large",
)

WRONG_MEDIA_TYPE = Reason(
    slug="api.wrong-media-type",
    because="The Content-Type of the request is none that this address takes.",
    instead="Send one of the media types that `allowed` names.",
    cites=("RFC 9110 §15.5.16",),
    http="415 Wrong media type",
)

NOT_DELIVERED = Reason(
    slug="api.not-delivered",
    because="The message has no recipient, or a recipient that takes no mail here.",
    instead="Name recipients that exist: `fakemail account list`, or --accounts open for any"
    " address.",
    cites=("RFC 9110 §15.5.21",),
    http="422 Not delivered",
)

INTERNAL = Reason(
    slug="api.internal",
    because="fakemail failed while it handled this request; the traceback is in its log.",
    instead="Nothing: this is a fault of fakemail. Please report it.",
    cites=("RFC 9110 §15.6.1",),
    http="500 Internal error",
)

STOPPING = Reason(
    slug="api.stopping",
    because="The server was told to stop.",
    instead="Ask again when it is back.",
    cites=("RFC 9110 §15.6.4",),
    http="503 Stopping",
)
