"""Why IMAP refuses.

The wordings have no tag; facts stand in braces. ``Error in IMAP command SELECT: ...`` is the
shape that mail developers know from Dovecot and search the web for.
"""

from __future__ import annotations

from fakemail.reasons.reason import Reason

SYNTAX = Reason(
    slug="imap.syntax",
    because="The command does not follow the IMAP grammar; the offset counts octets of the command "
    "from its tag, starting with 0.",
    instead="Compare the command with the grammar in the section named; a client library that "
    "quotes arguments for you avoids most of these.",
    cites=("RFC 3501 §9",),
    imap="BAD Error in IMAP command {command}: {detail}",
)
UNKNOWN_COMMAND = Reason(
    slug="imap.unknown-command",
    because="The second word of the line is no command of this server. Every IMAP command begins "
    "with a tag that the client makes up; without one, the command's name is taken for the tag "
    "and its first argument for the command.",
    instead="Send a tag first: `a1 SELECT INBOX`.",
    cites=("RFC 3501 §2.2.1", "RFC 3501 §6"),
    imap="BAD Error in IMAP command {command}: Unknown command.",
)
NOT_OFFERED = Reason(
    slug="imap.not-offered",
    because="The word belongs to an extension that this provider's CAPABILITY does not list.",
    instead="Look at CAPABILITY after the login, and use only what it lists.",
    cites=("RFC 3501 §6.1.1", "RFC 3501 §7.2.1"),
    imap="BAD Error in IMAP command {command}: {word} belongs to {capability}, which is not "
    "offered here.",
)
ANNOUNCED_ONLY = Reason(
    slug="imap.announced-only",
    because="The provider announces {capability}, so its dialect does; fakemail does not have it.",
    instead="Treat the NO as from a server without that extension, which every client can meet, "
    "or test this part against the provider itself.",
    cites=("RFC 5530 §3 (CANNOT)",),
    imap="NO [CANNOT] {word} belongs to {capability}, which this provider announces and fakemail "
    "does not have.",
)
NO_COMMAND = Reason(
    slug="imap.no-command",
    because="The line is empty, has no legal tag, or ends after the tag.",
    instead="A command is a tag, one space, a name, and what the name wants: `a1 NOOP`.",
    cites=("RFC 3501 §2.2.1", "RFC 3501 §9"),
    imap="BAD Error in IMAP command: {detail}",
)
WRONG_STATE = Reason(
    slug="imap.wrong-state",
    because="The command exists, but not in the state that the session is in: some need a login "
    "first, some a selected mailbox, and LOGIN, AUTHENTICATE and STARTTLS come before the login.",
    instead="Log in (LOGIN or AUTHENTICATE), then SELECT a mailbox, then work with its messages.",
    cites=("RFC 3501 §3", "RFC 3501 §6"),
    imap="BAD Error in IMAP command {command}: {detail}",
)
BAD_NUMBER = Reason(
    slug="imap.no-such-message",
    because="A message sequence number is larger than the number of messages in the mailbox, as "
    "this session was told it; `*` in an empty mailbox is such a number too.",
    instead="Take the number of messages from the last EXISTS response, or use UIDs, which may "
    "be absent without an error.",
    cites=("RFC 3501 §9 (seq-number)",),
    imap="BAD Error in IMAP command {command}: Message number {number} is larger than the mailbox "
    "({messages} messages).",
)
NAME_ENCODING = Reason(
    slug="imap.name-encoding",
    because="The mailbox name is not in modified UTF-7: names outside ASCII are encoded, and '&' "
    "begins such a piece.",
    instead="Encode the name (`Entwürfe` is `Entw&APw-rfe`) and write a plain '&' as '&-'.",
    cites=("RFC 3501 §5.1.3",),
    imap="NO [CANNOT] Mailbox name is not in modified UTF-7: {problem}.",
)
NO_SUCH_MAILBOX = Reason(
    slug="imap.no-such-mailbox",
    because="The account has no mailbox of that name; names are case-sensitive, except INBOX.",
    instead='LIST "" "*" shows the names that exist; CREATE makes one.',
    cites=("RFC 3501 §6.3.1", "RFC 5530 §3 (NONEXISTENT)"),
    imap="NO [NONEXISTENT] Mailbox does not exist: {name}",
)
TRY_CREATE = Reason(
    slug="imap.try-create",
    because="The mailbox that messages should go to does not exist.",
    instead="CREATE it, then repeat the command.",
    cites=("RFC 3501 §6.3.11", "RFC 3501 §6.4.7", "RFC 3501 §7.1 (TRYCREATE)"),
    imap="NO [TRYCREATE] Mailbox does not exist: {name}",
)
MAILBOX_EXISTS = Reason(
    slug="imap.mailbox-exists",
    because="A mailbox of that name exists already.",
    instead="Choose another name, or use the one that is there.",
    cites=("RFC 3501 §6.3.3", "RFC 5530 §3 (ALREADYEXISTS)"),
    imap="NO [ALREADYEXISTS] Mailbox exists already: {name}",
)
MAILBOX_REFUSED = Reason(
    slug="imap.mailbox-refused",
    because="The mailbox cannot be made, renamed or removed that way.",
    instead="The text says what is in the way.",
    cites=("RFC 3501 §6.3.3-6.3.5", "RFC 5530 §3 (CANNOT)"),
    imap="NO [CANNOT] {detail}",
)
NOT_SELECTABLE = Reason(
    slug="imap.not-selectable",
    because="LIST shows that name with \\Noselect: it only leads to the mailboxes below it.",
    instead="Select one of the mailboxes below it, or CREATE the name itself.",
    cites=("RFC 3501 §7.2.2",),
    imap="NO [NONEXISTENT] Mailbox cannot be selected: {name}",
)
TOO_MANY_KEYWORDS = Reason(
    slug="imap.too-many-keywords",
    because="A Maildir has room for 26 keywords in one mailbox, and all of them are in use.",
    instead="Use fewer different keywords, or take one off every message that has it.",
    cites=("RFC 3501 §7.1 (PERMANENTFLAGS)", "RFC 5530 §3 (LIMIT)"),
    imap="NO [LIMIT] {detail}",
)
MAILBOX_BUSY = Reason(
    slug="imap.mailbox-busy",
    because="Another program holds the lock of the mailbox's files and does not give it back.",
    instead="Try again; if it lasts, look for the program that holds `dovecot-uidlist.lock`.",
    cites=("RFC 5530 §3 (INUSE)",),
    imap="NO [INUSE] {detail}",
)
STORAGE_FAILED = Reason(
    slug="imap.storage-failed",
    because="The server's disk did not do what was asked of it: it may be full, or its "
    "permissions were changed.",
    instead="Look at the data folder; the text has the system's own words.",
    cites=("RFC 5530 §3 (UNAVAILABLE)",),
    imap="NO [UNAVAILABLE] The server could not read or write its files: {detail}.",
)
READ_ONLY = Reason(
    slug="imap.read-only",
    because="The mailbox was opened by EXAMINE, which changes nothing.",
    instead="Open it with SELECT.",
    cites=("RFC 3501 §6.3.2",),
    imap="NO [READ-ONLY] {command} changes the mailbox, and it was opened read-only with EXAMINE.",
)
EXPUNGE_ISSUED = Reason(
    slug="imap.expunge-issued",
    because="Another session expunged some of these messages, and this session was not told yet, "
    "because sequence numbers may not change during such a command.",
    instead="Send NOOP to hear which messages are gone, then go on.",
    cites=("RFC 2180 §4.1", "RFC 5530 §3 (EXPUNGEISSUED)"),
    imap="NO [EXPUNGEISSUED] Some of these messages were expunged by another session.",
)
BAD_CHARSET = Reason(
    slug="imap.bad-charset",
    because="The server does not know the charset that SEARCH names.",
    instead="Use UTF-8 or US-ASCII.",
    cites=("RFC 3501 §6.4.4", "RFC 3501 §7.1 (BADCHARSET)"),
    imap="NO [BADCHARSET (US-ASCII UTF-8)] Charset {charset} is not known.",
)
COMMAND_TOO_LARGE = Reason(
    slug="imap.command-too-large",
    because="One command, its literals included, is larger than the server takes; only the "
    "messages of APPEND may be larger.",
    instead="Send smaller commands, for example sequence sets in ranges (1:500) instead of lists.",
    cites=("RFC 7162 §4", "RFC 9051 §7.1 (TOOBIG)"),
    imap="BAD [TOOBIG] Error in IMAP command {command}: larger than {limit} octets.",
)
MESSAGE_TOO_LARGE = Reason(
    slug="imap.message-too-large",
    because="The message is larger than the server takes.",
    instead="Send a smaller message, or raise the limit in the server's settings.",
    cites=("RFC 7889 §5", "RFC 4469 §4.2 (TOOBIG)"),
    imap="NO [TOOBIG] The message has {size} octets, {limit} are allowed.",
)
LITERAL_TOO_LARGE = Reason(
    slug="imap.literal-too-large",
    because="The server announces LITERAL-, with which a literal that does not wait ({n+}) has at "
    "most 4096 octets.",
    instead="Use {n} and wait for the server's answer, or look for LITERAL+ in CAPABILITY first.",
    cites=("RFC 7888 §5",),
    imap="BAD [TOOBIG] Error in IMAP command {command}: a literal of {size} octets does not wait, "
    "{limit} are allowed.",
)
ENDLESS_LITERAL = Reason(
    slug="imap.endless-literal",
    because="A literal that does not wait ({n+}) was announced with a count beyond 32 bits; to "
    "stay in step the server would have to read all of it.",
    instead="Look at how the client counts octets; use {n} and wait for the server's answer.",
    cites=("RFC 7888 §4", "RFC 3501 §9 (number)"),
    imap="BYE [TOOBIG] A literal of {size} octets is more than this session can wait for.",
)
NUL = Reason(
    slug="imap.nul",
    because="A NUL octet stands in the command or in a literal.",
    instead="Encode binary content (base64) before it is sent.",
    cites=("RFC 3501 §4.3", "RFC 3501 §9 (CHAR8)"),
    imap="BAD Error in IMAP command {command}: NUL octets are not allowed in {where}.",
)
TLS_ACTIVE = Reason(
    slug="imap.tls-active",
    because="STARTTLS was sent inside TLS.",
    instead="Leave it out on a connection that is encrypted already (port 993 is from the start).",
    cites=("RFC 3501 §6.2.1",),
    imap="BAD Error in IMAP command STARTTLS: TLS is already active.",
)
TLS_UNAVAILABLE = Reason(
    slug="imap.tls-unavailable",
    because="The server has no certificate, so it cannot do TLS.",
    instead="Give the server a certificate, or log in without STARTTLS.",
    cites=("RFC 3501 §6.2.1",),
    imap="BAD Error in IMAP command STARTTLS: TLS is not available.",
)
EXPECTED_DONE = Reason(
    slug="imap.expected-done",
    because="While IDLE runs, the only line a client may send is DONE, without a tag.",
    instead="Send DONE, wait for the tagged OK of IDLE, then the next command.",
    cites=("RFC 2177 §3",),
    imap="BAD Error in IMAP command IDLE: wanted DONE; the IDLE goes on.",
)
TOO_MANY_BAD = Reason(
    slug="imap.too-many-bad",
    because="So many commands in a row were wrong that the other side cannot be an IMAP client.",
    instead="See the first refusal of the session, not the last.",
    cites=("RFC 3501 §7.1.5",),
    imap="BYE Too many invalid IMAP commands.",
)
HTTP_CLIENT = Reason(
    slug="imap.http-client",
    because="The first line is an HTTP request: a web browser or HTTP client has the IMAP port.",
    instead="Point an IMAP client at this port; the ready line names the ports of each protocol.",
    cites=("RFC 3501 §7.1.5",),
    imap="BYE This is an IMAP server, and that was an HTTP request.",
)
MAILBOX_DELETED = Reason(
    slug="imap.mailbox-deleted",
    because="Another session or program deleted the mailbox that this one has selected, or gave "
    "it a new UIDVALIDITY: neither numbers nor UIDs mean anything any more.",
    instead="Connect again and SELECT a mailbox that exists.",
    cites=("RFC 3501 §2.3.1.1", "RFC 3501 §7.1.5"),
    imap="BYE The selected mailbox was deleted by another session.",
)
AUTOLOGOUT = Reason(
    slug="imap.autologout",
    because="The client sent nothing for longer than the server waits.",
    instead="Send NOOP now and then, or end and repeat IDLE every 29 minutes.",
    cites=("RFC 3501 §5.4", "RFC 2177 §3"),
    imap="BYE Autologout; nothing was heard for too long.",
)
SERVER_BUG = Reason(
    slug="imap.server-bug",
    because="fakemail itself failed while it ran the command; the client did nothing wrong.",
    instead="Please report it with this transcript.",
    cites=("RFC 5530 §3 (SERVERBUG)",),
    imap="NO [SERVERBUG] Internal error in IMAP command {command}; the server's log has the rest.",
)
