"""Where a fault has struck: that nothing is wrong with the program, which fault it was, and what it
did, whether anything was refused or not."""

from __future__ import annotations

from fakemail.explain.explanation import Explanation
from fakemail.explain.language import Language, phrase
from fakemail.explain.scene import Scene, Step, refusal_text
from fakemail.faults.action import BEFORE
from fakemail.faults.told import Told, told
from fakemail.transcript.entry import Conversation
from fakemail.transcript.text import printable


def struck(step: Step) -> list[Told]:
    """The faults that struck at a step, in order."""
    return [found for event in step.events if (found := told(event)) is not None]


def refuses(fault: Told) -> bool:
    """Whether it is what was refused; else it only shaped the answer."""
    action = fault.action
    return action is None or action.kind in BEFORE


def explained(
    session: Conversation, seen: Scene, step: Step, fault: Told, meant: str, language: Language
) -> Explanation:
    """What one of them did; `meant`: what the refusal that it gave means in earnest."""
    cause = refuses(fault)
    refusal = next((entry for entry in step.refusals if entry.reason), None) if cause else None
    reply = refusal_text(seen.protocol, step) if cause else ""
    return Explanation(
        session=session.number or None,
        said=_shown(step.said),
        reply="\n".join(_shown(line) for line in reply.splitlines()),
        what=phrase(
            "fault-struck", language,
            sentence=_shown(fault.sentence), number=fault.number, time=fault.time,
        ),
        why=tuple(_what_it_did(fault, meant, language)),
        fix=phrase("fault-change", language),
        slug=refusal.reason.slug if refusal and refusal.reason else "",
        cites=("docs/faults.md",),
    )  # fmt: skip


def _what_it_did(fault: Told, meant: str, language: Language) -> list[str]:
    action = fault.action
    if action is None:
        return []
    lines = []
    if action.delay:
        lines.append(phrase("fault-delay", language, seconds=f"{action.delay:g}"))
    if action.kind == "refuse":
        lines.append(phrase("fault-refuse", language, slug=action.text, meant=meant))
    elif action.kind != "run":
        lines.append(phrase(f"fault-{action.kind}", language, octets=action.number))
    return lines


def _shown(text: str) -> str:
    return printable(text.encode("utf-8", "backslashreplace"))
