"""How the authorization codes of a provider look."""

from __future__ import annotations

from fakemail.accounts.shapes import NoShape, Shape
from fakemail.dialects.dialect import Dialect


def shape_of(dialect: Dialect) -> Shape | None:
    """The shape of its codes, as far as it is known."""
    secret = dialect.secret
    groups = dialect.count("code_groups")
    if secret and secret.pattern:
        try:
            return Shape(str(secret.pattern.value), groups)
        except NoShape:  # more than a shape, in a person's own file
            pass
    if secret and secret.length:
        return Shape(f"[A-Z]{{{secret.length.value}}}", groups, only_length=True)
    return None
