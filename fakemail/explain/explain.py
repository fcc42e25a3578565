"""From a session to its explanations.

What was refused first is explained first: the rest is often its consequence. A refused login that
was followed by one that worked comes last, and then the faults that refused nothing. The same
refusal again is not explained again, and neither is the same fault.
"""

from __future__ import annotations

from collections.abc import Sequence

from fakemail.explain import clients, faults, ours, providers, scenarios
from fakemail.explain.clients import Recognised
from fakemail.explain.explanation import Explanation, Known
from fakemail.explain.language import Language, phrase, words_of_reason
from fakemail.explain.observe import observations
from fakemail.explain.scenarios import Match, Scenario
from fakemail.explain.scene import Scene, Step, refusal_text, scene
from fakemail.explain.topics import TOPICS, topic_of
from fakemail.faults.told import Told
from fakemail.reasons.reason import Reason
from fakemail.reasons.tls import NOT_TRUSTED
from fakemail.transcript.entry import Conversation, Entry
from fakemail.transcript.text import explanation as filled
from fakemail.transcript.text import printable

MOST = 3
"""Explanations of one session."""

MOST_ALIKE = 8
"""Known mistakes that are shown where none stands out."""


def explain(
    session: Conversation, language: Language = "en", around: str = ""
) -> list[Explanation]:
    """The explanations of a session, the main one first; empty when there is nothing to explain.

    `around`: the text that it was read from, which may have the client's own error message;
    comments (``#``) in it do not count.
    """
    seen = scene(session)
    spoken = "\n".join(line for line in around.splitlines() if not line.startswith("#"))
    client = clients.on_the_wire(seen) or clients.in_text(spoken)
    found: list[Explanation] = []
    told: set[str] = set()
    for step in _in_order(seen):
        cause = next((fault for fault in faults.struck(step) if faults.refuses(fault)), None)
        key = f"fault {cause.number}" if cause else _key(seen, step)
        if key in told or len(found) == MOST:
            continue
        told.add(key)
        if cause is None:
            found.append(_explain_step(session, seen, step, client, language))
        else:
            found.append(_explain_fault(session, seen, step, cause, language))
    for step in seen.steps:
        for fault in faults.struck(step):
            key = f"fault {fault.number}"
            if key not in told and len(found) < MOST:
                told.add(key)
                found.append(_explain_fault(session, seen, step, fault, language))
    if not found:
        found = _nothing_refused(session, seen, client, language)
    return found


def _in_order(seen: Scene) -> list[Step]:
    refused = seen.refused
    made_good = [step for step in refused if step in seen.logins and _opened_later(seen, step)]
    return [step for step in refused if step not in made_good] + made_good


def _opened_later(seen: Scene, step: Step) -> bool:
    return any(later.logged_in for later in seen.steps[seen.steps.index(step) + 1 :])


def _key(seen: Scene, step: Step) -> str:
    entry = _refusal(step)
    return entry.reason.slug if entry and entry.reason else refusal_text(seen.protocol, step)


def _refusal(step: Step) -> Entry | None:
    return next((entry for entry in step.refusals if entry.reason), None)


def _explain_step(
    session: Conversation, seen: Scene, step: Step, client: Recognised | None, language: Language
) -> Explanation:
    matches = scenarios.match(seen, step, client)
    entry = _refusal(step)
    reason = entry.reason if entry else None
    slug = reason.slug if reason else _slug_of(seen, step)
    because, instead, cites = reason_words(entry, reason or reason_of(slug), language)
    if reason is None:
        because, instead = of_others(slug, because, instead, language)
    best = standing_out(matches)
    reply = refusal_text(seen.protocol, step) or step.reply
    topic = topic_of(slug, seen)
    in_its_terms = client.fix(topic, language) if client and topic else ""
    what = because or phrase("refused", language, reply=_shown(reply.partition("\n")[0]))
    # Which secret was wrong is known here; a program's way to pass one would hide it.
    fix = instead if reason and topic == "code" else in_its_terms or instead
    why = observations(seen, step, slug, language)
    if best:
        why += [scenarios.text(best, "mistake", language), scenarios.text(best, "cause", language)]
    return Explanation(
        session=session.number or None,
        said=_shown(step.said),
        reply="\n".join(_shown(line) for line in reply.splitlines()),
        what=what,
        why=tuple(dict.fromkeys(text for text in why if text)),
        fix=scenarios.text(best, "fix", language) if best else fix,
        fix_for_client=in_its_terms,
        client=client.described(language) if client else "",
        slug=slug,
        cites=cites,
        scenarios=known(matches, best, language),
        providers=tuple(who_says(reply)),
    )


def _explain_fault(
    session: Conversation, seen: Scene, step: Step, fault: Told, language: Language
) -> Explanation:
    entry = _refusal(step)
    alone = Entry(0.0, "!", b"", entry.reason, entry.facts) if entry else None
    meant = reason_words(alone, alone.reason, language)[0] if alone else ""
    return faults.explained(session, seen, step, fault, meant, language)


def _nothing_refused(
    session: Conversation, seen: Scene, client: Recognised | None, language: Language
) -> list[Explanation]:
    """No refusal, but perhaps a trap that is known: a silent IDLE, a missing UIDNEXT."""
    step = seen.steps[-1]
    matches = scenarios.match(seen, step, client)
    best = standing_out(matches)
    if best is None:
        return _left_after_handshake(session, seen, client, language)
    why = [scenarios.text(best, what, language) for what in ("mistake", "cause")]
    return [
        Explanation(
            session=session.number or None,
            what=phrase("nothing-refused", language),
            why=tuple(why),
            fix=scenarios.text(best, "fix", language),
            client=client.described(language) if client else "",
            scenarios=known(matches, best, language),
        )
    ]


def _left_after_handshake(
    session: Conversation, seen: Scene, client: Recognised | None, language: Language
) -> list[Explanation]:
    """TLS, and then not one command: some libraries say nothing when they distrust a server, and
    with TLS 1.3 the handshake is over for it by then (RFC 8446 §4.4.2.4)."""
    last = seen.steps[-1]
    silent = last.verb in ("STARTTLS", "STLS") or (not last.verb and seen.implicit_tls)
    if session.tls is None or not silent or "by client" not in session.how:
        return []
    because, instead, cites = reason_words(None, NOT_TRUSTED, language)
    topic = topic_of(NOT_TRUSTED.slug, seen)
    return [
        Explanation(
            session=session.number or None,
            said=_shown(last.said),
            what=phrase("left-after-handshake", language),
            why=(because,),
            fix=instead,
            fix_for_client=client.fix(topic, language) if client else "",
            client=client.described(language) if client else "",
            slug=NOT_TRUSTED.slug,
            cites=cites,
        )
    ]


def reason_words(
    entry: Entry | None, reason: Reason | None, language: Language
) -> tuple[str, str, tuple[str, ...]]:
    """`because`, `instead` and citations of a reason, in a language, with its facts."""
    if reason is None:
        return "", "", ()
    words = words_of_reason(reason.slug, language)
    spoken = reason
    if words:
        spoken = Reason(slug=reason.slug, because=words[0], instead=words[1], cites=reason.cites)
    facts = entry.facts if entry else None
    counted = facts is not None and "counted" in facts  # an observation says it, in the language
    octets = entry.octets if entry and not counted else b""
    because, instead = filled(Entry(0.0, "!", octets, spoken, facts))
    return because, instead, reason.cites


def standing_out(matches: Sequence[Match]) -> Scenario | None:
    """The one that fits best; None where several are as good, or it tells of a program that may
    not be this one."""
    if not matches:
        return None
    best, *others = matches
    rivals = [m for m in others if m.score == best.score]
    same_program = all(m.scenario.clients == best.scenario.clients for m in rivals)
    its_program = best.client_fits or not best.scenario.clients
    return (
        best.scenario if its_program and (best.client_fits or not rivals) and same_program else None
    )


def known(matches: Sequence[Match], best: Scenario | None, language: Language) -> tuple[Known, ...]:
    """For showing: the one that stands out and those that are as good; else all that fit."""
    order = [m.scenario for m in matches if best is None or m.score == matches[0].score]
    return tuple(
        Known(
            id=scenario.id,
            program=scenarios.text(scenario, "program", language),
            mistake=scenarios.text(scenario, "mistake", language),
            cause=scenarios.text(scenario, "cause", language),
            fix=scenarios.text(scenario, "fix", language),
            providers=scenario.providers,
            sources=scenario.sources,
            confidence=scenario.confidence,
        )
        for scenario in order[:MOST_ALIKE]
    )


def who_says(reply: str) -> list[str]:
    """The providers that are known to say this, word by word."""
    lines = reply.splitlines()
    found = [
        saying.provider
        for saying in providers.sayings()
        if any(t.refuses and t.is_all_of(line) for t in saying.templates for line in lines)
    ]
    return providers.in_order(found)


def _slug_of(seen: Scene, step: Step) -> str:
    """The reason that a provider's own text stands for, where the session does not say it."""
    lines = step.lines
    found = [
        saying
        for saying in providers.sayings()
        if saying.protocol == seen.protocol
        and any(t.refuses and t.is_all_of(line) for t in saying.templates for line in lines)
    ]
    found.sort(key=lambda s: -(providers.nearness(seen.dialect, (s.provider,)) or 0))
    slug = next((slug for saying in found for slug in saying.slugs), "")
    return slug or ours.slug_of([refusal_text(seen.protocol, step)])


def reason_of(slug: str) -> Reason | None:
    """The reason of a slug; None for none."""
    from fakemail.reasons.catalogue import find  # all reasons: only when somebody asks

    return find(slug) if slug else None


def of_others(slug: str, because: str, instead: str, language: Language) -> tuple[str, str]:
    """The words of a reason where another server refused: it does not say which of the causes of a
    failed login it was, and fakemail's own accounts and ports have nothing to do with it."""
    if slug.startswith("auth.") and TOPICS.get(slug) == "code":
        return phrase("pasted-auth", language), phrase("topic-code", language)
    if slug == "smtp.auth-required":
        return phrase("pasted-login", language), phrase("topic-login", language)
    return because, instead


def _shown(text: str) -> str:
    return printable(text.encode("utf-8", "backslashreplace"))
