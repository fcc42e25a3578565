"""Why a login, or an address, was refused.

On the wire an unknown account and a wrong code read the same, as they do on real servers; the
reason behind them, in the transcript, tells them apart.
"""

from __future__ import annotations

from fakemail.reasons.reason import Reason

_SMTP_FAILED = "535 5.7.8 Authentication failed: user name or authorization code incorrect"
_POP3_FAILED = "-ERR [AUTH] Authentication failed: user name or authorization code incorrect"
_IMAP_FAILED = (
    "NO [AUTHENTICATIONFAILED] Authentication failed: user name or authorization code incorrect"
)

NO_SUCH_ACCOUNT = Reason(
    slug="auth.no-such-account",
    because="The client logged in with a user name that is in no account.",
    instead="Log in with the full address of an account (`fakemail account list` shows them), or"
    " add it with `fakemail account add ADDRESS`. With `--accounts open` any address may log in.",
    cites=("RFC 4954 §6", "RFC 3206 §4", "RFC 5530 §3"),
    smtp=_SMTP_FAILED,
    pop3=_POP3_FAILED,
    imap=_IMAP_FAILED,
)

WRONG_CODE = Reason(
    slug="auth.wrong-code",
    because="The account is there, but what the client sent is none of its authorization codes.",
    instead="Send one of the codes that `fakemail code list ADDRESS --show` prints, or issue a new"
    " one with `fakemail code issue ADDRESS`. Look for a code cut off, quoted twice, or with a"
    " line end inside.",
    cites=("RFC 4954 §6", "RFC 3206 §4", "RFC 5530 §3"),
    smtp=_SMTP_FAILED,
    pop3=_POP3_FAILED,
    imap=_IMAP_FAILED,
)

PASSWORD_NOT_CODE = Reason(
    slug="auth.password-not-code",
    because="The client sent the password of the account. Mail programs log in with an"
    " authorization code (授权码, app password), never with the password of the web page.",
    instead="Issue a code with `fakemail code issue ADDRESS` and put it where the program has its"
    " password setting.",
    cites=("RFC 4954 §6", "RFC 3206 §4", "RFC 5530 §3"),
    smtp="535 5.7.8 Please log in with an authorization code, not with the account password",
    pop3="-ERR [AUTH] Please log in with an authorization code, not with the account password",
    imap="NO [AUTHENTICATIONFAILED] Please log in with an authorization code, not with the account"
    " password",
)

CODE_EXPIRED = Reason(
    slug="auth.code-expired",
    because="The authorization code was right once, but its time is over.",
    instead="Issue a new one with `fakemail code issue ADDRESS`, or change `expires` in the"
    " accounts file.",
    cites=("RFC 4954 §6", "RFC 3206 §4", "RFC 5530 §3"),
    smtp="535 5.7.8 Authentication failed: the authorization code has expired",
    pop3="-ERR [AUTH] Authentication failed: the authorization code has expired",
    imap="NO [EXPIRED] Authentication failed: the authorization code has expired",
)

CODE_REVOKED = Reason(
    slug="auth.code-revoked",
    because="The authorization code was right once, but it has been revoked.",
    instead="Issue a new one with `fakemail code issue ADDRESS`.",
    cites=("RFC 4954 §6", "RFC 3206 §4", "RFC 5530 §3"),
    smtp="535 5.7.8 Authentication failed: the authorization code has been revoked",
    pop3="-ERR [AUTH] Authentication failed: the authorization code has been revoked",
    imap="NO [EXPIRED] Authentication failed: the authorization code has been revoked",
)

CODE_OUT_OF_SCOPE = Reason(
    slug="auth.code-out-of-scope",
    because="The authorization code is right, but was issued for other protocols than {service}.",
    instead="Issue one that opens this protocol (`fakemail code issue ADDRESS --scope ...`), or"
    " change `scopes` in the accounts file.",
    cites=("RFC 4954 §6", "RFC 3206 §4", "RFC 5530 §3"),
    smtp="535 5.7.8 Authentication failed: this authorization code does not open SMTP",
    pop3="-ERR [AUTH] Authentication failed: this authorization code does not open POP3",
    imap="NO [CONTACTADMIN] Authentication failed: this authorization code does not open IMAP",
)

SERVICE_OFF = Reason(
    slug="auth.service-off",
    because="Address and code are right, but {service} is switched off for this account.",
    instead="Switch it on: `{service} = true` in the accounts file. At real providers it is a"
    " switch on the settings page, and is off at first.",
    cites=("RFC 4954 §6", "RFC 3206 §4", "RFC 5530 §3"),
    smtp="535 5.7.8 Authentication failed: SMTP is switched off for this account",
    pop3="-ERR [AUTH] Authentication failed: POP3 is switched off for this account",
    imap="NO [CONTACTADMIN] Authentication failed: IMAP is switched off for this account",
)

EMPTY_SECRET = Reason(
    slug="auth.empty-secret",
    because="The client logged in with an empty code or password. Most often the setting or"
    " environment variable that should hold it is not set.",
    instead="Check what the running process really has as its password, then log in again.",
    cites=("RFC 4616 §2",),
    smtp="535 5.7.8 Authentication failed: the authorization code is empty",
    pop3="-ERR [AUTH] Authentication failed: the authorization code is empty",
    imap="NO [AUTHENTICATIONFAILED] Authentication failed: the authorization code is empty",
)

EMPTY_IDENTITY = Reason(
    slug="auth.empty-identity",
    because="The client logged in with an empty user name. Most often the setting or environment"
    " variable that should hold it is not set.",
    instead="Check what the running process really has as its user name, then log in again.",
    cites=("RFC 4616 §2",),
    smtp="535 5.7.8 Authentication failed: the user name is empty",
    pop3="-ERR [AUTH] Authentication failed: the user name is empty",
    imap="NO [AUTHENTICATIONFAILED] Authentication failed: the user name is empty",
)

BAD_BASE64 = Reason(
    slug="auth.bad-base64",
    because="A response of the login exchange was not base64.",
    instead="Encode user name and code (LOGIN) or the whole message (PLAIN) in base64, on one line,"
    " with its padding: `printf '%s' CODE | base64 -w0`.",
    cites=("RFC 4954 §4", "RFC 5034 §4", "RFC 9051 §6.2.2", "RFC 4648 §4"),
    smtp="501 5.5.2 Cannot decode response: not base64",
    pop3="-ERR Cannot decode response: not base64",
    imap="BAD Cannot decode response: not base64",
)

CANCELLED = Reason(
    slug="auth.cancelled",
    because="The client broke the login off by sending `*`.",
    instead="Nothing is wrong on the server's side; start the login again when ready.",
    cites=("RFC 4954 §4", "RFC 5034 §4", "RFC 9051 §6.2.2"),
    smtp="501 5.7.0 Authentication cancelled",
    pop3="-ERR Authentication cancelled",
    imap="BAD Authentication cancelled",
)

BAD_RESPONSE = Reason(
    slug="auth.bad-response",
    because="A response of the login exchange was good base64, but not what the mechanism wants.",
    instead="PLAIN wants `NUL user NUL code` (or `address NUL user NUL code`) in one message; LOGIN"
    " wants the user name, then the code, each by itself. All of it in UTF-8.",
    cites=("RFC 4616 §2", "draft-murchison-sasl-login-00 §2.1"),
    smtp="501 5.5.2 Malformed authentication response",
    pop3="-ERR Malformed authentication response",
    imap="BAD Malformed authentication response",
)

MECHANISM_UNKNOWN = Reason(
    slug="auth.mechanism-unknown",
    because="The client asked for a login mechanism that is not offered here.",
    instead="Use one of the mechanisms that the server lists (EHLO, CAPA, CAPABILITY).",
    cites=("RFC 4954 §4", "RFC 5034 §4", "RFC 9051 §6.2.2"),
    smtp="504 5.5.4 Unrecognized authentication mechanism",
    pop3="-ERR Unrecognized authentication mechanism",
    imap="NO Unrecognized authentication mechanism",
)

MECHANISM_NOT_HERE = Reason(
    slug="auth.mechanism-not-here",
    because="The provider announces this login mechanism, so its dialect does; but how it works is"
    " not public, and fakemail has it not.",
    instead="Use another of the mechanisms that are announced, such as PLAIN or XOAUTH2.",
    cites=("RFC 4422 §3.2",),
    smtp="504 5.5.4 Unrecognized authentication mechanism",
    pop3="-ERR Unrecognized authentication mechanism",
    imap="NO Unrecognized authentication mechanism",
)

AUTHORIZATION_REFUSED = Reason(
    slug="auth.authorization-refused",
    because="The client logged in as one user and asked to act as another (the first field of"
    " PLAIN, the authorization identity).",
    instead="Leave the authorization identity empty, or give an address of the same account.",
    cites=("RFC 4616 §2", "RFC 5530 §3"),
    smtp="535 5.7.8 Not authorized to act as that user",
    pop3="-ERR [AUTH] Not authorized to act as that user",
    imap="NO [AUTHORIZATIONFAILED] Not authorized to act as that user",
)

NO_SUCH_USER = Reason(
    slug="smtp.no-such-user",
    because="The recipient is in no account, and only listed accounts receive mail here.",
    instead="Send to an address of an account (`fakemail account list`), add it with"
    " `fakemail account add ADDRESS`, or serve with `--accounts open`.",
    cites=("RFC 5321 §3.3", "RFC 3463 §3.2"),
    smtp="550 5.1.1 <{recipient}>: Recipient address rejected: no such user here",
)
