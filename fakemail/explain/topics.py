"""What a fix is about: the topics by which `data/clients.toml` has it in each program's terms."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fakemail.explain.scene import Scene

TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "smtp.auth-required": "login",
        "smtp.auth-needs-ehlo": "ehlo",
        "auth.wrong-code": "code",
        "auth.password-not-code": "code",
        "auth.code-expired": "code",
        "auth.code-revoked": "code",
        "auth.code-out-of-scope": "code",
        "auth.no-such-account": "code",
        "auth.bad-response": "code",
        "auth.empty-secret": "empty",
        "auth.empty-identity": "empty",
        "auth.tls-required": "starttls",
        "smtp.tls-required": "starttls",
        "auth.too-many-attempts": "rate",
        "smtp.rate-limited": "rate",
        "smtp.messages-in-connection": "rate",
        "smtp.connections-today": "rate",
        "smtp.recipients-too-often": "rate",
        "host.connections-at-once": "rate",
        "host.connections-too-often": "rate",
        "tls.tls-to-plain-port": "plain_port",
        "pop3.tls-client": "plain_port",
        "tls.plain-to-tls-port": "tls_port",
        "tls.silent-on-tls-port": "tls_port",
        "tls.not-trusted": "trust",
        "tls.nothing-in-common": "tls_version",
        "smtp.sender-not-owned": "sender",
        "smtp.from-header-invalid": "sender_header",
        "smtp.bad-ehlo-name": "hostname",
        "imap.id-required": "id",
        "imap.no-such-mailbox": "select",
        "imap.not-selectable": "select",
        "imap.wrong-state": "select",
    }
)
"""By the slug of the reason."""


def topic_of(slug: str, scene: Scene | None) -> str:
    """The topic of a refusal; a login that cannot begin for want of TLS is about TLS."""
    topic = TOPICS.get(slug, "")
    if topic == "login" and scene is not None and not scene.mechanisms and not scene.tls:
        offers_tls = any(line.upper() == "STARTTLS" for line in scene.offered)
        return "starttls" if offers_tls and scene.hello and scene.hello.verb == "EHLO" else topic
    return topic
