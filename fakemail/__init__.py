"""Fakemail: a local SMTP, POP3 and IMAP server for people who write software that sends or
reads mail."""

TYPE_CHECKING = False  # as typing has it, without importing it
if TYPE_CHECKING:
    from fakemail.testing.front_door import Mail as Mail
    from fakemail.testing.front_door import NoMail as NoMail
    from fakemail.testing.front_door import run as run

__version__ = "0.1.0"

_FRONT_DOOR = ("run", "Mail", "NoMail")


def __getattr__(name: str) -> object:
    """``fakemail.run`` and what belongs to it, imported when somebody asks for it (PEP 562)."""
    if name in _FRONT_DOOR:
        from fakemail.testing import front_door

        return getattr(front_door, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_FRONT_DOOR]
