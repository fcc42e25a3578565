"""What a dialect's rules make of SMTP: read once a session, so that they cost a command nothing.

Every rule of the room ``smtp`` in `dialects/rules.py` is a field here under its own name, with
the two of the border that SMTP keeps itself. Where no rule is on, all sessions share `USUAL`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fakemail.dialects.dialect import Dialect
from fakemail.dialects.rules import Value


@dataclass(frozen=True, slots=True)
class Conduct:
    """The rules of one session; the defaults are fakemail's own conduct."""

    # who may send, and when
    auth_on_every_port: bool = False
    auth_checked_at_rcpt: bool = False
    auth_before_tls: bool = True
    tls_before_mail: bool = False
    auth_after_helo: bool = False
    login_ignores_initial_response: bool = False
    ehlo_forgets_login: bool = False
    ehlo_name_checked: bool = False
    closes_after_auth_failure: bool = False
    greeting_delay: float = 0.0
    auth_failure_delay: float = 0.0
    sender_must_match: str = ""
    size_limit: int = 0
    connections_refused_at: str = "connect"
    messages_refused_at: str = "mail"
    suspended_refused_at: str = "login"

    # what becomes of a message
    from_header_checked: bool = False
    header_fields_required: tuple[str, ...] = ()
    rewrites_message_id: bool = False
    message_id_form: str = ""
    underscores_in_from_name: bool = False
    saves_sent_copy: bool = False
    attachments_refused: tuple[str, ...] = ()

    reads_headers: bool = field(init=False)
    """Whether the header of a message is looked at, or changed, before it is stored."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads_headers", self._reads_headers())

    def _reads_headers(self) -> bool:
        return bool(
            self.from_header_checked
            or self.header_fields_required
            or self.rewrites_message_id
            or self.underscores_in_from_name
            or self.sender_must_match in {"data", "rewrite"}
        )


USUAL = Conduct()

_read: dict[int, tuple[Mapping[str, Value], Conduct]] = {}
"""What was made of rules that are shared by many sessions, by their identity."""

_MANY = 100


def conduct_of(dialect: Dialect) -> Conduct:
    """The rules that `dialect` keeps."""
    rules = dialect.rules
    if not rules:
        return USUAL
    known = _read.get(id(rules))
    if known is not None and known[0] is rules:
        return known[1]
    if len(_read) >= _MANY:
        _read.clear()
    conduct = _conduct(dialect)
    _read[id(rules)] = (rules, conduct)
    return conduct


def _conduct(dialect: Dialect) -> Conduct:
    return Conduct(
        auth_on_every_port=dialect.has("auth_on_every_port"),
        auth_checked_at_rcpt=dialect.has("auth_checked_at_rcpt"),
        auth_before_tls=dialect.has("auth_before_tls"),
        tls_before_mail=dialect.has("tls_before_mail"),
        auth_after_helo=dialect.has("auth_after_helo"),
        login_ignores_initial_response=dialect.has("login_ignores_initial_response"),
        ehlo_forgets_login=dialect.has("ehlo_forgets_login"),
        ehlo_name_checked=dialect.has("ehlo_name_checked"),
        closes_after_auth_failure=dialect.has("closes_after_auth_failure"),
        greeting_delay=dialect.seconds("greeting_delay"),
        auth_failure_delay=dialect.seconds("auth_failure_delay"),
        sender_must_match=dialect.text("sender_must_match"),
        size_limit=dialect.count("size_limit"),
        connections_refused_at=dialect.text("connections_refused_at"),
        messages_refused_at=dialect.text("messages_refused_at"),
        suspended_refused_at=dialect.text("suspended_refused_at"),
        from_header_checked=dialect.has("from_header_checked"),
        header_fields_required=dialect.words("header_fields_required"),
        rewrites_message_id=dialect.has("rewrites_message_id"),
        message_id_form=dialect.text("message_id_form"),
        underscores_in_from_name=dialect.has("underscores_in_from_name"),
        saves_sent_copy=dialect.has("saves_sent_copy"),
        attachments_refused=dialect.words("attachments_refused"),
    )
