"""The closed list of rules: what a provider does, where it is more than wording.

A provider is a file of facts and never a class of its own; where its conduct differs, the file
switches on one of these rules, by name, with a source. An engine asks for a rule and never for a
provider:

    if desk.dialect.has("id_before_select") and not session.said_id:
        raise Refusal(ID_REQUIRED)
    delay = desk.dialect.seconds("greeting_delay")

Every rule's `default` is what fakemail does of its own accord. Which dialects switch a rule on, and
by what source, is in `docs/dialects.md`, which is made from the data. A rule can also be set by
hand, ``id_before_select`` or ``greeting_delay=2`` (`by_hand`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

Value: TypeAlias = bool | int | float | str | tuple[str, ...]
Kind: TypeAlias = Literal["switch", "count", "seconds", "choice", "text", "words"]


class RuleError(ValueError):
    """A rule that is not in the list, or a value that it cannot have; the text is for people."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a server can differ."""

    name: str
    room: str
    """Who obeys it: an engine (``smtp pop3 imap``), or ``services``, ``accounts``, ``store``."""

    does: str
    kind: Kind = "switch"
    default: Value = False
    allowed: tuple[str, ...] = ()
    """For choices and words: the values that there are; empty means any."""

    def check(self, value: object) -> Value:
        """`value` as this rule wants it, or a RuleError that says what is allowed."""
        found: Value | None = None
        if self.kind == "switch":
            found = value if isinstance(value, bool) else None
        elif self.kind == "count":
            found = value if isinstance(value, int) and not isinstance(value, bool) else None
        elif self.kind == "seconds":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            found = float(value) if number and 0 <= value <= 3600 else None  # type: ignore[operator, arg-type]
        elif self.kind == "words":
            if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
                found = tuple(value)
                if self.allowed and not set(found) <= set(self.allowed):
                    found = None
        elif isinstance(value, str) and (not self.allowed or value in self.allowed):
            found = value
        if found is None:
            raise RuleError(f"rule {self.name}: {value!r} is not {self.wants}")
        return found

    @property
    def wants(self) -> str:
        """What the value has to be, in words."""
        match self.kind:
            case "switch":
                return "true or false"
            case "count":
                return "a whole number"
            case "seconds":
                return "a number of seconds, at most 3600"
            case "words":
                return f"a list of words of {', '.join(self.allowed)}" if self.allowed else "a list"
            case _:
                shown = ", ".join(value or '""' for value in self.allowed)
                return f"one of {shown}" if shown else "a text"


_TABLE = (
    # -- SMTP: who may send, and when
    Rule("auth_on_every_port", "smtp", "MAIL is refused before AUTH on port 25 too."),
    Rule("auth_checked_at_rcpt", "smtp", "MAIL passes before AUTH; it is RCPT that is refused."),
    Rule(
        "auth_before_tls",
        "smtp",
        "AUTH is accepted in clear. Off: refused until STARTTLS, whether EHLO lists it or not.",
        default=True,
    ),
    Rule("tls_before_mail", "smtp", "MAIL in clear is refused: STARTTLS first."),
    Rule("auth_after_helo", "smtp", "AUTH is accepted after HELO, without EHLO."),
    Rule(
        "login_ignores_initial_response",
        "smtp",
        "AUTH LOGIN with an initial response asks for the user name all the same.",
    ),
    Rule("ehlo_forgets_login", "smtp", "EHLO after AUTH forgets the login."),
    Rule("ehlo_name_checked", "smtp", "EHLO with a name that is no domain is refused."),
    Rule("closes_after_auth_failure", "smtp", "The connection is closed after a failed AUTH."),
    Rule(
        "sender_must_match",
        "smtp",
        "The sender has to be the account: refused at MAIL, refused at the end of DATA (where the "
        "From field counts), or silently rewritten.",
        kind="choice",
        default="",
        allowed=("", "mail", "data", "rewrite"),
    ),
    Rule("from_header_checked", "smtp", "A missing or malformed From field is refused after DATA."),
    Rule(
        "header_fields_required",
        "smtp",
        "A message without these fields is taken for spam and refused after DATA.",
        kind="words",
        default=(),
    ),
    Rule("size_limit", "smtp", "Largest message in octets.", kind="count", default=0),
    Rule("rewrites_message_id", "smtp", "The server puts its own Message-ID into the message."),
    Rule("message_id_form", "smtp", "What that Message-ID looks like.", kind="text", default=""),
    Rule("underscores_in_from_name", "smtp", "Spaces in the From display name become underscores."),
    Rule("saves_sent_copy", "smtp", "What is sent appears in the account's sent folder too."),
    # -- the border
    Rule("greeting_delay", "services", "The greeting comes late.", kind="seconds", default=0.0),
    Rule(
        "auth_failure_delay",
        "services",
        "A failed login is answered late.",
        kind="seconds",
        default=0.0,
    ),
    Rule(
        "rsa_key_exchange_only",
        "services",
        "TLS offers only the old RSA key exchange, which modern clients refuse.",
    ),
    # -- logging in
    Rule("basic_auth_disabled", "accounts", "No password or code logs in; only OAuth does."),
    Rule("authzid_refused", "accounts", "AUTHENTICATE PLAIN with an authorization identity fails."),
    Rule(
        "local_part_logs_in",
        "accounts",
        "In these protocols the user name may be the local part alone.",
        kind="words",
        default=(),
        allowed=("smtp", "pop3", "imap"),
    ),
    Rule(
        "code_groups",
        "accounts",
        "A new code is shown in groups of so many characters; the spaces are no part of it.",
        kind="count",
        default=0,
    ),
    Rule(
        "login_before_tls",
        "accounts",
        "POP3 and IMAP take logins in clear. Off: refused until STLS or STARTTLS.",
        default=True,
    ),
    Rule(
        "closes_after_login_failure",
        "accounts",
        "POP3 and IMAP close the connection after a failed login.",
    ),
    # -- POP3
    Rule("uidl_length", "pop3", "Length of unique-ids; 0: our own.", kind="count", default=0),
    Rule("uidl_upper_hex", "pop3", "Unique-ids are upper-case hexadecimal digits."),
    Rule("self_sent_hidden", "pop3", "Messages that the account sent itself are not shown."),
    Rule("xoauth2_two_lines", "pop3", "AUTH XOAUTH2 wants the token on a line of its own."),
    # -- IMAP: commands
    Rule("id_before_select", "imap", "SELECT and EXAMINE are refused until the client sent ID."),
    Rule("no_idle", "imap", "IDLE is an unknown command."),
    Rule("silent_idle", "imap", "IDLE is accepted, and nothing is ever pushed."),
    Rule(
        "idle_closes_after",
        "imap",
        "IDLE ends with the connection after so long; 0: never.",
        kind="seconds",
        default=0.0,
    ),
    Rule("idle_push_delay", "imap", "IDLE tells of new mail late.", kind="seconds", default=0.0),
    Rule("no_move", "imap", "MOVE is an unknown command."),
    Rule("xlist", "imap", "XLIST works: LIST with the roles of folders, before RFC 6154."),
    Rule(
        "special_use",
        "imap",
        "Where the roles of folders are told: by LIST, by XLIST only, or by their names only.",
        kind="choice",
        default="list",
        allowed=("list", "xlist", "none"),
    ),
    Rule("create_refused", "imap", "CREATE is always refused."),
    Rule("keywords_not_stored", "imap", "Keywords are accepted with OK and forgotten."),
    Rule("no_uidnext", "imap", "SELECT and STATUS leave UIDNEXT out."),
    Rule("uid_validity_1", "imap", "UIDVALIDITY is 1 for every mailbox."),
    Rule(
        "search_keys",
        "imap",
        "SEARCH knows only these keys besides those about flags; any other is BAD. Empty: all.",
        kind="words",
        default=(),
    ),
    Rule("search_non_ascii_finds_nothing", "imap", "SEARCH for a non-ASCII text finds nothing."),
    Rule(
        "search_utf8_refused",
        "imap",
        "After ENABLE UTF8=ACCEPT too, SEARCH for a non-ASCII text without CHARSET is refused.",
    ),
    Rule("search_text_finds_nothing", "imap", "SEARCH for text or in headers finds nothing."),
    Rule("search_ignores_headers", "imap", "SEARCH by HEADER, FROM or TO finds every message."),
    Rule("drops_on_unknown_command", "imap", "An unknown command ends the connection, unanswered."),
    Rule("capability_with_login", "imap", "An untagged CAPABILITY comes before the login's OK."),
    Rule("enable_untold", "imap", "ENABLE says OK without the untagged ENABLED."),
    Rule("bye_twice", "imap", "The untagged BYE comes twice."),
    Rule("append_limit", "imap", "Largest message of APPEND in octets.", kind="count", default=0),
    Rule(
        "visible_after",
        "imap",
        "New mail is seen by a SELECT or EXAMINE only after so long.",
        kind="seconds",
        default=0.0,
    ),
    # -- IMAP: malformed answers that clients have met
    Rule("envelope_nine_fields", "imap", "ENVELOPE lacks a field where To or Bcc is absent."),
    Rule("envelope_gbk", "imap", "ENVELOPE re-encodes names as =?GBK?B?...?=."),
    Rule("envelope_own_name", "imap", "ENVELOPE has the account's own name for To."),
    Rule("envelope_stray_backslash", "imap", "ENVELOPE has a backslash at the end of a host."),
    Rule("empty_multipart_structure", "imap", "BODYSTRUCTURE of a multipart has no parts."),
    Rule("internaldate_bare_day", "imap", "INTERNALDATE has no space before a one-digit day."),
    Rule("fetch_without_body", "imap", "FETCH may leave out the BODY[] that was asked for."),
    Rule("stray_parse_lines", "imap", "An untagged OK [PARSE] stands between FETCH responses."),
    Rule("modseq_minus_one", "imap", "MODSEQ is -1 in FETCH."),
    Rule("copyuid_empty", "imap", "COPYUID has empty sets."),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _TABLE})
"""By name, in the order of the documentation."""


def find(name: str) -> Rule:
    """The rule of this name; a RuleError that lists what there is."""
    rule = RULES.get(name)
    if rule is None:
        raise RuleError(f"there is no rule {name!r}; the rules are {', '.join(RULES)}")
    return rule


def by_hand(setting: str) -> tuple[str, Value]:
    """``name``, ``name=value`` or ``no-name`` as somebody types it: the rule's name and value."""
    name, given, text = setting.partition("=")
    if not given and name.startswith("no-") and name not in RULES:
        return find(name[3:]).name, find(name[3:]).check(False)
    rule = find(name.strip())
    return rule.name, rule.check(_typed(rule, text.strip()) if given else True)


def _typed(rule: Rule, text: str) -> object:
    """What was typed as the kind of value that the rule has; the text itself where it is not."""
    match rule.kind:
        case "switch":
            return {"true": True, "yes": True, "on": True, "1": True}.get(
                text.lower(),
                False if text.lower() in {"false", "no", "off", "0"} else text,
            )
        case "count":
            return int(text) if text.isascii() and text.isdecimal() else text
        case "seconds":
            try:
                return float(text)
            except ValueError:
                return text
        case "words":
            return tuple(word for word in text.replace(",", " ").split())
        case _:
            return text
