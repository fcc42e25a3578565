"""A pasted error text: who says that, what it means, what to change.

What people paste is what their program made of the reply: quoted, escaped, wrapped in a traceback,
without its code, decoded as another charset. So the text is unwrapped into a few variants, and the
words of every known refusal are looked for in each; the longest that are found count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fakemail.explain import clients, providers, scenarios
from fakemail.explain.clients import Recognised
from fakemail.explain.explain import known, of_others, reason_of, reason_words, standing_out
from fakemail.explain.explanation import Explanation
from fakemail.explain.language import Language, phrase, table
from fakemail.explain.providers import Saying
from fakemail.explain.replies import Template
from fakemail.explain.scenarios import Match, Scenario
from fakemail.explain.topics import topic_of
from fakemail.transcript.text import printable

LONGEST = 20_000
"""Octets of a text that are looked at; the error stands at the end of a traceback."""

_PLAIN = ("no-auth", "at-auth", "at-mail", "at-data", "at-rcpt", "at-ehlo", "no-id", "no-tls")
"""Shapes that go without saying; of the others a text cannot tell whether they were there."""

_ESCAPED = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_NOT_ASCII = re.compile(r"[\u0080-\uffff]+")
_CODE = re.compile(r"(?<!\d)([45]\d\d)(?=[ \-,:]|$)", re.MULTILINE)
_CODES_WITHIN = re.compile(r"\s+[245]\d\d[- ](?:\d\.\d+\.\d+\s+)?(?=\S)")


@dataclass(frozen=True, slots=True)
class Found:
    """A known refusal that stands in the text."""

    saying: Saying
    template: Template
    span: tuple[int, int]
    variant: int

    @property
    def weight(self) -> int:
        """How much of it there is to recognise."""
        return len(self.template.words)


def explain_text(text: str, language: Language = "en") -> Explanation:
    """The explanation of an error message; always one, if only that nothing is known."""
    text = text[-LONGEST:]
    variants = unwrapped(text)
    client = clients.in_text(text)
    found = _longest(variants, _CODE.findall(text))
    fitting = _scenarios(text, found, client)
    best = standing_out(fitting)
    slug = next((slug for f in found for slug in f.saying.slugs), "") or _ours(variants)
    reason = reason_of(slug)
    because, instead, cites = reason_words(None, reason, language)
    names = _providers(found)
    if names:
        because, instead = of_others(slug, because, instead, language)
    topic = topic_of(slug, None)
    fix = scenarios.text(best, "fix", language) if best else instead
    return Explanation(
        what=_what(names, fitting, bool(reason), language),
        why=tuple(_why(found, best, because, text, language)),
        fix=fix or phrase("fix-read", language),
        fix_for_client=client.fix(topic, language) if client and topic else "",
        client=client.described(language) if client else "",
        reply="\n".join(dict.fromkeys(line.line for f in found[:1] for line in f.saying.templates)),
        slug=slug,
        cites=cites,
        scenarios=known(fitting, best, language),
        providers=names,
    )


def _providers(found: Iterable[Found]) -> tuple[str, ...]:
    """Those who say it, a provider before those that inherit from it."""
    every = dict.fromkeys(f.saying.provider for f in found)
    return tuple(sorted(every, key=lambda name: len(providers.family(name))))


def unwrapped(text: str) -> list[str]:
    """The text, and what it was before a client wrapped it; each on one line, spaces made one."""
    plain = _unquoted(text)
    variants = [plain]
    if _ESCAPED.search(text):
        variants += [
            _unquoted(_ESCAPED.sub(lambda m, e=encoding: _octets(m[0], e), text))  # type: ignore[misc]
            for encoding in ("utf-8", "gb18030")
        ]
    for wrong in ("latin-1", "cp1252"):
        variants.append(_NOT_ASCII.sub(lambda m, w=wrong: _recoded(m[0], w), plain))  # type: ignore[misc]
    variants.append(_CODES_WITHIN.sub(" ", plain))
    return list(dict.fromkeys(_one_spaced(variant) for variant in variants))


def _unquoted(text: str) -> str:
    for written, meant in (("\\r", " "), ("\\n", " "), ("\\t", " "), ("\\'", "'"), ('\\"', '"')):
        text = text.replace(written, meant)
    return text


def _octets(escaped: str, encoding: str) -> str:
    return bytes.fromhex(escaped.replace("\\x", "")).decode(encoding, "replace")


def _recoded(text: str, wrong: str) -> str:
    """What was GBK before somebody took it for `wrong`."""
    try:
        return text.encode(wrong).decode("gb18030")
    except UnicodeError:
        return text


def _longest(variants: Sequence[str], codes: Sequence[str]) -> list[Found]:
    """The refusals found, the most telling first; one that is a part of a longer one is not."""
    every = [
        Found(saying, template, span, number)
        for saying in providers.sayings()
        for template in saying.templates
        if template.refuses
        for number, variant in enumerate(variants)
        if (span := template.find(variant))
    ]
    kept = [f for f in every if not any(_covers(other, f) for other in every)]
    coded = [f for f in kept if not codes or not f.template.code or f.template.code in codes]
    kept = coded or kept
    most = max((f.weight for f in kept), default=0)
    telling = [f for f in kept if f.weight * 2 >= most]
    return sorted(telling, key=lambda f: -f.weight)


def _covers(other: Found, found: Found) -> bool:
    inside = other.span[0] <= found.span[0] and found.span[1] <= other.span[1]
    return other.variant == found.variant and inside and other.weight > found.weight


def _scenarios(text: str, found: Sequence[Found], client: Recognised | None) -> list[Match]:
    """The known mistakes that a text tells of; of several programs, those of this one."""
    cores = {f.template.core.lower() for f in found}
    variants = unwrapped(text)
    matches = []
    for scenario in scenarios.scenarios().values():
        score = _score(scenario, cores, variants)
        fits = clients.same(client, scenario.clients)
        if score and fits is not False:
            matches.append(Match(scenario, score + (8 if fits else 0), bool(fits)))
    return sorted(matches, key=lambda m: -m.score)


def _score(scenario: Scenario, cores: Iterable[str], variants: Sequence[str]) -> int:
    if scenario.told and any(scenario.told.search(variant) for variant in variants):
        return 60
    mine = {template.core.lower() for template in scenario.says}
    unseen = [name for name in scenario.shape if name not in _PLAIN]
    return 50 - 10 * len(unseen) if mine & set(cores) else 0


def _what(names: Sequence[str], fitting: Sequence[Match], ours: bool, language: Language) -> str:
    if names:
        titles = (", " if language == "en" else "、").join(
            dict.fromkeys(f"{providers.title(name, language)} ({name})" for name in names)
        )
        return phrase("pasted-said", language, providers=titles)
    if fitting:
        return phrase("pasted-client", language)
    return phrase("pasted-ours" if ours else "nothing-known", language)


def _why(
    found: Sequence[Found], best: Scenario | None, because: str, text: str, language: Language
) -> Iterable[str]:
    if found and not found[0].template.core.isascii() and found[0].template.core not in text:
        yield phrase("pasted-gbk", language, text=found[0].template.core)
    if because:
        yield because
    if found and found[0].saying.when and language == "en":
        yield phrase("pasted-when", language, when=found[0].saying.when)
    if best:
        yield scenarios.text(best, "mistake", language)
        yield scenarios.text(best, "cause", language)
    if not found and not because and not best:
        codes = [code for code in _CODE.findall(text) if f"code-{code}" in table("phrases")]
        if codes:
            yield phrase("pasted-code", language)
            yield phrase(f"code-{codes[0]}", language)
    if found and (right := providers.secret_phrase(_providers(found)[0], language)):
        yield right


def _ours(variants: Sequence[str]) -> str:
    """The slug of a reason whose own wording stands in the text."""
    from fakemail.reasons.catalogue import catalogue  # all reasons: only when somebody asks

    best, weight = "", 0
    for slug, reason in catalogue().items():
        for wording in (reason.smtp, reason.pop3, reason.imap):
            template = Template(wording or "")
            if len(template.words) > weight and any(template.find(v) for v in variants):
                best, weight = slug, len(template.words)
    return best


def _one_spaced(text: str) -> str:
    return " ".join(text.split())


def shown(text: str) -> str:
    """A text from outside, for a terminal."""
    return "\n".join(
        printable(line.encode("utf-8", "backslashreplace")) for line in text.splitlines()
    )
