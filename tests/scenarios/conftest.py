"""The client's half of a conversation, played to a server on a socket.

The scripts are `tests/explain/conversations/*.txt`. What has to be so for a mistake to happen
stands in their first lines:

    # at: qq@2017                  the dialect of another year than today's, or a file in `dialects`
    # rule: append_limit=1000      a rule set by hand
    # account: me@qq.com           who has the mailbox; else the first me@... of the script
    # off: smtp                    what is switched off in the account
    # scopes: pop3 smtp            what its code is for
    # user: -                      whom AUTH names, if not the account; - is nobody, and who puts
                                   the code in its place says code
    # secret: password             what stands for the code: password, wrong, backslash
    # authorize as: me@qq.com      the identity that AUTHENTICATE PLAIN asks for besides
    # message: Subject: hello      a header field of what is sent after DATA (there may be several)
    # suspended: banned            why the account is held up
    # first: 3 failed logins       what the same client did before, a connection each: so many
                                   logins, or failed logins
    # mailbox: 1                   so many messages are there before
    # vanishes: 1                  the message that somebody else removes after the login
    # client: waits                what it does at once: waits, begins TLS, TLS 1.0,
                                   no RSA key exchange

A secret that the transcript hides (``********``) is put in by what stands around it.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import pytest

from fakemail.clock import SystemClock
from fakemail.config import dialect_named
from fakemail.config import load as settings_of
from fakemail.dialects.load import load
from fakemail.dialects.rules import by_hand
from fakemail.services.private import PrivateServer
from fakemail.services.server import Server
from fakemail.transcript.read import Record
from fakemail.transcript.recorder import HIDDEN, Recorder

CONVERSATIONS = Path(__file__).parents[1] / "explain" / "conversations"
DIALECTS = Path(__file__).with_name("dialects")
"""Of servers that are no provider's."""

LISTENERS = {
    25: "smtp", 587: "submission", 465: "submissions", 2525: "smtp-alt",
    110: "pop3", 995: "pop3s", 143: "imap", 993: "imaps",
}  # fmt: skip
CODE, PASSWORD = "umjlxeifuzxkoexk", "the-web-pages-own"
SECRETS = {"code": CODE, "password": PASSWORD, "wrong": "wrongwrongwrongw", "backslash": '"a\\b"'}
DELAYS = ("greeting_delay", "auth_failure_delay")
"""Nobody waits for them here."""

PATIENCE = 0.2
"""Seconds that a server with TLS waits for a client that says nothing."""

_SETTING = re.compile(r"# ([a-z ]+): (.+)")
_HEADING = re.compile(
    r"(?P<protocol>\w+)  session 1 .*  port (?P<port>\d+)  dialect (?P<dialect>\S+)"
)
_HIDDEN = HIDDEN.decode()


@dataclass
class Script:
    """A conversation, and what has to be so for it to happen."""

    id: str
    text: str
    settings: dict[str, list[str]] = field(default_factory=dict)
    protocol: str = ""
    port: int = 0
    dialect: str = ""
    lines: list[str] = field(default_factory=list)
    """``C: ...`` and ``S: ...``, and ``*  ...`` for what happens."""

    @classmethod
    def of(cls, path: Path) -> Script:
        """One of the files."""
        made = cls(path.stem, path.read_text(encoding="utf-8"))
        for line in made.text.splitlines():
            if match := _SETTING.fullmatch(line):
                made.settings.setdefault(match[1], []).append(match[2])
            elif match := _HEADING.fullmatch(line):
                made.protocol, made.port = match["protocol"], int(match["port"])
                named = made.get("at", match["dialect"])
                file = DIALECTS / named
                made.dialect = dialect_named(str(file) if file.is_file() else named)
            elif line.startswith(("  C: ", "  S: ", "  *  ")) or line in ("  C:", "  S:"):
                made.lines.append(line[2:])
        return made

    def get(self, key: str, default: str = "") -> str:
        """A setting that is there once, or the default."""
        return self.settings.get(key, [default])[0]

    @property
    def account(self) -> str:
        """Whose mailbox it is."""
        named = re.search(r"\bme@[\w.-]+", self.text)
        domains = load(self.dialect).domains or ("company.example",)
        return self.get("account", named[0] if named else f"me@{domains[0]}")

    @property
    def replies(self) -> list[str]:
        """The server's half, line by line."""
        return [line[3:] for line in self.lines if line[0] == "S"]


def accounts_of(script: Script) -> str:
    """The accounts file."""
    off = [f"{service} = false" for service in script.get("off").split()]
    scopes = [f"scopes = {script.get('scopes').split()}"] if script.get("scopes") else []
    held = [f'suspended = "{script.get("suspended")}"'] if script.get("suspended") else []
    recipients = set(re.findall(r"RCPT TO:<([^>]+)>", script.text)) - {script.account}
    return "\n".join(
        [
            f'[accounts."{script.account}"]', f'password = "{PASSWORD}"', *off, *held,
            f'[[accounts."{script.account}".codes]]', f'code = "{CODE}"', *scopes,
            *(f'[accounts."{r}"]' for r in sorted(recipients) if not r.startswith("nobody@")), "",
        ]
    )  # fmt: skip


class Client:
    """A socket that is talked to as the script says."""

    def __init__(self, script: Script, private: PrivateServer) -> None:
        self.script = script
        self.heard: list[str] = []
        """What the server said, line by line."""
        port = private.ready.ports[LISTENERS[script.port]]
        self._socket = socket.create_connection(("127.0.0.1", port), 20)
        self._tls = ssl.create_default_context(cafile=private.ready.ca_file)
        self._buffer = b""
        self._tag = ""
        self._hidden: list[str] = []
        self._private = private

    def play(self) -> None:
        """From the greeting to the end."""
        if opening := self.script.get("client"):
            self._open(opening)
            return
        if self.script.lines[0].startswith("*  TLS:"):
            self._shake()
        if not self._reply():
            return
        for line in self.script.lines:
            if line[0] == "C" and not self._say(line[3:]):
                break

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _open(self, opening: str) -> None:
        """What goes wrong before anybody has said anything."""
        if opening == "waits":
            self._reply()
            return
        if opening == "TLS 1.0":
            self._tls.set_ciphers("ALL:@SECLEVEL=0")
            with pytest.warns(DeprecationWarning):
                self._tls.minimum_version = self._tls.maximum_version = ssl.TLSVersion.TLSv1
        else:
            assert opening in ("begins TLS", "no RSA key exchange")
        with pytest.raises((ssl.SSLError, ConnectionError)):
            self._shake()

    def _shake(self) -> None:
        with self._socket as plain:  # closed if the handshake fails
            self._socket = self._tls.wrap_socket(plain, server_hostname="localhost")

    def _say(self, words: str) -> bool:
        """One line; whether the connection is still there after its reply."""
        first, _, number = words.partition(" ")
        if first == "RETR" and number == self.script.get("vanishes"):
            take_away(self._private, self.script.account, int(number))
        self._socket.sendall(self._with_secrets(words).encode() + b"\r\n")
        if self.script.protocol == "imap" and words != "DONE":
            self._tag = first
        reply = self._reply()
        if words.upper().endswith(("STARTTLS", "STLS")) and "220 2+OK".find(reply[-1][:3]) >= 0:
            self._shake()
        if words.upper() == "DATA" and reply[-1].startswith("354"):
            self._socket.sendall(self._message())
            reply = self._reply()
        return bool(reply) and not reply[-1].startswith("221")

    def _reply(self) -> list[str]:
        """All lines of the reply; none where the server has hung up."""
        found = list(takewhile(bool, self._lines()))
        self.heard += [line.rstrip() for line in found]
        return found

    def _lines(self) -> Iterator[str]:
        while line := self._line():
            yield line
            if self.script.protocol == "smtp" and line[3:4] == "-":
                continue
            if self._tag and not line.startswith((self._tag + " ", "+")):
                continue
            return

    def _line(self) -> str:
        while b"\r\n" not in self._buffer:
            try:
                octets = self._socket.recv(65536)
            except ConnectionError:
                octets = b""
            if not octets:
                return ""
            self._buffer += octets
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return shown(line)

    def _with_secrets(self, words: str) -> str:
        """The line with its secrets in their places."""
        if _HIDDEN not in words:
            if words.upper() == "AUTH LOGIN":
                self._hidden = [base64(self._user), base64(self._secret)]
            return words
        return words.replace(_HIDDEN, self._secret_of(words.upper()))

    def _secret_of(self, words: str) -> str:
        if words == _HIDDEN:
            return self._hidden.pop(0)
        if "XOAUTH2" in words:
            return base64(f"user={self._user}\x01auth=Bearer {self._secret}\x01\x01")
        if "PLAIN" in words:
            named = self.script.get("authorize as")
            return base64(f"{named}\0{self._user}\0{self._secret}")
        if words.startswith("AUTH LOGIN"):
            self._hidden = [base64(self._user), base64(self._secret)]
            return base64(self.script.account)
        return self._secret

    @property
    def _user(self) -> str:
        """Whom AUTH names."""
        named = self.script.get("user", self.script.account)
        return {"-": "", "code": self._secret}.get(named, named)

    @property
    def _secret(self) -> str:
        return SECRETS[self.script.get("secret", "code")]

    def _message(self) -> bytes:
        usual = [f"From: {self.script.account}", f"To: {self.script.account}", "Subject: hello"]
        fields = self.script.settings.get("message", usual)
        return "\r\n".join([*fields, "", "hello", ".", ""]).encode()


def base64(words: str) -> str:
    """As AUTH wants it; nothing is nothing."""
    return b64encode(words.encode()).decode()


def shown(line: bytes) -> str:
    """A line as text: some providers say what they have to say in GBK."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("gb18030")


@dataclass
class Played:
    """What came of a script."""

    script: Script
    heard: list[str]
    """The lines that came over the socket."""

    session: Recorder | Record

    @property
    def replies(self) -> list[str]:
        """The server's lines as they were recorded."""
        said = (entry.octets for entry in self.session.entries if entry.kind == "S")
        return [shown(line).rstrip() for octets in said for line in octets.split(b"\r\n")]


@dataclass
class Player:
    """Plays scripts, each to a server that is as its mistake needs it."""

    folder: Path
    secrets: tuple[str, ...] = (CODE, PASSWORD, SECRETS["wrong"])
    """What no transcript may show."""

    def __call__(self, script: Script) -> Played:
        """What came of it."""
        return played(script, self.folder)


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Player:
    """Plays a script."""
    monkeypatch.setattr(Server, "handshake_limit", PATIENCE)
    return Player(tmp_path)


def played(script: Script, folder: Path) -> Played:
    """What came of it."""
    (folder / "accounts.toml").write_text(accounts_of(script), encoding="utf-8")
    rules = script.settings.get("rule", [])
    dialect = load(script.dialect).with_rules(by_hand(rule) for rule in rules)
    quick = [f"{rule}=0" for rule in DELAYS if dialect.has(rule)]
    flags = {
        "data": str(folder), "ports": "ephemeral", "accounts": "listed", "dialect": script.dialect,
        "rule": (*rules, *quick), "default-domain": script.account.partition("@")[2],
    }  # fmt: skip
    with PrivateServer(settings_of(flags, {}), SystemClock) as private:
        for number in range(int(script.get("mailbox", "0"))):
            deliver(private, script.account, number)
        for setting in script.settings.get("first", []):
            come_before(private, script, setting)
        client = Client(script, private)
        try:
            client.play()
        finally:
            client.close()
        return Played(script, client.heard, ended(private))


def come_before(private: PrivateServer, script: Script, setting: str) -> None:
    """What the same client did before: ``3 failed logins``."""
    number, what = setting.split(maxsplit=1)
    secret = {"logins": CODE, "failed logins": SECRETS["wrong"]}[what]
    for _ in range(int(number)):
        with smtplib.SMTP_SSL(
            "localhost",
            private.ready.ports["submissions"],
            context=ssl.create_default_context(cafile=private.ready.ca_file),
        ) as smtp:
            smtp.ehlo()  # not login(), which tries one mechanism after the other
            smtp.docmd("AUTH PLAIN", base64(f"\0{script.account}\0{secret}"))


def deliver(private: PrivateServer, address: str, number: int) -> None:
    """One more message into the mailbox."""

    def put() -> None:
        store = private.server.post_office.store
        delivery = store.delivery()
        delivery.write(f"From: a@company.example\r\nSubject: {number}\r\n\r\nhello\r\n".encode())
        delivery.commit([store.home(address)])

    private.call(put)


def take_away(private: PrivateServer, address: str, uid: int) -> None:
    """Somebody else removes a message."""

    def expunge() -> None:
        private.server.post_office.store.home(address).mailbox("INBOX").expunge([uid])

    private.call(expunge)


def ended(private: PrivateServer) -> Recorder | Record:
    """The session, when the server has seen its end."""
    for _ in range(1000):
        found = private.call(lambda: list(private.server.post_office.sessions))
        if found and all(session.ended is not None for session in found):
            return found[-1]
    raise AssertionError("the session has no end")


@pytest.fixture
def script(request: pytest.FixtureRequest) -> Script:
    """One of them, by its id."""
    return Script.of(CONVERSATIONS / f"{request.param}.txt")


@pytest.fixture
def read() -> Callable[[Path], Script]:
    """Reads a script."""
    return Script.of
