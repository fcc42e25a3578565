"""A fault that a test has planned: how often it struck, and that it goes when the test goes."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakemail.testing.mail import Mail


@dataclass(frozen=True, slots=True)
class Struck:
    """How often the moment of a fault has come, and how often it struck."""

    met: int
    struck: int


class Fault:
    """``with mail.fault("smtp content nth=1 lose") as fault: ...; assert fault.struck == 1``.

    Without ``with`` it lasts until the test ends.
    """

    def __init__(self, mail: Mail, sentence: str, number: int) -> None:
        self.sentence = sentence
        self.number = number
        self._mail = mail
        self._last = Struck(0, 0)

    def __repr__(self) -> str:
        return f"<fault {self.number}: {self.sentence}>"

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()

    @property
    def met(self) -> int:
        """How often its moment came."""
        return self._now().met

    @property
    def struck(self) -> int:
        """How often it went wrong."""
        return self._now().struck

    def remove(self) -> None:
        """Let it go well again; what it counted can still be asked."""
        self._last = self._now()
        self._mail.remove_fault(self.number)

    def _now(self) -> Struck:
        return self._mail.count_fault(self.number) or self._last
