"""Fakemail: a local SMTP, POP3 and IMAP server for people who write software that sends or
reads mail."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakemail.testing.local import run as run

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """``fakemail.run``, imported when somebody asks for it (PEP 562)."""
    if name == "run":
        from fakemail.testing.local import run

        return run
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), "run"]
