"""Why SMTP refuses a mail transaction: MAIL, RCPT, their parameters, and the content."""

from __future__ import annotations

from fakemail.reasons.reason import Reason

# -- order -----------------------------------------------------------------------------------

NESTED_MAIL = Reason(
    slug="smtp.nested-mail",
    because="A second MAIL was sent before the message of the first one.",
    instead="Send DATA, or RSET to give the first one up. A library that reuses a connection "
    "after an error must send RSET.",
    cites=("RFC 5321 §3.3", "RFC 5321 §4.1.4"),
    smtp="503 5.5.1 Error: nested MAIL command",
)
NEED_MAIL = Reason(
    slug="smtp.need-mail",
    because="The command was sent without an accepted MAIL before it.",
    instead="Send MAIL FROM:<you@example.test> first; if it was sent, read why it was refused.",
    cites=("RFC 5321 §3.3", "RFC 5321 §4.1.4"),
    smtp="503 5.5.1 Error: need MAIL command",
)
NEED_RCPT = Reason(
    slug="smtp.need-rcpt",
    because="The message has no recipient yet.",
    instead="Send RCPT TO:<somebody@example.test> before the content.",
    cites=("RFC 5321 §3.3", "RFC 5321 §4.1.4"),
    smtp="503 5.5.1 Error: need RCPT command",
)
NO_VALID_RECIPIENTS = Reason(
    slug="smtp.no-valid-recipients",
    because="Every RCPT of this message was refused, so there is nobody to deliver it to.",
    instead="Read why the recipients were refused, above.",
    cites=("RFC 5321 §3.3", "RFC 2920 §3.1"),
    smtp="554 5.5.1 Error: no valid recipients",
)
CHUNKS_BEGUN = Reason(
    slug="smtp.chunks-begun",
    because="The command was sent between the chunks of a message.",
    instead="Send BDAT until the one with LAST, or RSET.",
    cites=("RFC 3030 §2",),
    smtp="503 5.5.1 Error: {command} not permitted between BDAT chunks",
)
BINARY_NEEDS_BDAT = Reason(
    slug="smtp.binary-needs-bdat",
    because="MAIL announced binary content (BODY=BINARYMIME), and DATA brings only lines.",
    instead="Send the content by BDAT, or RSET, then MAIL without BODY=BINARYMIME and the binary "
    "parts in base64.",
    cites=("RFC 3030 §3",),
    smtp="503 5.5.1 Error: DATA not permitted after BODY=BINARYMIME",
)
CHUNK_FAILED = Reason(
    slug="smtp.chunk-failed",
    because="An earlier chunk of this message was refused; the chunk was read and dropped.",
    instead="Send RSET, then the transaction again.",
    cites=("RFC 3030 §2",),
    smtp="503 5.5.1 Error: an earlier BDAT failed, send RSET",
)
BDAT_SYNTAX = Reason(
    slug="smtp.bdat-syntax",
    because="BDAT takes the number of octets that follow, and LAST with the last chunk.",
    instead="BDAT 1000, or BDAT 1000 LAST",
    cites=("RFC 3030 §2",),
    smtp="501 5.5.4 Syntax: BDAT chunk-size [LAST]",
)

# -- paths and parameters --------------------------------------------------------------------

MAIL_SYNTAX = Reason(
    slug="smtp.mail-syntax",
    because="The command is not of the form MAIL FROM:<address> [parameters].",
    instead="MAIL FROM:<you@example.test>, or MAIL FROM:<> for a notification.",
    cites=("RFC 5321 §4.1.1.2",),
    smtp="501 5.5.4 Syntax: MAIL FROM:<address> [SP <mail-parameters>]",
)
RCPT_SYNTAX = Reason(
    slug="smtp.rcpt-syntax",
    because="The command is not of the form RCPT TO:<address> [parameters].",
    instead="RCPT TO:<somebody@example.test>, one command for each recipient.",
    cites=("RFC 5321 §4.1.1.3",),
    smtp="501 5.5.4 Syntax: RCPT TO:<address> [SP <rcpt-parameters>]",
)
BAD_REVERSE_PATH = Reason(
    slug="smtp.bad-reverse-path",
    because="The sender's address is malformed.",
    instead="Give the bare address, local-part@domain, as in MAIL FROM:<you@example.test>; a "
    "display name belongs into the From field of the message.",
    cites=("RFC 5321 §4.1.2",),
    smtp="501 5.1.7 Error: malformed sender address: {detail}",
)
BAD_FORWARD_PATH = Reason(
    slug="smtp.bad-forward-path",
    because="The recipient's address is malformed.",
    instead="Give one bare address, local-part@domain, as in RCPT TO:<somebody@example.test>; "
    "display names and lists belong into the To field of the message.",
    cites=("RFC 5321 §4.1.2",),
    smtp="501 5.1.3 Error: malformed recipient address: {detail}",
)
NEEDS_SMTPUTF8 = Reason(
    slug="smtp.needs-smtputf8",
    because="The address is not ASCII, and the client did not ask for SMTPUTF8.",
    instead="MAIL FROM:<...> SMTPUTF8 (in Python, send_message() does so by itself, sendmail() "
    'with mail_options=["SMTPUTF8"]); or write the domain as xn--...',
    cites=("RFC 6531 §3.5", "RFC 6531 §3.4"),
    smtp="553 5.6.7 Error: non-ASCII address needs SMTPUTF8",
)
PARAMETER_SYNTAX = Reason(
    slug="smtp.parameter-syntax",
    because="A parameter after the address is malformed.",
    instead="Parameters follow the '>' and a space, as KEYWORD or KEYWORD=value, each once.",
    cites=("RFC 5321 §4.1.2",),
    smtp="501 5.5.4 Error: bad parameter: {detail}",
)
PARAMETER_UNKNOWN = Reason(
    slug="smtp.parameter-unknown",
    because="The parameter belongs to no extension that EHLO listed.",
    instead="Send only parameters of listed extensions, and none after HELO.",
    cites=("RFC 5321 §4.1.1.11",),
    smtp="555 5.5.4 {command} parameters not recognized or not implemented: {keyword}",
)
TOO_MANY_RECIPIENTS = Reason(
    slug="smtp.too-many-recipients",
    because="The message already has as many recipients as this server takes at once.",
    instead="Send the message to these, then again to the rest.",
    cites=("RFC 5321 §4.5.3.1.10",),
    smtp="452 4.5.3 Error: too many recipients",
)

# -- content ---------------------------------------------------------------------------------

SIZE_DECLARED = Reason(
    slug="smtp.size-declared",
    because="The client announced a larger message than this server takes.",
    instead="Send a smaller message, or raise the limit. EHLO tells it after SIZE.",
    cites=("RFC 1870 §6.1", "RFC 3463 §3.4"),
    smtp="552 5.3.4 Error: message size exceeds fixed maximum message size",
)
TOO_MUCH_DATA = Reason(
    slug="smtp.too-much-data",
    because="The message is larger than this server takes; all of it was read, none was kept.",
    instead="Send a smaller message, or raise the limit. EHLO tells it after SIZE.",
    cites=("RFC 1870 §6.3", "RFC 3463 §3.4"),
    smtp="552 5.3.4 Error: too much mail data",
)
NUL_IN_CONTENT = Reason(
    slug="smtp.nul-in-content",
    because="The content has a NUL octet; mail may not, and much software ends a message there.",
    instead="Encode binary parts in base64.",
    cites=("RFC 5321 §4.5.2", "RFC 5322 §4.1", "RFC 6152 §3"),
    smtp="554 5.6.0 Error: the message content has a NUL octet",
)
NOT_STORED = Reason(
    slug="smtp.not-stored",
    because="The message could not be written to the store. Nothing of it was kept.",
    instead="Look at free space and permissions of the data folder, then send again.",
    cites=("RFC 5321 §4.2.5", "RFC 3463 §3.4"),
    smtp="451 4.3.0 Error: queue file write error",
)
