"""What the shell may offer for a value (`fakemail completion`); imported by it alone, so lazily."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def of(words: Callable[[], Iterable[str]]) -> Completer:
    """Offer those that begin with what stands there."""
    return lambda context, parameter, incomplete: [
        word for word in words() if word.startswith(incomplete)
    ]


def dialects() -> Iterable[str]:
    """The dialects that fakemail brings along."""
    from fakemail.dialects.names import names

    return names()


def rules() -> Iterable[str]:
    """The rules of conduct."""
    from fakemail.dialects.rules import RULES

    return RULES


def reasons() -> Iterable[str]:
    """The reasons of refusal."""
    from fakemail.reasons.catalogue import catalogue

    return catalogue()


def fault_words(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The next word of a fault: a protocol, a moment of it, then whatever may follow."""
    from fakemail.faults.fault import FILTERS, KINDS, NUMBERS
    from fakemail.faults.moment import MOMENTS

    said = context.params.get(parameter.name or "") or ()
    if incomplete.startswith("refuse="):
        return [f"refuse={slug}" for slug in reasons() if f"refuse={slug}".startswith(incomplete)]
    if not said:
        known: Iterable[str] = MOMENTS
    elif len(said) == 1:
        known = next((m for where, m in MOMENTS.items() if where == said[0]), ())
    else:
        known = [*(f"{name}=" for name in (*NUMBERS, "per", *FILTERS, "delay")), *KINDS]
    return [word for word in known if word.startswith(incomplete)]
