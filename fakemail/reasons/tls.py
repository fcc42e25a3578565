"""Why a connection failed before or beside the mail protocol: TLS, and the server itself.

Most of these are never said on the wire, since the client is not listening for them; they stand
in the transcript, where a person looks after "it just hangs".
"""

from __future__ import annotations

from fakemail.reasons.reason import Reason

TLS_TO_PLAIN_PORT = Reason(
    slug="tls.tls-to-plain-port",
    because=(
        "The client began a TLS handshake on a port that speaks plain text first. It most likely"
        " reports 'wrong version number' or 'packet length too long'."
    ),
    instead=(
        "Use the implicit TLS port (submissions 465, pop3s 995, imaps 993), or keep this port and"
        " switch the client to STARTTLS (STLS in POP3)."
    ),
    cites=("RFC 8314 §3", "RFC 3207 §4"),
)

PLAIN_TO_TLS_PORT = Reason(
    slug="tls.plain-to-tls-port",
    because="The client sent plain text where a TLS handshake had to begin.",
    instead=(
        "Switch the client to implicit TLS ('SSL/TLS', smtps, imaps, pop3s), or use the port that"
        " speaks plain text first (submission 587, pop3 110, imap 143)."
    ),
    cites=("RFC 8314 §3", "RFC 8446 §2"),
    smtp="421 4.7.0 This port speaks TLS from the first octet; plain text goes to port 587",
    pop3="-ERR [SYS/PERM] This port speaks TLS from the first octet; plain text goes to port 110",
    imap="* BYE This port speaks TLS from the first octet; plain text goes to port 143",
)

SILENT_ON_TLS_PORT = Reason(
    slug="tls.silent-on-tls-port",
    because=(
        "The client connected to a TLS port and sent nothing: most likely it waits for a greeting"
        " in plain text, which a TLS port never sends before the handshake."
    ),
    instead=(
        "Switch the client to implicit TLS ('SSL/TLS', smtps, imaps, pop3s), or use the port that"
        " speaks plain text first (submission 587, pop3 110, imap 143)."
    ),
    cites=("RFC 8314 §3", "RFC 8446 §2"),
    smtp="421 4.7.0 This port speaks TLS from the first octet; plain text goes to port 587",
    pop3="-ERR [SYS/PERM] This port speaks TLS from the first octet; plain text goes to port 110",
    imap="* BYE This port speaks TLS from the first octet; plain text goes to port 143",
)

HANDSHAKE_TIMEOUT = Reason(
    slug="tls.handshake-timeout",
    because="The client began a TLS handshake and did not finish it in time.",
    instead="Look for a client that is blocked: a debugger, a prompt about the certificate.",
    cites=("RFC 8446 §4",),
)

NOT_TRUSTED = Reason(
    slug="tls.not-trusted",
    because=(
        "The client refused the server's certificate: it does not trust fakemail's certificate"
        " authority, or it asked for a name that is not in the certificate."
    ),
    instead=(
        "Give the client the CA file ('fakemail certs' shows where it is and how it is set), and"
        " connect to localhost, 127.0.0.1, ::1 or a name given with --tls-name."
    ),
    cites=("RFC 8446 §6.2", "RFC 9525 §6"),
)

NO_COMMON_TLS = Reason(
    slug="tls.nothing-in-common",
    because="Client and server have no TLS version or cipher in common.",
    instead="Let the client offer TLS 1.2 or 1.3 with its library's default ciphers.",
    cites=("RFC 8446 §4.1.1", "RFC 8996 §2", "RFC 8314 §4.1"),
)

HANDSHAKE_FAILED = Reason(
    slug="tls.handshake-failed",
    because="The TLS handshake failed.",
    instead="The detail is OpenSSL's own word for it; the client's log has the other half.",
    cites=("RFC 8446 §6.2",),
)

OCTETS_BEFORE_TLS = Reason(
    slug="tls.octets-before-tls",
    because=(
        "The client sent more after STARTTLS (STLS) without waiting for the go-ahead. What came in"
        " clear may have been put there by somebody else, so it was thrown away."
    ),
    instead="Wait for the reply to STARTTLS, then begin the handshake, then send commands.",
    cites=("RFC 3207 §4", "RFC 2595 §4", "RFC 9051 §11.1"),
)
