"""What is sent where a transcript has ``********``: it has to be made again from a user name and a
secret, in the form of the login that it was part of.

A transcript does not say which secret was sent, but why it was refused; so whoever is asked for it
is told that reason: for ``auth.password-not-code`` it is the password.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import TypeAlias

from fakemail.transcript.recorder import HIDDEN

Secrets: TypeAlias = Callable[[str, str], "str | None"]
"""For a user name (empty if it is not known) and the slug of the refusal that followed (empty if
the login was accepted): the secret, or None."""

_MECHANISM = re.compile(rb"(?i)(?:\S+ )?(?:AUTH|AUTHENTICATE) ([A-Za-z0-9-]+)(?: (?P<initial>.*))?")
_IMAP_LOGIN = re.compile(rb"(?i)\S+ LOGIN (?P<user>\"(?:[^\"\\]|\\.)*\"|[^\s{]+) ?")
_USER = re.compile(rb"(?i)USER (?P<user>\S+)")
_LITERAL = re.compile(rb"\{\d+(\+?)\}\Z")


class NoSecret(Exception):
    """Nobody told the secret of this user."""

    def __init__(self, user: str) -> None:
        super().__init__(f"the secret of {user or 'the user'} is hidden in the transcript")
        self.user = user


class Logins:
    """Follows the client's lines of one session and fills in what is hidden."""

    def __init__(self, user: str, secrets: Secrets) -> None:
        self._user = user
        self._secrets = secrets
        self._mechanism = b""
        self._answers = 0
        self._literal = False

    def filled(self, line: bytes, prompt: bytes, slug: str, following: bytes = b"") -> bytes:
        """The line to send; `prompt` is the server's last line, `following` the client's next one
        (whose length a literal announces).

        Raises NoSecret.
        """
        was_literal, self._literal = self._literal, _LITERAL.search(line) is not None
        if found := _MECHANISM.fullmatch(line):
            self._mechanism, self._answers = found[1].upper(), 0
            if found["initial"] == HIDDEN:
                return line.replace(HIDDEN, self._answer(b"", slug))
            return line
        if found := _USER.fullmatch(line) or _IMAP_LOGIN.match(line):
            self._mechanism = b""
            self._user = found["user"].strip(b'"').decode("utf-8", "replace")
        if self._literal and following == HIDDEN:
            size = len(self._secret(slug).encode())
            return _LITERAL.sub(rb"{%d\1}" % size, line)
        if HIDDEN not in line:
            return line
        if line == HIDDEN and self._mechanism and not was_literal:
            return self._answer(prompt, slug)
        secret = self._secret(slug).encode()
        if _IMAP_LOGIN.match(line):
            secret = b'"' + re.sub(rb'(["\\])', rb"\\\1", secret) + b'"'
        return line.replace(HIDDEN, secret)

    def _secret(self, slug: str) -> str:
        found = self._secrets(self._user, slug)
        if found is None:
            raise NoSecret(self._user)
        return found

    def _answer(self, prompt: bytes, slug: str) -> bytes:
        self._answers += 1
        if self._mechanism == b"LOGIN" and self._is_for_user(prompt):
            return base64.b64encode(self._user.encode())
        secret = self._secret(slug)
        if self._mechanism == b"LOGIN":
            return base64.b64encode(secret.encode())
        if self._mechanism == b"PLAIN":
            return base64.b64encode(f"\0{self._user}\0{secret}".encode())
        if self._mechanism == b"XOAUTH2":
            return base64.b64encode(f"user={self._user}\1auth=Bearer {secret}\1\1".encode())
        if self._mechanism == b"OAUTHBEARER":
            return base64.b64encode(f"n,a={self._user},\1auth=Bearer {secret}\1\1".encode())
        raise NoSecret(self._user)

    def _is_for_user(self, prompt: bytes) -> bool:
        word = prompt.split(b" ", 1)[-1]
        try:
            asked = base64.b64decode(word, validate=True).lower()
        except (binascii.Error, ValueError):
            asked = b""
        return self._answers == 1 if not asked else asked.startswith(b"user")
