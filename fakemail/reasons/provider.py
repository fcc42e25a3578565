"""Why the large providers refuse what the standards would let pass.

Nothing here happens with the generic dialect: each of these is switched on by a rule of a dialect
(`dialects/rules.py`), by the state of an account (`fakemail account suspend`), or said by hand with
a fault. What is counted over time is in `rates.py`. The wordings are fakemail's own; those of the
providers are facts in `dialects/data/`.
"""

from __future__ import annotations

from fakemail.reasons import auth
from fakemail.reasons.rates import TOO_MANY_ATTEMPTS, TOO_MANY_FAILURES
from fakemail.reasons.reason import Reason

# -- login -----------------------------------------------------------------------------------

AUTH_TLS_REQUIRED = Reason(
    slug="auth.tls-required",
    because="The client tried to log in over a connection in clear, and this provider takes "
    "secrets inside TLS only.",
    instead="Send STARTTLS (STLS in POP3) first, or use the implicit TLS port: 465, 995 or 993.",
    cites=("RFC 8314 §3", "RFC 4954 §4", "RFC 5530 §3 (PRIVACYREQUIRED)"),
    smtp="538 5.7.11 Encryption required for requested authentication mechanism",
    pop3="-ERR [AUTH] Plaintext authentication not allowed without TLS",
    imap="NO [PRIVACYREQUIRED] Plaintext authentication not allowed without TLS",
)
BASIC_AUTH_DISABLED = Reason(
    slug="auth.basic-auth-disabled",
    because="The client logged in with a password. This provider has switched passwords off for "
    "mail programs, app passwords included; only OAuth opens a mailbox.",
    instead="Use XOAUTH2 or OAUTHBEARER with an access token of the provider; nothing about the "
    "password can be put right.",
    cites=("RFC 7628 §3", "RFC 4954 §6"),
    smtp="535 5.7.8 Authentication failed: basic authentication is disabled",
    pop3="-ERR [AUTH] Basic authentication is disabled",
    imap="NO [AUTHENTICATIONFAILED] Basic authentication is disabled",
)
WEB_LOGIN_REQUIRED = Reason(
    slug="auth.web-login-required",
    because="The provider found the login suspicious (new place, new device) and wants the owner "
    "to confirm it in a browser.",
    instead="Log in to the web page of the provider from the same network, confirm, then retry.",
    cites=("RFC 5530 §3 (CONTACTADMIN)",),
    smtp="534 5.7.9 Please log in with your web browser and then try again",
    pop3="-ERR [AUTH] Please log in with your web browser and then try again",
    imap="NO [ALERT] Please log in with your web browser and then try again",
)
POLICY = Reason(
    slug="auth.policy",
    because="Address and secret may be right, but a policy of the organization (security "
    "defaults, conditional access) does not let this kind of login in.",
    instead="Ask the administrator to allow SMTP AUTH for the mailbox, or use OAuth.",
    cites=("RFC 4954 §6", "RFC 5530 §3 (CONTACTADMIN)"),
    smtp="535 5.7.8 Authentication failed: not allowed by the organization's policy",
    pop3="-ERR [AUTH] Authentication failed: not allowed by the organization's policy",
    imap="NO [CONTACTADMIN] Authentication failed: not allowed by the organization's policy",
)

ACCOUNT_SUSPENDED = Reason(
    slug="auth.account-suspended",
    because="The provider has suspended (banned, frozen) the account: even the right code is "
    "refused until its owner has it unlocked.",
    instead="Log in to the web page of the provider and unlock the account; no change of the "
    "program helps. In fakemail: `fakemail account resume ADDRESS`.",
    cites=("RFC 4954 §6", "RFC 3206 §4", "RFC 5530 §3"),
    smtp="535 5.7.8 Authentication failed: the account is suspended",
    pop3="-ERR [AUTH] Authentication failed: the account is suspended",
    imap="NO [CONTACTADMIN] Authentication failed: the account is suspended",
)

# -- SMTP ------------------------------------------------------------------------------------

TLS_REQUIRED = Reason(
    slug="smtp.tls-required",
    because="MAIL was sent in clear, and this provider takes mail inside TLS only.",
    instead="Send STARTTLS, then EHLO again, then log in; or use port 465, which is TLS from the "
    "first octet.",
    cites=("RFC 3207 §4", "RFC 8314 §3"),
    smtp="530 5.7.0 Must issue a STARTTLS command first",
)
BAD_EHLO_NAME = Reason(
    slug="smtp.bad-ehlo-name",
    because="What follows EHLO is neither a domain name nor an address literal.",
    instead="Set the client's own host name (`local_hostname` in smtplib) to a "
    "domain name in ASCII, or to an address in brackets such as [127.0.0.1].",
    cites=("RFC 5321 §4.1.1.1", "RFC 5321 §4.1.3"),
    smtp="501 5.5.4 Invalid domain name",
)
FROM_HEADER_INVALID = Reason(
    slug="smtp.from-header-invalid",
    because="The From field of the message is missing, has no address, or has a display name "
    "that is neither ASCII nor an encoded word.",
    instead="Write From: =?UTF-8?B?...?= <address>; in Python, formataddr((str(Header(name, "
    '"utf-8")), address)), or an EmailMessage, which does so by itself.',
    cites=("RFC 5322 §3.6.2", "RFC 2047 §5"),
    smtp='550 5.6.0 The "From" header is missing or invalid',
)
SENDER_SUSPENDED = Reason(
    slug="smtp.sender-suspended",
    because="The login worked, but the provider has suspended (banned, frozen) the account: it "
    "may not send.",
    instead="Log in to the web page of the provider and unlock the account; no change of the "
    "program helps. In fakemail: `fakemail account resume ADDRESS`.",
    cites=("RFC 5321 §4.2.5", "RFC 3463 §3.8"),
    smtp="550 5.7.1 The account is suspended and may not send",
)
CONTENT_REFUSED = Reason(
    slug="smtp.content-refused",
    because="The provider took the message for spam. Test messages are hit often: no From, To or "
    "Subject field, a subject of 'test', or the same text many times.",
    instead="Give the message From, To, Subject, Date and Message-ID and a natural text; From must "
    "be the address that logged in.",
    cites=("RFC 5321 §4.2.5", "RFC 3463 §3.8"),
    smtp="554 5.7.1 Message refused: classified as spam",
)
ATTACHMENT_REFUSED = Reason(
    slug="smtp.attachment-refused",
    because="The message has an attachment of a kind that the provider does not take.",
    instead="Send the file in another form (an archive, a link).",
    cites=("RFC 5321 §4.2.5", "RFC 3463 §3.7"),
    smtp="552 5.6.1 Attachment type not allowed",
)

# -- POP3 ------------------------------------------------------------------------------------

MESSAGE_UNREADABLE = Reason(
    slug="pop3.message-unreadable",
    because="The provider could not deliver this one message; the session goes on.",
    instead="Go on with the next message and come back to this one later.",
    cites=("RFC 1939 §5",),
    pop3="-ERR Message cannot be read at the moment, try again later",
)
XOAUTH2_ONE_LINE = Reason(
    slug="pop3.xoauth2-one-line",
    because="The client sent AUTH XOAUTH2 and the token on one line; this provider wants them on "
    "two.",
    instead="Send AUTH XOAUTH2, wait for the '+', then send the token on a line of its own.",
    cites=("RFC 5034 §4",),
    pop3="-ERR Protocol error: send the initial response on a line of its own",
)

# -- IMAP ------------------------------------------------------------------------------------

ID_REQUIRED = Reason(
    slug="imap.id-required",
    because="The client opened a mailbox without having said who it is: this provider wants the ID "
    "command on every connection, after the login and before SELECT.",
    instead='Send ID ("name" "my program" "version" "1.0") after LOGIN; in Python, '
    "imap.xatom('ID', '(\"name\" \"my program\")').",
    cites=("RFC 2971 §3.1",),
    imap="NO {command} refused: send ID first",
)
SEARCH_UNSUPPORTED = Reason(
    slug="imap.search-unsupported",
    because="The provider does not know this search key, or not with this argument.",
    instead="Search by ALL, SINCE and flags, then look at the headers yourself.",
    cites=("RFC 3501 §6.4.4",),
    imap="BAD Error in IMAP command {command}: search key not supported",
)

CREATE_REFUSED = Reason(
    slug="imap.create-refused",
    because="This provider makes no folders for mail programs.",
    instead="Make the folder on the provider's web page, or use one that LIST shows.",
    cites=("RFC 3501 §6.3.3", "RFC 5530 §3 (NOPERM)"),
    imap="NO [NOPERM] CREATE is not allowed here",
)

FAILED_LOGINS = frozenset(
    {
        auth.NO_SUCH_ACCOUNT,
        auth.WRONG_CODE,
        auth.PASSWORD_NOT_CODE,
        auth.CODE_EXPIRED,
        auth.CODE_REVOKED,
        auth.CODE_OUT_OF_SCOPE,
        auth.SERVICE_OFF,
        auth.EMPTY_SECRET,
        auth.EMPTY_IDENTITY,
        auth.AUTHORIZATION_REFUSED,
        BASIC_AUTH_DISABLED,
        ACCOUNT_SUSPENDED,
        TOO_MANY_ATTEMPTS,
        TOO_MANY_FAILURES,
        WEB_LOGIN_REQUIRED,
        POLICY,
    }
)
"""What a failed login was refused for: some providers answer late then, and some hang up."""
LABEL_UNKNOWN = Reason(
    slug="imap.label-unknown",
    because="A label that begins with a backslash belongs to the server, and there is none of that "
    "name.",
    instead="Leave the backslash out, or use one of \\Inbox, \\Sent, \\Draft, \\Spam, \\Trash, "
    "\\Important and \\Starred.",
    cites=("RFC 6154 §2",),
    imap="BAD Error in IMAP command {command}: there is no label {label}.",
)
