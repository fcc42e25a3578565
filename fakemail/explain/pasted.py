"""A pasted error text: who says that, what it means, what to change.

What people paste is what their program made of the reply: quoted, escaped, wrapped in a traceback,
without its code, decoded as another charset. So the text is unwrapped into a few variants, and the
words of every known refusal are looked for in each; the longest that are found count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fakemail.explain import clients, ours, providers, scenarios
from fakemail.explain.clients import Recognised
from fakemail.explain.explain import known, of_others, reason_of, reason_words, standing_out
from fakemail.explain.explanation import Explanation
from fakemail.explain.language import Language, phrase, table
from fakemail.explain.providers import Saying
from fakemail.explain.replies import Template
from fakemail.explain.scenarios import Match, Scenario
from fakemail.explain.topics import TOPICS, topic_of
from fakemail.explain.troubles import trouble_in
from fakemail.transcript.text import printable

LONGEST = 20_000
"""Octets of a text that are looked at; the error stands at the end of a traceback."""

TELLING = 12
"""Letters that are enough without the code of the reply beside them."""

_PLAIN = (
    "no-auth",
    "at-auth",
    "at-mail",
    "at-data",
    "at-rcpt",
    "at-ehlo",
    "no-id",
    "no-tls",
    "reads-mail",
)
"""Shapes that go without saying; of the others a text cannot tell whether they were there."""

_ESCAPED = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_NOT_ASCII = re.compile(r"[\u0080-\uffff]+")
_CODE = re.compile(r"(?<!\d)([45]\d\d)(?=[ \-,:]|$)", re.MULTILINE)
_CODES_WITHIN = re.compile(r"\s+[245]\d\d[- ](?:\d\.\d+\.\d+\s+)?(?=\S)")


@dataclass(frozen=True, slots=True)
class Found:
    """A known refusal that stands in the text: a provider's, or that of a known mistake."""

    owner: Saying | Scenario
    template: Template
    span: tuple[int, int]
    variant: int
    weight: int
    """How much of it was recognised."""


def explain_text(text: str, language: Language = "en") -> Explanation:
    """The explanation of an error message; always one, if only that nothing is known."""
    text = text[-LONGEST:]
    variants = unwrapped(text)
    client = clients.in_text(text)
    every = _longest(variants, _CODE.findall(text))
    found = [(f.owner, f.template) for f in every if isinstance(f.owner, Saying)]
    found.sort(key=lambda pair: len(providers.family(pair[0].provider)))
    fitting = _scenarios(variants, every, client)
    best = standing_out(fitting)
    trouble = None if found else trouble_in(variants)
    if trouble and (len(fitting) > 1 or not fitting):
        best = None  # one of several mistakes that end in the same error
    slug = next((slug for saying, _ in found for slug in saying.slugs), "")
    slug = slug or (trouble.slug if trouble else "" if fitting else ours.slug_of(variants))
    reason = reason_of(slug)
    because, instead, cites = reason_words(None, reason, language)
    if trouble and not trouble.slug:
        because, instead = trouble.words(language)
    names = tuple(providers.in_order(saying.provider for saying, _ in found))
    if names:
        because, instead = of_others(slug, because, instead, language)
    topic = trouble.topic if trouble else topic_of(slug, None)
    fix = scenarios.text(best, "fix", language) if best else instead
    return Explanation(
        what=_what(names, bool(fitting or trouble), bool(reason), language),
        why=tuple(filter(None, _why(found, best, because, text, language))),
        fix=fix or phrase("fix-read", language),
        fix_for_client=client.fix(topic, language) if client and topic else "",
        client=client.described(language) if client else "",
        reply="\n".join(template.line for saying, _ in found[:1] for template in saying.templates),
        slug=slug,
        cites=cites,
        scenarios=known(fitting, best, language),
        providers=names,
    )


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
    owners: list[tuple[Saying | Scenario, Template]] = [
        (saying, template) for saying in providers.sayings() for template in saying.templates
    ]
    owners += [(s, template) for s in scenarios.scenarios().values() for template in s.says]
    every = []
    for owner, template in owners:
        if template.refuses:
            hits = ((number, template.find(text)) for number, text in enumerate(variants))
            every += [Found(owner, template, hit[0], n, hit[1]) for n, hit in hits if hit]
    every = [f for f in every if f.weight >= TELLING or f.template.code in codes]
    kept = [f for f in every if not any(_covers(other, f) for other in every)]
    coded = [f for f in kept if not codes or not f.template.code or f.template.code in codes]
    kept = coded or kept
    most = max((f.weight for f in kept), default=0)
    telling = [f for f in kept if f.weight * 10 >= most * 7]
    return sorted(telling, key=lambda f: -f.weight)


def _covers(other: Found, found: Found) -> bool:
    """Whether one is a part of another. A provider's longer wording covers a known mistake only
    when it is much longer: the mistakes leave out what varies."""
    inside = other.span[0] <= found.span[0] and found.span[1] <= other.span[1]
    alike = isinstance(other.owner, Saying) == isinstance(found.owner, Saying)
    longer = other.weight > found.weight if alike else other.weight * 7 > found.weight * 10
    return other.variant == found.variant and inside and longer


def _scenarios(
    variants: Sequence[str], found: Sequence[Found], client: Recognised | None
) -> list[Match]:
    """The known mistakes that a text tells of; of several programs, those of this one."""
    scores: dict[str, int] = {}
    for hit in found:
        if isinstance(hit.owner, Scenario):
            unseen = [name for name in hit.owner.shape if name not in _PLAIN]
            score = 50 - 10 * len(unseen)
            scores[hit.owner.id] = max(score, scores.get(hit.owner.id, 0))
    matches = []
    for scenario in scenarios.scenarios().values():
        told = scenario.told and any(scenario.told.search(variant) for variant in variants)
        score = 60 if told and not found else scores.get(scenario.id, 40 if told else 0)
        fits = clients.same(client, scenario.clients)
        if score and fits is not False:
            matches.append(Match(scenario, score + (8 if fits else 0), bool(fits)))
    return sorted(matches, key=lambda m: -m.score)


def _what(names: Sequence[str], client: bool, own: bool, language: Language) -> str:
    if names:
        titles = (", " if language == "en" else "、").join(
            dict.fromkeys(f"{providers.title(name, language)} ({name})" for name in names)
        )
        return phrase("pasted-said", language, providers=titles)
    if client:
        return phrase("pasted-client", language)
    return phrase("pasted-ours" if own else "nothing-known", language)


def _why(
    found: Sequence[tuple[Saying, Template]],
    best: Scenario | None,
    because: str,
    text: str,
    language: Language,
) -> Iterable[str]:
    core = found[0][1].core if found else ""
    if not core.isascii() and core[:12] not in text:
        yield phrase("pasted-gbk", language, text=core)
    if because:
        yield because
    if found and found[0][0].when and language == "en":
        yield phrase("pasted-when", language, when=found[0][0].when)
    if best:
        yield scenarios.text(best, "mistake", language)
        yield scenarios.text(best, "cause", language)
    if not found and not because and not best:
        codes = [code for code in _CODE.findall(text) if f"code-{code}" in table("phrases")]
        if codes:
            yield phrase("pasted-code", language)
            yield phrase(f"code-{codes[0]}", language)
    if found and TOPICS.get(next(iter(found[0][0].slugs), "")) in ("login", "code", "empty"):
        yield providers.secret_phrase(found[0][0].provider, language)


def _one_spaced(text: str) -> str:
    return " ".join(text.split())


def shown(text: str) -> str:
    """A text from outside, for a terminal."""
    return "\n".join(
        printable(line.encode("utf-8", "backslashreplace")) for line in text.splitlines()
    )
