"""Named things that can be seen in a session: the closed list that scenarios may ask for.

Each is a question about the whole scene and the step that is being explained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from fakemail.explain import providers
from fakemail.explain.scene import Scene, Step

Shape: TypeAlias = "Callable[[Scene, Step], bool]"

_LOGIN_VERBS = ("AUTH", "AUTHENTICATE", "LOGIN", "PASS", "APOP", "USER")
_IMAP_WORDS = [
    "CAPABILITY",
    "LOGIN",
    "SELECT",
    "EXAMINE",
    "LIST",
    "NOOP",
    "LOGOUT",
    "FETCH",
    "SEARCH",
    "STATUS",
    "ID",
]
_TEXT_KEYS = re.compile(r"\b(SUBJECT|FROM|TO|TEXT|BODY|CC)\b", re.IGNORECASE)


def _at(*verbs: str) -> Shape:
    return lambda scene, step: step.verb in verbs


def _asked_again(scene: Scene, step: Step) -> bool:
    """AUTH LOGIN came with the user name, and the server asks for it all the same."""
    return any(
        step.verb == "AUTH" and len(step.rest.split()) > 1 and _prompts(step)[:1] == ["user"]
        for step in scene.commands
    )


def _prompts(step: Step) -> list[str]:
    words = {"VXNlcm5hbWU6": "user", "dXNlcm5hbWU6": "user", "UGFzc3dvcmQ6": "pass"}
    lines = [line for line in step.lines if line.startswith("334")]
    return [words.get(line[4:].strip(), "") for line in lines]


def _gave_up_at_prompt(scene: Scene, step: Step) -> bool:
    """A lower-case ``username:`` prompt was the last thing that the login came to."""
    prompts = [[line for line in s.lines if line.startswith("334")] for s in scene.of("AUTH")]
    return any(lines == ["334 dXNlcm5hbWU6"] for lines in prompts)


def _space_in_id(scene: Scene, step: Step) -> bool:
    return any(re.match(r"\(\s", s.rest) for s in scene.of("ID"))


def _no_id(scene: Scene, step: Step) -> bool:
    before = scene.steps[: scene.steps.index(step)]
    return not any(s.verb == "ID" for s in before)


def _idle_silent(scene: Scene, step: Step) -> bool:
    idles = scene.of("IDLE")
    return bool(idles) and not any(
        re.match(r"\* \d+ (EXISTS|EXPUNGE|FETCH|RECENT)", line) for s in idles for line in s.lines
    )


def _hung_up_at_login(scene: Scene, step: Step) -> bool:
    """The server closed the connection when the login had failed, before the client took leave."""
    return scene.steps[-1].verb in _LOGIN_VERBS and "server" in scene.how


def _dropped(scene: Scene, step: Step) -> bool:
    """The last command got no answer at all, and the server closed the connection."""
    last = scene.steps[-1]
    return bool(last.verb) and not last.lines and "server" in scene.how


def _no_uidnext(scene: Scene, step: Step) -> bool:
    opened = [s for s in scene.of("SELECT", "EXAMINE") if " OK" in s.reply]
    opened = [s for s in opened if s.lines[-1].startswith(f"{s.tag} OK")]
    return bool(opened) and not any("UIDNEXT" in s.reply for s in opened)


def _short_envelope(scene: Scene, step: Step) -> bool:
    """An ENVELOPE that has not its ten fields (RFC 3501 §7.4.2)."""
    for s in scene.of("FETCH", "UID FETCH"):
        for line in s.lines:
            _, found, rest = line.partition("ENVELOPE (")
            if found and _fields(rest) != 10:
                return True
    return False


def _fields(text: str) -> int:
    """How many items stand in a parenthesised list, after its opening parenthesis."""
    depth, count, quoted, inside = 0, 0, False, False
    for character in text:
        if quoted:
            quoted = character != '"'
            continue
        if character == '"':
            quoted = True
        if character == ")" and depth == 0:
            return count + inside
        if character == " " and depth == 0:
            count, inside = count + inside, False
            continue
        inside = True
        depth += (character == "(") - (character == ")")
    return count + inside


def _no_tag(scene: Scene, step: Step) -> bool:
    return step.tag.upper() in _IMAP_WORDS and step.verb not in _IMAP_WORDS


def _imap_to_smtp(scene: Scene, step: Step) -> bool:
    lines = [s.said.upper().split() for s in scene.commands[:2]]
    return scene.protocol == "smtp" and any(
        len(words) > 1 and words[1] in _IMAP_WORDS for words in lines
    )


def _ehlo_after_auth(scene: Scene, step: Step) -> bool:
    return any(s.logged_in for s in scene.of("EHLO", "HELO"))


def _no_space_login(scene: Scene, step: Step) -> bool:
    return any('"' in s.rest for s in scene.of("LOGIN"))


def _wants_sent(scene: Scene, step: Step) -> bool:
    name = step.rest.strip('"')
    return step.verb in ("SELECT", "EXAMINE", "APPEND", "STATUS") and (
        name.lower().startswith(("sent", "drafts", "trash", "junk")) or not name.isascii()
    )


def _utf8_search(scene: Scene, step: Step) -> bool:
    enabled = any("UTF8=ACCEPT" in s.rest.upper() for s in scene.of("ENABLE"))
    return step.verb.endswith("SEARCH") and (enabled or not step.rest.isascii())


def _foreign_account(scene: Scene, step: Step) -> bool:
    """The account's domain belongs to a provider that is not related to this one."""
    home = providers.host_of_domain(_domain(scene.user or scene.reverse_path))
    known = bool(home) and scene.dialect not in providers.UNKNOWN
    return known and providers.nearness(scene.dialect, (home,)) is None


def _domain(address: str | None) -> str:
    return (address or "").rpartition("@")[2].lower()


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "helo-only": lambda scene, step: bool(scene.of("HELO")) and not scene.of("EHLO"),
        "no-auth": lambda scene, step: not scene.logins,
        "hung-up-at-login": _hung_up_at_login,
        "starttls-used": lambda scene, step: bool(scene.of("STARTTLS", "STLS")) and scene.tls,
        "no-tls": lambda scene, step: not step.in_tls,
        "implicit-tls-port": lambda scene, step: scene.implicit_tls,
        "auth-not-offered": lambda scene, step: bool(scene.hello) and not scene.mechanisms,
        "reads-mail": lambda scene, step: scene.protocol != "smtp",
        "at-greeting": lambda scene, step: step is scene.greeting,
        "at-ehlo": _at("EHLO", "HELO"),
        "at-auth": _at(*_LOGIN_VERBS),
        "at-mail": _at("MAIL"),
        "at-rcpt": _at("RCPT"),
        "at-data": _at("DATA", "BDAT"),
        "at-search": _at("SEARCH", "UID SEARCH"),
        "after-auth": lambda scene, step: step.verb not in _LOGIN_VERBS and step.logged_in,
        "non-ascii-sender": lambda scene, step: any(not s.said.isascii() for s in scene.of("MAIL")),
        "no-id": _no_id,
        "space-in-id": _space_in_id,
        "foreign-account": _foreign_account,
        "idle-silent": _idle_silent,
        "ehlo-after-auth": _ehlo_after_auth,
        "lower-case-prompt": _gave_up_at_prompt,
        "asked-again": _asked_again,
        "auth-equals": lambda scene, step: any(
            "-AUTH=" in s.reply or " AUTH=" in s.reply for s in scene.of("EHLO")
        ),
        "ehlo-without-name": lambda scene, step: step.verb in ("EHLO", "HELO") and not step.rest,
        "token-on-one-line": lambda scene, step: any(
            len(s.rest.split()) > 1 for s in scene.of("AUTH") if "XOAUTH2" in s.rest.upper()
        ),
        "no-tag": _no_tag,
        "dropped": _dropped,
        "no-uidnext": _no_uidnext,
        "short-envelope": _short_envelope,
        "imap-to-smtp": _imap_to_smtp,
        "quoted-login": _no_space_login,
        "wants-sent": _wants_sent,
        "text-search": lambda scene, step: bool(_TEXT_KEYS.search(step.rest)),
        "utf8-search": _utf8_search,
        "bracket-folder": lambda scene, step: step.rest.lstrip('"').startswith("[G"),
        "no-command-refused": lambda scene, step: not scene.refused,
        "large-append": lambda scene, step: step.verb == "APPEND",
    }
)  # fmt: skip
"""Name to question; a test sees to it that each is used, and that no scenario asks for another."""
