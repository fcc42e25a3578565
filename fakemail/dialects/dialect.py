"""How a server words what it says, and in what it differs: what engines ask of a dialect.

Engines raise reasons and ask for their own replies by key; a dialect turns both into text. The
generic dialect knows nothing: everything is said in fakemail's own words, and nothing is read from
disk for it. Any other is a file of facts about one provider (`load.py`); nothing in an engine
changes for it. Three questions are all there is:

* **What do I say?**  `word` for a refusal, `say` for anything else, `octets` for either as it goes
  out (``None``: the dialect has no words of its own for it, say it as ever). The lists that engines
  put together themselves have questions of their own: `ehlo`, `capa`, `capability`, `mechanisms`,
  `opening` (SELECT), `list_line`.
* **What do I do?**  `has(rule)`, or `seconds`, `count`, `rate`, `text`, `words` for rules with a
  value (`rules.py` is the closed list).
* **Who am I?**  `folders`, `secret`, `endpoints`, `hosts`, `domains`, `hosts_only`.

Shapes of text: SMTP lines as ``"550 5.1.1 No"``, several joined by ``\\n`` of which only the first
has codes; POP3 lines whole (``"+OK ..."``); IMAP without the tag (``"NO [X] ..."``). Facts fill
the placeholders: the engine's first, then what `for_session` brought (`made_up.py`). A fact named
`command` also selects: where a provider answers ``LOGIN`` and ``AUTHENTICATE`` differently, the
engine's ``command="LOGIN"`` picks the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fakemail.dialects.keys import FAMILY
from fakemail.dialects.made_up import Make, maker
from fakemail.dialects.opening import templates, without_permanent
from fakemail.dialects.rate import Rate
from fakemail.dialects.rules import RULES, Value
from fakemail.dialects.text import Text, known
from fakemail.reasons.reason import Protocol_, Reason

if TYPE_CHECKING:
    from fakemail.dialects.record import Endpoint, Folder, Secret

_NO_FACTS: Mapping[str, object] = {}


class _Facts(dict[str, object]):
    """A fact that was not given stays visible as ``{name}`` rather than failing the reply."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The manner of one provider. Shared by all sessions, but for `make` (see `for_session`)."""

    name: str = "generic"
    """With its year, where one was asked for: ``qq``, ``qq@2017``."""

    title: str = ""
    texts: Mapping[tuple[str, str, str], Text] = field(default_factory=dict)
    """``(protocol, slug or key, command or "")`` to its wording."""

    rules: Mapping[str, Value] = field(default_factory=dict)
    """Rules that differ from fakemail's own conduct."""

    folders: tuple[Folder, ...] = ()
    """Folders that every account has; none: fakemail's own."""

    delimiter: str = "/"
    secret: Secret | None = None
    endpoints: tuple[Endpoint, ...] = ()
    domains: tuple[str, ...] = ()
    hosts_only: bool = False
    """Nothing but hosts and ports is known: it speaks fakemail's own words."""

    make: Make = field(default=maker(0, lambda: 0.0), compare=False, repr=False)
    memo: dict[tuple[str, str], bytes | bool] = field(
        default_factory=dict, compare=False, repr=False
    )
    """Replies that are the same for every session, by protocol and slug; shared by all of them.
    True: there is no text for it; False: it has to be filled in each time."""

    offered: dict[tuple[str, bool], tuple[str, ...] | None] = field(
        default_factory=dict, compare=False, repr=False
    )
    """What `mechanisms` found; shared by all sessions too."""

    # what to say

    def word(self, protocol: Protocol_, reason: Reason, facts: Mapping[str, object]) -> str:
        """The text of a refusal, in the shape that the module's docstring tells."""
        if self.texts and (said := self._said(protocol, reason.slug, facts)):
            text = _house(protocol, said.fill({**facts, **_KEEP_TAG}, self.make))
            # where an engine puts the asterisk itself, its own wording has none
            return text.removeprefix("* ") if (reason.imap or "").startswith("BYE") else text
        text = reason.wording(protocol)
        return text.format_map(_Facts(facts)) if "{" in text else text

    def say(
        self, protocol: Protocol_, key: str, default: str, facts: Mapping[str, object] = _NO_FACTS
    ) -> str:
        """The text of a reply of the server's own accord; `default` (whose placeholders are filled
        too) where the dialect has none."""
        if self.texts and (said := self._said(protocol, key, facts)):
            return _house(protocol, said.fill({**facts, **_KEEP_TAG}, self.make))
        return known(default, facts) if facts and "{" in default else default

    def octets(
        self, protocol: Protocol_, what: Reason | str, facts: Mapping[str, object] = _NO_FACTS
    ) -> bytes | None:
        """The whole reply, all lines with CR LF, in the provider's own encoding; None where the
        dialect has no words of its own. IMAP wants ``tag`` among the facts."""
        if not self.texts:
            return None
        slug = what if isinstance(what, str) else what.slug
        known = self.memo.get((protocol, slug))
        if known is None:
            known = self.memo[protocol, slug] = self._once(protocol, slug)
        if known is True:
            return None
        if known is not False:
            return known
        said = self._said(protocol, slug, facts)
        return said.octets(facts, self.make) if said else None

    def untagged(self, key: str, facts: Mapping[str, object] = _NO_FACTS) -> tuple[str, ...]:
        """IMAP: the untagged lines that come before the tagged one, ``"* ID NIL"``; also those of
        a refusal, by its slug."""
        said = self._said("imap", key, facts)
        lines = said.fill(facts, self.make) if said else ()
        return tuple(line for line in lines if line.startswith("* "))

    def tagged(self, key: str, default: str, facts: Mapping[str, object] = _NO_FACTS) -> str:
        """IMAP: what stands behind the tag; `default`, as it is, where that was not seen."""
        said = self._said("imap", key, facts) if self.texts else None
        lines = said.fill({**facts, **_KEEP_TAG}, self.make) if said else ()
        return next((line[6:] for line in lines if line.startswith("{tag} ")), default)

    def continuation(self, key: str, default: str = "+ ") -> str:
        """IMAP: the line with ``+`` of a command that goes on."""
        said = self._said("imap", key, _NO_FACTS)
        lines = said.fill(_NO_FACTS, self.make) if said else ()
        return next((line for line in lines if line.startswith("+")), default)

    def opening(self, read_only: bool) -> tuple[str, ...] | None:
        """IMAP: the untagged lines of SELECT or EXAMINE as templates (`opening.py`), or None.
        Where EXAMINE was not seen it is as SELECT, with no permanent flags (RFC 3501 §6.3.2)."""
        examined = self._opening("imap.examine") if read_only else ()
        return examined or without_permanent(self._opening("imap.select"), read_only) or None

    def list_line(self, wire: str, *, xlist: bool = False) -> str | None:
        """IMAP: the line of LIST or XLIST for the folder of this wire name, if it was seen."""
        said = self._said("imap", "imap.xlist" if xlist else "imap.list", _NO_FACTS)
        ends = (f' "{wire}"', f" {wire}")
        lines = said.lines if said else ()
        return next((line for line in lines if line.startswith("*") and line.endswith(ends)), None)

    def folder_lines(self, xlist: bool) -> tuple[str, ...]:
        """IMAP: all lines of folders that were seen of LIST or XLIST, in the server's order."""
        said = self._said("imap", "imap.xlist" if xlist else "imap.list", _NO_FACTS)
        return tuple(line for line in said.lines if line.startswith("*")) if said else ()

    # lists

    def ehlo(self, tls: bool, facts: Mapping[str, object] = _NO_FACTS) -> tuple[str, ...] | None:
        """The lines of the reply to EHLO without codes, the first being the server's name and
        greeting; odd ones (``8 BITMIME``) as they were seen. None: the engine's own list.

        Where no list was seen inside TLS it is the one in clear, less STARTTLS (RFC 3207 §4.2).
        """
        inside = self.texts.get(("smtp", "smtp.ehlo-in-tls", "")) if tls else None
        said = inside or self.texts.get(("smtp", "smtp.ehlo", ""))
        if said is None:
            return None
        lines = tuple([line[4:] for line in said.fill(facts, self.make)])
        return lines if inside or not tls else tuple(x for x in lines if x.upper() != "STARTTLS")

    def capa(self, logged_in: bool) -> tuple[str, ...] | None:
        """POP3: the capabilities, one a line, without the status line and the dot; or None."""
        keys = ("pop3.capa-before-login", "pop3.capa-after-login")
        said = self._first("pop3", reversed(keys) if logged_in else keys)
        return tuple(line for line in said.lines[1:] if line != ".") if said else None

    def capability(self, logged_in: bool, tls: bool) -> tuple[str, ...] | None:
        """IMAP: the words of CAPABILITY, or None. Where the list was not seen, it is the one in the
        greeting or in the reply to LOGIN; what makes no sense any more (STARTTLS inside TLS, AUTH=
        after the login) is left out of a list that was seen before."""
        before = self._listed(("imap.capability-before-login", "imap.greeting"))
        if not logged_in:
            return _without(before, starttls=tls) if before else None
        after = self._listed(_AFTER_LOGIN)
        if after:
            return _without(after, starttls=tls)
        return _without(before, starttls=True, auth=True) if before else None

    @property
    def knows_extensions(self) -> bool:
        """IMAP: whether the list after the login was seen, so that what it lacks is not there;
        before the login servers often hold back."""
        return bool(self.texts) and bool(self._listed(_AFTER_LOGIN))

    def mechanisms(self, protocol: Protocol_, tls: bool) -> tuple[str, ...] | None:
        """The SASL mechanisms that are offered before the login, in upper case; None where nothing
        is known of it. An empty tuple: none, and the others are refused."""
        if not self.texts:
            return None
        if (protocol, tls) not in self.offered:
            self.offered[protocol, tls] = self._mechanisms(protocol, tls)
        return self.offered[protocol, tls]

    def _mechanisms(self, protocol: Protocol_, tls: bool) -> tuple[str, ...] | None:
        if protocol == "smtp":
            words = [line.replace("=", " ").upper().split() for line in self.ehlo(tls) or ()]
            found = [
                word for first, *rest in filter(None, words) if first == "AUTH" for word in rest
            ]
            return tuple(dict.fromkeys(found)) if words else None
        if protocol == "pop3":
            lists = [line.upper().split() for line in self.capa(False) or ()]
            sasl = next((rest for first, *rest in lists if first == "SASL"), None)
            return None if sasl is None else tuple(sasl)
        listed = self.capability(False, tls)
        found = [word[5:].upper() for word in listed or () if word.upper().startswith("AUTH=")]
        return None if listed is None else tuple(found)

    # what to do

    def has(self, rule: str) -> bool:
        """Whether a rule is on; for one with a value, whether it differs from nothing."""
        return bool(self._rule(rule))

    def seconds(self, rule: str) -> float:
        """The value of a rule that is a time."""
        value = self._rule(rule)
        assert isinstance(value, float), f"{rule} is no time"
        return value

    def count(self, rule: str) -> int:
        """The value of a rule that is a number (octets, characters); 0: no such limit."""
        value = self._rule(rule)
        assert isinstance(value, int), f"{rule} is no number"
        return value

    def text(self, rule: str) -> str:
        """The value of a rule that is a choice or a text; empty: fakemail's own conduct."""
        value = self._rule(rule)
        assert isinstance(value, str), f"{rule} is no text"
        return value

    def words(self, rule: str) -> tuple[str, ...]:
        """The value of a rule that is a list."""
        value = self._rule(rule)
        assert isinstance(value, tuple), f"{rule} is no list"
        return value

    def rate(self, rule: str) -> Rate | None:
        """The value of a rule that is a rate; None: no such limit."""
        value = self._rule(rule)
        return value if isinstance(value, Rate) else None

    # who I am

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that it is reached by, each once."""
        return tuple(dict.fromkeys(endpoint.host for endpoint in self.endpoints))

    # making one from another

    def for_session(self, make: Make) -> Dialect:
        """The same, with what fills the placeholders that no engine knows (`made_up.maker`)."""
        if not self.texts:
            return self
        return Dialect(  # four times as fast as `replace`, and every session needs one
            self.name,
            self.title,
            self.texts,
            self.rules,
            self.folders,
            self.delimiter,
            self.secret,
            self.endpoints,
            self.domains,
            self.hosts_only,
            make,
            self.memo,
            self.offered,
        )

    def with_rules(self, rules: Iterable[tuple[str, Value]]) -> Dialect:
        """The same, with rules set by hand (`rules.by_hand`)."""
        return replace(self, rules={**self.rules, **dict(rules)})

    # inside

    def _rule(self, name: str) -> Value:
        found = self.rules.get(name)
        return RULES[name].default if found is None else found

    def _said(self, protocol: str, slug: str, facts: Mapping[str, object]) -> Text | None:
        """The wording of a slug, else that of its family (`keys.FAMILY`)."""
        command = str(facts.get("command", "")).upper()
        while slug:
            found = (command and self.texts.get((protocol, slug, command))) or self.texts.get(
                (protocol, slug, "")
            )
            if found:
                return found
            slug = FAMILY.get(slug, "")
        return None

    def _once(self, protocol: str, slug: str) -> bytes | bool:
        """What `memo` keeps of a slug."""
        family = slug
        while family:
            if any(key[:2] == (protocol, family) and key[2] for key in self.texts):
                return False
            family = FAMILY.get(family, "")
        said = self._said(protocol, slug, _NO_FACTS)
        if said is None:
            return True
        return False if said.varies else said.octets(_NO_FACTS, self.make)

    def _opening(self, key: str) -> tuple[str, ...]:
        said = self._said("imap", key, _NO_FACTS)
        lines = tuple(line for line in said.lines if line.startswith("* ")) if said else ()
        return templates(lines)

    def _first(self, protocol: str, keys: Iterable[str]) -> Text | None:
        return next(filter(None, (self.texts.get((protocol, key, "")) for key in keys)), None)

    def _listed(self, keys: Iterable[str]) -> tuple[str, ...]:
        """The words after CAPABILITY, untagged or in a response code."""
        for key in keys:
            said = self.texts.get(("imap", key, ""))
            for line in said.fill(_NO_FACTS, self.make) if said else ():
                _, mark, rest = line.partition("CAPABILITY ")
                if mark and line.startswith(("* CAPABILITY ", "* OK [CAPABILITY ")):
                    return tuple(rest.partition("]")[0].split())
                if mark and "[CAPABILITY " in line:
                    return tuple(rest.partition("]")[0].split())
        return ()


def _house(protocol: Protocol_, lines: tuple[str, ...]) -> str:
    """Lines of the wire in the shape in which engines have texts."""
    if protocol == "imap":
        return next((line[6:] for line in lines if line.startswith("{tag} ")), lines[-1])
    if protocol == "pop3" or len(lines) == 1:
        return lines[0]
    first, *more = lines
    enhanced = _ENHANCED.match(first, 4)
    prefix = enhanced[0] if enhanced else ""
    return "\n".join(
        (f"{first[:3]} {first[4:]}", *(line[4:].removeprefix(prefix) for line in more))
    )


_AFTER_LOGIN = ("imap.capability-after-login", "imap.logged-in")
_ENHANCED = re.compile(r"\d\.\d{1,3}\.\d{1,3} ")
_KEEP_TAG: Mapping[str, object] = {"tag": "{tag}"}


def _without(words: tuple[str, ...], *, starttls: bool, auth: bool = False) -> tuple[str, ...]:
    """A list of capabilities less those that are over."""
    gone = {"STARTTLS"} if starttls else set()
    if auth:
        gone |= {"LOGINDISABLED", "SASL-IR"}
    return tuple(
        word
        for word in words
        if word.upper() not in gone and not (auth and word.upper().startswith("AUTH="))
    )


GENERIC = Dialect()
