"""All POP3 commands, as a table of rows (design: visible tables, no methods found by name)."""

from __future__ import annotations

from fakemail.pop3.command import (
    AUTHORIZATION,
    BOTH,
    LONGEST_SASL,
    TRANSACTION,
    Row,
    mechanism,
    nothing,
    number,
    number_and_lines,
    one_word,
    perhaps_number,
    verbatim,
)
from fakemail.pop3.commands.capa import capa
from fakemail.pop3.commands.deletion import dele, rset
from fakemail.pop3.commands.listing import list_, stat, uidl
from fakemail.pop3.commands.login import pass_, user
from fakemail.pop3.commands.noop import noop
from fakemail.pop3.commands.quit import quit_
from fakemail.pop3.commands.retrieval import retr, top
from fakemail.pop3.commands.sasl import auth
from fakemail.pop3.commands.stls import stls
from fakemail.pop3.commands.utf8 import utf8

TABLE = (
    Row("USER", "USER name", one_word, user, AUTHORIZATION, "RFC 1939 §7", shows=1, utf8=True),
    Row("PASS", "PASS code", verbatim, pass_, AUTHORIZATION, "RFC 1939 §7", shows=0, utf8=True),
    Row(
        "AUTH",
        "AUTH [mechanism [initial-response]]",
        mechanism,
        auth,
        AUTHORIZATION,
        "RFC 5034 §4",
        shows=1,
        longest=LONGEST_SASL,
    ),
    Row("STLS", "STLS", nothing, stls, AUTHORIZATION, "RFC 2595 §4"),
    Row("UTF8", "UTF8", nothing, utf8, AUTHORIZATION, "RFC 6856 §2.1"),
    Row("CAPA", "CAPA", nothing, capa, BOTH, "RFC 2449 §5"),
    Row("STAT", "STAT", nothing, stat, TRANSACTION, "RFC 1939 §5"),
    Row("LIST", "LIST [msg]", perhaps_number, list_, TRANSACTION, "RFC 1939 §5"),
    Row("UIDL", "UIDL [msg]", perhaps_number, uidl, TRANSACTION, "RFC 1939 §7"),
    Row("RETR", "RETR msg", number, retr, TRANSACTION, "RFC 1939 §5"),
    Row("TOP", "TOP msg n", number_and_lines, top, TRANSACTION, "RFC 1939 §7"),
    Row("DELE", "DELE msg", number, dele, TRANSACTION, "RFC 1939 §5"),
    Row("RSET", "RSET", nothing, rset, TRANSACTION, "RFC 1939 §5"),
    Row("NOOP", "NOOP", nothing, noop, TRANSACTION, "RFC 1939 §5"),
    Row("QUIT", "QUIT", nothing, quit_, BOTH, "RFC 1939 §4, §6"),
)

ROWS = {row.name: row for row in TABLE}
