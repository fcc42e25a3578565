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
    """Every reason by its slug, in alphabetical order."""
    found = {reason.slug: reason for reason in everywhere().values()}
    return MappingProxyType(dict(sorted(found.items())))


def everywhere() -> dict[str, Reason]:
    """``module.NAME`` to reason, for every constant that holds one (a test sees to it that no two
    share a slug)."""
    return {
        f"{module.name}.{name}": value
        for module in pkgutil.iter_modules(reasons.__path__)
        for name, value in vars(
            importlib.import_module(f"{reasons.__name__}.{module.name}")
        ).items()
        if isinstance(value, Reason)
    }


def find(slug: str) -> Reason | None:
    """The reason with this slug, if this version of fakemail has it."""
    return catalogue().get(slug)
