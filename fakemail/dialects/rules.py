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
from types import MappingProxyType

from fakemail.dialects.names import meant
from fakemail.dialects.rule import Kind, Rule, RuleError, Value

__all__ = ["RULES", "Kind", "Rule", "RuleError", "Value", "by_hand", "find"]

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
    Rule(
        "attachments_refused",
        "smtp",
        "A message is refused after DATA when the name of an attachment ends like this.",
        kind="words",
        default=(),
    ),
    # -- limits: where they are told of
    Rule(
        "connections_refused_at",
        "smtp",
        "Where `connections_limit` is told of: in place of the greeting, or only at the end of "
        "DATA.",
        kind="choice",
        default="connect",
        allowed=("connect", "end"),
    ),
    Rule(
        "messages_refused_at",
        "smtp",
        "Where limits of messages are told of: at MAIL, at DATA, or at the end of DATA.",
        kind="choice",
        default="mail",
        allowed=("mail", "data", "end"),
    ),
    Rule(
        "suspended_refused_at",
        "smtp",
        "Where a suspended account hears of it in SMTP: at the login, or at MAIL.",
        kind="choice",
        default="login",
        allowed=("login", "mail"),
    ),
    # -- limits: how much is too much; no provider tells, so none of these is on anywhere
    Rule(
        "failed_logins_limit",
        "rates",
        "Failed logins of one account, in all protocols; then even the right code is refused.",
        kind="rate",
        default="",
    ),
    Rule(
        "failed_logins_ban",
        "rates",
        "Failed logins from one client address; then it is refused when it connects.",
        kind="rate",
        default="",
    ),
    Rule(
        "logins_limit",
        "rates",
        "Logins of one account, in all protocols, whether they worked or not.",
        kind="rate",
        default="",
    ),
    Rule(
        "connections_at_once",
        "rates",
        "Open connections of one client address.",
        kind="count",
        default=0,
    ),
    Rule(
        "connections_limit",
        "rates",
        "New connections of one client address.",
        kind="rate",
        default="",
    ),
    Rule(
        "connections_per_day",
        "rates",
        "SMTP connections in which one sender begins a message; refused at MAIL.",
        kind="count",
        default=0,
    ),
    Rule(
        "quota_storage",
        "rates",
        "Units of 1024 octets that an account holds: IMAP's QUOTA tells it, APPEND and COPY obey.",
        "count",
        0,
    ),
    Rule(
        "quota_messages",
        "rates",
        "Messages that an account holds: IMAP's QUOTA tells it, APPEND and COPY obey.",
        "count",
        0,
    ),
    Rule("messages_per_connection", "rates", "Messages in one connection.", "count", 0),
    Rule("messages_limit", "rates", "Messages of one sender.", kind="rate", default=""),
    Rule("messages_per_day", "rates", "Messages of one sender in 24 hours.", "count", 0),
    Rule("recipients_per_connection", "rates", "Recipients in one connection.", "count", 0),
    Rule("recipients_limit", "rates", "Recipients of one sender.", kind="rate", default=""),
    Rule("recipients_per_day", "rates", "Recipients of one sender in 24 hours.", "count", 0),
    Rule(
        "downloads_limit",
        "rates",
        "Messages that one account fetches by RETR.",
        kind="rate",
        default="",
    ),
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
    Rule(
        "tls_port_silent",
        "services",
        "A client without TLS on a TLS port hears nothing, then the connection is closed; fakemail "
        "says what is wrong.",
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
        raise RuleError(
            f"there is no rule {name!r}; the rules are {', '.join(RULES)}{meant(name, RULES)}"
        )
    return rule


def by_hand(setting: str) -> tuple[str, Value]:
    """``name``, ``name=value`` or ``no-name`` as somebody types it: the rule's name and value.

    ``no-`` switches a switch off, and makes any other what it is without a dialect.
    """
    name, given, text = setting.partition("=")
    if not given and name.startswith("no-") and name not in RULES:
        off = find(name[3:])
        return off.name, False if off.kind == "switch" else off.default
    rule = find(name.strip())
    if not given and rule.kind != "switch":
        raise RuleError(f"rule {rule.name} wants {rule.wants}: {rule.name}=...")
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
