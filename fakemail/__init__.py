"""Fakemail: a local SMTP, POP3 and IMAP server for people who write software that sends or
reads mail."""

TYPE_CHECKING = False  # as typing has it, without importing it
if TYPE_CHECKING:
    from fakemail.testing.local import run as run

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """``fakemail.run``, imported when somebody asks for it (PEP 562)."""
    if name == "run":
        from fakemail.testing.local import run

        return run
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), "run"]
