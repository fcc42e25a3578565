"""All reasons, found by looking at the modules of this folder.

Read only when somebody asks (an explanation, a journal read back, a test): start-up does not pay.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from fakemail import reasons
from fakemail.reasons.reason import Reason


@cache
def catalogue() -> Mapping[str, Reason]:
    """Every reason by its slug, in alphabetical order; a ValueError when two share a slug."""
    found: dict[str, Reason] = {}
    for _, name in sorted(everywhere().items()):
        reason = name[1]
        if found.setdefault(reason.slug, reason) is not reason:
            raise ValueError(f"two reasons are called {reason.slug}")
    return MappingProxyType(dict(sorted(found.items())))


def everywhere() -> dict[str, tuple[str, Reason]]:
    """``module.NAME`` to module and reason, for every constant that holds one."""
    found = {}
    for module in pkgutil.iter_modules(reasons.__path__):
        constants = vars(importlib.import_module(f"{reasons.__name__}.{module.name}"))
        for name, value in constants.items():
            if isinstance(value, Reason):
                found[f"{module.name}.{name}"] = (module.name, value)
    return found


def find(slug: str) -> Reason | None:
    """The reason with this slug, if this version of fakemail has it."""
    return catalogue().get(slug)
