"""Why SMTP refuses a command: syntax, order, what a session may do, and whom it may write to.

What can be wrong with a mail transaction itself (paths, parameters, content) is in
`reasons/smtp_transaction.py`; failed logins and unknown recipients are in `reasons/auth.py`.
Enhanced status codes are those of RFC 3463 and of the IANA registry that RFC 5248 began.
"""

from __future__ import annotations

from fakemail.reasons.reason import Reason

# -- a line that is no command --------------------------------------------------------------

UNKNOWN_COMMAND = Reason(
    slug="smtp.unknown-command",
    because="The line does not begin with an SMTP command.",
    instead="Commands are HELO EHLO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT. "
    "If this was part of a message, the message was not preceded by an accepted DATA.",
    cites=("RFC 5321 §4.2.4",),
    smtp='500 5.5.1 Error: command "{command}" not recognized',
)
EMPTY_COMMAND = Reason(
    slug="smtp.empty-command",
    because="An empty line was sent where a command was expected.",
    instead="Send a command; the empty line between header and body comes after DATA.",
    cites=("RFC 5321 §4.1.1",),
    smtp="500 5.5.2 Error: bad syntax",
)
NOT_ASCII_COMMAND = Reason(
    slug="smtp.command-not-ascii",
    because="The command has octets above 127 where only ASCII may stand, or they are not UTF-8.",
    instead="Command words and parameters are ASCII; addresses may be UTF-8 after SMTPUTF8.",
    cites=("RFC 5321 §2.4", "RFC 6531 §3.3"),
    smtp="500 5.5.2 Error: strict ASCII mode",
)
CONTROL_OCTET = Reason(
    slug="smtp.control-octet",
    because="The command contains a control character (NUL, a bare CR, ...), which no command "
    "may have. Often a line end was sent twice, or an address was read from a file with its CR.",
    instead="Strip the value, and end the command with one CR LF.",
    cites=("RFC 5321 §4.1.2", "RFC 5321 §2.3.8"),
    smtp="500 5.5.2 Error: control character in command",
)
LINE_TOO_LONG = Reason(
    slug="smtp.line-too-long",
    because="The command line is longer than this server takes; all of it was skipped.",
    instead="RFC 5321 allows 512 octets, and a few more for each extension in use.",
    cites=("RFC 5321 §4.5.3.1.4",),
    smtp="500 5.5.2 Command line too long",
)
UNKNOWN_TOO_OFTEN = Reason(
    slug="smtp.too-many-unknown-commands",
    because="The session has sent many lines that are no commands; it is ended before a whole "
    "message is answered line by line.",
    instead="Look at the first of them: what was refused before it decides the rest.",
    cites=("RFC 5321 §3.8",),
    smtp="421 4.7.0 Too many unrecognized commands, goodbye",
)
HTTP_REQUEST = Reason(
    slug="smtp.http-request",
    because="An HTTP client has connected to an SMTP port.",
    instead="Use the web port for HTTP; ports are in the line 'fakemail ready ...'.",
    cites=("RFC 5321 §3.1",),
    smtp="554 5.5.1 This is an SMTP server, not HTTP; goodbye",
)
NOT_IMPLEMENTED = Reason(
    slug="smtp.not-implemented",
    because="The command is SMTP, but fakemail does not carry it out.",
    instead="EXPN lists the members of mailing lists, and there are none here.",
    cites=("RFC 5321 §3.5", "RFC 5321 §4.2.4"),
    smtp="502 5.5.1 EXPN not implemented",
)
NO_PARAMETERS = Reason(
    slug="smtp.no-parameters",
    because="The command takes no parameters.",
    instead="Send the command word alone.",
    cites=("RFC 5321 §4.1.1",),
    smtp="501 5.5.4 Syntax: {syntax}",
)
PARAMETER_MISSING = Reason(
    slug="smtp.parameter-missing",
    because="The command lacks its parameter.",
    instead="Send it as the reply shows: HELP tells the syntax of every command.",
    cites=("RFC 5321 §4.1.1",),
    smtp="501 5.5.4 Syntax: {syntax}",
)
HELP_UNKNOWN = Reason(
    slug="smtp.help-unknown",
    because="HELP was asked about something that is no command here.",
    instead="HELP alone lists the commands.",
    cites=("RFC 5321 §4.1.1.8",),
    smtp="501 5.5.4 Supported commands: {commands}",
)
NO_VRFY = Reason(
    slug="smtp.vrfy-address",
    because="What follows VRFY is no address.",
    instead="VRFY someone@example.test",
    cites=("RFC 5321 §4.1.1.6",),
    smtp="501 5.1.3 Could not VRFY {address}",
)

# -- a command at the wrong moment ----------------------------------------------------------

HELLO_FIRST = Reason(
    slug="smtp.hello-first",
    because="The client has not said EHLO (or HELO) since it connected or since STARTTLS.",
    instead="Send EHLO first, and again after STARTTLS.",
    cites=("RFC 5321 §4.1.4", "RFC 3207 §4.2"),
    smtp="503 5.5.1 Error: send {helo} first",
)
AUTH_REQUIRED = Reason(
    slug="smtp.auth-required",
    because="A command that sends mail arrived before the client had authenticated, and this port "
    "takes mail from account holders only.",
    instead="Log in first, with the address and an authorization code: AUTH PLAIN or AUTH LOGIN "
    "(in Python, login(address, code) before sendmail()). Without --dialect, port 25 takes mail "
    "without AUTH.",
    cites=("RFC 4954 §6", "RFC 6409 §4.3"),
    smtp="530 5.7.0 Authentication required",
)
AUTH_NEEDS_EHLO = Reason(
    slug="smtp.auth-needs-ehlo",
    because="AUTH is an extension, and the client said HELO, which asks for none.",
    instead="Send EHLO in place of HELO.",
    cites=("RFC 5321 §2.2.1", "RFC 4954 §3"),
    smtp="503 5.5.1 Error: AUTH needs EHLO, not HELO",
)
AUTH_TWICE = Reason(
    slug="smtp.auth-twice",
    because="The session has already authenticated; nobody can do so twice.",
    instead="Send mail, or QUIT and connect again to log in as somebody else.",
    cites=("RFC 4954 §4",),
    smtp="503 5.5.1 Already authenticated",
)
AUTH_IN_TRANSACTION = Reason(
    slug="smtp.auth-in-transaction",
    because="AUTH was sent between MAIL and the end of the message.",
    instead="Authenticate before MAIL, or send RSET first.",
    cites=("RFC 4954 §4",),
    smtp="503 5.5.1 Error: AUTH not permitted during a mail transaction",
)
AUTH_SYNTAX = Reason(
    slug="smtp.auth-syntax",
    because="AUTH takes the name of a mechanism and at most one initial response, in base64.",
    instead="AUTH PLAIN <base64>, or AUTH LOGIN, with a mechanism that EHLO listed.",
    cites=("RFC 4954 §4",),
    smtp="501 5.5.4 Syntax: AUTH mechanism [initial-response]",
)
AUTH_LINE_TOO_LONG = Reason(
    slug="smtp.auth-line-too-long",
    because="A line of the login is longer than 12288 octets.",
    instead="The base64 of user name and code is far shorter; look at what was encoded.",
    cites=("RFC 4954 §4",),
    smtp="500 5.5.6 Authentication exchange line is too long",
)
TLS_ALREADY = Reason(
    slug="smtp.tls-already",
    because="STARTTLS was sent inside TLS.",
    instead="Leave STARTTLS out: the connection is encrypted (on the submissions port from the "
    "first octet).",
    cites=("RFC 3207 §4", "RFC 3207 §4.2"),
    smtp="503 5.5.1 Error: TLS is already active",
)
TLS_NOT_AVAILABLE = Reason(
    slug="smtp.tls-not-available",
    because="This server runs without a certificate and cannot offer TLS.",
    instead="Start fakemail with TLS, or connect in clear.",
    cites=("RFC 3207 §4",),
    smtp="454 4.7.0 TLS not available",
)

# -- whom ------------------------------------------------------------------------------------

NOT_YOUR_ADDRESS = Reason(
    slug="smtp.sender-not-owned",
    because="The sender is not one of the addresses of the account that has logged in.",
    instead="MAIL FROM must name the account that has logged in.",
    cites=("RFC 6409 §6.1",),
    smtp="553 5.7.1 <{address}>: Sender address rejected: not owned by user {login}",
)

# -- the server ------------------------------------------------------------------------------

TIMED_OUT = Reason(
    slug="smtp.timeout",
    because="Nothing came from the client for too long.",
    instead="Send something within that time, or QUIT. A message is complete only after a line "
    "with a single dot, between CR LF and CR LF.",
    cites=("RFC 5321 §4.5.3.2.7",),
    smtp="421 4.4.2 Error: timeout exceeded",
)
LOCAL_ERROR = Reason(
    slug="smtp.local-error",
    because="A fault inside fakemail, not in what the client sent.",
    instead="Look at the server's log and please report it; the session may go on.",
    cites=("RFC 5321 §4.2.3",),
    smtp="451 4.3.0 Local error in processing",
)
